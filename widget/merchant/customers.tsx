import { useState } from 'preact/hooks'
import type { ConsoleCustomerRow } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { CustomerLinks, LinkToCopy } from './customer-links.tsx'
import { ImportButtons } from './imports.tsx'
import { useDeed, usePages } from './loading.ts'
import { StateMark } from './marks.tsx'
import { Button, Dialog, Empty, Failure, Pager, Skeleton } from './parts.tsx'
import { go, Link } from './router.tsx'
import { SearchField } from './search-field.tsx'
import { countOf } from './words.ts'

/** Who owes, and the way each of them in. */
export function Customers({ query }: { query: URLSearchParams }) {
  const { client, changes } = useConsole()
  const q = query.get('q') ?? ''
  const pages = usePages(async cursor => {
    const list = await client.customers({ q, cursor })
    return { rows: list.customers, total: list.total, nextCursor: list.nextCursor }
  }, q, changes)
  const rows = pages.value?.rows ?? []
  return (
    <>
      <div class="tools">
        <SearchField label="Search by name or e-mail" q={q} onSearch={text => go(text ? `/console/customers?${new URLSearchParams({ q: text })}` : '/console/customers', 'replace')} />
        <ImportButtons buttons={[{ kind: 'customers', label: 'Refresh customers' }]} />
      </div>
      <Failure problem={pages.problem} retry={pages.reload} />
      {pages.value === null
        ? pages.problem ? null : <Skeleton rows={8} what="customers" />
        : rows.length === 0
          ? <Empty>{q ? <>No customer matches “{q}”. <Link href="/console/customers">Clear the search</Link></> : 'No customers yet. They come from QuickBooks with the first load.'}</Empty>
          : (
            <>
              <ul class="rows customers" aria-label="Customers">{rows.map(row => <CustomerRow key={row.id} row={row} />)}</ul>
              <Pager shown={rows.length} total={pages.value.total} nextCursor={pages.value.nextCursor} what={rows.length === 1 ? 'customer' : 'customers'} more={pages.more} />
            </>
          )}
    </>
  )
}

function CustomerRow({ row }: { row: ConsoleCustomerRow }) {
  return (
    <li class="row">
      <div class="row-name">
        <strong>{row.name}</strong>
        {row.parentName ? <span class="small">part of {row.parentName}</span> : null}
        <span class="small">{row.email ?? 'no e-mail address in QuickBooks'}</span>
      </div>
      <div class="row-state">
        {row.archived ? <StateMark shape="archived" text="Archived" /> : row.active ? null : <StateMark shape="void" text="Inactive in QuickBooks" />}
      </div>
      <div class="row-amount numbers">
        {row.owed.length > 0 ? row.owed.map(amount => <strong key={amount.currency}>{amount.text}</strong>) : <span class="muted">Nothing owed</span>}
        {row.openCount > 0 ? <span class="small">{countOf(row.openCount, 'open invoice')}</span> : null}
      </div>
      <CustomerActions row={row} />
    </li>
  )
}

function CustomerActions({ row }: { row: ConsoleCustomerRow }) {
  const { client, outside, announce } = useConsole()
  const [shown, setShown] = useState<{ what: 'links' } | { what: 'link'; url: string } | { what: 'preview'; url: string } | null>(null)
  const deed = useDeed()
  const copyLink = () => deed.run(async () => {
    const { url } = await client.createLink(row.id)
    await outside.copy(url).then(() => announce(`Link for ${row.name} copied.`), () => setShown({ what: 'link', url }))
  })
  const preview = () => {
    const tab = outside.openTab()
    deed.run(async () => {
      const { url } = await client.preview(row.id).catch((error: unknown) => {
        tab?.close()
        throw error
      })
      if (tab) tab.show(url)
      else setShown({ what: 'preview', url })
    })
  }
  const close = () => setShown(null)
  return (
    <div class="row-actions">
      {row.archived ? null : <Button busy={deed.busy} onClick={copyLink} label={`Copy link for ${row.name}`}>Copy link</Button>}
      <Button onClick={() => setShown({ what: 'links' })} label={`Links of ${row.name}`}>Links</Button>
      {row.archived ? null : <Button busy={deed.busy} onClick={preview} label={`See what they see: ${row.name} (new tab)`}>See what they see ↗</Button>}
      <Failure problem={deed.problem} />
      {shown?.what === 'links' ? <CustomerLinks row={row} onClose={close} /> : null}
      {shown?.what === 'link' ? <LinkToCopy row={row} url={shown.url} onClose={close} /> : null}
      {shown?.what === 'preview' ? (
        <Dialog title={`What ${row.name} sees`} onClose={close}>
          <p>Your browser kept the new tab from opening.</p>
          <a class="button main" href={shown.url} target="_blank" rel="noopener noreferrer">Open it here</a>
        </Dialog>
      ) : null}
    </div>
  )
}
