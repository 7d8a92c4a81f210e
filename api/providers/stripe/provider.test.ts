import { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startStripeEmulator, type StripeEmulator } from '../../../e2e/emulators/stripe/index.ts'
import { currency, minor } from '../../domain/money.ts'
import type { ChargeOrder, PaymentProvider, ProviderOutcome } from '../../ports.ts'
import { createStripeProvider } from './provider.ts'

let emulator: StripeEmulator
let provider: PaymentProvider
let stripe: Stripe

beforeAll(async () => {
  emulator = await startStripeEmulator()
  provider = createStripeProvider(settingsOf(emulator))
  const { hostname, port } = new URL(emulator.url)
  stripe = new Stripe(emulator.secretKey, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false })
})
beforeEach(async () => {
  await fetch(`${emulator.url}/_emulator/reset`, { method: 'POST' })
})
afterEach(() => emulator.faults.clear())
afterAll(async () => emulator.close())

function settingsOf({ url, scriptUrl, secretKey, publishableKey, webhookSecret }: StripeEmulator) {
  return { apiUrl: url, scriptUrl, secretKey, publishableKey, webhookSecrets: [webhookSecret] }
}

async function orderOf(card: string, change: Partial<ChargeOrder> = {}): Promise<ChargeOrder> {
  const token = await stripe.testHelpers.confirmationTokens.create({ payment_method: card })
  return {
    key: 'charge:pay_1',
    amount: minor(12_400),
    currency: currency('USD'),
    confirmationToken: token.id,
    customerRef: null,
    description: 'Invoices 1042, 1043',
    returnUrl: 'https://pay.example/pay/1',
    metadata: { merchant: 'mer_1', payment: 'pay_1' },
    stripeAccount: null,
    ...change,
  }
}

const charges = async () => (await stripe.charges.list({ limit: 100 })).data.filter(charge => charge.paid)
const paymentOf = (outcome: ProviderOutcome | { kind: 'absent' }) => {
  if (outcome.kind === 'done') return outcome.payment
  throw new Error(`expected a payment, not ${JSON.stringify(outcome)}`)
}
const createPath = { method: 'POST', path: '^/v1/payment_intents$' }

describe('charging', () => {
  test('a good card is charged once, with its method and the marks that we put on it', async () => {
    const outcome = await provider.charge(await orderOf('pm_card_visa_debit'))
    expect(outcome).toMatchObject({
      kind: 'done',
      payment: { state: 'succeeded', amount: 12_400, currency: 'USD', failure: null, metadata: { payment: 'pay_1' }, method: { kind: 'card', brand: 'visa', last4: '5556', funding: 'debit' } },
    })
    expect(await charges()).toMatchObject([{ amount: 12_400, description: 'Invoices 1042, 1043' }])
  })

  test('the fee is known once Stripe has booked it', async () => {
    const { ref, fee } = paymentOf(await provider.charge(await orderOf('pm_card_visa')))
    expect(fee).toBeNull()
    emulator.clock.advance(3_000)
    expect(paymentOf(await provider.fetch(ref, null)).fee).toBe(390)
  })

  test.each([
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline', /Call your bank, or use another card/],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds', /not enough money/],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', null, /has expired/],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', null, /security code does not match/],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', null, /Try again in a few minutes/],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card', /without giving a reason/],
  ])('%s is refused and the payer is told what to do', async (card, code, declineCode, words) => {
    const outcome = await provider.charge(await orderOf(card))
    expect(outcome).toMatchObject({ kind: 'refused', failure: { code, declineCode, retryable: true }, payment: { state: 'needs_method', method: { kind: 'card' }, failure: { code } } })
    const text = outcome.kind === 'refused' ? outcome.failure.payerText : ''
    expect(text).toMatch(words)
    expect(text).toContain('You were not charged.')
    expect(await charges()).toEqual([])
  })

  test('3-D Secure gives the page what it needs to go on', async () => {
    const payment = paymentOf(await provider.charge(await orderOf('pm_card_threeDSecure2Required')))
    expect(payment).toMatchObject({ state: 'needs_action', amount: 12_400 })
    expect(payment.clientSecret).toMatch(new RegExp(`^${payment.ref}_secret_`))
  })

  test('a card form that was used already asks the payer to enter the card again', async () => {
    const order = await orderOf('pm_card_visa')
    await provider.charge(order)
    expect(await provider.charge({ ...order, key: 'charge:pay_2' })).toMatchObject({ kind: 'refused', failure: { retryable: true, payerText: expect.stringContaining('Enter the card again') } })
    expect(await charges()).toHaveLength(1)
  })

  test('a customer and their session are made, and the payment is theirs', async () => {
    const request = { key: 'customer:1', name: 'Ada Ltd', email: 'ada@example.com', metadata: { customer: 'cus_1' }, stripeAccount: null }
    const [made, again] = [await provider.customer(request), await provider.customer(request)]
    expect(again).toEqual(made)
    const customerRef = made.kind === 'done' ? made.ref : ''
    expect(await provider.customerSession({ customerRef, stripeAccount: null })).toMatchObject({ kind: 'done', clientSecret: expect.stringMatching(/^cuss_/) })
    expect(await provider.customerSession({ customerRef: 'cus_none', stripeAccount: null })).toMatchObject({ kind: 'refused', failure: { code: 'resource_missing' } })
    await provider.charge(await orderOf('pm_card_visa', { customerRef }))
    expect(await charges()).toMatchObject([{ customer: customerRef }])
  })

  test('a connected merchant is charged for on its own', async () => {
    const [stripeAccount = ''] = emulator.connectedIds
    const token = await stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' }, { stripeContext: stripeAccount })
    const { ref } = paymentOf(await provider.charge(await orderOf('pm_card_visa', { confirmationToken: token.id, stripeAccount })))
    expect(await charges()).toEqual([])
    expect(paymentOf(await provider.fetch(ref, stripeAccount)).state).toBe('succeeded')
    expect(await provider.fetch(ref, null)).toMatchObject({ kind: 'refused', failure: { code: 'resource_missing' } })
    expect(provider.publicConfig(stripeAccount)).toEqual({ scriptUrl: emulator.scriptUrl, publishableKey: emulator.publishableKey, stripeAccount })
  })
})

describe('not knowing', () => {
  test('an answer that was lost is unknown, and the same order again is the same charge', async () => {
    const order = await orderOf('pm_card_visa')
    emulator.faults.queue({ kind: 'lose-answer', match: createPath })
    expect(await provider.charge(order)).toMatchObject({ kind: 'unknown' })
    expect(await charges()).toHaveLength(1)
    expect(paymentOf(await provider.charge(order)).state).toBe('succeeded')
    expect(await charges()).toHaveLength(1)
  })

  test('a lost payment is found by our own id, and one that never was is absent', async () => {
    const createdAfter = emulator.clock.now()
    emulator.faults.queue({ kind: 'lose-answer', match: createPath })
    await provider.charge(await orderOf('pm_card_visa'))
    expect(paymentOf(await provider.lookUp({ paymentId: 'pay_1', createdAfter, stripeAccount: null }))).toMatchObject({ state: 'succeeded', metadata: { payment: 'pay_1' } })
    expect(await provider.lookUp({ paymentId: 'pay_2', createdAfter, stripeAccount: null })).toEqual({ kind: 'absent' })
    emulator.faults.queue({ kind: 'html-500', match: { method: 'GET' } })
    expect(await provider.lookUp({ paymentId: 'pay_2', createdAfter, stripeAccount: null })).toMatchObject({ kind: 'unknown' })
  })

  test.each([
    ['a connection that breaks before anything is done', { kind: 'refuse' }],
    ['a proxy’s HTML page', { kind: 'html-500', status: 502 }],
    ['429', { kind: 'throttle' }],
    ['409 in progress', { kind: 'answer', status: 409, body: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'in progress' } } }],
    ['500 in Stripe’s envelope', { kind: 'answer', status: 500, body: { error: { type: 'api_error', message: 'sorry' } } }],
    ['200 with another object', { kind: 'answer', status: 200, body: { object: 'charge', id: 'ch_1' } }],
    ['404 without an envelope', { kind: 'answer', status: 404, body: {} }],
    ['the word null', { kind: 'answer', status: 200, body: null }],
    ['a payment in a state that nobody knows', { kind: 'answer', status: 200, body: { object: 'payment_intent', id: 'pi_1', status: 'pondering' } }],
    ['a payment without an amount', { kind: 'answer', status: 200, body: { object: 'payment_intent', id: 'pi_1', status: 'succeeded', currency: 'usd' } }],
  ] as const)('%s is unknown, never a refusal', async (_name, fault) => {
    emulator.faults.queue({ ...fault, match: createPath })
    expect(await provider.charge(await orderOf('pm_card_visa'))).toMatchObject({ kind: 'unknown', reason: expect.stringMatching(/./) })
  })

  test('a key that was used with other parameters is unknown, for its first call did happen', async () => {
    const order = await orderOf('pm_card_visa')
    await provider.charge(order)
    expect(await provider.charge({ ...order, amount: minor(500) })).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('idempotency key') })
  })

  test('a wrong key of the merchant is a definite no that the payer cannot mend', async () => {
    emulator.faults.queue({ kind: 'unauthorized', match: createPath })
    expect(await provider.charge(await orderOf('pm_card_visa'))).toMatchObject({ kind: 'refused', failure: { retryable: false, payerText: expect.stringContaining('You were not charged.') }, payment: null })
  })

  test('a payment that is still processing is told as that', async () => {
    emulator.faults.queue({ kind: 'answer', status: 200, match: createPath, body: { object: 'payment_intent', id: 'pi_1', status: 'processing', amount: 500, amount_received: 0, currency: 'usd', metadata: {}, created: 1, latest_charge: null, payment_method: null, client_secret: 's' } })
    expect(paymentOf(await provider.charge(await orderOf('pm_card_visa')))).toMatchObject({ state: 'processing', amount: 500 })
  })

  test('nobody is charged by a call that the client repeats of its own accord', async () => {
    emulator.faults.queue({ kind: 'refuse', match: createPath })
    await provider.charge(await orderOf('pm_card_visa'))
    expect(emulator.faults.waiting()).toEqual([])
    expect(await charges()).toEqual([])
  })
})

test('an open payment is canceled; one that was paid cannot be, and says so', async () => {
  const { ref } = paymentOf(await provider.charge(await orderOf('pm_card_threeDSecure2Required')))
  expect(paymentOf(await provider.cancel({ ref, stripeAccount: null })).state).toBe('canceled')
  const paid = paymentOf(await provider.charge(await orderOf('pm_card_visa', { key: 'charge:pay_2' })))
  expect(await provider.cancel({ ref: paid.ref, stripeAccount: null })).toMatchObject({ kind: 'refused', failure: { code: 'payment_intent_unexpected_state' }, payment: { state: 'succeeded' } })
})

test('a live key is sent to Stripe alone', () => {
  const live = { ...settingsOf(emulator), secretKey: 'sk_live_1234567890' }
  expect(() => createStripeProvider(live)).toThrow('only ever sent to https://api.stripe.com')
  expect(() => createStripeProvider({ ...live, apiUrl: 'http://api.stripe.com' })).toThrow('only ever sent')
  expect(createStripeProvider({ ...live, apiUrl: 'https://api.stripe.com' }).id).toBe('stripe')
})
