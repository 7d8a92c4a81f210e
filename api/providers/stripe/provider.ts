import type { Stripe } from 'stripe'
import type { PaymentProvider, ProviderOutcome } from '../../ports.ts'
import { createClient, type StripeSettings } from './client.ts'
import { endOf, paymentOutcome } from './outcome.ts'
import { expanded, readPayment } from './payment.ts'
import { createWebhookReader } from './webhook.ts'

/** Cards alone, wallets included: bank payments end later than this version waits for them. The pay page offers the same. */
const methodTypes = ['card']
const pageSize = 100
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
    list: request => listPayments(stripe, request),
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

/** A payment in a state that this version does not know makes the whole page unknown: left out, it would pass for absent. */
async function listPayments(stripe: Stripe, { createdAfter, after, stripeAccount }: Parameters<PaymentProvider['list']>[0]): ReturnType<PaymentProvider['list']> {
  try {
    const { data, has_more, object } = await stripe.paymentIntents.list(
      { created: { gte: Math.floor((createdAfter - clockSkewMs) / 1000) }, limit: pageSize, expand: expanded.map(path => `data.${path}`), ...(after === null ? {} : { starting_after: after }) },
      on(stripeAccount),
    )
    if (object !== 'list') return { kind: 'unknown', reason: 'Stripe answered with something else than a list' }
    const payments = data.map(intent => readPayment(intent))
    const strange = data[payments.indexOf(null)]
    return strange ? { kind: 'unknown', reason: `Stripe answered with ${strange.object} ${strange.status}` } : { kind: 'page', payments: payments.filter(each => each !== null), next: has_more ? (data.at(-1)?.id ?? null) : null }
  } catch (error) {
    const { intent: _none, ...ended } = endOf(error)
    return ended
  }
}

/**
 * Reads the list of payments, which shows a payment as soon as it is made; Stripe's search may lag behind by a minute and could not prove that there is none
 * (docs.stripe.com/search, "Data freshness").
 */
async function lookUp(stripe: Stripe, { paymentId, ...wanted }: Parameters<PaymentProvider['lookUp']>[0]): Promise<ProviderOutcome | { kind: 'absent' }> {
  let after: string | null = null
  for (let i = 0; i < lookUpPagesMax; i += 1) {
    const page: Awaited<ReturnType<PaymentProvider['list']>> = await listPayments(stripe, { ...wanted, after })
    if (page.kind !== 'page') return page.kind === 'refused' ? { ...page, payment: null } : page
    const payment = page.payments.find(each => each.metadata['payment'] === paymentId)
    if (payment) return { kind: 'done', payment }
    after = page.next
    if (after === null) return { kind: 'absent' }
  }
  return { kind: 'unknown', reason: `it is not among the ${lookUpPagesMax * pageSize} newest payments` }
}
