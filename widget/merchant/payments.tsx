import type { ConsolePaymentRow } from '../../api/domain/console-views.ts'
import { useConsole } from './context.ts'
import { usePages } from './loading.ts'
import { StateMark } from './marks.tsx'
import { Empty, Failure, Pager, Skeleton } from './parts.tsx'

/** What came in, and whether QuickBooks knows. */
export function Payments() {
  const { client, changes } = useConsole()
  const pages = usePages(async cursor => {
    const list = await client.payments({ cursor })
    return { rows: list.payments, total: null, nextCursor: list.nextCursor }
  }, 'payments', changes)
  const rows = pages.value?.rows ?? []
  return (
    <>
      <Failure problem={pages.problem} retry={pages.reload} />
      {pages.value === null
        ? pages.problem ? null : <Skeleton rows={8} what="payments" />
        : rows.length === 0
          ? <Empty>No payment yet. The first one appears here within seconds, and in QuickBooks too.</Empty>
          : (
            <>
              <ul class="rows payments" aria-label="Payments">{rows.map(row => <PaymentRow key={row.id} row={row} />)}</ul>
              <Pager shown={rows.length} total={null} nextCursor={pages.value.nextCursor} what={rows.length === 1 ? 'payment' : 'payments'} more={pages.more} />
            </>
          )}
    </>
  )
}

function PaymentRow({ row }: { row: ConsolePaymentRow }) {
  const numbers = row.invoices.map(({ number }) => number ?? 'no number').join(', ')
  return (
    <li class="row">
      <div class="row-name">
        <strong>{row.customerName}</strong>
        <span class="small">{row.atText} · {row.reference}</span>
      </div>
      <div class="row-state">
        <StateMark shape={shapeOf(row.state)} text={row.stateText} />
        <span class="small">{row.method ?? ''}</span>
      </div>
      <div class="row-posting">
        <Posting posting={row.posting} name={`the payment ${row.reference}`} />
      </div>
      <div class="row-amount numbers">
        <strong>{row.amount.text}</strong>
        <span class="small">{row.invoices.length === 0 ? 'on no invoice' : `on ${numbers}`}</span>
      </div>
    </li>
  )
}

function Posting({ posting, name }: { posting: ConsolePaymentRow['posting']; name: string }) {
  const shape = { waiting: 'waiting', posted: 'done', blocked: 'blocked', not_needed: 'none' } as const
  return (
    <>
      <StateMark shape={shape[posting.state]} text={posting.text} />
      {posting.quickBooksUrl
        ? <a class="small" href={posting.quickBooksUrl} target="_blank" rel="noopener noreferrer" aria-label={`Open ${name} in QuickBooks (new tab)`}>QuickBooks ↗</a>
        : null}
    </>
  )
}

/** The words come from the server; the shape only helps the eye. */
function shapeOf(state: string): 'done' | 'blocked' | 'waiting' | 'none' {
  switch (state) {
    case 'succeeded': return 'done'
    case 'failed': return 'blocked'
    case 'canceled': case 'refunded': return 'none'
    default: return 'waiting'
  }
}
