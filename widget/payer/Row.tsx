import type { InvoiceRow } from '../../api/domain/views.ts'
import { text } from '../text.ts'
import { shown, stepTo, type Face } from './face.ts'
import { Go } from './Go.tsx'
import { Shape } from './Shape.tsx'

/** One invoice: two lines at the narrowest, its state in words, shape and colour. */
export function Row({ face, row, place, size }: { face: Face; row: InvoiceRow; place: number; size: number }) {
  const { portal, base } = face
  const { view, selection } = portal.state
  const payable = row.canPay && view?.payment.enabled
  const pay = face.parts.pay.now
  const owed = row.balance.amount
  return (
    <li class={`row ${row.state}`} aria-setsize={size} aria-posinset={place}>
      {payable && (pay ? <pay.Tick face={face} row={row} /> : <i class="tick" />)}
      <div class="name">
        <Go face={face} id={`open-${row.id}`} href={`${base}/invoices/${encodeURIComponent(row.id)}`} go={stepTo(face, row.id)}>
          <span class="word">{text.invoiceWord} </span>{row.number}
        </Go>
        {row.customerName && <span class="soft"> {row.customerName}</span>}
      </div>
      <div class="sub" id={`why-${row.id}`}>
        {row.processingText ?? row.dueText}{row.dueHint && !row.processingText && <span class="hint"> · {row.dueHint}</span>}{row.whyNot && !row.processingText && ` ${row.whyNot}`}
      </div>
      <div class="state"><Shape of={row.state} />{row.stateText}</div>
      <div class="amount"><bdi>{shown(face, owed ? row.balance : row.total)}</bdi></div>
      <div class="rest">{owed !== 0 && owed !== row.total.amount && text.of(shown(face, row.total))}</div>
      {payable && view.payment.partial && pay && (selection.has(row.id) || !face.live) && <pay.PartAmount face={face} row={row} />}
    </li>
  )
}
