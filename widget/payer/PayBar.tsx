import { Component } from 'preact'
import { showAmount } from '../amounts.ts'
import { choiceNow, choose } from '../payment.ts'
import type { InvoiceRow } from '../../api/domain/views.ts'
import { type Chosen, paidTogether } from '../selection.ts'
import { more } from '../text-more.ts'
import { shown, type Face } from './face.ts'

/** The main action with its amount, live with the selection, in reach at the bottom. */
export class Bar extends Component<{ face: Face }> {
  override componentDidMount(): void {
    chooseFocus(this.props.face)
  }

  override render({ face }: { face: Face }) {
    const { portal } = face
    const { view, selection, rows, busy } = portal.state
    if (!view || (selection.size === 0 && !rows.some(row => row.canPay))) return null
    if (!view.payment.enabled) return view.payment.whyNot ? <p class="bar soft">{view.payment.whyNot}</p> : null
    if (!face.live) return <div class="bar"><span class="bar-facts soft">{more.chooseHint}</span><button type="submit" class="main">{more.payChosen}</button></div>
    const choice = choiceNow(face)
    const amount = amountOf(face, choice)
    const why = amount === null ? more.chooseHint : choice.faulty ? more.mendAmounts : null
    const label = amount === null || choice.faulty ? more.payChosen : selection.size === 0 && choice.lines.length > 1 ? more.payAll(amount) : more.pay(amount)
    const apart = whyApart(choice, rows)
    return (
      <div class="bar">
        <div class="bar-facts">
          {selection.size > 0 && <span>{more.chosen(selection.size)} <button type="button" class="plain" onClick={() => portal.set({ selection: new Map() })}>{more.clear}</button></span>}
          {apart && <span id="one-payment" class="soft">{apart}</span>}
          {!view.payment.several && rows.filter(row => row.canPay).length > 1 && <span class="soft">{more.onlyOneInvoice}</span>}
          {why && <span id="why-not" class={choice.faulty ? 'fault' : 'soft'}>{why}</span>}
        </div>
        <button type="submit" class="main" aria-disabled={why !== null || busy === 'pay'} aria-describedby={why ? 'why-not' : undefined}><bdi>{busy === 'pay' ? more.opening : label}</bdi></button>
      </div>
    )
  }
}

/** Why some of the invoices on the page cannot join the chosen ones; null where all can. */
function whyApart({ lines }: Chosen, rows: readonly InvoiceRow[]): string | null {
  const first = lines[0]?.row
  const others = first ? rows.filter(row => row.canPay && !paidTogether(row, first)) : []
  if (!first || others.length === 0) return null
  const currencies = new Set(others.map(row => row.payable.currency))
  return currencies.has(first.payable.currency) ? more.onlyOneCustomer(first.customerName ?? '') : more.onlyOneCurrency([...currencies].join(', '))
}

/** Someone who came for one invoice finds it chosen. */
function chooseFocus(face: Face): void {
  const { view, rows, selection } = face.portal.state
  const focus = rows.find(row => row.id === view?.focusInvoiceId && row.canPay)
  if (focus && selection.size === 0) choose(face, focus)
}

function amountOf(face: Face, { lines, total, currency }: Chosen): string | null {
  const [single] = lines
  if (!single || !currency) return null
  if (lines.length === 1 && single.amount === single.row.payable.amount) return shown(face, single.row.payable)
  // What all of it comes to is already written in what the server sent.
  const owed = face.portal.state.view?.totals.map(sums => sums.owed).find(money => money.currency === currency && money.amount === total)
  return shown(face, owed ?? { amount: total, currency, text: showAmount(total, currency, face.portal.ports.client.locale) })
}
