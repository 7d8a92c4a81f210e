import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { Write } from '../../db/client.ts'
import type { PaymentRow } from '../../db/queries/payments.ts'
import type { MerchantId, PaymentId } from '../../db/values.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { ProviderOutcome } from '../ports.ts'
import { rebuild } from './rebuild.ts'
import { settleAsked } from './settle.ts'
import { noKeys, noKeysMs } from './watch.ts'

/** What a webhook said is only a hint that something happened: the provider is asked what is so. */
export const takeStripeEvent = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { eventId, ref, paymentId } = job.payload as { eventId: string; ref: string; paymentId: PaymentId | null }
  const merchant = ctx.store.merchant(job.merchantId)
  const ended = (state: 'done' | 'ignored', problem: string | null) => [ctx.store.control.inbox.end({ source: 'stripe', owner: '', eventId }, state, problem, ctx.clock.now())]
  if (!ctx.stripe) return { kind: 'retry', problem: noKeys, afterMs: noKeysMs }
  const payment = (paymentId && (await merchant.payments.find(paymentId))) || (await merchant.payments.findByRef('stripe', ref))
  const outcome = await ctx.stripe.fetch(ref, payment?.stripeAccount ?? null)
  if (outcome.kind === 'unknown') return { kind: 'retry', problem: outcome.reason }
  await ctx.pass('W2')
  // A payment of ours that the provider knows by another name has nothing to do with this charge, whatever marks it carries.
  if (payment && (payment.providerRef === null || payment.providerRef === ref)) {
    await settleAsked(ctx)(payment, outcome)
    return { kind: 'done', writes: [...refundCard(ctx, payment, outcome), ...ended('done', null)] }
  }
  if (outcome.kind !== 'done' || outcome.payment.state !== 'succeeded') return { kind: 'done', writes: ended('ignored', 'no payment of ours') }
  const rebuilt = payment ? null : await rebuild(ctx)(job.merchantId, outcome.payment)
  if (rebuilt?.kind === 'rebuilt') return { kind: 'done', writes: ended('done', null) }
  if (rebuilt?.kind === 'later') return { kind: 'retry', problem: rebuilt.why }
  const now = ctx.clock.now()
  const card = merchant.cards.openOnce({ id: newId('crd', now), key: `orphan:${ref}`, kind: 'orphan_charge', facts: { ref, amount: outcome.payment.amount, currency: outcome.payment.currency, reference: outcome.payment.metadata['reference'] ?? null }, now })
  return { kind: 'done', writes: [card, ...ended('done', 'a charge that we have no payment for')] }
}

/** Money went back to the payer at the provider: QuickBooks is not touched, a person is told, once for each sum. */
export function refundCard(ctx: Context, payment: PaymentRow, outcome: ProviderOutcome): Write[] {
  if (outcome.kind !== 'done' || outcome.payment.refunded === 0) return []
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  const { refunded } = outcome.payment
  const facts = { paymentId: payment.id, reference: payment.reference, amount: payment.amount, currency: payment.currency, refunded, ref: outcome.payment.ref }
  return [
    merchant.cards.openOnce({ id: newId('crd', now), key: refundKey(payment.id, refunded), kind: 'charge_refunded', facts, now }),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
  ]
}

/** Names the giving back of a sum, so that it is told once. */
export const refundKey = (paymentId: PaymentId, refunded: number): string => `refund:${paymentId}:${refunded}`

/** Whose payment an event speaks of, by the marks that we put on every charge. */
export function ownerOf(metadata: Readonly<Record<string, string>>): { merchantId: MerchantId; paymentId: PaymentId | null } | null {
  const merchantId = metadata['merchant']
  const paymentId = metadata['payment']
  if (!merchantId?.startsWith('mer_')) return null
  return { merchantId: merchantId as MerchantId, paymentId: paymentId?.startsWith('pay_') ? (paymentId as PaymentId) : null }
}
