import { useEffect, useState } from 'preact/hooks'
import type { ConsoleInvoiceFilter, ConsoleInvoiceRow } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { ImportButtons } from './imports.tsx'
import { InvoiceRow } from './invoice-row.tsx'
import { useDeed, usePages } from './loading.ts'
import { Button, Empty, Failure, Pager, Skeleton } from './parts.tsx'
import { go, Link } from './router.tsx'
import { SearchField } from './search-field.tsx'
import { countOf, countText, invoiceFilters } from './words.ts'

/** All invoices, the Draft folder among them. Filter and search stand in the address, so a reload keeps them. */
export function Invoices({ query }: { query: URLSearchParams }) {
  const { client, changes, view } = useConsole()
  const filter = filterOf(query.get('filter'))
  const q = query.get('q') ?? ''
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  useEffect(() => setChosen(new Set()), [filter, q])
  const pages = usePages(async cursor => {
    const list = await client.invoices({ filter, q, cursor })
    return { rows: list.invoices, total: list.total, nextCursor: list.nextCursor }
  }, `${filter} ${q}`, changes)
  const rows = pages.value?.rows ?? []
  const selecting = filter === 'draft' && rows.length > 0
  const selected = rows.filter(row => chosen.has(row.id))
  const toggle = (id: string) => setChosen(before => before.has(id) ? new Set([...before].filter(other => other !== id)) : new Set([...before, id]))
  return (
    <>
      <div class="tools">
        <SearchField label="Search by number or customer" q={q} onSearch={text => go(hrefOf(filter, text), 'replace')} />
        <ImportButtons buttons={[{ kind: 'since_last', label: 'Import' }]} />
      </div>
      <Filters filter={filter} q={q} drafts={view.counts.drafts} />
      <Failure problem={pages.problem} retry={pages.reload} />
      {selecting ? <DraftBar selected={selected} rows={rows} onChoose={setChosen} onDone={pages.reload} /> : null}
      {pages.value === null
        ? pages.problem ? null : <Skeleton rows={8} what="invoices" />
        : rows.length === 0
          ? <NoInvoices filter={filter} q={q} />
          : (
            <>
              <ul class="rows invoices" aria-label="Invoices">
                {rows.map(row => (
                  <InvoiceRow key={row.id} row={row} {...(selecting ? { chosen: chosen.has(row.id), onChoose: () => toggle(row.id) } : {})} onDone={pages.reload} />
                ))}
              </ul>
              <Pager shown={rows.length} total={pages.value.total} nextCursor={pages.value.nextCursor} what={rows.length === 1 ? 'invoice' : 'invoices'} more={pages.more} />
            </>
          )}
    </>
  )
}

function NoInvoices({ filter, q }: { filter: ConsoleInvoiceFilter; q: string }) {
  if (q) return <Empty>No invoice matches “{q}”. <Link href={hrefOf(filter, '')}>Clear the search</Link></Empty>
  return <Empty>{invoiceFilters.find(entry => entry.filter === filter)?.none}</Empty>
}

function Filters({ filter, q, drafts }: { filter: ConsoleInvoiceFilter; q: string; drafts: number }) {
  return (
    <nav class="filters" aria-label="Show">
      {invoiceFilters.map(entry => (
        <Link key={entry.filter} href={hrefOf(entry.filter, q)} current={entry.filter === filter}>
          {entry.label}{entry.filter === 'draft' && drafts > 0 ? <span class="count">{countText(drafts)}</span> : null}
        </Link>
      ))}
      <label class="filter-select">
        <span class="small">Show</span>
        <select value={filter} onChange={event => go(hrefOf(filterOf(event.currentTarget.value), q))}>
          {invoiceFilters.map(entry => <option key={entry.filter} value={entry.filter}>{entry.label}{entry.filter === 'draft' && drafts > 0 ? ` (${countText(drafts)})` : ''}</option>)}
        </select>
      </label>
    </nav>
  )
}

type DraftBarProps = { selected: ConsoleInvoiceRow[]; rows: ConsoleInvoiceRow[]; onChoose: (ids: ReadonlySet<string>) => void; onDone: () => void }

/** Several drafts at once: your customers see them from then on; nothing is mailed. */
function DraftBar({ selected, rows, onChoose, onDone }: DraftBarProps) {
  const { client, refresh, announce } = useConsole()
  const deed = useDeed()
  const all = selected.length === rows.length
  const publish = () => deed.run(async () => {
    await client.publish(selected.map(row => row.id))
    announce(`${countOf(selected.length, 'invoice')} published.`)
    onChoose(new Set())
    onDone()
    refresh()
  })
  return (
    <div class="draft-bar" role="group" aria-label="Publish several">
      <label class="check"><input type="checkbox" checked={all} onChange={() => onChoose(new Set(all ? [] : rows.map(row => row.id)))} />{all ? 'None' : `All ${countText(rows.length)} shown`}</label>
      <span class="small">{selected.length === 0 ? 'Choose drafts to publish. Publishing shows them to your customers; it mails nothing.' : `${countOf(selected.length, 'draft')} chosen`}</span>
      <Button kind="main" disabled={selected.length === 0} busy={deed.busy} onClick={publish}>{selected.length === 0 ? 'Publish' : `Publish ${countOf(selected.length, 'invoice')}`}</Button>
      <Failure problem={deed.problem} />
    </div>
  )
}

function filterOf(text: string | null): ConsoleInvoiceFilter {
  return invoiceFilters.find(({ filter }) => filter === text)?.filter ?? 'all'
}

function hrefOf(filter: ConsoleInvoiceFilter, q: string): string {
  const query = new URLSearchParams()
  if (filter !== 'all') query.set('filter', filter)
  if (q) query.set('q', q)
  const text = query.toString()
  return text ? `/console/invoices?${text}` : '/console/invoices'
}
