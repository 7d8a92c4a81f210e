import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { Books, World } from '../world.ts'
import type { TestCard } from '../cards.ts'
import { invalid, missing } from '../wire/failure.ts'
import { address, erasable, expand, flag, metadata, oneOf, text, whole } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'
import { openSession } from './customer-sessions.ts'
import { billingOf, cardBehind, cardObject, makeMethod, methodData, readCard, useMethod } from './payment-methods.ts'

/** A confirmation token lives 12 hours (docs.stripe.com/api/confirmation_tokens). */
const lifeS = 12 * 3600

const shared = {
  expand: expand().optional(),
  metadata: metadata().optional(),
  payment_method: text().optional(),
  payment_method_data: methodData().optional(),
  return_url: text().optional(),
  setup_future_usage: oneOf(['off_session', 'on_session']).optional(),
  shipping: z.strictObject({ name: text(), phone: erasable().optional(), address: address() }).optional(),
}
/** What Stripe.js adds to say which page the token comes from. */
const fromBrowser = z.strictObject({
  ...shared,
  client_context: z.strictObject({ mode: oneOf(['payment', 'setup', 'subscription']), currency: text().optional(), amount: whole().optional() }).optional(),
  customer_session_client_secret: text().optional(),
  use_stripe_sdk: flag().optional(),
})
type Params = z.output<typeof fromBrowser>

/** Mounts confirmation tokens: made by a browser with the publishable key or by a test with the secret one; read by the server. */
export function mountConfirmationTokens(app: StripeApp, world: World): void {
  mount(app, world, { method: 'POST', path: '/v1/confirmation_tokens', key: 'any', params: fromBrowser, run: call => makeToken(world, call.books, call.params, { browser: call.header('user-agent') ?? null, address: call.remoteAddress }) })
  mount(app, world, { method: 'POST', path: '/v1/test_helpers/confirmation_tokens', key: 'secret', params: z.strictObject(shared), alsoReal: ['payment_method_options'], run: call => makeToken(world, call.books, call.params, null) })
  mount(app, world, { method: 'GET', path: '/v1/confirmation_tokens/:id', key: 'secret', params: z.strictObject({ expand: expand().optional() }), run: ({ books, id }) => books.find('confirmation_token', id) })
}

function makeToken(world: World, books: Books, params: Params, online: { browser: string | null; address: string | null } | null): Stripe.ConfirmationToken {
  const session = params.customer_session_client_secret === undefined ? null : openSession(world, books, params.customer_session_client_secret)
  // A browser may use a saved card only of the customer whose session it holds.
  if (online && params.payment_method !== undefined && books.find('payment_method', params.payment_method, 'payment_method').customer !== (session?.customer ?? '')) throw missing('PaymentMethod', params.payment_method, 'payment_method', 400)
  const { card, preview, methodId } = readMethod(world, books, params)
  const save = params.payment_method_data?.allow_redisplay === 'always'
  const usage = params.setup_future_usage ?? (save ? (session?.components?.payment_element.features?.payment_method_save_usage ?? null) : null)
  const token: Stripe.ConfirmationToken = {
    id: world.newId('ctoken'),
    object: 'confirmation_token',
    created: world.nowS(),
    expires_at: world.nowS() + lifeS,
    livemode: false,
    mandate_data: online && { customer_acceptance: { online: { ip_address: online.address, user_agent: online.browser }, type: 'online' } },
    metadata: params.metadata ?? {},
    payment_intent: null,
    payment_method_options: null,
    payment_method_preview: preview,
    return_url: params.return_url ?? null,
    setup_future_usage: usage,
    setup_intent: null,
    shipping: params.shipping ? { name: params.shipping.name, phone: params.shipping.phone || null, address: shippingAddress(params.shipping.address) } : null,
    use_stripe_sdk: params.use_stripe_sdk ?? false,
  }
  books.put('confirmation_token', token)
  books.put('behaviour', { id: token.id, card: card.number, methodId })
  return token
}

function readMethod(world: World, books: Books, params: Params): { card: TestCard; preview: Stripe.ConfirmationToken.PaymentMethodPreview; methodId: string | null } {
  const { payment_method, payment_method_data: data } = params
  if (payment_method !== undefined) {
    const { method, card } = useMethod(world, books, payment_method, 'payment_method')
    const { allow_redisplay = 'unspecified', billing_details, customer, type } = method
    return { card, methodId: method.id, preview: { allow_redisplay, billing_details, customer, customer_account: null, type, ...(method.card ? { card: method.card } : {}) } }
  }
  if (data?.card === undefined) throw invalid('Missing required param: payment_method_data.', { param: 'payment_method_data', code: 'parameter_missing' })
  const card = readCard(data.card, world.clock.now())
  return {
    card,
    methodId: null,
    preview: { allow_redisplay: data.allow_redisplay ?? 'unspecified', billing_details: billingOf(data.billing_details ?? {}), customer: null, customer_account: null, type: 'card', card: cardObject(card, data.card) },
  }
}

/** Takes a token for its one payment: gives its payment method and marks the token as used. Throws a 400 when it is unknown, used or too old. */
export function spendToken(world: World, books: Books, id: string, intentId: string): { token: Stripe.ConfirmationToken; method: Stripe.PaymentMethod; card: TestCard } {
  const token: Stripe.ConfirmationToken = { ...unspentToken(world, books, id), payment_intent: intentId }
  books.put('confirmation_token', token)
  const { methodId } = books.find('behaviour', id)
  const card = cardBehind(books, id)
  return { token, card, method: methodId === null ? methodOf(world, books, token, card) : books.find('payment_method', methodId) }
}

function methodOf(world: World, books: Books, { payment_method_preview: preview }: Stripe.ConfirmationToken, card: TestCard): Stripe.PaymentMethod {
  if (!preview?.card) throw invalid('This ConfirmationToken carries no card.', { param: 'confirmation_token' })
  const made = makeMethod(world, books, card, preview.card, {})
  const method: Stripe.PaymentMethod = { ...made, billing_details: preview.billing_details, allow_redisplay: preview.allow_redisplay ?? 'unspecified' }
  books.put('payment_method', method)
  return method
}

/** The token, if it can still be used. Throws a 400 otherwise. */
export function unspentToken(world: World, books: Books, id: string): Stripe.ConfirmationToken {
  const token = books.find('confirmation_token', id, 'confirmation_token')
  if (token.payment_intent !== null) throw invalid(`The ConfirmationToken ${id} has already been used to confirm a PaymentIntent. A ConfirmationToken can only be used once.`, { param: 'confirmation_token', code: 'token_already_used' })
  if ((token.expires_at ?? Infinity) <= world.nowS()) throw invalid(`The ConfirmationToken ${id} has expired.`, { param: 'confirmation_token', code: 'resource_missing' })
  return token
}

function shippingAddress(at: z.output<ReturnType<typeof address>>): Stripe.Address {
  return { city: at.city || null, country: at.country || null, line1: at.line1 || null, line2: at.line2 || null, postal_code: at.postal_code || null, state: at.state || null }
}
