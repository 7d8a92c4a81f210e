import { afterAll, beforeAll, expect, test } from 'vitest'
import { deskOf, confirmationToken, newPaymentId, payerOf, sentInvoice } from './payer.ts'
import { until } from '../merchant.ts'
import { freePort } from '../ports.ts'
import { serve, startServedWorld } from '../served.ts'
import { type World, startWorld } from '../world.ts'
import { startHranaServer } from '../emulators/libsql/index.ts'

const token = 'a-token-of-figures-0123456789'
const streamsMax = 30
let world: Awaited<ReturnType<typeof startServedWorld>>
beforeAll(async () => {
  world = await startServedWorld({ invoices: 50, environment: { METRICS_TOKEN: token, EVENT_STREAMS_MAX: String(streamsMax) } })
}, 60_000)
afterAll(() => world?.close())

type Line = Record<string, unknown>

async function scrape(): Promise<string> {
  const answer = await fetch(`${world.apiUrl}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return answer.text()
}

/** The value of one series, or undefined where it is not there. */
function valueOf(text: string, series: string): number | undefined {
  const line = text.split('\n').find(each => each.startsWith(`${series} `))
  return line === undefined ? undefined : Number(line.slice(series.length + 1))
}

async function pay(amount: number, callersId: string) {
  const payer = await payerOf(world)
  const harbour = deskOf(world).all('Customer').find(row => row['DisplayName'] === 'Harbour Coffee Roasters')
  const invoice = sentInvoice(world, String(harbour?.['Id']), amount)
  const row = await until(() => payer.row(invoice['DocNumber']), found => found !== undefined)
  const path = await payer.checkout([{ invoiceId: row?.id ?? '' }])
  const paymentId = newPaymentId()
  const answer = await fetch(`${world.apiUrl}${path}/payments`, { method: 'POST', headers: { 'content-type': 'application/json', 'x-request-id': callersId }, body: JSON.stringify({ paymentId, confirmationToken: await confirmationToken(world) }) })
  expect(answer.status).toBe(200)
  return { payer, paymentId, requestId: answer.headers.get('x-request-id') ?? '' }
}

test('a request, each effect that it owed and each call to QuickBooks made for it stand in the log under one id, with Intuit’s name for the call', async () => {
  const { paymentId, requestId } = await pay(51, 'shop-4711')
  const lines = await until(async () => world.api().lines(), all => all.some(line => line['msg'] === 'an effect was carried out' && line['job'] === `post:${paymentId}`))
  const merchant = world.merchant.merchantId
  const answered = lines.find(line => line['msg'] === 'answered' && line['requestId'] === requestId)
  expect(answered).toMatchObject({ method: 'POST', route: '/pay/:checkout/payments', status: 200, ms: expect.any(Number), callersId: 'shop-4711', merchant })
  expect(lines.find(line => line['job'] === `post:${paymentId}` && line['msg'] === 'an effect was carried out')).toMatchObject({ kind: 'post_payment', cause: requestId, merchant, outcome: 'done', attempt: 1, ms: expect.any(Number) })
  const writes = lines.filter(line => line['msg'] === 'QuickBooks answered' && line['job'] === `post:${paymentId}` && line['method'] === 'POST')
  expect(writes).toEqual([expect.objectContaining({ path: 'payment', intuitTid: expect.stringMatching(/\S/), cause: requestId, merchant, ms: expect.any(Number) })])
  // The balance was read within the request itself.
  expect(lines.filter(line => line['msg'] === 'QuickBooks answered' && line['requestId'] === requestId).every(line => Boolean(line['intuitTid']))).toBe(true)
  expect(lines.filter(line => line['system'] === 'stripe' && line['call'] === 'charge')).toEqual([expect.objectContaining({ outcome: 'done', requestId })])
})

test('a call that QuickBooks refuses is written down with Intuit’s name for it as well, and without its words', async () => {
  const body = { Fault: { Error: [{ Message: 'Account Period Closed', Detail: 'The account period of Harbour Coffee Roasters has closed.', code: '6210', element: '' }], type: 'ValidationFault' }, time: '2026-11-21T08:00:00.000-08:00' }
  world.outside.quickbooks.faults.queue({ kind: 'answer', match: { method: 'POST', path: '/payment\\?' }, status: 400, body })
  const { paymentId } = await pay(52, 'x'.repeat(65))
  const refused = (line: Line) => line['msg'] === 'QuickBooks did not answer as asked' && line['job'] === `post:${paymentId}`
  const lines = await until(async () => world.api().lines(), all => all.some(refused))
  expect(lines.find(refused)).toMatchObject({ level: 40, fault: '6210', class: 'person', intuitTid: expect.stringMatching(/\S/), path: 'payment' })
  expect(Object.keys(lines.find(refused) ?? {})).not.toContain('detail')
  // What does not look like a name is not taken.
  expect(lines.filter(line => 'callersId' in line).map(line => line['callersId'])).not.toContain('x'.repeat(65))
})

test('every line is JSON and none holds a name, an address of a person or a token', async () => {
  const said = world.api().said()
  expect(said.err).toBe('')
  expect(world.api().lines().length).toBeGreaterThan(20)
  expect(said.out).not.toMatch(/Harbour|Roasters|@[a-z]+\.example|Bearer (?!…)|(?:ses|qk|chk|lnk)_[\w-]{40,}/)
})

test('the figures are there for whoever has the token, and for nobody else', async () => {
  const asked = (authorization?: string) => fetch(`${world.apiUrl}/metrics`, { headers: authorization ? { authorization } : {} }).then(answer => answer.status)
  expect(await Promise.all([asked(), asked('Bearer wrong'), asked(`Bearer ${world.merchant.apiKey}`), asked(`Bearer ${token}`)])).toEqual([401, 401, 401, 200])
})

test('the figures are written in Prometheus’ format and say what has happened', async () => {
  const text = await scrape()
  const names = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(match => match[1] ?? '')
  expect(new Set(names).size).toBe(names.length)
  for (const line of text.trim().split('\n')) expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|[a-z_]\w*(\{[a-z]\w*="[^"\n]*"(,[a-z]\w*="[^"\n]*")*\})? -?[\d.e+-]+)$/)
  expect(valueOf(text, 'quittance_request_seconds_count{route="POST /pay/:checkout/payments",status="2xx"}')).toBe(2)
  expect(valueOf(text, 'quittance_request_seconds_bucket{route="POST /pay/:checkout/payments",status="2xx",le="+Inf"}')).toBe(2)
  expect(valueOf(text, 'quittance_call_failures_total{system="quickbooks",class="person"}')).toBe(1)
  expect(valueOf(text, 'quittance_jobs_total{kind="post_payment",outcome="done"}')).toBe(1)
  expect(valueOf(text, 'quittance_jobs_total{kind="post_payment",outcome="blocked"}')).toBe(1)
  expect(valueOf(text, 'quittance_outbox_blocked{kind="post_payment"}')).toBe(1)
  expect(valueOf(text, 'quittance_cards_open{kind="posting_blocked"}')).toBe(1)
  expect(valueOf(text, 'quittance_webhooks_total{source="stripe",outcome="kept"}')).toBeGreaterThan(0)
  expect(valueOf(text, 'quittance_webhooks_total{source="quickbooks",outcome="kept"}')).toBeGreaterThan(0)
  expect(valueOf(text, 'quittance_connections{state="connected"}')).toBe(1)
  expect(valueOf(text, `quittance_quickbooks_reads{month="${new Date().toISOString().slice(0, 7)}"}`)).toBeGreaterThan(0)
  for (const name of ['quittance_database_bytes', 'process_resident_memory_bytes', 'nodejs_heap_size_used_bytes', 'process_open_fds', 'process_cpu_seconds_total']) expect(valueOf(text, name)).toBeGreaterThan(0)
  expect(valueOf(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0)
  expect(text).not.toMatch(/mer_|Alder|Harbour|93414/)
})

test('a forged webhook is counted as refused', async () => {
  const forged = (path: string, header: string) => fetch(`${world.apiUrl}${path}`, { method: 'POST', headers: { [header]: 'bm8=', 'content-type': 'application/json' }, body: '{}' })
  expect((await forged('/hooks/quickbooks', 'intuit-signature')).status).toBe(401)
  expect((await forged('/hooks/stripe', 'stripe-signature')).status).toBe(400)
  const text = await scrape()
  expect([valueOf(text, 'quittance_webhooks_total{source="stripe",outcome="refused"}'), valueOf(text, 'quittance_webhooks_total{source="quickbooks",outcome="refused"}')]).toEqual([1, 1])
})

test('health tells how each outside system answered when it was last called', async () => {
  const answer = await fetch(`${world.apiUrl}/healthz`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({ status: 'ready', parts: { database: 'ready', recovery: 'none', outbox: { blocked: 1 }, quickbooks: { state: 'answers' }, intuit: { state: 'answers' }, stripe: { state: 'answers' }, mail: { state: 'answers' } } })
})

test('a customer whose pages hold too many streams is told to come back, and so is everybody once all places are taken; both are free again when a page is closed', async () => {
  const open = async (bearer: string) => {
    const line = new AbortController()
    const answer = await fetch(`${world.apiUrl}/v1/events`, { headers: { authorization: `Bearer ${bearer}` }, signal: line.signal })
    return { status: answer.status, retryAfter: answer.headers.get('retry-after'), close: () => line.abort() }
  }
  const one = await world.session()
  const another = await world.session({ quickBooksId: String(deskOf(world).all('Customer').find(row => row['DisplayName'] !== 'Harbour Coffee Roasters' && row['Active'] !== false)?.['Id']) })
  const mine = await Promise.all(Array.from({ length: 24 }, () => open(one)))
  expect(new Set(mine.map(line => line.status))).toEqual(new Set([200]))
  expect(await open(one)).toMatchObject({ status: 429, retryAfter: '30' })
  const theirs = await Promise.all(Array.from({ length: streamsMax - 24 }, () => open(another)))
  expect(new Set(theirs.map(line => line.status))).toEqual(new Set([200]))
  expect(await open(another)).toMatchObject({ status: 503, retryAfter: '30' })
  const text = await scrape()
  expect(valueOf(text, 'quittance_event_streams')).toBe(streamsMax)
  expect([valueOf(text, 'quittance_event_streams_refused_total{limit="reader"}'), valueOf(text, 'quittance_event_streams_refused_total{limit="all"}')]).toEqual([1, 1])
  for (const line of [...mine, ...theirs]) line.close()
  await until(scrape, now => valueOf(now, 'quittance_event_streams') === 0)
  const again = await open(one)
  expect(again.status).toBe(200)
  again.close()
})

test('a database that does not answer makes health say so in time, and it is well again when the database is', async () => {
  const database = await startHranaServer()
  const port = await freePort()
  const api = await serve({ ...world.environment, PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DATABASE_URL: database.url })
  const health = () => fetch(`http://127.0.0.1:${port}/healthz`).then(async answer => ({ status: answer.status, body: await answer.json() }))
  try {
    expect(await health()).toMatchObject({ status: 200 })
    database.faults.queue({ kind: 'delay', ms: 60_000, times: 1_000, match: {} })
    expect(await health()).toMatchObject({ status: 503, body: { status: 'failing', parts: { database: 'does not answer' } } })
    database.faults.clear()
    await until(health, told => told.status === 200)
  } finally {
    api.signal('SIGKILL')
    await api.ended
    await database.close()
  }
})

test('without a token in the settings there are no figures, and a server that stops says so', async () => {
  let quiet: World | undefined
  try {
    quiet = await startWorld({ invoices: 50, connected: false })
    expect((await fetch(`${quiet.apiUrl}/metrics`, { headers: { authorization: 'Bearer ' } })).status).toBe(404)
    quiet.api.context.lifetime.isStopping = true
    const health = await fetch(`${quiet.apiUrl}/healthz`)
    expect([health.status, await health.json()]).toEqual([503, expect.objectContaining({ status: 'stopping' })])
    const other = await fetch(`${quiet.apiUrl}/v1/portal`)
    expect([other.status, other.headers.get('retry-after')]).toEqual([503, '3'])
  } finally {
    await quiet?.close()
  }
})
