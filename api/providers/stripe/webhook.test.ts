import fc from 'fast-check'
import { Hono } from 'hono'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen, type RunningServer } from '../../../e2e/emulators/kit/server.ts'
import { startStripeEmulator, type StripeEmulator } from '../../../e2e/emulators/stripe/index.ts'
import { createWebhookReader } from './webhook.ts'

type Received = { raw: string; signature: string }

let emulator: StripeEmulator
let receiver: RunningServer
const received: Received[] = []

beforeAll(async () => {
  const app = new Hono()
  app.post('/', async c => {
    received.push({ raw: await c.req.text(), signature: c.req.header('stripe-signature') ?? '' })
    return c.body(null, 200)
  })
  receiver = await listen(app)
  emulator = await startStripeEmulator({ webhookUrl: receiver.url })
  const { hostname, port } = new URL(emulator.url)
  const stripe = new Stripe(emulator.secretKey, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false })
  const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', return_url: 'https://a.example', metadata: { merchant: 'mer_1', payment: 'pay_1' } })
  await stripe.refunds.create({ payment_intent: intent.id })
  await stripe.customers.create({ name: 'Ada' })
  await emulator.settled()
})
afterAll(async () => {
  await emulator.close()
  await receiver.close()
})

const read = createWebhookReader(['whsec_old'])
const withBoth = (event: Received, now = emulator.clock.now()) => createWebhookReader(['whsec_next', emulator.webhookSecret])({ ...event, now })
const of = (type: string): Received => {
  const found = received.find(r => (JSON.parse(r.raw) as Stripe.Event).type === type)
  if (!found) throw new Error(`no ${type} came`)
  return found
}

test('an event names its payment and the marks on it, whichever object it speaks of', () => {
  expect(withBoth(of('payment_intent.succeeded'))).toMatchObject({ kind: 'event', event: { type: 'payment_intent.succeeded', paymentRef: expect.stringMatching(/^pi_/), stripeAccount: null, metadata: { merchant: 'mer_1', payment: 'pay_1' } } })
  expect(withBoth(of('charge.succeeded'))).toMatchObject({ event: { paymentRef: expect.stringMatching(/^pi_/), metadata: { payment: 'pay_1' } } })
  expect(withBoth(of('refund.created'))).toMatchObject({ event: { paymentRef: expect.stringMatching(/^pi_/) } })
  expect(withBoth(of('customer.created'))).toMatchObject({ event: { paymentRef: null } })
})

test('while one secret takes the other’s place, either signs', () => {
  const event = of('payment_intent.succeeded')
  expect(withBoth(event).kind).toBe('event')
  expect(createWebhookReader([emulator.webhookSecret, 'whsec_next'])({ ...event, now: emulator.clock.now() }).kind).toBe('event')
  expect(read({ ...event, now: emulator.clock.now() })).toEqual({ kind: 'refused', reason: 'its signature is wrong' })
})

test('a changed text, no signature, no secret, or an old signature is refused with its reason', () => {
  const event = of('payment_intent.succeeded')
  const now = emulator.clock.now()
  expect(withBoth({ ...event, raw: event.raw.replace('"amount": 500', '"amount": 501') })).toEqual({ kind: 'refused', reason: 'its signature is wrong' })
  expect(withBoth({ ...event, raw: JSON.stringify(JSON.parse(event.raw)) })).toMatchObject({ kind: 'refused' })
  expect(withBoth({ ...event, raw: '' })).toMatchObject({ kind: 'refused' })
  expect(withBoth(event, now + 10 * 60_000)).toEqual({ kind: 'refused', reason: 'its signature is older than 300 seconds' })
  expect(createWebhookReader([emulator.webhookSecret])({ raw: event.raw, signature: null, now })).toMatchObject({ kind: 'refused' })
  expect(createWebhookReader([])({ ...event, now })).toEqual({ kind: 'refused', reason: 'no webhook secret is set' })
})

test('a text that is signed but is no event is refused, not thrown', () => {
  const signed = (raw: string) => ({ raw, signature: Stripe.webhooks.generateTestHeaderString({ payload: raw, secret: emulator.webhookSecret, timestamp: Math.floor(emulator.clock.now() / 1000) }) })
  for (const raw of ['not json', 'null', '[]', '{}', '{"id":"evt_1","object":"v2.core.event","type":"x"}', '{"id":"evt_1","type":"a.b","data":{"object":{"object":"charge","metadata":[]}}}']) {
    expect(withBoth(signed(raw))).toMatchObject({ kind: 'refused', reason: expect.stringContaining('signed') })
  }
})

test('whatever text and signature come, they are refused and never throw', () => {
  fc.assert(
    fc.property(fc.string(), fc.oneof(fc.string(), fc.tuple(fc.integer(), fc.string({ unit: 'binary-ascii' })).map(([t, v]) => `t=${t},v1=${v}`)), (raw, signature) => {
      expect(withBoth({ raw, signature }).kind).toBe('refused')
    }),
    { numRuns: 2_000 },
  )
})
