import type { InvoiceFilter } from '../../api/domain/views.ts'
import { more } from '../text-more.ts'
import { address, countText, type Face } from './face.ts'
import { Go } from './Go.tsx'
import { Search } from './Search.tsx'

const filters = ['open', 'overdue', 'processing', 'paid', 'all'] as const satisfies readonly InvoiceFilter[]
/** From so many invoices on there is something to search. */
const searchFrom = 8

/** Which invoices, and the search where there are many. A filter that would show nothing is not offered. */
export function Toolbar({ face }: { face: Face }) {
  const { portal } = face
  const { filter, counts, query } = portal.state
  const offered = filters.filter(name => name === filter || (name === 'all' ? counts.all > Math.max(counts.open, counts.paid) : counts[name] > 0))
  return (
    <>
      {offered.length > 1 && (
        <div class="filters" role="group" aria-label={more.filterLabel}>
          {offered.map(name => (
            <Go key={name} face={face} class="filter" current={name === filter} href={address(face, { filter: name })} go={() => void portal.list({ filter: name })}>
              {more.filters[name]} <span class="soft">{countText(face, counts[name])}</span>
            </Go>
          ))}
        </div>
      )}
      {(counts.all > searchFrom || query) && <Search face={face} />}
    </>
  )
}
