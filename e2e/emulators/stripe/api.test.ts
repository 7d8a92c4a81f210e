import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startStripeEmulator, type StripeEmulator } from './index.ts'

let emulator: StripeEmulator
let stripe: Stripe

beforeAll(async () => {
  emulator = await startStripeEmulator()
  stripe = sdk(emulator)
})
beforeEach(async () => {
  await fetch(`${emulator.url}/_emulator/reset`, { method: 'POST' })
})
afterAll(async () => emulator.close())

function sdk({ url, secretKey }: { url: string; secretKey: string }): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(secretKey, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false })
}

async function raw(method: string, path: string, body: Record<string, string> = {}, headers: Record<string, string> = {}) {
  const form = new URLSearchParams(body).toString()
  const answer = await fetch(`${emulator.url}${path}`, { method, headers: { authorization: `Bearer ${emulator.secretKey}`, 'content-type': 'application/x-www-form-urlencoded', ...headers }, ...(method === 'GET' ? {} : { body: form }) })
  const parsed = (await answer.json()) as { error?: Stripe.StripeRawError; id?: string } & Record<string, unknown>
  return { status: answer.status, headers: answer.headers, body: parsed }
}

async function tokenOf(card: string): Promise<string> {
  const { body } = await raw('POST', '/v1/test_helpers/confirmation_tokens', { payment_method: card })
  return String(body.id)
}

const pay = async (card: string, extra: Partial<Stripe.PaymentIntentCreateParams> = {}, options: Stripe.RequestOptions = {}) =>
  stripe.paymentIntents.create(
    { amount: 12_400, currency: 'usd', confirm: true, confirmation_token: await tokenOf(card), return_url: 'https://shop.example/back', automatic_payment_methods: { enabled: true }, metadata: { payment_id: 'pay_1' }, ...extra },
    options,
  )

async function refusal(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await promise.then(() => undefined, (reason: unknown) => reason)
  if (error instanceof Stripe.errors.StripeError) return error
  throw new Error('expected a StripeError')
}

describe('paying with a card', () => {
  test('a good card succeeds and its fee is booked a moment later, as automatic_async does', async () => {
    const intent = await pay('pm_card_visa', { expand: ['latest_charge'] })
    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 12_400, currency: 'usd', metadata: { payment_id: 'pay_1' }, capture_method: 'automatic_async' })
    expect(intent.latest_charge).toMatchObject({ balance_transaction: null, paid: true })
    emulator.clock.advance(3_000)
    const charge = await stripe.charges.retrieve((intent.latest_charge as Stripe.Charge).id, { expand: ['balance_transaction'] })
    expect(charge.balance_transaction).toMatchObject({ amount: 12_400, fee: 390, net: 12_010, type: 'charge', fee_details: [{ amount: 390, type: 'stripe_fee' }] })
  })

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', ''],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', ''],
  ])('%s is declined with 402 %s and leaves an intent that waits for another method', async (card, code, declineCode) => {
    const error = await refusal(pay(card))
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
    expect(error).toMatchObject({ statusCode: 402, code, rawType: 'card_error' })
    expect(error.decline_code).toBe(declineCode)
    const intent = await stripe.paymentIntents.retrieve(String(error.payment_intent?.id))
    expect(intent).toMatchObject({ status: 'requires_payment_method', amount_received: 0, payment_method: null, last_payment_error: { code, type: 'card_error' } })
    expect((await stripe.charges.list({ payment_intent: intent.id })).data).toMatchObject([{ paid: false, status: 'failed', failure_code: code }])
  })

  test('a declined intent can be confirmed again with another card', async () => {
    const error = await refusal(pay('pm_card_visa_chargeDeclined'))
    const again = await stripe.paymentIntents.confirm(String(error.payment_intent?.id), { confirmation_token: await tokenOf('pm_card_visa'), return_url: 'https://shop.example/back' })
    expect(again).toMatchObject({ status: 'succeeded', last_payment_error: null })
  })

  test('a confirmation token shows its card, pays once, and not after twelve hours', async () => {
    const token = await tokenOf('pm_card_visa_debit')
    expect((await stripe.confirmationTokens.retrieve(token)).payment_method_preview).toMatchObject({ type: 'card', card: { brand: 'visa', funding: 'debit', last4: '5556' } })
    const intent = await pay('pm_card_visa', { confirmation_token: token })
    expect((await stripe.confirmationTokens.retrieve(token)).payment_intent).toBe(intent.id)
    expect(await refusal(pay('pm_card_visa', { confirmation_token: token }))).toMatchObject({ statusCode: 400, param: 'confirmation_token' })
    const late = await tokenOf('pm_card_visa')
    emulator.clock.advance(12 * 3_600_000)
    expect(await refusal(pay('pm_card_visa', { confirmation_token: late }))).toMatchObject({ statusCode: 400, param: 'confirmation_token' })
  })

  test('3-D Secure asks the payer first; off session it is a decline', async () => {
    const intent = await pay('pm_card_threeDSecure2Required')
    expect(intent).toMatchObject({ status: 'requires_action', amount_received: 0, latest_charge: null, next_action: { type: 'redirect_to_url' } })
    expect(await refusal(pay('pm_card_authenticationRequired', { off_session: true }))).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  })

  test('an intent that has succeeded cannot be canceled, one that waits can', async () => {
    const paid = await pay('pm_card_visa')
    expect(await refusal(stripe.paymentIntents.cancel(paid.id))).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state', payment_intent: { id: paid.id, status: 'succeeded' } })
    const waiting = await pay('pm_card_threeDSecure2Required')
    expect(await stripe.paymentIntents.cancel(waiting.id, { cancellation_reason: 'abandoned' })).toMatchObject({ status: 'canceled', cancellation_reason: 'abandoned' })
  })
})

describe('refusing as the pinned version does', () => {
  const good = { amount: '5000', currency: 'usd' }

  test.each<[string, Record<string, string>, object]>([
    ['an unknown parameter', { ...good, colour: 'red' }, { code: 'parameter_unknown', param: 'colour', message: 'Received unknown parameter: colour' }],
    ['an unknown nested parameter', { ...good, 'automatic_payment_methods[enabled]': 'true', 'automatic_payment_methods[x]': '1' }, { code: 'parameter_unknown', param: 'automatic_payment_methods[x]' }],
    ['payment_method_types', { ...good, 'payment_method_types[]': 'card' }, { code: 'payment_method_types_no_longer_supported', param: 'payment_method_types' }],
    ['an amount below the minimum', { ...good, amount: '49' }, { code: 'amount_too_small', param: 'amount' }],
    ['an amount of nine digits', { ...good, amount: '100000000' }, { code: 'amount_too_large', param: 'amount' }],
    ['a fractional amount', { ...good, amount: '10.5' }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['a negative amount', { ...good, amount: '-500' }, { code: 'parameter_invalid_integer', param: 'amount' }],
    ['a missing amount', { currency: 'usd' }, { code: 'parameter_missing', param: 'amount' }],
    ['an empty amount', { ...good, amount: '' }, { code: 'parameter_invalid_empty', param: 'amount' }],
    ['a currency that is none', { ...good, currency: 'xyz' }, { param: 'currency' }],
    ['a wrong enum value', { ...good, capture_method: 'sometimes' }, { param: 'capture_method', message: 'Invalid capture_method: must be one of automatic, or automatic_async' }],
    ['a wrong boolean', { ...good, confirm: 'yes' }, { param: 'confirm', message: 'Invalid boolean: yes' }],
    ['a customer that is not there', { ...good, customer: 'cus_none' }, { code: 'resource_missing', param: 'customer', message: "No such customer: 'cus_none'" }],
    ['confirming without a method', { ...good, confirm: 'true' }, { code: 'payment_intent_unexpected_state' }],
    ['confirming without a return_url', { ...good, confirm: 'true', payment_method: 'pm_card_visa' }, { param: 'return_url' }],
    ['a token without confirm', { ...good, confirmation_token: 'ctoken_1' }, { param: 'confirmation_token' }],
    ['two ways of choosing methods', { ...good, 'automatic_payment_methods[enabled]': 'true', 'allowed_payment_method_types[]': 'card' }, { code: 'parameters_exclusive' }],
    ['what Stripe takes and the sandbox does not', { ...good, transfer_group: 'a' }, { code: 'sandbox_not_carried', param: 'transfer_group' }],
  ])('%s is refused with 400', async (_name, body, error) => {
    const answer = await raw('POST', '/v1/payment_intents', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatchObject({ type: 'invalid_request_error', ...error })
    expect((await stripe.paymentIntents.list()).data).toEqual([])
  })

  test('keys: none and wrong are 401, publishable on a secret route is 403, Basic works', async () => {
    expect((await raw('GET', '/v1/customers', {}, { authorization: '' })).status).toBe(401)
    expect((await raw('GET', '/v1/customers', {}, { authorization: 'Bearer sk_test_wrong_wrong_wrong' })).status).toBe(401)
    expect((await raw('GET', '/v1/customers', {}, { authorization: 'Bearer sk_live_4242424242424242' })).status).toBe(401)
    expect(await raw('GET', '/v1/customers', {}, { authorization: `Bearer ${emulator.publishableKey}` })).toMatchObject({ status: 403, body: { error: { code: 'secret_key_required' } } })
    expect((await raw('GET', '/v1/customers', {}, { authorization: `Basic ${btoa(`${emulator.secretKey}:`)}` })).status).toBe(200)
  })

  test('an unknown object, address, version or content type is refused in the error envelope', async () => {
    expect(await raw('GET', '/v1/payment_intents/pi_none')).toMatchObject({ status: 404, body: { error: { code: 'resource_missing', message: "No such payment_intent: 'pi_none'" } } })
    expect(await raw('GET', '/v1/nothing')).toMatchObject({ status: 404, body: { error: { type: 'invalid_request_error' } } })
    expect(await raw('GET', '/v1/customers', {}, { 'stripe-version': '2020-08-27' })).toMatchObject({ status: 400 })
    expect(await raw('POST', '/v1/customers', {}, { 'content-type': 'application/json' })).toMatchObject({ status: 200 })
    expect(await raw('POST', '/v1/customers', { name: 'Ada' }, { 'content-type': 'application/json' })).toMatchObject({ status: 400, body: { error: { type: 'invalid_request_error' } } })
  })

  test('a browser sees an intent only with its client secret, and then without its metadata', async () => {
    const intent = await pay('pm_card_visa')
    const asBrowser = { authorization: `Bearer ${emulator.publishableKey}` }
    expect((await raw('GET', `/v1/payment_intents/${intent.id}`, {}, asBrowser)).status).toBe(400)
    expect((await raw('GET', `/v1/payment_intents/${intent.id}?client_secret=${intent.id}_secret_x`, {}, asBrowser)).status).toBe(404)
    const seen = await raw('GET', `/v1/payment_intents/${intent.id}?client_secret=${intent.client_secret ?? ''}`, {}, asBrowser)
    expect(seen).toMatchObject({ status: 200, body: { status: 'succeeded' } })
    expect(seen.body).not.toHaveProperty('metadata')
  })
})

describe('idempotency', () => {
  const charge = { amount: '5000', currency: 'usd', confirm: 'true', payment_method: 'pm_card_visa', return_url: 'https://shop.example' }

  test('the same key and parameters give the first answer again and charge once', async () => {
    const first = await raw('POST', '/v1/payment_intents', charge, { 'idempotency-key': 'att:1' })
    const second = await raw('POST', '/v1/payment_intents', charge, { 'idempotency-key': 'att:1' })
    expect(second.body).toEqual(first.body)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(second.headers.get('original-request')).toBe(first.headers.get('request-id'))
    expect((await stripe.charges.list()).data).toHaveLength(1)
  })

  test('a decline is replayed too, and a key is free again after a day', async () => {
    const declined = { ...charge, payment_method: 'pm_card_visa_chargeDeclined' }
    const first = await raw('POST', '/v1/payment_intents', declined, { 'idempotency-key': 'k' })
    const second = await raw('POST', '/v1/payment_intents', declined, { 'idempotency-key': 'k' })
    expect([first.status, second.status]).toEqual([402, 402])
    expect(second.body).toEqual(first.body)
    emulator.clock.advance(25 * 3_600_000)
    expect((await raw('POST', '/v1/payment_intents', charge, { 'idempotency-key': 'k' })).status).toBe(200)
  })

  test('other parameters or another address with a used key are an idempotency_error', async () => {
    await raw('POST', '/v1/payment_intents', charge, { 'idempotency-key': 'k' })
    expect(await raw('POST', '/v1/payment_intents', { ...charge, amount: '6000' }, { 'idempotency-key': 'k' })).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } })
    expect(await raw('POST', '/v1/customers', {}, { 'idempotency-key': 'k' })).toMatchObject({ status: 400, body: { error: { type: 'idempotency_error' } } })
  })

  test('a request refused for its parameters leaves its key free', async () => {
    expect((await raw('POST', '/v1/payment_intents', { ...charge, colour: 'red' }, { 'idempotency-key': 'k' })).status).toBe(400)
    expect((await raw('POST', '/v1/payment_intents', charge, { 'idempotency-key': 'k' })).status).toBe(200)
  })

  test('a second request while the first still runs gets 409 and nothing is charged twice', async () => {
    const slow = await startStripeEmulator({ networkMs: 300 })
    const call = () => fetch(`${slow.url}/v1/payment_intents`, { method: 'POST', body: new URLSearchParams(charge), headers: { authorization: `Bearer ${slow.secretKey}`, 'idempotency-key': 'k' } })
    const statuses = (await Promise.all([call(), call()])).map(answer => answer.status)
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409])
    expect((await sdk(slow).charges.list()).data).toHaveLength(1)
    await slow.close()
  })
})

describe('the other objects', () => {
  test('customers are made, changed, found by e-mail and paged by cursor', async () => {
    const ada = await stripe.customers.create({ name: 'Ada', email: 'ada@example.com', metadata: { a: '1', b: '2' } })
    for (let i = 0; i < 11; i += 1) await stripe.customers.create({ name: `C${i}` })
    expect(await stripe.customers.update(ada.id, { name: '', metadata: { a: '' } })).toMatchObject({ name: null, email: 'ada@example.com', metadata: { b: '2' } })
    expect((await stripe.customers.list({ email: 'ada@example.com' })).data.map(c => c.id)).toEqual([ada.id])
    const all = await stripe.customers.list({ limit: 5 }).autoPagingToArray({ limit: 100 })
    expect(all.at(-1)?.id).toBe(ada.id)
    expect(new Set(all.map(c => c.id)).size).toBe(12)
  })

  test('a card kept for later is the customer’s and pays without 3-D Secure', async () => {
    const customer = await stripe.customers.create({ name: 'Ada' })
    await pay('pm_card_visa', { customer: customer.id, setup_future_usage: 'off_session' })
    const [saved] = (await stripe.customers.listPaymentMethods(customer.id)).data
    expect(saved).toMatchObject({ customer: customer.id, card: { last4: '4242' } })
    const later = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', customer: customer.id, payment_method: String(saved?.id), off_session: true, confirm: true, automatic_payment_methods: { enabled: true, allow_redirects: 'never' } })
    expect(later.status).toBe('succeeded')
    expect(await refusal(stripe.paymentIntents.create({ amount: 900, currency: 'usd', payment_method: String(saved?.id), confirm: true, return_url: 'https://a.example' }))).toMatchObject({ statusCode: 400, param: 'payment_method' })
  })

  test('a refund is at most what is left; some arrive later and some come back', async () => {
    const intent = await pay('pm_card_pendingRefund')
    const first = await stripe.refunds.create({ payment_intent: intent.id, amount: 400 })
    expect(first).toMatchObject({ status: 'pending', amount: 400, pending_reason: 'processing' })
    expect(await refusal(stripe.refunds.create({ payment_intent: intent.id, amount: 12_001 }))).toMatchObject({ statusCode: 400, param: 'amount' })
    emulator.clock.advance(10 * 60_000)
    expect(await stripe.refunds.retrieve(first.id)).toMatchObject({ status: 'succeeded' })
    await stripe.refunds.create({ payment_intent: intent.id })
    expect(await refusal(stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({ code: 'charge_already_refunded' })
    const bounced = await stripe.refunds.create({ payment_intent: (await pay('pm_card_refundFail')).id })
    emulator.clock.advance(10 * 60_000)
    expect(await stripe.refunds.retrieve(bounced.id)).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' })
    expect((await stripe.charges.retrieve(String(bounced.charge))).amount_refunded).toBe(0)
  })

  test('search finds by metadata, list by creation time', async () => {
    const intent = await pay('pm_card_visa', { metadata: { payment_id: "o'clock" } })
    await pay('pm_card_visa')
    expect((await stripe.paymentIntents.search({ query: `metadata['payment_id']:'o\\'clock' AND status:'succeeded'` })).data.map(i => i.id)).toEqual([intent.id])
    expect((await stripe.paymentIntents.search({ query: 'amount>20000' })).data).toEqual([])
    expect(await refusal(stripe.paymentIntents.search({ query: 'colour:"red"' }))).toMatchObject({ statusCode: 400, param: 'query' })
    expect((await stripe.paymentIntents.list({ created: { gte: intent.created } })).data).toHaveLength(2)
    expect((await stripe.paymentIntents.list({ created: { gt: intent.created + 60 } })).data).toEqual([])
  })

  test('a connected merchant’s objects are its own; a stranger’s account is refused', async () => {
    const [connected = ''] = emulator.connectedIds
    const intent = await pay('pm_card_visa', { payment_method: 'pm_card_visa', confirmation_token: undefined as never }, { stripeContext: connected })
    expect((await stripe.paymentIntents.list()).data).toEqual([])
    expect((await stripe.paymentIntents.list({}, { stripeContext: connected })).data.map(i => i.id)).toEqual([intent.id])
    expect((await stripe.accounts.retrieve(connected)).id).toBe(connected)
    expect(await refusal(stripe.paymentIntents.list({}, { stripeContext: 'acct_stranger' }))).toMatchObject({ statusCode: 403 })
  })

  test('a customer session needs its customer and knows its features', async () => {
    const customer = await stripe.customers.create({ name: 'Ada' })
    const components = { payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled', payment_method_save: 'enabled', payment_method_save_usage: 'off_session' } } } as const
    expect(await stripe.customerSessions.create({ customer: customer.id, components })).toMatchObject({ customer: customer.id, components: { payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled', payment_method_redisplay_limit: 3, payment_method_remove: 'disabled' } } } })
    expect(await refusal(stripe.customerSessions.create({ customer: 'cus_none', components }))).toMatchObject({ statusCode: 400, param: 'customer' })
  })

  test('what is on the shelf survives a restart on the same file, delayed work included', async () => {
    const folder = await mkdtemp(`${tmpdir()}/stripe-`)
    const first = await startStripeEmulator({ dataPath: `${folder}/stripe.db` })
    const paid = await sdk(first).paymentIntents.create({ amount: 700, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, return_url: 'https://a.example' })
    await first.close()
    const second = await startStripeEmulator({ dataPath: `${folder}/stripe.db` })
    second.clock.advance(5_000)
    expect((await sdk(second).charges.retrieve(String(paid.latest_charge), { expand: ['balance_transaction'] })).balance_transaction).toMatchObject({ fee: 50 })
    expect((await sdk(second).customers.create()).id).not.toBe('')
    await second.close()
    await rm(folder, { recursive: true })
  })
})
