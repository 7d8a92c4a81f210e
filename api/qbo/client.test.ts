import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, benchRealm, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import { accessOf } from '../connection/credentials.ts'
import { decimalNumber } from '../domain/decimal.ts'
import { currency, minor } from '../domain/money.ts'
import type { Accounting, QboCredentials } from '../ports.ts'
import { createAccounting } from './client.ts'

let bench: Bench
let at: QboCredentials
let books: Accounting
let counted: string[]
let warned: Record<string, unknown>[]

beforeEach(async () => {
  bench = await startQuickBooksBench({ asleep: true })
  await bench.connect()
  const grant = await accessOf(bench.ctx, bench.merchantId)
  if (grant.kind !== 'granted') throw new Error(grant.kind)
  at = grant.at
  counted = []
  warned = []
  const log = { ...bench.ctx.log, warn: (fields: Record<string, unknown>) => void warned.push(fields) }
  books = createAccounting({ apiUrl: bench.quickbooks.url, timeoutMs: 400, clock: bench.clock, log, meter: (realm, kind) => void counted.push(`${realm} ${kind}`) })
})
afterEach(() => bench.close())

const payment = (note = '') => ({ entity: 'Payment' as const, requestId: 'pay_1:g1', body: { CustomerRef: { value: '1' }, TotalAmt: decimalNumber(minor(1234), currency('USD')), PrivateNote: note } })
const paymentsOf = () => [...bench.quickbooks.books.list(benchRealm, 'Payment')].filter(row => row['TotalAmt'] === 12.34)

test('numbers come as the text that was sent, and go out digit by digit', async () => {
  const written = await books.write(at, payment())
  expect(written).toMatchObject({ ok: true, value: { TotalAmt: '12.34', UnappliedAmt: '12.34' } })
  expect(paymentsOf()).toHaveLength(1)
})

test('a write repeated with its request id is answered with the first answer and written once', async () => {
  const first = await books.write(at, payment())
  const again = await books.write(at, payment())
  expect(again.ok && first.ok && again.value.Id === first.value.Id).toBe(true)
  expect(paymentsOf()).toHaveLength(1)
  await expect(async () => books.write(at, { ...payment(), requestId: 'x'.repeat(51) })).rejects.toThrow('at most 50')
})

test('a write whose answer is lost is unknown, a read whose answer is lost is just asked again', async () => {
  await bench.fault({ match: { method: 'POST', path: '/payment' }, kind: 'lose-answer' })
  expect(await books.write(at, payment())).toMatchObject({ ok: false, failure: { class: 'unknown', status: 0 } })
  expect(paymentsOf()).toHaveLength(1)
  await bench.fault({ match: { path: '/invoice' }, kind: 'lose-answer' })
  expect(await books.read(at, 'Invoice', '101')).toMatchObject({ ok: false, failure: { class: 'transient' } })
})

test('an answer that does not come in time counts as none', async () => {
  await bench.fault({ match: { path: '/payment' }, kind: 'delay', ms: 1500 })
  expect(await books.write(at, payment())).toMatchObject({ ok: false, failure: { class: 'unknown', message: 'no answer: timed out' } })
})

test.each([
  ['a proxy’s page', { kind: 'html-500', status: 503 }, 'transient', 'unknown'],
  ['a page with status 200', { kind: 'answer', status: 200, body: '<html>maintenance</html>' }, 'transient', 'unknown'],
  ['a fault with status 200', { kind: 'answer', status: 200, body: { Fault: { Error: [{ Message: 'busy', code: '10000' }] } } }, 'transient', 'unknown'],
  ['closed books', { kind: 'answer', status: 400, body: { Fault: { Error: [{ Message: 'Account Period Closed', code: '6200' }] } } }, 'person', 'person'],
  ['the gateway’s lower-case 401', { kind: 'unauthorized' }, 'auth', 'auth'],
] as const)('%s is told apart for reads and for writes', async (_name, fault, onRead, onWrite) => {
  await bench.fault({ match: { path: '/invoice' }, ...fault })
  expect(await books.read(at, 'Invoice', '101')).toMatchObject({ ok: false, failure: { class: onRead } })
  await bench.fault({ match: { path: '/payment' }, ...fault })
  expect(await books.write(at, payment())).toMatchObject({ ok: false, failure: { class: onWrite } })
})

test('after a 429 the company is left alone for a minute, and then served again', async () => {
  await bench.fault({ match: { path: '/invoice' }, kind: 'throttle' })
  expect(await books.read(at, 'Invoice', '101')).toMatchObject({ ok: false, failure: { class: 'throttled', retryAfterMs: 60_000 } })
  const before = (await bench.reads()).corePlus
  expect(await books.count(at, 'Invoice', null)).toMatchObject({ ok: false, failure: { class: 'throttled' } })
  expect((await bench.reads()).corePlus).toBe(before)
  bench.clock.advance(60_001)
  expect((await books.count(at, 'Invoice', null)).ok).toBe(true)
})

test('each refusal is logged with Intuit’s own number of the call and without anybody’s data', async () => {
  expect(await books.read(at, 'Invoice', '987654')).toMatchObject({ ok: false, failure: { class: 'gone', code: '610', intuitTid: expect.any(String) as string } })
  expect(warned).toEqual([expect.objectContaining({ fault: '610', intuitTid: expect.any(String) as string, realm: benchRealm }) as object])
  expect(JSON.stringify(warned)).not.toContain(at.accessToken)
})

test('successful calls are counted as Intuit counts them, refused ones are not', async () => {
  await books.read(at, 'Customer', '1')
  await books.write(at, payment())
  await books.read(at, 'Invoice', '987654')
  expect(counted).toEqual([`${benchRealm} read`, `${benchRealm} write`])
})

test('a hundred ids are asked for in one query, and quotes in values are safe', async () => {
  const ids = [...bench.quickbooks.books.list(benchRealm, 'Invoice')].map(row => `'${String(row['Id'])}'`)
  const many = [...ids, ...Array.from({ length: 300 }, (_, i) => `'77${i}'`)]
  const answer = await books.page(at, { entity: 'Invoice', where: `Id in (${many.join(', ')})`, orderBy: null, start: 1, max: 1000 })
  expect(answer.ok && answer.value.length).toBe(ids.length)
})

test('what a US company is sent holds nothing outside ISO-8859-1', async () => {
  const written = await books.write(at, payment('Thanks – “Zoë” 🎉'))
  expect(written).toMatchObject({ ok: true, value: { PrivateNote: 'Thanks - "Zoë" ' } })
})

test('a PDF comes as bytes, a page instead of one is a failure', async () => {
  const answer = await books.pdf(at, 'Invoice', '101')
  expect(answer.ok && new TextDecoder().decode(answer.value.subarray(0, 5))).toBe('%PDF-')
  await bench.fault({ match: { path: '/pdf' }, kind: 'answer', status: 200, body: '<html></html>' })
  expect(await books.pdf(at, 'Invoice', '101')).toMatchObject({ ok: false, failure: { class: 'transient' } })
})
