import type { Stripe } from 'stripe'
import { z } from 'zod'
import { checkAmount, readCurrency } from '../amounts.ts'
import type { Books, World } from '../world.ts'
import { invalid, missing, StripeFailure } from '../wire/failure.ts'
import { listPage, within } from '../wire/list.ts'
import { created, erasable, expand, flag, metadata, oneOf, page, text, whole } from '../wire/params.ts'
import { mount, type Call, type StripeApp } from '../wire/route.ts'
import { checkConfirmable, confirmIntent, finishChallenge, type Cashier } from './confirm.ts'
import { searchIntents } from './search.ts'

const confirming = {
  confirmation_token: text().optional(),
  payment_method: text().optional(),
  return_url: text().optional(),
  use_stripe_sdk: flag().optional(),
  off_session: flag().optional(),
  error_on_requires_action: flag().optional(),
  setup_future_usage: oneOf(['off_session', 'on_session']).optional(),
  expand: expand().optional(),
}
/** Gone since `2026-09-30.endive` (docs.stripe.com/changelog/endive). */
const gone = { payment_method_types: z.unknown().optional() }
const createParams = z.strictObject({
  ...confirming,
  ...gone,
  amount: whole(),
  currency: text(),
  allowed_payment_method_types: z.array(text()).optional(),
  automatic_payment_methods: z.strictObject({ enabled: flag(), allow_redirects: oneOf(['always', 'never']).optional() }).optional(),
  capture_method: oneOf(['automatic', 'automatic_async']).optional(),
  confirm: flag().optional(),
  customer: text().optional(),
  description: text(1000).optional(),
  metadata: metadata().optional(),
  receipt_email: text(800).optional(),
})
type CreateParams = z.output<typeof createParams>
const notCarried = [
  'amount_details', 'application_fee_amount', 'confirmation_method', 'customer_account', 'excluded_payment_method_types', 'hooks', 'mandate', 'mandate_data', 'on_behalf_of', 'payment_details',
  'payment_method_configuration', 'payment_method_data', 'payment_method_options', 'radar_options', 'shipping', 'statement_descriptor', 'statement_descriptor_suffix', 'transfer_data', 'transfer_group',
] as const satisfies readonly (keyof Stripe.PaymentIntentCreateParams)[]

/** Types of payment method that this sandbox's merchant has switched on. */
const switchedOn: readonly string[] = ['card']
const cancelable: readonly string[] = ['requires_payment_method', 'requires_confirmation', 'requires_action', 'requires_capture', 'processing']

/** Mounts `/v1/payment_intents`: create, retrieve, list, search, confirm, cancel, and the answer of the 3-D Secure challenge. */
export function mountPaymentIntents(app: StripeApp, cashier: Cashier): void {
  const { world } = cashier
  mount(app, world, { method: 'POST', path: '/v1/payment_intents', key: 'secret', params: createParams, alsoReal: notCarried, run: call => createIntent(cashier, call) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/payment_intents',
    key: 'secret',
    params: z.strictObject({ ...page, created: created().optional(), customer: text().optional() }),
    alsoReal: ['customer_account'],
    run: ({ books, params }) => {
      const wanted = books.all('payment_intent').filter(i => within(i.created, params.created) && (params.customer ?? i.customer) === i.customer)
      return listPage('/v1/payment_intents', wanted, params)
    },
  })
  mount(app, world, {
    method: 'GET',
    path: '/v1/payment_intents/search',
    key: 'secret',
    params: z.strictObject({ query: text(), limit: whole().optional(), page: text().optional(), expand: expand().optional() }),
    run: ({ books, params }) => searchIntents(books, params),
  })
  mount(app, world, {
    method: 'GET',
    path: '/v1/payment_intents/:id',
    key: 'any',
    params: z.strictObject({ client_secret: text().optional(), expand: expand().optional() }),
    run: ({ books, id, params, caller }) => (caller.key === 'secret' ? books.find('payment_intent', id) : publicPart(shownIntent(books, id, params.client_secret))),
  })
  mount(app, world, {
    method: 'POST',
    path: '/v1/payment_intents/:id/confirm',
    key: 'secret',
    params: z.strictObject({ ...confirming, ...gone, receipt_email: erasable(800).optional() }),
    alsoReal: ['allowed_payment_method_types', 'capture_method', ...notCarried],
    run: ({ books, id, params, request }) => {
      refuseOldTypes(params)
      const intent = books.find('payment_intent', id)
      if (intent.status !== 'requires_payment_method' && intent.status !== 'requires_confirmation') throw unexpectedState(intent, 'confirm', ['requires_payment_method', 'requires_confirmation'])
      return confirmIntent(cashier, books, intent, params, request)
    },
  })
  mount(app, world, {
    method: 'POST',
    path: '/v1/payment_intents/:id/cancel',
    key: 'secret',
    params: z.strictObject({ cancellation_reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer', 'abandoned']).optional(), expand: expand().optional() }),
    run: ({ books, id, params, request }) => {
      const intent = books.find('payment_intent', id)
      if (!cancelable.includes(intent.status)) throw unexpectedState(intent, 'cancel', cancelable)
      const canceled: Stripe.PaymentIntent = { ...intent, status: 'canceled', next_action: null, canceled_at: world.nowS(), cancellation_reason: params.cancellation_reason ?? null }
      books.put('payment_intent', canceled)
      cashier.emit(books, 'payment_intent.canceled', canceled, request)
      return canceled
    },
  })
  // The bank's side of the challenge: not an address of Stripe's API, only the stand-in's own frame calls it.
  mount(app, world, {
    method: 'POST',
    path: '/endive/challenge/:id',
    key: 'any',
    params: z.strictObject({ client_secret: text(), outcome: oneOf(['complete', 'fail']) }),
    run: ({ books, id, params, request }) => publicPart(finishChallenge(cashier, books, shownIntent(books, id, params.client_secret), params.outcome === 'complete', request)),
  })
}

async function createIntent(cashier: Cashier, { books, params, request }: Call<CreateParams>): Promise<Stripe.PaymentIntent> {
  const { world } = cashier
  refuseOldTypes(params)
  const currency = readCurrency(params.currency)
  checkAmount(params.amount, currency)
  if (params.customer !== undefined) books.find('customer', params.customer, 'customer')
  if (!params.confirm) refuseUnlessConfirmed(params)
  const intent = emptyIntent(world, params, currency)
  // A request that cannot be carried out at all leaves no payment intent behind; a decline does.
  if (params.confirm) checkConfirmable(world, books, intent, params)
  books.put('payment_intent', intent)
  cashier.emit(books, 'payment_intent.created', intent, request)
  return params.confirm ? confirmIntent(cashier, books, intent, params, request) : intent
}

function refuseOldTypes(params: { payment_method_types?: unknown }): void {
  if (params.payment_method_types === undefined) return
  throw invalid('The `payment_method_types` parameter is no longer supported. Use `automatic_payment_methods` or `allowed_payment_method_types` instead.', { param: 'payment_method_types', code: 'payment_method_types_no_longer_supported' })
}

function refuseUnlessConfirmed(params: CreateParams): void {
  for (const name of ['confirmation_token', 'return_url', 'off_session', 'error_on_requires_action'] as const) {
    if (params[name] !== undefined) throw invalid(`The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`, { param: name })
  }
}

function methodTypes(params: CreateParams): string[] {
  if (params.allowed_payment_method_types !== undefined && params.automatic_payment_methods !== undefined) {
    throw invalid('You may only specify one of these parameters: automatic_payment_methods, allowed_payment_method_types.', { code: 'parameters_exclusive' })
  }
  // Incompatible types are dropped without a word (docs.stripe.com/changelog/dahlia/2026-07-29/allowed-payment-method-types-parameter).
  const types = switchedOn.filter(type => params.allowed_payment_method_types?.includes(type) ?? true)
  if (types.length === 0) throw invalid('No valid payment method types for this Payment Intent. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard.', { param: 'allowed_payment_method_types' })
  return types
}

function emptyIntent(world: World, params: CreateParams, currency: string): Stripe.PaymentIntent {
  const id = world.newId('pi')
  const types = methodTypes(params)
  const automatic = params.allowed_payment_method_types === undefined ? { enabled: params.automatic_payment_methods?.enabled ?? true, allow_redirects: params.automatic_payment_methods?.allow_redirects ?? 'always' } : null
  return {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: params.allowed_payment_method_types ? types : null,
    amount: params.amount,
    amount_capturable: 0,
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: automatic,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: params.capture_method ?? 'automatic_async',
    client_secret: `${id}_${world.newId('secret')}`,
    confirmation_method: 'automatic',
    created: world.nowS(),
    currency,
    customer: params.customer ?? null,
    customer_account: null,
    description: params.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: params.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: params.payment_method ?? null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: types,
    payment_record: null,
    processing: null,
    receipt_email: params.receipt_email ?? null,
    review: null,
    setup_future_usage: params.setup_future_usage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: params.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    transfer_group: null,
  }
}

/** The intent, for whoever shows its client secret. Throws the 404 that hides whether it exists. */
function shownIntent(books: Books, id: string, clientSecret: string | undefined): Stripe.PaymentIntent {
  if (clientSecret === undefined) throw invalid('Missing required param: client_secret.', { param: 'client_secret', code: 'parameter_missing' })
  const intent = books.get('payment_intent', id)
  if (!intent || intent.client_secret !== clientSecret) throw missing('payment_intent', id, 'intent', 404)
  return intent
}

const publicFields = [
  'id', 'object', 'amount', 'amount_details', 'automatic_payment_methods', 'canceled_at', 'cancellation_reason', 'capture_method', 'client_secret', 'confirmation_method', 'created', 'currency', 'description',
  'last_payment_error', 'livemode', 'next_action', 'payment_method', 'payment_method_configuration_details', 'payment_method_types', 'processing', 'receipt_email', 'setup_future_usage', 'shipping', 'source', 'status',
] as const satisfies readonly (keyof Stripe.PaymentIntent)[]

/** What a browser may see: no metadata, no customer, no charge. */
function publicPart(intent: Stripe.PaymentIntent): object {
  return Object.fromEntries(publicFields.filter(field => intent[field] !== undefined).map(field => [field, intent[field]]))
}

function unexpectedState(intent: Stripe.PaymentIntent, verb: string, allowed: readonly string[]): StripeFailure {
  const message = `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb}ed: ${allowed.join(', ')}.`
  return new StripeFailure(400, { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message, payment_intent: intent })
}
