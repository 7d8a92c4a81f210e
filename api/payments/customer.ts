import type { CheckoutRow } from '../../db/queries/payments.ts'
import type { Context } from '../context.ts'
import type { PaymentProvider } from '../ports.ts'

/** The customer at the provider, made once; null where the provider does not answer, for a payment can do without. */
export async function providerCustomer(ctx: Context, stripe: PaymentProvider, checkout: Pick<CheckoutRow, 'merchantId' | 'customerId' | 'payerEmail'>): Promise<string | null> {
  const merchant = ctx.store.merchant(checkout.merchantId)
  const known = await merchant.payments.providerCustomer(checkout.customerId, stripe.id)
  if (known) return known
  const [customer] = await merchant.sessions.customers([checkout.customerId])
  if (!customer) return null
  const made = await stripe.customer({
    key: `customer:${checkout.merchantId}:${checkout.customerId}`, name: customer.name, email: null,
    metadata: { merchant: checkout.merchantId, customer: checkout.customerId }, stripeAccount: null,
  })
  if (made.kind !== 'done') {
    ctx.log.warn({ merchant: checkout.merchantId, customer: checkout.customerId, outcome: made.kind }, 'the customer could not be made at the provider; the payment goes on without')
    return null
  }
  await merchant.commit(merchant.payments.rememberProviderCustomer(checkout.customerId, stripe.id, made.ref))
  return (await merchant.payments.providerCustomer(checkout.customerId, stripe.id)) ?? made.ref
}
