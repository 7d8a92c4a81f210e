import { Component } from 'preact'
import type { InvoiceSort } from '../../api/domain/views.ts'
import { more } from '../text-more.ts'
import type { Face } from './face.ts'

const sorts = Object.keys(more.sorts) as InvoiceSort[]
const typingPauseMs = 250

type SearchProps = { face: Face }
type SearchState = { typed: string; query: string }

/** Looks when the typing pauses; a search that something else changed is what stands here. */
export class Search extends Component<SearchProps, SearchState> {
  #timer: ReturnType<typeof setTimeout> | undefined

  static override getDerivedStateFromProps({ face }: SearchProps, before: Partial<SearchState>): SearchState | null {
    const { query } = face.portal.state
    return query === before.query ? null : { typed: query, query }
  }

  override componentWillUnmount(): void {
    clearTimeout(this.#timer)
  }

  #look(value: string): void {
    const { portal } = this.props.face
    clearTimeout(this.#timer)
    if (value.trim() !== portal.state.query) void portal.list({ query: value.trim() })
  }

  override render({ face }: SearchProps, { typed }: SearchState) {
    const { portal } = face
    const { sort, filter } = portal.state
    return (
      <form class="search" role="search" method="get" action={face.base ?? undefined} onSubmit={event => {
        event.preventDefault()
        this.#look(typed)
      }}>
        <input type="hidden" name="filter" value={filter} />
        <input
          type="search" name="q" value={typed} placeholder={more.searchHint} aria-label={more.search} autocomplete="off" enterkeyhint="search"
          onInput={event => {
            const { value } = event.currentTarget
            this.setState({ typed: value })
            clearTimeout(this.#timer)
            this.#timer = setTimeout(() => this.#look(value), typingPauseMs)
          }}
        />
        <select name="sort" aria-label={more.sort} value={sort} onChange={event => void portal.list({ sort: event.currentTarget.value as InvoiceSort })}>
          {sorts.map(name => <option key={name} value={name} selected={name === sort}>{more.sorts[name]}</option>)}
        </select>
        {!face.live && <button class="plain">{more.find}</button>}
      </form>
    )
  }
}
