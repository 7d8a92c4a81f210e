import type { CheckoutCreated, CheckoutRequest, InvoiceRow } from '../api/domain/views.ts'
import { decimalMark } from './amounts.ts'
import { openPayment } from './dialog.ts'
import { renew } from './live.ts'
import type { Face } from './payer/face.ts'
import { choiceOf, chosenOf, refreshed, toggle, typePart, type Chosen } from './selection.ts'
import { more } from './text-more.ts'

const { stringify } = JSON

export function choose({ portal }: Face, row: InvoiceRow): void {
  portal.set({ selection: toggle(refreshed(portal.state.selection, portal.state.rows), row, portal.state.view?.payment.several ?? false) })
}

export function typeAmount({ portal }: Face, id: string, typed: string | null): void {
  portal.set({ selection: typePart(portal.state.selection, id, typed) })
}

/** What the main button pays now. */
export function choiceNow({ portal }: Face): Chosen {
  const { selection, rows, filter, query, nextCursor, view } = portal.state
  const complete = nextCursor === null && query === '' && (filter === 'open' || filter === 'all')
  const choice = choiceOf(refreshed(selection, rows), rows, complete, view?.payment.several ?? false)
  // The mark matters where something was typed; asking for it loads the browser's tables of languages.
  const typed = [...choice.values()].some(({ part }) => part !== null)
  return chosenOf(choice, typed ? decimalMark(portal.ports.client.locale) : '.')
}

/** Pays one invoice whole, whatever is chosen in the list. */
export async function payOne(face: Face, row: InvoiceRow): Promise<void> {
  await pay(face, chosenOf(new Map([[row.id, { row, part: null }]]), '.'))
}

/** Has a checkout made for exactly these amounts and takes the customer to it. What the server refuses is shown with the amounts as they are now. */
export async function pay(face: Face, { lines, faulty, total, currency }: Chosen): Promise<void> {
  const { portal } = face
  const { client, emit } = portal.ports
  if (lines.length === 0 || faulty || portal.state.busy === 'pay') return
  const invoices = lines.map(({ row, amount }) => ({ invoiceId: row.id, ...(amount === row.payable.amount ? {} : { amount }) }))
  if (!emit('pay', { invoices: invoices.map(line => line.invoiceId), amount: total, currency })) return
  portal.set({ busy: 'pay', banner: null })
  const answer = await client.json<CheckoutCreated>('POST', '/v1/checkouts', checkoutBody({ invoices, returnUrl: location.href }))
  portal.set({ busy: null })
  if ('value' in answer) return openCheckout(face, answer.value)
  const { trouble } = answer
  const byId = new Map(trouble.invoices.map(row => [row.id, row]))
  const rows = portal.state.rows.map(row => byId.get(row.id) ?? row)
  portal.set({ rows, selection: refreshed(portal.state.selection, trouble.invoices) })
  // The list itself is well, so this is told as what it is: a payment that was not begun.
  portal.fail(trouble.code === 'offline' || trouble.code === 'unavailable' ? { ...trouble, code: 'pay-failed', detail: more.payFailed } : trouble)
}

function openCheckout(face: Face, created: CheckoutCreated): void {
  const { portal } = face
  const { goToPayment } = portal.ports
  const root = face.root()
  if (goToPayment || !(root instanceof ShadowRoot)) return goToPayment ? goToPayment(created) : location.assign(created.url)
  openPayment(root, created, { paid: ids => settle(face, ids), closed: () => void renew(portal) })
}

/** The payment page says that these are paid: the list asks the server, and says so. */
function settle({ portal }: Face, ids: string[]): void {
  const said = portal.state.rows.filter(row => ids.includes(row.id)).map(row => more.nowPaid(row.number))
  portal.set({ selection: new Map() })
  portal.ports.emit('paid', { invoices: ids })
  void renew(portal, { version: 0, invoices: ids, said })
}

/** Written item by item, because Prototype.js teaches arrays to turn themselves into strings. */
function checkoutBody({ invoices, returnUrl }: CheckoutRequest): string {
  return `{"invoices":[${invoices.map(line => stringify(line)).join(',')}],"returnUrl":${stringify(returnUrl)}}`
}
