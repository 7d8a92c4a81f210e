import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { InvoiceId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { payable } from '../domain/invoice.ts'
import { leastCharge, leastPart, partProblem } from '../domain/minimum.ts'
import { type Minor, minor } from '../domain/money.ts'
import { type Settings, settingsOf } from '../domain/settings.ts'
import { newId, newToken } from '../ids.ts'
import { createFormat } from '../present/format.ts'
import { factsOf } from '../present/invoice.ts'
import type { Payer } from '../routes/guard.ts'
import { paymentGate } from './gate.ts'

export type CheckoutWish = { invoices: { invoiceId: string; amount?: number | undefined }[]; returnUrl?: string | undefined }
export type CheckoutOutcome =
  | { kind: 'created'; token: string; expiresAt: number }
  | { kind: 'refused'; code: 'not-found' | 'invalid-request' | 'balance-changed' | 'already-paying' | 'conflict' | 'rate-limited'; detail: string; retryAfterS?: number }
type Line = { invoiceId: InvoiceId; amount: Minor; whole: boolean }

const lifeMs = 60 * 60_000
const invoicesMax = 100
/** Nobody chooses so often; a row is kept of each choice. */
const checkoutsMost = { count: 100, windowMs: 10 * 60_000 }

/** Turns a payer's choice into a pay page. Charges nothing and holds nothing: that happens when they pay. */
export const createCheckout = (ctx: Context) => async (payer: Payer, wish: CheckoutWish): Promise<CheckoutOutcome> => {
  const merchant = ctx.store.merchant(payer.merchantId)
  const gate = await paymentGate(ctx, payer.merchantId)
  if (!gate.enabled) return refuse('conflict', gate.whyNot ?? '')
  if (payer.via === 'preview') return refuse('conflict', 'This is a preview of what your customer sees. Only the customer can pay.')
  const ids = [...new Set(wish.invoices.map(i => i.invoiceId))] as InvoiceId[]
  if (ids.length === 0 || ids.length !== wish.invoices.length || ids.length > invoicesMax) return refuse('invalid-request', `Choose between 1 and ${invoicesMax} invoices, each once.`)
  const found = await merchant.invoices.list({
    customerIds: payer.customerIds, invoiceIds: payer.onlyInvoiceId ? ids.filter(id => id === payer.onlyInvoiceId) : ids,
    filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: invoicesMax, today: '', publishedOnly: true,
  })
  if (found.length !== ids.length) return refuse('not-found', 'One of these invoices could not be found. Load the page again.')
  const now = ctx.clock.now()
  if ((await merchant.payments.checkoutsSince(payer.grantHash, now - checkoutsMost.windowMs)) >= checkoutsMost.count) return { ...refuse('rate-limited', 'Too many payment pages were opened. You were not charged. Wait a few minutes and try again.'), retryAfterS: 300 }
  const settings = settingsOf(await merchant.self.chosenSettings())
  const lines = chooseLines(found, wish, settings)
  if (!Array.isArray(lines)) return lines
  const [first] = found
  if (!first) return refuse('not-found', 'These invoices could not be found. Load the page again.')
  const token = newToken('chk')
  const id = newId('chk', now)
  const returnUrl = wayBack(ctx, wish.returnUrl, settings)
  await merchant.commit(
    merchant.payments.createCheckout({
      id, tokenHash: ctx.vault.hash(token), customerId: first.customerId, currency: first.currency, lines,
      payerEmail: payer.email, returnUrl: returnUrl && ctx.vault.seal(returnUrl, returnUrlPlace(id)), grantHash: payer.grantHash, createdAt: now, expiresAt: now + lifeMs,
    }),
  )
  return { kind: 'created', token, expiresAt: now + lifeMs }
}

/** Where the address of the way back is sealed: a customer's page has their link in its address. */
export const returnUrlPlace = (checkoutId: string): string => `checkouts|${checkoutId}|return_url`

/** The page that the payer came from, where it is ours or the merchant's own. Any other is not offered: the pay page bears the merchant's name and leads nobody to strangers. */
function wayBack(ctx: Context, asked: string | undefined, { allowedOrigins }: Settings): string | null {
  const origin = asked === undefined ? null : new URL(asked).origin
  return asked !== undefined && origin !== null && [new URL(ctx.config.publicUrl).origin, ...allowedOrigins].includes(origin) ? asked : null
}

function chooseLines(found: readonly ListedInvoice[], wish: CheckoutWish, settings: Settings): Line[] | CheckoutOutcome {
  const [first] = found
  if (found.length > 1 && !settings.multiInvoice) return refuse('invalid-request', 'These invoices are paid one at a time.')
  if (found.some(i => i.currency !== first?.currency)) return refuse('invalid-request', 'Invoices in different currencies are paid separately.')
  if (found.some(i => i.customerId !== first?.customerId)) return refuse('invalid-request', 'Invoices of different customers are paid separately.')
  const lines: Line[] = []
  for (const invoice of found) {
    const most = payable(factsOf(invoice))
    const asked = wish.invoices.find(i => i.invoiceId === invoice.id)?.amount
    const amount = asked === undefined ? most : minor(asked)
    const name = `Invoice ${invoice.number ?? ''}`.trim()
    if (invoice.voidedAt !== null || invoice.archivedAt !== null) return refuse('balance-changed', `${name} is no longer to be paid.`)
    if (invoice.held > 0) return refuse('already-paying', `A payment for ${name.toLowerCase()} is being confirmed. It is not charged again.`)
    if (most <= 0) return refuse('balance-changed', `${name} is already paid.`)
    if (amount !== most && !settings.partialPayments) return refuse('invalid-request', `${name} is paid in full.`)
    const problem = partProblem(amount, most, invoice.currency)
    if (problem === 'too-much') return refuse('balance-changed', `${name} owes less than that now.`)
    // A whole balance is refused only where no card could ever be charged with it.
    if (problem !== null) return refuse('invalid-request', tooLittleText(name, invoice, problem, amount === most))
    lines.push({ invoiceId: invoice.id, amount, whole: amount === most })
  }
  return lines
}

function tooLittleText(name: string, invoice: ListedInvoice, problem: 'too-little' | 'leaves-too-little', whole: boolean): string {
  const least = problem === 'too-little' && !whole ? leastPart : leastCharge
  const amount = createFormat({ locale: 'en-US', today: '2000-01-01', timeZone: 'UTC', spellCurrency: false }).money(least(invoice.currency), invoice.currency).text
  return problem === 'too-little' ? `The least that can be paid by card is ${amount}.` : `${name} would be left with less than ${amount}, which no card can pay. Pay it whole, or leave more.`
}

function refuse(code: Extract<CheckoutOutcome, { kind: 'refused' }>['code'], detail: string): Extract<CheckoutOutcome, { kind: 'refused' }> {
  return { kind: 'refused', code, detail }
}
