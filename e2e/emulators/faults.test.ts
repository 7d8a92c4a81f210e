import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Http, type Received, httpOf, startMs, startReceiver } from './bench.ts'
import { createClock } from './kit/clock.ts'
import { type FaultRequest, faultSchema } from './kit/faults.ts'
import { startMailEmulator } from './mail/index.ts'
import { startQuickBooksEmulator } from './quickbooks/index.ts'
import { appOf, realmA, redirectUri } from './quickbooks/testBench.ts'
import { startStripeEmulator } from './stripe/index.ts'
import { signatureOf } from './stripe/webhooks/deliveries.ts'

/** An emulator with one thing that an app does there. */
type System = {
  http: Http
  /** Writes something under a key of the caller's own. */
  write(key: string): Promise<{ status: number }>
  /** How many of those the outside system holds. */
  held(): Promise<number>
  close(): Promise<unknown>
}
/** One that also tells an app of what happened. */
type Teller = System & {
  received: Received[]
  /** Resolves when nothing is on its way. */
  rest(): Promise<void>
  /** What the outside system says became of its events. */
  fates(): Promise<string[]>
}

async function startQuickBooks(): Promise<Teller> {
  const receiver = await startReceiver((headers, body) => headers.get('intuit-signature') === createHmac('sha256', emulator.app.verifierToken).update(body).digest('base64'))
  const emulator = await startQuickBooksEmulator({ clock: createClock(startMs), redirectUris: [redirectUri], webhookUrl: receiver.url, webhookFormat: 'cloudevents' })
  emulator.books.createCompany(realmA, { name: 'Alder & Finch' })
  const tokens = await appOf(emulator).connect()
  const http = httpOf(emulator.url, `Bearer ${tokens.body.access_token}`)
  type State = { companies: { counts: { Customer: number } }[]; webhooks: { waiting: object[]; deliveries: { outcome: string }[] } }
  return {
    http, received: receiver.received, rest: emulator.deliveries.idle,
    write: key => http.ask('POST', `/v3/company/${realmA}/customer?minorversion=75&requestid=${key}`, { DisplayName: `Customer ${key}` }),
    held: async () => (await http.state<State>()).companies[0]?.counts.Customer ?? 0,
    fates: async () => {
      const { waiting, deliveries } = (await http.state<State>()).webhooks
      return [...deliveries.map(delivery => delivery.outcome), ...waiting.map(() => 'waiting')]
    },
    close: () => Promise.all([emulator.close().then(() => emulator.clock.stop()), receiver.close()]),
  }
}

async function startStripe(): Promise<Teller> {
  const receiver = await startReceiver((headers, body) => {
    const signature = headers.get('stripe-signature') ?? ''
    return signature === signatureOf(body, emulator.webhookSecret, Number(/t=(\d+)/.exec(signature)?.[1]))
  })
  const emulator = await startStripeEmulator({ clock: createClock(startMs), webhookUrl: receiver.url })
  const http = httpOf(emulator.url, `Bearer ${emulator.secretKey}`)
  type State = { customers: object[]; deliveries: { state: string; attempts: { note?: string }[] }[] }
  return {
    http, received: receiver.received, rest: emulator.settled,
    write: key => http.ask('POST', '/v1/customers', new URLSearchParams({ name: `Customer ${key}` }), { 'idempotency-key': key }),
    held: async () => (await http.state<State>()).customers.length,
    fates: async () => (await http.state<State>()).deliveries.map(({ state, attempts }) => [state, ...attempts.flatMap(attempt => attempt.note ?? [])].join(' ')),
    close: () => Promise.all([emulator.close().then(() => emulator.clock.stop()), receiver.close()]),
  }
}

async function startMail(): Promise<System> {
  const emulator = await startMailEmulator()
  const http = httpOf(emulator.url, `Bearer ${emulator.apiKey}`)
  return {
    http,
    write: key => http.ask('POST', '/emails', { from: 'office@alderandfinch.example', to: 'pat@harbourcoffee.example', subject: `Letter ${key}`, text: 'Hello' }, { 'idempotency-key': key }),
    held: async () => (await http.state<{ messages: object[] }>()).messages.length,
    close: emulator.close,
  }
}

const starts = { quickbooks: startQuickBooks, stripe: startStripe, mail: startMail }
type Name = keyof typeof starts
const tellers = { quickbooks: startQuickBooks, stripe: startStripe }
type TellerName = keyof typeof tellers

const anything: unknown = expect.anything()
const throttled: Record<Name, object> = {
  quickbooks: { status: 429, headers: { intuit_tid: anything }, body: { Fault: { type: 'SERVICE', Error: [{ code: '3001', Message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429' }] } } },
  stripe: { status: 429, headers: { 'request-id': anything, 'stripe-rate-limited-reason': 'global-rate' }, body: { error: { type: 'invalid_request_error', code: 'rate_limit', message: anything } } },
  mail: { status: 429, headers: { 'retry-after': '1', 'ratelimit-limit': '10', 'ratelimit-remaining': '0', 'ratelimit-reset': '1' }, body: { statusCode: 429, name: 'rate_limit_exceeded' } },
}
const unauthorized: Record<Name, object> = {
  quickbooks: { status: 401, headers: { intuit_tid: anything, 'www-authenticate': 'Bearer realm="Intuit", error="invalid_token"' }, body: { fault: { type: 'AUTHENTICATION', error: [{ code: '3200' }] }, queryResponse: null } },
  stripe: { status: 401, headers: { 'request-id': anything }, body: { error: { type: 'invalid_request_error', message: expect.stringContaining('Invalid API Key') as unknown } } },
  mail: { status: 401, body: { statusCode: 401, name: 'missing_api_key' } },
}
const noAnswer = { status: 'no answer' }
const same = (sees: object) => ({ quickbooks: sees, stripe: sees, mail: sees })
const errorPage = { status: 500, headers: { 'content-type': 'text/html; charset=UTF-8' }, body: expect.stringMatching(/^<html>.*Service Error/) as unknown }

/** What the caller sees, and how many writes the outside system holds then. */
const calls: { kind: FaultRequest['kind']; more?: Partial<FaultRequest>; sees: Record<Name, object>; holds: 0 | 1 }[] = [
  { kind: 'lose-answer', sees: same(noAnswer), holds: 1 },
  { kind: 'refuse', sees: same(noAnswer), holds: 0 },
  { kind: 'throttle', sees: throttled, holds: 0 },
  { kind: 'html-500', sees: same(errorPage), holds: 0 },
  { kind: 'unauthorized', sees: unauthorized, holds: 0 },
  { kind: 'answer', more: { status: 503, body: { said: 'as ordered' } }, sees: same({ status: 503, body: { said: 'as ordered' } }), holds: 0 },
]
/** What a caller sees at last is the answer itself; the outside system holds so much while it is held back. */
const delays: { kind: FaultRequest['kind']; holds: 0 | 1 }[] = [
  { kind: 'delay', holds: 0 },
  { kind: 'delay-answer', holds: 1 },
]
const hourMs = 3_600_000

describe.each(Object.keys(starts) as Name[])('calls of %s', name => {
  let system: System
  beforeEach(async () => {
    system = await starts[name]()
  })
  afterEach(() => system.close())
  const write = () => system.write('k1').catch(() => noAnswer)

  test.each(calls)('$kind: what the caller sees and what the system holds, and the same call again is carried out once', async ({ kind, more, sees, holds }) => {
    await system.http.order({ kind, match: { method: 'POST' }, ...more })
    expect(await write()).toMatchObject(sees[name])
    expect(await system.held()).toBe(holds)
    expect(await write()).toMatchObject({ status: 200 })
    expect(await system.held()).toBe(1)
  })

  test.each(delays)('$kind: no answer comes while it lasts, the system holds what it should meanwhile, and then the answer comes', async ({ kind, holds }) => {
    await system.http.order({ kind, ms: hourMs, match: { method: 'POST' } })
    let isAnswered = false
    const writing = write().finally(() => (isAnswered = true))
    await expect.poll(system.http.waiting).toBe(0)
    await expect.poll(system.held).toBe(holds)
    expect(isAnswered).toBe(false)
    await system.http.letGo()
    expect(await writing).toMatchObject({ status: 200 })
    expect(await system.held()).toBe(1)
  })
})

/** What the app gets of a first and a second event, each by its place in the order of writing, `again` where it comes letter for letter, and what the system says became of them. */
type Told = { got: string[]; fates: string[] }
const both = (got: string[], fates: Record<TellerName, string[]>) => ({ quickbooks: { got, fates: fates.quickbooks }, stripe: { got, fates: fates.stripe } })
const deliveries: { kind: FaultRequest['kind']; first: Record<TellerName, Told>; second: Record<TellerName, Told>; late: Record<TellerName, Told> }[] = [
  {
    kind: 'lose',
    first: both([], { quickbooks: ['lost'], stripe: ['waiting lose'] }),
    second: both(['2'], { quickbooks: ['lost', 'acknowledged'], stripe: ['waiting lose', 'delivered'] }),
    // Stripe takes a delivery without an answer for failed and repeats it; Intuit's is gone for good.
    late: { quickbooks: { got: ['2'], fates: ['lost', 'acknowledged'] }, stripe: { got: ['2', '1'], fates: ['delivered lose', 'delivered'] } },
  },
  {
    kind: 'duplicate',
    first: both(['1', '1 again'], { quickbooks: ['acknowledged', 'acknowledged'], stripe: ['delivered duplicate'] }),
    second: both(['1', '1 again', '2'], { quickbooks: ['acknowledged', 'acknowledged', 'acknowledged'], stripe: ['delivered duplicate', 'delivered'] }),
    late: both(['1', '1 again', '2'], { quickbooks: ['acknowledged', 'acknowledged', 'acknowledged'], stripe: ['delivered duplicate', 'delivered'] }),
  },
  {
    kind: 'hold',
    first: both([], { quickbooks: ['waiting'], stripe: ['held'] }),
    second: both(['2', '1'], { quickbooks: ['acknowledged', 'acknowledged'], stripe: ['delivered', 'delivered'] }),
    late: both(['2', '1'], { quickbooks: ['acknowledged', 'acknowledged'], stripe: ['delivered', 'delivered'] }),
  },
  {
    kind: 'delay',
    first: both([], { quickbooks: ['waiting'], stripe: ['waiting'] }),
    second: both(['2'], { quickbooks: ['acknowledged', 'waiting'], stripe: ['waiting', 'delivered'] }),
    late: both(['2', '1'], { quickbooks: ['acknowledged', 'acknowledged'], stripe: ['delivered', 'delivered'] }),
  },
  {
    kind: 'forge',
    // At Intuit a stranger's comes in place of the event, at Stripe before it.
    first: { quickbooks: { got: ['forged 1'], fates: ['forged'] }, stripe: { got: ['forged 1', '1'], fates: ['delivered forge'] } },
    second: { quickbooks: { got: ['forged 1', '2'], fates: ['forged', 'acknowledged'] }, stripe: { got: ['forged 1', '1', '2'], fates: ['delivered forge', 'delivered'] } },
    late: { quickbooks: { got: ['forged 1', '2'], fates: ['forged', 'acknowledged'] }, stripe: { got: ['forged 1', '1', '2'], fates: ['delivered forge', 'delivered'] } },
  },
]

describe.each(Object.keys(tellers) as TellerName[])('deliveries of %s', name => {
  let system: Teller
  beforeEach(async () => {
    system = await tellers[name]()
  })
  afterEach(() => system.close())

  test.each(deliveries)('$kind: what the app gets and what the system says of it, after the event, after a second one, and an hour later', async ({ kind, first, second, late }) => {
    const event = { quickbooks: 'Customer.Create', stripe: 'customer.created' }[name]
    await system.http.order({ kind, match: { event }, ms: hourMs })
    await system.write('k1')
    expect(await told(system), 'after the event').toEqual(first[name])
    await system.write('k2')
    expect(await told(system), 'after a second event').toEqual(second[name])
    await system.http.advance(hourMs)
    expect(await told(system), 'an hour later').toEqual(late[name])
    expect(await system.held()).toBe(2)
  })
})

async function told(system: Teller): Promise<Told> {
  await system.rest()
  const order = new Map<string, string>()
  const subject = (body: string) => /"(?:intuitentityid|id)": ?"(\d+|cus_\w+)"/.exec(body)?.[1] ?? ''
  for (const id of await idsOf(system)) order.set(id, String(order.size + 1))
  const got = system.received.map(({ body, isGenuine }, index) => {
    const isAgain = system.received.slice(0, index).some(earlier => earlier.body === body)
    return `${isGenuine ? '' : 'forged '}${order.get(subject(body)) ?? 'unknown'}${isAgain ? ' again' : ''}`
  })
  return { got, fates: await system.fates() }
}

/** The ids of what was written, oldest first. */
async function idsOf(system: Teller): Promise<string[]> {
  const state = await system.http.state<{ customers?: { id: string }[]; rows?: { Id: string }[] }>(`?realm=${realmA}&entity=Customer`)
  return [...(state.customers ?? []).map(each => each.id), ...(state.rows ?? []).map(each => each.Id)]
}

test('every kind of fault that can be ordered stands in a table above', () => {
  const shown = new Set([...calls, ...delays, ...deliveries].map(row => row.kind))
  expect([...shown].toSorted()).toEqual(faultSchema.shape.kind.options.toSorted())
})
