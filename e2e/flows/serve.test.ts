import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openStore } from '../../db/store.ts'
import { until } from '../merchant.ts'
import { serve, startServedWorld } from '../served.ts'
import { deskOf, newPaymentId, confirmationToken, paidCharges, payerOf, sentInvoice } from './payer.ts'

let world: Awaited<ReturnType<typeof startServedWorld>>
beforeAll(async () => {
  world = await startServedWorld({ invoices: 50 })
}, 60_000)
beforeEach(async () => {
  await world.begin()
  // What Intuit could not deliver while nobody listened, it sends again after ten seconds.
  world.outside.clock.advance(10_000)
}, 60_000)
afterEach(() => {
  for (const { faults } of [world.outside.quickbooks, world.outside.stripe, world.outside.mail]) faults.clear()
})
afterAll(() => world?.close())

const heldMs = 1_500
const charging = { method: 'POST', path: '^/v1/payment_intents$' }
const posting = { method: 'POST', path: '/payment\\?' }

/** Holds the next matching call; answers how to wait until it is under way. */
function hold(system: 'stripe' | 'quickbooks', match: { method: string; path: string }, ms = heldMs) {
  const { faults } = world.outside[system]
  faults.queue({ kind: 'delay-answer', match, ms })
  const [held] = faults.waiting().slice(-1)
  return () => until(async () => faults.waiting().some(fault => fault === held), isWaiting => !isWaiting)
}

/** A new invoice of Harbour Coffee, and the address of a page to pay it. */
async function payPage(amount: number) {
  const payer = await payerOf(world)
  const harbour = deskOf(world).all('Customer').find(row => row['DisplayName'] === 'Harbour Coffee Roasters')
  const invoice = sentInvoice(world, String(harbour?.['Id']), amount)
  const row = await until(() => payer.row(invoice['DocNumber']), found => found !== undefined)
  return { payer, path: await payer.checkout([{ invoiceId: row?.id ?? '' }]) }
}

function paying(path: string, token: string) {
  return world.ask(null, 'POST', `${path}/payments`, { paymentId: newPaymentId(), confirmationToken: token })
}

/** What the next process finds: opening the file proves that nobody holds it any more. */
async function effectsLeft(): Promise<{ kind: string; state: string }[]> {
  await (await openStore({ url: world.databaseUrl })).close()
  const database = new DatabaseSync(world.databaseUrl.slice('file:'.length), { readOnly: true })
  const rows = database.prepare(`select kind, state from outbox where state <> 'done'`).all() as { kind: string; state: string }[]
  database.close()
  return rows
}

const postings = (amount: number) => deskOf(world).all('Payment').filter(row => row['TotalAmt'] === amount)

test('every wrong setting is named once, nothing starts, and no secret is repeated', async () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'quittance-')), 'data')
  const { SEALING_KEYS: _none, ...rest } = world.environment
  const process = await serve({
    ...rest, DATA_DIR: dataDir, PORT: '99999', SEALING_KEYS: 'a:c2hvcnQtb25l,b:c2hvcnQtdHdv', MAIL_FROM: 'nobody', METRICS_TOKEN: 'short-secret', EVENT_STREAMS_MAX: '0', REQUESTS_PER_MINUTE_PER_LINK: 'many', LOG_LEVEL: 'loud',
    TRUSTED_PROXIES: 'everybody', DATABASE_URL: 'ftp://x', STRIPE_SECRET_KEY: 'sk_live_abcdefgh', STRIPE_PUBLISHABLE_KEY: 'pk_test_abcdefgh', STRIPE_API_URL: 'http://127.0.0.1:9', INTUIT_CLIENT_ID: '',
  })
  expect(await process.ended).toEqual({ code: 1, signal: null })
  const { out, err } = process.said()
  const faults = [...err.matchAll(/^ {2}- ([A-Z_]+) /gm)].map(match => match[1] ?? '')
  expect(faults.toSorted()).toEqual(['DATABASE_URL', 'EVENT_STREAMS_MAX', 'INTUIT_CLIENT_ID', 'LOG_LEVEL', 'MAIL_FROM', 'METRICS_TOKEN', 'PORT', 'REQUESTS_PER_MINUTE_PER_LINK', 'SEALING_KEYS', 'STRIPE_API_URL', 'STRIPE_SECRET_KEY', 'TRUSTED_PROXIES'])
  expect(out).toBe('')
  expect(err).not.toMatch(/c2hvcnQ|sk_live_abc|pk_test_abc|short-secret|at .*\.ts:\d/)
  expect(existsSync(dataDir)).toBe(false)
})

test('a sealing key that has the name of another is refused at the start with what to do; the right one, and one of a new name beside it, begin', async () => {
  world.api().signal('SIGTERM')
  await world.api().ended
  const own = world.environment['SEALING_KEYS'] ?? ''
  const other = randomBytes(32).toString('base64')
  const wrong = await serve({ ...world.environment, SEALING_KEYS: `test:${other}` })
  expect(await wrong.ended).toEqual({ code: 1, signal: null })
  expect(wrong.said().err).toMatch(/^SEALING_KEYS holds a key named "test" that is not the one this database was sealed with\. Put back/)
  expect(wrong.said().err).not.toContain(other)
  const both = await serve({ ...world.environment, SEALING_KEYS: `${own},next:${other}` })
  expect(both.isOver()).toBe(false)
  both.signal('SIGTERM')
  expect(await both.ended).toEqual({ code: 0, signal: null })
})

test('a payment that is under way when the process is told to stop is answered; new connections are refused, streams end with a hint when to come back, and the next process opens the database at once', async () => {
  const { payer, path } = await payPage(41)
  const token = await confirmationToken(world)
  const stream = await fetch(`${world.apiUrl}/v1/events`, { headers: { authorization: `Bearer ${payer.token}` } })
  const heard = stream.text()
  const isHeld = hold('stripe', charging)
  const answer = paying(path, token)
  await isHeld()
  const api = world.api()
  api.signal('SIGTERM')
  expect(await heard).toMatch(/\nretry: [1-5]\d{3}\n\n$/)
  await until(() => fetch(`${world.apiUrl}/healthz`).then(() => 'answered', (error: Error) => String(error.cause)), said => said.includes('ECONNREFUSED'))
  expect(api.isOver()).toBe(false)
  expect(await answer).toMatchObject({ status: 200, body: { state: 'succeeded' } })
  expect(await api.ended).toEqual({ code: 0, signal: null })
  expect(api.lines().at(-1)).toMatchObject({ msg: 'stopped' })
  expect((await effectsLeft()).filter(effect => effect.state === 'leased')).toEqual([])

  await world.begin()
  await until(async () => postings(41), found => found.length === 1)
  expect((await paidCharges(world)).filter(charge => charge['amount'] === 4100)).toHaveLength(1)
})

test('an effect that is under way is ended, and its end is stored before the process is gone', async () => {
  const { path } = await payPage(42)
  const isHeld = hold('quickbooks', posting)
  expect(await paying(path, await confirmationToken(world))).toMatchObject({ status: 200 })
  await isHeld()
  const api = world.api()
  api.signal('SIGINT')
  expect(await api.ended).toEqual({ code: 0, signal: null })
  expect(postings(42)).toHaveLength(1)
  expect((await effectsLeft()).filter(effect => effect.state === 'leased' || effect.kind === 'post_payment')).toEqual([])
})

test('a connection that was kept open brings no new request while the process stops, and is told to end', async () => {
  const { path } = await payPage(43)
  const isHeld = hold('stripe', charging)
  const answer = paying(path, await confirmationToken(world))
  await isHeld()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (at: string) => new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    request(`${world.apiUrl}${at}`, { agent }, reply => { reply.resume().once('end', () => resolve({ status: reply.statusCode, connection: reply.headers.connection })) }).once('error', reject).end()
  })
  expect(await ask('/healthz')).toMatchObject({ status: 200 })
  world.api().signal('SIGTERM')
  const last = await until(() => ask('/v1/portal').then(told => told.status, (error: NodeJS.ErrnoException) => error.code), said => said !== 401)
  expect([503, 'ECONNREFUSED', 'ECONNRESET']).toContain(last)
  expect(await answer).toMatchObject({ status: 200 })
  expect(await world.api().ended).toEqual({ code: 0, signal: null })
})

test('a proxy that uses a connection again within a minute finds it open', async () => {
  expect((await fetch(`${world.apiUrl}/healthz`)).headers.get('keep-alive')).toBe('timeout=65')
})

test('a second signal ends the process at once, with what is under way', async () => {
  const { path } = await payPage(44)
  const isHeld = hold('stripe', charging, 20_000)
  const answer = paying(path, await confirmationToken(world)).then(() => 'answered', () => 'cut off')
  await isHeld()
  const api = world.api()
  api.signal('SIGTERM')
  await until(async () => api.lines().some(line => line['msg'] === 'stopping: what is under way may end'), said => said)
  // The same signal within a second is the first one that came twice.
  api.signal('SIGTERM')
  expect(api.isOver()).toBe(false)
  await until(async () => {
    api.signal('SIGINT')
    return api.isOver()
  }, over => over, 10_000)
  expect(await api.ended).toEqual({ code: 1, signal: null })
  expect(await answer).toBe('cut off')
})
