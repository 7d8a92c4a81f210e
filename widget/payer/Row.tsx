import type { VNode } from 'preact'
import type { InvoiceRow } from '../../api/domain/views.ts'
import { text } from '../text.ts'
import { shown, stepTo, type Face } from './face.ts'
import { Go } from './Go.tsx'
import { Shape } from './Shape.tsx'

/** Each row as it was last drawn, and from what: drawn once more from the same, Preact passes it by. */
const drawn = new WeakMap<InvoiceRow, { from: unknown[]; node: VNode }>()

/** One invoice: two lines at the narrowest, its state in words, shape and colour. */
export function rowOf(face: Face, row: InvoiceRow, place?: number, size?: number): VNode {
  const { portal, parts, base, live } = face
  const { view, selection } = portal.state
  const pay = parts.pay.now
  const from = [face, place, size, selection, view?.payment, view?.totals, pay, portal.ports.client.session.signedInHere()]
  const known = drawn.get(row)
  if (known?.from.every((fact, i) => fact === from[i])) return known.node
  const payable = row.canPay && view?.payment.enabled
  const owed = row.balance.amount
  // What has neither state nor hooks is called and not mounted: twenty rows are there the sooner.
  const node = (
    <li key={row.id} class={`row ${row.state}`} aria-setsize={size} aria-posinset={place}>
      {payable && (pay ? pay.Tick({ face, row }) : <i class="tick" />)}
      <div class="name">
        {Go({
          face, id: `open-${row.id}`, href: `${base}/invoices/${encodeURIComponent(row.id)}`, go: stepTo(face, row.id),
          children: [<span class="word">{`${text.invoiceWord} `}</span>, row.number],
        })}
        {row.customerName && <span class="soft">{` ${row.customerName}`}</span>}
      </div>
      <div class="sub" id={`why-${row.id}`}>
        {row.processingText ?? row.dueText}{row.dueHint && !row.processingText && <span class="hint">{` · ${row.dueHint}`}</span>}{row.whyNot && !row.processingText && ` ${row.whyNot}`}
      </div>
      <div class={`state ${row.state}`}>{Shape({ of: row.state })}{row.stateText}</div>
      <bdi class="amount">{shown(face, owed ? row.balance : row.total)}</bdi>
      {owed !== 0 && owed !== row.total.amount && <div class="rest">{text.of(shown(face, row.total))}</div>}
      {payable && view.payment.partial && pay && (selection.has(row.id) || !live) && <pay.PartAmount face={face} row={row} />}
    </li>
  )
  drawn.set(row, { from, node })
  return node
}
