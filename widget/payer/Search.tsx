import { useEffect, useRef, useState } from 'preact/hooks'
import type { InvoiceSort } from '../../api/domain/views.ts'
import { more } from '../text-more.ts'
import type { Face } from './face.ts'

const sorts = Object.keys(more.sorts) as InvoiceSort[]
const typingPauseMs = 250

export function Search({ face }: { face: Face }) {
  const { portal } = face
  const { query, sort, filter } = portal.state
  const [typed, setTyped] = useState(query)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => setTyped(query), [query])
  useEffect(() => () => clearTimeout(timer.current), [])
  const look = (value: string) => {
    clearTimeout(timer.current)
    if (value.trim() !== portal.state.query) void portal.list({ query: value.trim() })
  }
  return (
    <form class="search" role="search" method="get" action={face.base ?? undefined} onSubmit={event => {
      event.preventDefault()
      look(typed)
    }}>
      <input type="hidden" name="filter" value={filter} />
      <input
        type="search" name="q" value={typed} placeholder={more.searchHint} aria-label={more.search} autocomplete="off" enterkeyhint="search"
        onInput={event => {
          const { value } = event.currentTarget
          setTyped(value)
          clearTimeout(timer.current)
          timer.current = setTimeout(() => look(value), typingPauseMs)
        }}
      />
      <select name="sort" aria-label={more.sort} value={sort} onChange={event => void portal.list({ sort: event.currentTarget.value as InvoiceSort })}>
        {sorts.map(name => <option key={name} value={name} selected={name === sort}>{more.sorts[name]}</option>)}
      </select>
      {!face.live && <button class="plain">{more.find}</button>}
    </form>
  )
}
