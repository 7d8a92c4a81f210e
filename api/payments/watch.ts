import type { PaymentRow } from '../../db/queries/payments.ts'
import type { PaymentId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { isOpen } from '../domain/payment.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { PaymentProvider } from '../ports.ts'
import { giveUpPayment } from './give-up.ts'
import { settle, settleAsked } from './settle.ts'

const soonMs = 60_000
const absentForMs = 60_000
/** Longer than a charge that was begun in the last moment of the hold can be under way. */
const afterHoldMs = 60_000

export const noKeys = 'no keys of the payment provider are set'
export const noKeysMs = 10 * 60_000

/** Asks after an attempt until it has ended, whatever became of the process or the page that began it, and sees to it that a refused one has ended at the provider too. */
export const watchPayment = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const merchant = ctx.store.merchant(job.merchantId)
  const payment = await merchant.payments.find(job.payload['paymentId'] as PaymentId)
  if (!payment) return { kind: 'done' }
  if (!ctx.stripe) return { kind: 'retry', problem: noKeys, afterMs: noKeysMs }
  if (!isOpen(payment.state)) return endRefused(ctx, ctx.stripe, payment)
  if (payment.providerRef) await settleAsked(ctx)(payment, await ctx.stripe.fetch(payment.providerRef, payment.stripeAccount))
  else await findLost(ctx, ctx.stripe, payment)
  const now = await merchant.payments.find(payment.id)
  if (!now) return { kind: 'done' }
  if (!isOpen(now.state)) return endRefused(ctx, ctx.stripe, now)
  if (now.state !== 'processing' && now.holdUntil <= ctx.clock.now()) {
    const ended = await giveUpPayment(ctx)(job.merchantId, payment.id)
    if (!ended || !isOpen(ended.state)) return { kind: 'done' }
  }
  return { kind: 'again', afterMs: soonMs }
}

/**
 * A payer's page that was asked for a confirmation holds a secret with which the provider would take another card for the same
 * attempt, past every limit of ours: after a refusal the attempt is canceled. Where it was paid all the same, money that moved wins.
 */
async function endRefused(ctx: Context, stripe: PaymentProvider, payment: PaymentRow): Promise<JobResult> {
  const { providerRef: ref, stripeAccount } = payment
  if (payment.state !== 'failed' || ref === null) return { kind: 'done' }
  const outcome = await stripe.cancel({ ref, stripeAccount })
  if (outcome.kind === 'unknown') return { kind: 'retry', problem: outcome.reason }
  if (outcome.kind === 'refused') await settleAsked(ctx)(payment, await stripe.fetch(ref, stripeAccount))
  return { kind: 'done' }
}

/** No name at the provider was stored: the call was lost, or its answer was. */
async function findLost(ctx: Context, stripe: PaymentProvider, payment: PaymentRow): Promise<void> {
  const looked = await stripe.lookUp({ paymentId: payment.id, createdAfter: payment.createdAt, stripeAccount: payment.stripeAccount })
  if (looked.kind !== 'absent') return settleAsked(ctx)(payment, looked)
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  if (payment.unknownSince === null) await merchant.commit(merchant.payments.doubt(payment.id, now))
  // Seen absent twice, long after any call could still be under way: it never happened.
  else if (now - payment.unknownSince >= absentForMs && payment.holdUntil + afterHoldMs <= now)
    await settle(ctx)(payment, { kind: 'refused', failure: { code: 'never_sent', declineCode: null, retryable: true, payerText: 'The payment did not reach the bank. You were not charged. Please try again.' }, payment: null })
}
