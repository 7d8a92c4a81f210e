import type { Write } from '../../db/client.ts'
import type { AllocationRow, PaymentRow } from '../../db/queries/payments.ts'
import type { Context } from '../context.ts'
import { captured } from '../domain/ledger.ts'
import { holdMs, isMailKnown, statesBefore, wasLost } from '../domain/payment.ts'
import { postingJob } from '../domain/posting.ts'
import { newId } from '../ids.ts'
import type { ProviderFailure, ProviderOutcome, ProviderPayment } from '../ports.ts'
import { breakerWrites } from './card-testing.ts'
import { receiptLetter } from '../letters/receipt.ts'
import { laneOf } from '../sync/jobs.ts'

/**
 * Takes what the provider says of an attempt, from whichever door it came: the payer's own request, a webhook, the watch.
 * Each fact is written once; news that is older than what we know changes nothing. Money that moved always wins.
 */
export const settle = (ctx: Context) => async (payment: PaymentRow, outcome: ProviderOutcome): Promise<void> => {
  switch (outcome.kind) {
    case 'unknown':
      await ctx.store.commit(ctx.store.merchant(payment.merchantId).payments.doubt(payment.id, ctx.clock.now()))
      ctx.log.warn({ payment: payment.id, reason: outcome.reason }, 'nobody knows how a charge ended; the provider will be asked')
      return
    case 'refused':
      return fail(ctx, payment, outcome.failure, outcome.payment)
    case 'done':
      return takeState(ctx, payment, outcome.payment)
  }
}

/** The same for an answer to a question: that the provider would not tell is no word about the money. */
export const settleAsked = (ctx: Context) => (payment: PaymentRow, outcome: ProviderOutcome): Promise<void> =>
  settle(ctx)(payment, outcome.kind === 'refused' ? { kind: 'unknown', reason: outcome.failure.code } : outcome)

async function takeState(ctx: Context, payment: PaymentRow, seen: ProviderPayment): Promise<void> {
  switch (seen.state) {
    case 'succeeded':
      return succeed(ctx, payment, seen)
    case 'needs_action':
    case 'processing':
      return wait(ctx, payment, seen, seen.state)
    case 'canceled':
      return end(ctx, payment, 'canceled', null, seen)
    case 'needs_method':
      return fail(ctx, payment, seen.failure ?? declined, seen)
  }
}

const declined: ProviderFailure = { code: 'declined', declineCode: null, retryable: true, payerText: 'The payment was not completed. You were not charged. Try again or use another card.' }

async function succeed(ctx: Context, payment: PaymentRow, seen: ProviderPayment): Promise<void> {
  const merchant = ctx.store.merchant(payment.merchantId)
  if (payment.state === 'succeeded') return
  const now = ctx.clock.now()
  if (seen.amount !== payment.amount || seen.currency !== payment.currency) return mismatch(ctx, payment, seen)
  const allocations = await merchant.payments.allocations(payment.id)
  const connection = await merchant.connection.find()
  await ctx.pass('C6')
  const outcome = await merchant.commit(
    merchant.payments.move(payment.id, statesBefore('succeeded'), { state: 'succeeded', providerRef: seen.ref, method: seen.method, failure: null, fee: seen.fee, holdUntil: null, capturedAt: seen.takenAt ?? now, endedAt: now }),
    merchant.payments.moveAllocations(payment.id, ['held', 'released'], 'captured'),
    merchant.payments.enter(`${payment.id}:captured`, payment.id, captured(payment.provider, payment.currency, allocations), now),
    merchant.postings.owe(payment.id, wasLost(payment) ? payment.createdAt : null),
    merchant.outbox.add({ id: postingJob(payment.id), lane: connection ? laneOf(connection.realmId) : `payment:${payment.id}`, kind: 'post_payment', payload: { paymentId: payment.id } }),
    wasLost(payment) && !isMailKnown(payment.createdAt, now) ? [] : await receiptLetter(ctx, payment, seen.method, allocations),
    ...eachInvoice(ctx, payment, allocations, 'paid', now),
  )
  if (outcome.kind === 'committed') return
  // Another door was faster and wrote the same fact: that is as good. Anything else must not pass for settled: money moved.
  if ((await merchant.payments.find(payment.id))?.state !== 'succeeded') throw new Error(`a captured payment could not be stored: ${outcome.rule}`)
  ctx.log.info({ payment: payment.id, rule: outcome.rule }, 'the payment was settled by somebody else meanwhile')
}

function eachInvoice(ctx: Context, payment: PaymentRow, allocations: readonly AllocationRow[], kind: 'paid' | 'payment_failed', now: number): Write[][] {
  const merchant = ctx.store.merchant(payment.merchantId)
  return allocations.map(a => [
    merchant.invoices.note({ id: newId('evt', now), invoiceId: a.invoiceId, key: `${payment.id}:${kind}`, kind, facts: { amount: a.amount, currency: payment.currency, reference: payment.reference }, at: now }),
    merchant.changes.tell({ customerId: payment.customerId, invoiceId: a.invoiceId, kind: 'payment', now }),
  ])
}

async function wait(ctx: Context, payment: PaymentRow, seen: ProviderPayment, state: 'needs_action' | 'processing'): Promise<void> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  const from = statesBefore(state)
  if (!from.includes(payment.state)) return
  // Asking again gives no new time: whoever left must not keep the invoice for ever.
  const holdUntil = payment.state === state ? null : now + holdMs
  if (holdUntil === null && payment.unknownSince === null) return
  await merchant.commit(
    merchant.payments.move(payment.id, from, { state, providerRef: seen.ref, method: seen.method, failure: null, fee: null, holdUntil, capturedAt: null, endedAt: null }),
    await tellAll(ctx, payment, now),
  )
}

async function fail(ctx: Context, payment: PaymentRow, failure: ProviderFailure, seen: ProviderPayment | null): Promise<void> {
  return end(ctx, payment, 'failed', failure, seen)
}

/** Ends an attempt that took no money and lets its invoices be paid by another. */
async function end(ctx: Context, payment: PaymentRow, state: 'failed' | 'canceled', failure: ProviderFailure | null, seen: ProviderPayment | null): Promise<void> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const from = statesBefore(state)
  if (!from.includes(payment.state)) return
  const now = ctx.clock.now()
  const allocations = await merchant.payments.allocations(payment.id)
  await merchant.commit(
    merchant.payments.move(payment.id, from, { state, providerRef: seen?.ref ?? null, method: seen?.method ?? null, failure, fee: null, holdUntil: null, capturedAt: null, endedAt: now }),
    merchant.payments.moveAllocations(payment.id, ['held'], 'released'),
    ...(state === 'failed' ? eachInvoice(ctx, payment, allocations, 'payment_failed', now) : [await tellAll(ctx, payment, now)]),
  )
  if (state === 'failed') await ctx.store.commit(await breakerWrites(ctx, payment.merchantId))
}

async function tellAll(ctx: Context, payment: PaymentRow, now: number): Promise<Write[]> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const allocations = await merchant.payments.allocations(payment.id)
  return allocations.map(a => merchant.changes.tell({ customerId: payment.customerId, invoiceId: a.invoiceId, kind: 'payment', now }))
}

/** The provider holds another amount than was ordered: nothing is written into the books until a person has looked. */
async function mismatch(ctx: Context, payment: PaymentRow, seen: ProviderPayment): Promise<void> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  ctx.log.error({ payment: payment.id, ref: seen.ref }, 'the provider holds another amount than was ordered')
  await merchant.commit(
    merchant.cards.openOnce({ id: newId('crd', now), key: `amount:${payment.id}`, kind: 'charge_differs', facts: { paymentId: payment.id, ordered: payment.amount, charged: seen.amount, currency: seen.currency, reference: payment.reference, ref: seen.ref }, now }),
  )
}
