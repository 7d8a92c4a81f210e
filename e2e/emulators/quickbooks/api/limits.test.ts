import { afterEach, expect, test } from 'vitest'
import type { JsonObject } from '../books/json.ts'
import { invoiceFor, realm, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
afterEach(() => bench.close())

const statuses = async (count: number, call: () => Promise<{ status: number }>) => {
  const found: number[] = []
  for (let number = 0; number < count; number += 1) found.push((await call()).status)
  return found.filter(status => status === 429).length
}
const read = () => bench.get('customer/1')
const batch = () => bench.post('batch', { BatchItemRequest: [{ bId: '1', Query: 'select count(*) from Invoice' }] })

test("a realm takes so many calls a minute, and again when the emulator's clock has moved on", async () => {
  bench = await startAccounting({ limits: { perMinuteRealm: 20, perSecondApp: 1e6 } })
  expect(await statuses(25, read)).toBe(5)
  bench.clock.advance(60_000)
  expect(await statuses(20, read)).toBe(0)
})

test("Intuit's own figures hold without a setting: ten calls a second, forty batches a minute", async () => {
  bench = await startAccounting({ limits: {} })
  const refused = await Promise.all(Array.from({ length: 60 }, read))
  const late = refused.find(answer => answer.status === 429)
  expect(late?.body).toEqual({ Fault: { Error: [{ Message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429', Detail: 'The request limit was reached.  Try again later', code: '3001', element: '' }], type: 'SERVICE' } })
  expect(refused.filter(answer => answer.status !== 429).length).toBeGreaterThanOrEqual(10)
  bench.setLimits({ perSecondApp: 1e6 })
  bench.clock.advance(60_000)
  expect(await statuses(45, batch)).toBe(5)
})

test('limits move by the control route', async () => {
  bench = await startAccounting({ limits: { perMinuteRealm: 1 } })
  await bench.control('limits', { perMinuteRealm: 1000, perSecondApp: 1000 })
  expect(await statuses(10, read)).toBe(0)
})

test('the meter counts reads as CorePlus and writes as Core, by kind, and refusals not at all', async () => {
  bench = await startAccounting()
  await bench.made('Customer', { DisplayName: 'Harbour Coffee' })
  await bench.made('Invoice', invoiceFor('1', 10))
  await bench.query('select * from Invoice')
  await bench.query('select count(*) from Invoice')
  await bench.get('invoice/1')
  await bench.get('invoice/999')
  await batch()
  const state = (await bench.call('GET', '/_emulator/state')).body
  expect((state['meter'] as JsonObject)[realm]).toEqual({
    core: 2, corePlus: 4, calls: { 'create Customer': 1, 'create Invoice': 1, 'query Invoice': 2, 'count Invoice': 1, 'read Invoice': 1 },
  })
})

test("beyond the free tier's reads every read is refused and writes go on", async () => {
  bench = await startAccounting({ limits: { readsPerMonth: 1, perMinuteRealm: 1e6, perSecondApp: 1e6 } })
  await bench.made('Customer', { DisplayName: 'Harbour Coffee' })
  expect((await read()).status).toBe(200)
  expect((await read()).status).toBe(429)
  expect((await bench.post('invoice', invoiceFor('1', 10))).status).toBe(200)
})

test('the state shows companies with their counts, and rows when asked', async () => {
  bench = await startAccounting()
  await bench.made('Customer', { DisplayName: 'Harbour Coffee' })
  const state = (await bench.call('GET', `/_emulator/state?realm=${realm}&entity=Customer`)).body
  expect(state).toMatchObject({ companies: [{ realmId: realm, counts: { Customer: 1, Invoice: 0 } }], rows: [{ DisplayName: 'Harbour Coffee' }] })
})
