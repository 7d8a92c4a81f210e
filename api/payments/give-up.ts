import type { MerchantId, PaymentId } from '../../db/values.ts'
import type { PaymentRow } from '../../db/queries/payments.ts'
import type { Context } from '../context.ts'
import { isOpen } from '../domain/payment.ts'
import { settleAsked } from './settle.ts'

/**
 * Ends an open attempt, at the provider first: only its word that the attempt is canceled frees the invoices.
 * Where the provider says that it was paid after all, it is settled as paid.
 */
export const giveUpPayment = (ctx: Context) => async (merchantId: MerchantId, paymentId: PaymentId): Promise<PaymentRow | null> => {
  const merchant = ctx.store.merchant(merchantId)
  const payment = await merchant.payments.find(paymentId)
  if (!payment || !isOpen(payment.state) || !ctx.stripe) return payment
  const ref = payment.providerRef ?? (await refOf(ctx, payment))
  if (ref === null) return payment
  const outcome = await ctx.stripe.cancel({ ref, stripeAccount: payment.stripeAccount })
  await ctx.pass('G1')
  // A refusal to cancel is no word about the money: ask what became of it.
  await settleAsked(ctx)(payment, outcome.kind === 'done' ? outcome : await ctx.stripe.fetch(ref, payment.stripeAccount))
  return merchant.payments.find(paymentId)
}

/** The provider's name for an attempt whose answer never came; null where the provider knows of none or does not answer. */
async function refOf(ctx: Context, payment: PaymentRow): Promise<string | null> {
  const looked = await ctx.stripe?.lookUp({ paymentId: payment.id, createdAfter: payment.createdAt, stripeAccount: payment.stripeAccount })
  return looked?.kind === 'done' ? looked.payment.ref : null
}
