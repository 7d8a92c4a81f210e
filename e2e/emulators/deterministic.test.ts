import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { type Answer, type Received, httpOf, startMs, startReceiver } from './bench.ts'
import { createClock } from './kit/clock.ts'
import { startMailEmulator } from './mail/index.ts'
import { starterRows } from './quickbooks/books/starter.ts'
import { startQuickBooksEmulator } from './quickbooks/index.ts'
import { appOf, realmA, redirectUri } from './quickbooks/testBench.ts'
import { startStripeEmulator } from './stripe/index.ts'
import { signatureOf } from './stripe/webhooks/deliveries.ts'

/** All that was seen of one run, without the addresses of the emulator and the receiver; and the names in it that the seed alone gives. */
type Run = { answers: Answer[]; seen: unknown; names: string[] }

async function runQuickBooks(seed: number): Promise<Run> {
  const clock = createClock(startMs, { isStopped: true })
  const receiver = await startReceiver((headers, body) => headers.get('intuit-signature') === createHmac('sha256', emulator.app.verifierToken).update(body).digest('base64'))
  const emulator = await startQuickBooksEmulator({ clock, seed, redirectUris: [redirectUri], webhookUrl: receiver.url, webhookFormat: 'cloudevents' })
  emulator.books.createCompany(realmA, { name: 'Alder & Finch' })
  for (const [entity, rows] of starterRows({ currency: 'USD' }, clock.now())) emulator.books.load(realmA, entity, rows)
  const app = appOf(emulator)
  const back = await app.consent()
  const tokens = await app.exchange(back.searchParams.get('code') ?? '')
  const http = httpOf(emulator.url, `Bearer ${tokens.body.access_token}`)
  const answers: Answer[] = [await http.ask('GET', '/.well-known/openid_configuration')]
  const write = async (entity: string, body: object) => {
    const answer = await http.ask('POST', `/v3/company/${realmA}/${entity}?minorversion=75`, body)
    answers.push(answer)
  }
  await write('customer', { DisplayName: 'Harbour Coffee' })
  await write('invoice', { CustomerRef: { value: '1' }, Line: [{ Amount: 120, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } }] })
  await write('payment', { CustomerRef: { value: '1' }, TotalAmt: 120, Line: [{ Amount: 120, LinkedTxn: [{ TxnId: '1', TxnType: 'Invoice' }] }] })
  await http.advance(1_000)
  await emulator.deliveries.idle()
  const refreshed = await app.refresh(tokens.body.refresh_token)
  const state = await http.state<{ webhooks: { deliveries: { deliveryId: string }[] } }>()
  const { access_token, refresh_token, id_token, ...rest } = tokens.body
  const seen = { back, access_token, refresh_token, rest, claims: claimsOf(String(id_token)), refreshed: refreshed.body['refresh_token'], answers, received: receiver.received, state }
  const events = receiver.received.flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(event => event.id))
  const names = [emulator.app.clientId, emulator.app.clientSecret, back.searchParams.get('code') ?? '', access_token, refresh_token, ...events, ...state.webhooks.deliveries.map(each => each.deliveryId), ...answers.map(tidOf)]
  await Promise.all([emulator.close(), receiver.close()])
  expectWebhooks(receiver.received)
  return { answers, seen: withoutAddresses(seen, { emulator: emulator.url, receiver: receiver.url }), names }
}

async function runStripe(seed: number): Promise<Run> {
  const clock = createClock(startMs, { isStopped: true })
  const receiver = await startReceiver((headers, body) => {
    const signature = headers.get('stripe-signature') ?? ''
    return signature === signatureOf(body, emulator.webhookSecret, Number(/t=(\d+)/.exec(signature)?.[1]))
  })
  const emulator = await startStripeEmulator({ clock, seed, webhookUrl: receiver.url })
  const http = httpOf(emulator.url, `Bearer ${emulator.secretKey}`)
  const answers: Answer[] = []
  const write = async (path: string, fields: Record<string, string>, headers = {}) => {
    const answer = await http.ask('POST', path, new URLSearchParams(fields), headers)
    answers.push(answer)
    return String((answer.body as { id: unknown }).id)
  }
  const token = await write('/v1/test_helpers/confirmation_tokens', { payment_method: 'pm_card_visa' })
  const intent = await write('/v1/payment_intents', { amount: '5000', currency: 'usd', confirm: 'true', confirmation_token: token, return_url: 'https://shop.example/back' }, { 'idempotency-key': 'k1' })
  const refund = await write('/v1/refunds', { payment_intent: intent }, { 'idempotency-key': 'k2' })
  await emulator.settled()
  await http.advance(3_000)
  await emulator.settled()
  const state = await http.state<{ deliveries: { id: string; eventId: string }[] }>()
  await Promise.all([emulator.close(), receiver.close()])
  expectWebhooks(receiver.received)
  // Stripe sends several at once, so the order in which they arrive is nobody's.
  const received = receiver.received.toSorted((a, b) => a.body.localeCompare(b.body))
  const names = [emulator.secretKey, emulator.publishableKey, emulator.webhookSecret, emulator.platformId, token, intent, refund, ...state.deliveries.flatMap(({ id, eventId }) => [id, eventId])]
  return { answers, seen: withoutAddresses({ answers, received, state }, { emulator: emulator.url, receiver: receiver.url }), names }
}

async function runMail(seed: number): Promise<Run> {
  const emulator = await startMailEmulator({ clock: createClock(startMs, { isStopped: true }), seed })
  const http = httpOf(emulator.url, `Bearer ${emulator.apiKey}`)
  const send = (subject: string) => http.ask('POST', '/emails', { from: 'office@alderandfinch.example', to: 'pat@harbourcoffee.example', subject, text: 'Hello' }, { 'idempotency-key': subject })
  const answers = [await send('First'), await send('Second')]
  const names = answers.map(({ body }) => (body as { id: string }).id)
  answers.push(await http.ask('GET', `/emails/${names[0]}`))
  const state = await http.state()
  await emulator.close()
  return { answers, seen: withoutAddresses({ answers, state }, { emulator: emulator.url }), names }
}

test.each([
  ['QuickBooks', runQuickBooks],
  ['Stripe', runStripe],
  ['the mail', runMail],
])('%s does, says and holds the same under the same seed and clock, and goes by other names under another seed', async (_name, run) => {
  const [first, second, other] = [await run(7), await run(7), await run(8)]
  expect(first.answers.map(answer => answer.status)).toEqual(first.answers.map(() => 200))
  expect(second.seen).toEqual(first.seen)
  expect(second.names).toEqual(first.names)
  expect(new Set(first.names).size, 'each name is one of its own').toBe(first.names.length)
  expect(other.names).toHaveLength(first.names.length)
  expect(other.names.filter(name => first.names.includes(name))).toEqual([])
})

function expectWebhooks(received: readonly Received[]): void {
  expect(received.length).toBeGreaterThan(0)
  expect(received.every(each => each.isGenuine)).toBe(true)
}

/** Node makes no RSA key from a seed, so an id_token is compared by what it says. */
function claimsOf(idToken: string): unknown {
  return JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString('utf8'))
}

function tidOf({ headers }: Answer): string {
  return headers['intuit_tid'] ?? ''
}

/** Ports are the machine's to give; HTTP's own headers are the connection's. */
function withoutAddresses(seen: object, addresses: Record<string, string>): unknown {
  const ofTheConnection = new Set(['connection', 'content-length', 'date', 'keep-alive'])
  let text = JSON.stringify(seen, (key, value: unknown) => (ofTheConnection.has(key) ? undefined : value))
  for (const [name, url] of Object.entries(addresses)) text = text.replaceAll(url, `http://${name}`)
  return JSON.parse(text)
}
