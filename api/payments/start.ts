import type { CardTry } from '../../db/queries/card-tries.ts'
import type { CheckoutRow, PaymentRow } from '../../db/queries/payments.ts'
import type { PaymentId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { payable } from '../domain/invoice.ts'
import { marksOf } from '../domain/marks.ts'
import { sum } from '../domain/money.ts'
import { holdMs, isOpen, referenceOf } from '../domain/payment.ts'
import type { PaymentProvider, ProviderOutcome } from '../ports.ts'
import { factsOf } from '../present/invoice.ts'
import { grantStands } from '../routes/guard.ts'
import { readFresh } from '../sync/fresh.ts'
import { cardTestingKey, cardTriesMost, pausedText, triesProblem } from './card-testing.ts'
import { providerCustomer } from './customer.ts'
import { recoveringText } from './gate.ts'
import { giveUpPayment } from './give-up.ts'
import { settle, settleAsked } from './settle.ts'

export type StartPayment = { checkout: CheckoutRow; paymentId: PaymentId; confirmationToken: string; replaceOpen: boolean; returnUrl: string; /** The keyed hash of the network address that it comes from. */ payerAddress: string | null }
export type StartOutcome =
  | { kind: 'started'; payment: PaymentRow; clientSecret: string | null }
  | { kind: 'refused'; code: 'balance-changed' | 'already-paying' | 'checkout-expired' | 'conflict' | 'unavailable' | 'rate-limited'; detail: string; retryAfterS?: number }

type Refused = Extract<StartOutcome, { kind: 'refused' }>
type Started = Extract<StartOutcome, { kind: 'started' }>

/**
 * Charges what the payer chose, once. The id was made by the payer's browser: the same id again goes on with the same attempt.
 * Before the provider is called the balances are read from QuickBooks and the attempt is stored with its hold on each invoice.
 */
export const startPayment = (ctx: Context) => async (input: StartPayment): Promise<StartOutcome> => {
  const { checkout } = input
  const { stripe } = ctx
  const merchant = ctx.store.merchant(checkout.merchantId)
  if (!stripe) return refuse('conflict', 'Online payment is not set up for these invoices.')
  const known = await merchant.payments.find(input.paymentId)
  if (known) return known.checkoutId === checkout.id ? goOn(ctx, stripe, known, input) : refuse('conflict', 'This payment belongs to another page. Load the page again.')
  if (checkout.expiresAt <= ctx.clock.now() || !(await grantStands(ctx, checkout.grantHash))) return refuse('checkout-expired', 'This payment page has ended. Go back to your invoices to start again; you were not charged.')
  const standing = await merchant.connection.standing(cardTestingKey)
  if (standing?.recovering) return refuse('unavailable', recoveringText)
  if (!standing || standing.stopped) return refuse('unavailable', `${pausedText} You were not charged.`)
  const tooMany = await triesProblem(ctx, checkout.merchantId, tryOf(ctx, input))
  if (tooMany) return { kind: 'refused', code: 'rate-limited', ...tooMany }
  if (input.replaceOpen) await replaceOpen(ctx, checkout)
  const short = await refreshBalances(ctx, checkout)
  const reserved = short ?? (await reserve(ctx, stripe, input))
  if (reserved.kind === 'reserved') return goOn(ctx, stripe, reserved.payment, input)
  // What stands in the way may be this very click, come a second time.
  const same = await merchant.payments.find(input.paymentId)
  return same?.checkoutId === checkout.id ? goOn(ctx, stripe, same, input) : reserved
}

async function refreshBalances(ctx: Context, checkout: CheckoutRow): Promise<Refused | null> {
  const merchant = ctx.store.merchant(checkout.merchantId)
  const ids = checkout.lines.map(line => line.invoiceId)
  const fresh = await readFresh(ctx)(checkout.merchantId, ids)
  if (fresh.kind === 'failed') return refuse('unavailable', 'The amounts could not be checked with the business just now. Your card was not charged. Try again in a minute.')
  if ((await merchant.payments.openOn(ids)).length > 0) return refuse('already-paying', 'A payment for one of these invoices is already open, perhaps in another window. Nothing was charged here.')
  const now = await merchant.invoices.list({ customerIds: [checkout.customerId], invoiceIds: ids, filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: ids.length, today: '', publishedOnly: true })
  for (const line of checkout.lines) {
    const invoice = now.find(i => i.id === line.invoiceId)
    const left = invoice && invoice.voidedAt === null ? payable(factsOf(invoice)) : 0
    const name = invoice?.number ? `Invoice ${invoice.number}` : 'An invoice'
    if (left < line.amount || (line.whole && left !== line.amount)) return refuse('balance-changed', `${name} has changed since this page was opened. Your card was not charged. Check the new amount.`)
  }
  return null
}

async function reserve(ctx: Context, stripe: PaymentProvider, input: StartPayment): Promise<{ kind: 'reserved'; payment: PaymentRow } | Refused> {
  const { checkout } = input
  const merchant = ctx.store.merchant(checkout.merchantId)
  const now = ctx.clock.now()
  const customer = await providerCustomer(ctx, stripe, checkout)
  await ctx.pass('C1')
  const outcome = await merchant.commit(
    merchant.cardTries.mustBeBelow(tryOf(ctx, input), cardTriesMost),
    merchant.payments.reserve(
      {
        id: input.paymentId, checkoutId: checkout.id, customerId: checkout.customerId, currency: checkout.currency, amount: sum(checkout.lines.map(l => l.amount)),
        provider: stripe.id, stripeAccount: null, confirmationToken: input.confirmationToken, providerCustomerRef: customer,
        reference: referenceOf(input.paymentId), createdAt: now, holdUntil: now + holdMs, payerAddress: input.payerAddress,
      },
      checkout.lines,
    ),
    // Whatever becomes of this process, somebody asks the provider how it ended.
    merchant.outbox.add({ id: `watch:${input.paymentId}`, lane: `payment:${input.paymentId}`, kind: 'watch_payment', payload: { paymentId: input.paymentId }, delayMs: 60_000 }),
    tellOf(ctx, checkout, now),
  )
  if (outcome.kind === 'refused') {
    if (outcome.rule.includes('allocations')) return refuse('already-paying', 'A payment for one of these invoices is already open, perhaps in another window. Nothing was charged here.')
    const tooMany = await triesProblem(ctx, checkout.merchantId, tryOf(ctx, input))
    if (tooMany) return { kind: 'refused', code: 'rate-limited', ...tooMany }
    if (!outcome.rule.includes('payments.id')) return refuse('balance-changed', 'An amount has changed since this page was opened. Your card was not charged. Check the new amount.')
  }
  // The same id may have been stored by the same click a moment earlier.
  const payment = await merchant.payments.find(input.paymentId)
  return payment?.checkoutId === checkout.id ? { kind: 'reserved', payment } : refuse('conflict', 'The payment could not be begun. Your card was not charged. Load the page again.')
}

function tryOf(ctx: Context, { checkout, payerAddress }: StartPayment): CardTry {
  return { invoiceIds: checkout.lines.map(line => line.invoiceId), customerId: checkout.customerId, payerAddress, now: ctx.clock.now() }
}

function tellOf(ctx: Context, checkout: CheckoutRow, now: number) {
  const merchant = ctx.store.merchant(checkout.merchantId)
  return checkout.lines.map(line => merchant.changes.tell({ customerId: checkout.customerId, invoiceId: line.invoiceId, kind: 'payment', now }))
}

/** Calls the provider, or repeats the very same call; the provider's key makes it one charge. */
async function goOn(ctx: Context, stripe: PaymentProvider, payment: PaymentRow, input: StartPayment): Promise<StartOutcome> {
  return payment.state === 'reserved' && (await mayCharge(ctx, payment)) ? charge(ctx, stripe, payment, input.returnUrl) : lookAgain(ctx)(payment, input.returnUrl)
}

/** After its hold an attempt is never sent again: others may pay its invoices as soon as it is found never to have been sent. */
async function mayCharge(ctx: Context, payment: PaymentRow): Promise<boolean> {
  return payment.holdUntil > ctx.clock.now() && (await ctx.store.merchant(payment.merchantId).recovery.underWay()) === null
}

async function charge(ctx: Context, stripe: PaymentProvider, payment: PaymentRow, returnUrl: string): Promise<Started> {
  const order = await orderOf(ctx, payment, returnUrl)
  await ctx.pass('C2')
  const outcome = await stripe.charge(order)
  await ctx.pass('C5')
  await settle(ctx)(payment, outcome)
  await ctx.pass('C8')
  return started(ctx, payment, outcome)
}

/**
 * Asks the provider how an attempt stands now, where it has not ended. Where the provider never heard of it, the same call
 * is made again under the same key: the payer, who waits on the page, asked for it, and it can only be carried out once.
 */
export const lookAgain = (ctx: Context) => async (payment: PaymentRow, returnUrl: string): Promise<Started> => {
  if (!ctx.stripe || !isOpen(payment.state)) return { kind: 'started', payment, clientSecret: null }
  const asked = payment.providerRef
    ? await ctx.stripe.fetch(payment.providerRef, payment.stripeAccount)
    : await ctx.stripe.lookUp({ paymentId: payment.id, createdAfter: payment.createdAt, stripeAccount: payment.stripeAccount })
  if (asked.kind === 'absent') return (await mayCharge(ctx, payment)) ? charge(ctx, ctx.stripe, payment, returnUrl) : { kind: 'started', payment, clientSecret: null }
  await settleAsked(ctx)(payment, asked)
  return started(ctx, payment, asked)
}

async function started(ctx: Context, payment: PaymentRow, outcome: ProviderOutcome): Promise<Started> {
  const now = (await ctx.store.merchant(payment.merchantId).payments.find(payment.id)) ?? payment
  return { kind: 'started', payment: now, clientSecret: outcome.kind === 'done' ? outcome.payment.clientSecret : null }
}

/** The order is made from our own row alone, so that a repeat is the same order to the letter. */
export async function orderOf(ctx: Context, payment: PaymentRow, returnUrl: string) {
  const allocations = await ctx.store.merchant(payment.merchantId).payments.allocations(payment.id)
  return {
    key: `charge:${payment.id}`,
    amount: payment.amount,
    currency: payment.currency,
    confirmationToken: payment.confirmationToken,
    customerRef: payment.providerCustomerRef,
    description: describe(allocations.map(a => a.number)),
    returnUrl,
    metadata: marksOf({ merchantId: payment.merchantId, paymentId: payment.id, customerId: payment.customerId, checkoutId: payment.checkoutId, reference: payment.reference, parts: allocations }),
    stripeAccount: payment.stripeAccount,
  }
}

function describe(numbers: readonly (string | null)[]): string {
  const named = numbers.map(n => n ?? '(no number)')
  return `Invoice${named.length > 1 ? 's' : ''} ${named.slice(0, 20).join(', ')}${named.length > 20 ? ` and ${named.length - 20} more` : ''}`
}

/** The payer says that the attempt in another window is not to be finished: it is ended at the provider first. */
async function replaceOpen(ctx: Context, checkout: CheckoutRow): Promise<void> {
  const open = await ctx.store.merchant(checkout.merchantId).payments.openOn(checkout.lines.map(l => l.invoiceId))
  for (const attempt of open) if (attempt.customerId === checkout.customerId) await giveUpPayment(ctx)(checkout.merchantId, attempt.id)
}

function refuse(code: Refused['code'], detail: string): Refused {
  return { kind: 'refused', code, detail }
}
