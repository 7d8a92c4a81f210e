import { Hono } from 'hono'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listen, type RunningServer } from '../../kit/server.ts'
import { startStripeEmulator, type StripeEmulator } from '../index.ts'

type Received = { raw: string; signature: string; event: Stripe.Event }

let emulator: StripeEmulator
let stripe: Stripe
let receiver: RunningServer
let received: Received[]
let answers: number[]

beforeEach(async () => {
  received = []
  answers = []
  const app = new Hono()
  app.post('/hooks/stripe', async c => {
    const raw = await c.req.text()
    received.push({ raw, signature: c.req.header('stripe-signature') ?? '', event: JSON.parse(raw) as Stripe.Event })
    return c.body(null, (answers.shift() ?? 200) as 200)
  })
  receiver = await listen(app)
  emulator = await startStripeEmulator({ webhookUrl: `${receiver.url}/hooks/stripe` })
  const { hostname, port } = new URL(emulator.url)
  stripe = new Stripe(emulator.secretKey, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false })
})
afterEach(async () => {
  await emulator.close()
  await receiver.close()
})

const pay = (card = 'pm_card_visa', options: Stripe.RequestOptions = {}) =>
  stripe.paymentIntents.create({ amount: 5000, currency: 'usd', confirm: true, payment_method: card, return_url: 'https://a.example', metadata: { payment_id: 'pay_1' } }, options)
const types = () => received.map(r => r.event.type)
const genuine = ({ raw, signature }: Received, secret = emulator.webhookSecret) => {
  try {
    stripe.webhooks.constructEvent(raw, signature, secret, 300, undefined, emulator.clock.now())
    return true
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false
    throw error
  }
}

test('a payment tells its whole story in signed events of the pinned version', async () => {
  await pay('pm_card_visa', { idempotencyKey: 'k1' })
  await emulator.settled()
  expect(types().sort()).toEqual(['charge.succeeded', 'payment_intent.created', 'payment_intent.succeeded'])
  expect(received.every(r => genuine(r))).toBe(true)
  expect(received.some(r => genuine(r, 'whsec_other'))).toBe(false)
  const succeeded = received.find(r => r.event.type === 'payment_intent.succeeded')?.event
  expect(succeeded).toMatchObject({ api_version: '2026-10-28.endive', livemode: false, request: { idempotency_key: 'k1' }, data: { object: { object: 'payment_intent', status: 'succeeded', metadata: { payment_id: 'pay_1' } } } })
  emulator.clock.advance(3_000)
  await emulator.settled()
  expect(types()).toContain('charge.updated')
})

test('a decline, a cancel and a refund are told as well', async () => {
  await expect(pay('pm_card_visa_chargeDeclined')).rejects.toThrow('declined')
  await stripe.paymentIntents.cancel((await pay('pm_card_threeDSecure2Required')).id)
  await stripe.refunds.create({ payment_intent: (await pay()).id })
  await emulator.settled()
  expect(types()).toEqual(expect.arrayContaining(['payment_intent.payment_failed', 'charge.failed', 'payment_intent.requires_action', 'payment_intent.canceled', 'refund.created', 'charge.refunded']))
})

test('an event that is not answered with 2xx comes again, newly signed, until it is', async () => {
  answers = [500, 302]
  await stripe.customers.create({ name: 'Ada' })
  await emulator.settled()
  expect(received).toHaveLength(1)
  emulator.clock.advance(5 * 60_000)
  await emulator.settled()
  emulator.clock.advance(30 * 60_000)
  await emulator.settled()
  expect(received).toHaveLength(3)
  expect(new Set(received.map(r => r.event.id)).size).toBe(1)
  expect(new Set(received.map(r => r.signature)).size).toBe(3)
  expect(genuine(received[2] as Received)).toBe(true)
  emulator.clock.advance(3 * 86_400_000)
  await emulator.settled()
  expect(received).toHaveLength(3)
})

test('after three days Stripe gives up', async () => {
  await receiver.close()
  await stripe.customers.create({ name: 'Ada' })
  for (let step = 0; step < 12; step += 1) {
    await emulator.settled()
    emulator.clock.advance(12 * 3_600_000)
  }
  await emulator.settled()
  expect(emulator.deliveries()).toMatchObject([{ state: 'given_up' }])
  receiver = await listen(new Hono())
})

test('an endpoint made through the API gets only what it asked for, under its own secret', async () => {
  const own: Received[] = []
  const app = new Hono()
  app.post('/', async c => {
    const raw = await c.req.text()
    own.push({ raw, signature: c.req.header('stripe-signature') ?? '', event: JSON.parse(raw) as Stripe.Event })
    return c.body(null, 204)
  })
  const other = await listen(app)
  const endpoint = await stripe.webhookEndpoints.create({ url: other.url, enabled_events: ['payment_intent.succeeded'], api_version: '2026-10-28.endive' })
  await pay()
  await emulator.settled()
  expect(own.map(r => r.event.type)).toEqual(['payment_intent.succeeded'])
  expect(genuine(own[0] as Received, String(endpoint.secret))).toBe(true)
  expect((await stripe.webhookEndpoints.list()).data.every(e => e.secret === undefined)).toBe(true)
  await other.close()
})

test('an event of a connected merchant names it', async () => {
  const [connected = ''] = emulator.connectedIds
  await pay('pm_card_visa', { stripeContext: connected })
  await emulator.settled()
  expect(received.map(r => r.event.account)).toEqual([connected, connected, connected])
})

test('events can be listed and fetched again', async () => {
  await pay()
  await emulator.settled()
  const { data } = await stripe.events.list({ types: ['payment_intent.succeeded', 'charge.succeeded'] })
  expect(data.map(e => e.type).sort()).toEqual(['charge.succeeded', 'payment_intent.succeeded'])
  expect(await stripe.events.retrieve(String(data[0]?.id))).toMatchObject({ id: data[0]?.id, pending_webhooks: 0 })
})
