import type { CheckoutRow, PaymentRow } from '../../db/queries/payments.ts'
import type { Context } from '../context.ts'
import { owed, payable } from '../domain/invoice.ts'
import { type Minor, subtract, sum } from '../domain/money.ts'

import type { CheckoutView, PaymentView, ReceiptView } from '../domain/views.ts'
import { methodText, receiptAddress } from '../letters/receipt.ts'
import { returnUrlPlace } from '../payments/checkout.ts'
import { grantStands } from '../routes/guard.ts'
import { type Format, localDay } from './format.ts'
import { factsOf } from './invoice.ts'
import { formatOf, merchantView } from './portal.ts'

/** All that the pay page shows, as things stand now. */
export async function checkoutView(ctx: Context, checkout: CheckoutRow, locale: string): Promise<CheckoutView> {
  const merchant = ctx.store.merchant(checkout.merchantId)
  const format = await formatOf(ctx, checkout.merchantId, locale, 1)
  const invoices = await invoicesOf(ctx, checkout)
  const latest = await merchant.payments.latestOf(checkout.id)
  const payment = latest && latest.state !== 'canceled' ? await paymentView(ctx, latest, null, locale) : null
  const standing = checkout.expiresAt > ctx.clock.now() && (await grantStands(ctx, checkout.grantHash))
  const state = stateOf(payment, standing)
  const [customer] = await merchant.sessions.customers([checkout.customerId])
  const settled = state === 'ready' && invoices.every(invoice => invoice.voidedAt !== null || owed(factsOf(invoice)) <= 0)
  const stated = settled ? [] : checkout.lines
  const lines = stated.map(line => {
    const invoice = invoices.find(i => i.id === line.invoiceId)
    const rest = invoice ? subtract(owed(factsOf(invoice)), line.amount) : (0 as Minor)
    return {
      invoiceId: line.invoiceId, number: invoice?.number ?? null, dueText: invoice?.dueOn ? `Due ${format.day(invoice.dueOn)}` : '', amount: format.money(line.amount, checkout.currency),
      remainsText: state === 'ready' && rest > 0 ? `${format.money(rest, checkout.currency).text} remains` : null,
    }
  })
  return {
    state,
    merchant: await merchantView(ctx, checkout.merchantId),
    customerName: customer?.name ?? '',
    customerEmail: checkout.payerEmail,
    lines,
    total: format.money(sum(stated.map(l => l.amount)), checkout.currency),
    notice: settled ? 'Nothing is left to pay here. Your card was not charged.' : noticeOf(state, ctx.stripe !== null),
    stripe: !settled && (state === 'ready' || state === 'paying') ? await stripeConfig(ctx, checkout) : null,
    payment,
    returnUrl: checkout.returnUrl && ctx.vault.open(checkout.returnUrl, returnUrlPlace(checkout.id)),
  }
}

function stateOf(payment: PaymentView | null, standing: boolean): CheckoutView['state'] {
  switch (payment?.state) {
    case 'succeeded':
      return 'paid'
    case 'processing':
      return 'processing'
    case 'unknown':
      return 'paying'
    case 'needs_action':
    case 'failed':
    case undefined:
      return standing ? 'ready' : 'expired'
  }
}

function noticeOf(state: CheckoutView['state'], canPay: boolean): string | null {
  if (state === 'expired') return 'This payment page has ended. Go back to your invoices to start again; you were not charged.'
  return canPay || state === 'paid' ? null : 'Online payment is not set up for these invoices.'
}

async function stripeConfig(ctx: Context, checkout: CheckoutRow): Promise<CheckoutView['stripe']> {
  if (!ctx.stripe) return null
  const ref = await ctx.store.merchant(checkout.merchantId).payments.providerCustomer(checkout.customerId, ctx.stripe.id)
  // Saved methods are shown where the payer proved who they are; a forwarded link must not offer somebody else's card.
  const session = ref && (await isSignedIn(ctx, checkout.grantHash)) ? await ctx.stripe.customerSession({ customerRef: ref, stripeAccount: null }) : null
  return { ...ctx.stripe.publicConfig(null), customerSessionClientSecret: session?.kind === 'done' ? session.clientSecret : null }
}

async function isSignedIn(ctx: Context, grantHash: string): Promise<boolean> {
  return (await ctx.store.control.sessions.session(grantHash)) !== null
}

/** How a payment stands, in the payer's words. `clientSecret` is what the provider's script needs to go on. */
export async function paymentView(ctx: Context, payment: PaymentRow, clientSecret: string | null, locale: string): Promise<PaymentView> {
  const base = { id: payment.id, clientSecret: null, message: null, receipt: null }
  switch (payment.state) {
    case 'reserved':
      return { ...base, state: 'unknown', message: 'We are asking your bank how this ended. Do not pay again: you will not be charged twice.' }
    case 'needs_action':
      return { ...base, state: 'needs_action', clientSecret, message: 'Your bank asks you to confirm this payment.' }
    case 'processing':
      return { ...base, state: 'processing', message: 'Your payment is being confirmed. We will e-mail you when it has arrived.' }
    case 'failed':
      return { ...base, state: 'failed', message: payment.failure?.payerText ?? 'The payment did not go through. You were not charged.' }
    case 'canceled':
      return { ...base, state: 'failed', message: 'The payment was not completed. You were not charged.' }
    case 'succeeded':
      return { ...base, state: 'succeeded', receipt: await receiptOf(ctx, payment, await formatOf(ctx, payment.merchantId, locale, 1)) }
  }
}

async function receiptOf(ctx: Context, payment: PaymentRow, format: Format): Promise<ReceiptView> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const allocations = await merchant.payments.allocations(payment.id)
  const listed = await merchant.invoices.list({ customerIds: null, invoiceIds: allocations.map(a => a.invoiceId), filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: Math.max(1, allocations.length), today: format.today, publishedOnly: false })
  const timeZone = (await merchant.connection.timeZone()) ?? 'UTC'
  return {
    reference: payment.reference,
    paidText: format.day(localDay(payment.capturedAt ?? payment.createdAt, timeZone)),
    method: methodText(payment.method),
    total: format.money(payment.amount, payment.currency),
    lines: allocations.map(a => {
      const invoice = listed.find(i => i.id === a.invoiceId)
      return { number: a.number, amount: format.money(a.amount, payment.currency), remains: format.money(invoice ? owed(factsOf(invoice)) : (0 as Minor), payment.currency) }
    }),
    emailedTo: await receiptAddress(ctx, payment),
  }
}

export async function invoicesOf(ctx: Context, checkout: CheckoutRow) {
  return ctx.store.merchant(checkout.merchantId).invoices.list({
    customerIds: [checkout.customerId], invoiceIds: checkout.lines.map(l => l.invoiceId), filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: checkout.lines.length, today: '', publishedOnly: true,
  })
}

/** The lines at what can be paid of them now: those that were paid whole stay whole, parts shrink to what is left, the rest falls away. */
export async function repriced(ctx: Context, checkout: CheckoutRow): Promise<CheckoutRow['lines']> {
  const invoices = await invoicesOf(ctx, checkout)
  return checkout.lines.flatMap(line => {
    const invoice = invoices.find(i => i.id === line.invoiceId)
    const left = invoice && invoice.voidedAt === null ? payable(factsOf(invoice)) : 0
    if (left <= 0) return []
    return [{ ...line, amount: line.whole || line.amount > left ? (left as Minor) : line.amount }]
  })
}

