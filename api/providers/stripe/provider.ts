import type { Stripe } from 'stripe'
import type { PaymentProvider, ProviderOutcome } from '../../ports.ts'
import { createClient, type StripeSettings } from './client.ts'
import { endOf, paymentOutcome } from './outcome.ts'
import { expanded } from './payment.ts'
import { createWebhookReader } from './webhook.ts'

/** Cards alone, wallets included: bank payments end later than this version waits for them. The pay page offers the same. */
const methodTypes = ['card']
const lookUpPageSize = 100
const lookUpPagesMax = 20
/** Stripe's clock and ours may differ. */
const clockSkewMs = 3_600_000

/**
 * Card payments by Stripe: a PaymentIntent that is confirmed with a ConfirmationToken in one call.
 * Throws an Error where a live key would be sent to another host than Stripe's.
 */
export function createStripeProvider(settings: StripeSettings): PaymentProvider {
  const stripe = createClient(settings)
  return {
    id: 'stripe',
    publicConfig: stripeAccount => ({ scriptUrl: settings.scriptUrl, publishableKey: settings.publishableKey, stripeAccount }),
    customer: request => makeCustomer(stripe, request),
    customerSession: request => openSession(stripe, request),
    charge: order =>
      paymentOutcome(() =>
        stripe.paymentIntents.create(
          {
            amount: order.amount,
            currency: order.currency.toLowerCase(),
            confirm: true,
            confirmation_token: order.confirmationToken,
            allowed_payment_method_types: methodTypes,
            return_url: order.returnUrl,
            description: order.description,
            metadata: { ...order.metadata },
            expand: expanded,
            ...(order.customerRef === null ? {} : { customer: order.customerRef }),
          },
          { idempotencyKey: order.key, ...on(order.stripeAccount) },
        ),
      ),
    fetch: (ref, stripeAccount) => paymentOutcome(() => stripe.paymentIntents.retrieve(ref, { expand: expanded }, on(stripeAccount))),
    lookUp: request => lookUp(stripe, request),
    cancel: ({ ref, stripeAccount }) => paymentOutcome(() => stripe.paymentIntents.cancel(ref, { cancellation_reason: 'abandoned', expand: expanded }, on(stripeAccount))),
    verifyWebhook: createWebhookReader(settings.webhookSecrets),
  }
}

/** The merchant's own account, where it is connected to ours. */
function on(stripeAccount: string | null): Stripe.RequestOptions {
  return stripeAccount === null ? {} : { stripeContext: stripeAccount }
}

async function makeCustomer(stripe: Stripe, { key, name, email, metadata, stripeAccount }: Parameters<PaymentProvider['customer']>[0]): ReturnType<PaymentProvider['customer']> {
  try {
    const made = await stripe.customers.create({ name: name.slice(0, 256), metadata: { ...metadata }, ...(email === null ? {} : { email }) }, { idempotencyKey: key, ...on(stripeAccount) })
    return made.object === 'customer' ? { kind: 'done', ref: made.id } : { kind: 'unknown', reason: 'Stripe answered with something else than a customer' }
  } catch (error) {
    return endOf(error)
  }
}

async function openSession(stripe: Stripe, { customerRef, stripeAccount }: Parameters<PaymentProvider['customerSession']>[0]): ReturnType<PaymentProvider['customerSession']> {
  try {
    const session = await stripe.customerSessions.create(
      {
        customer: customerRef,
        components: {
          payment_element: {
            enabled: true,
            features: { payment_method_redisplay: 'enabled', payment_method_save: 'enabled', payment_method_save_usage: 'on_session', payment_method_remove: 'enabled' },
          },
        },
      },
      on(stripeAccount),
    )
    return session.object === 'customer_session' ? { kind: 'done', clientSecret: session.client_secret } : { kind: 'unknown', reason: 'Stripe answered with something else than a customer session' }
  } catch (error) {
    return endOf(error)
  }
}

/**
 * Reads the list of payments, which shows a payment as soon as it is made; Stripe's search may lag behind by a minute and could not prove that there is none
 * (docs.stripe.com/search, "Data freshness").
 */
async function lookUp(stripe: Stripe, { paymentId, createdAfter, stripeAccount }: Parameters<PaymentProvider['lookUp']>[0]): Promise<ProviderOutcome | { kind: 'absent' }> {
  const since = Math.floor((createdAfter - clockSkewMs) / 1000)
  const expand = expanded.map(path => `data.${path}`)
  let after: string | undefined
  try {
    for (let page = 0; page < lookUpPagesMax; page += 1) {
      const { data, has_more, object } = await stripe.paymentIntents.list({ created: { gte: since }, limit: lookUpPageSize, expand, ...(after === undefined ? {} : { starting_after: after }) }, on(stripeAccount))
      if (object !== 'list') return { kind: 'unknown', reason: 'Stripe answered with something else than a list' }
      const found = data.find(intent => intent.metadata['payment'] === paymentId)
      if (found) return await paymentOutcome(() => Promise.resolve(found))
      after = data.at(-1)?.id
      if (!has_more || after === undefined) return { kind: 'absent' }
    }
  } catch (error) {
    const { intent: _none, ...ended } = endOf(error)
    return ended.kind === 'refused' ? { ...ended, payment: null } : ended
  }
  return { kind: 'unknown', reason: `it is not among the ${lookUpPagesMax * lookUpPageSize} newest payments` }
}
