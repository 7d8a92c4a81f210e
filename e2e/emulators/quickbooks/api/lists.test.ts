import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, realm, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
beforeEach(async () => {
  bench = await startAccounting()
})
afterEach(() => bench.close())

const named = async (DisplayName: string, more: object = {}) => String((await bench.made('Customer', { DisplayName, ...more }))['Id'])
const read = async (entity: string, id: unknown) => Object.values((await bench.get(`${entity}/${String(id)}`)).body)[0] as JsonObject
const job = (parent: string) => ({ Job: true, ParentRef: { value: parent } })

test('a name is taken once over customers, vendors and employees, whatever its case', async () => {
  await bench.made('Vendor', { DisplayName: 'Weiskopf' })
  expect(faultCode(await bench.post('customer', { DisplayName: 'weiskopf' }))).toBe('6240')
  expect(faultCode(await bench.post('employee', { DisplayName: 'WEISKOPF' }))).toBe('6240')
  expect(faultCode(await bench.post('customer', { DisplayName: 'a:b' }))).toBe('6000')
})

test('an inactive customer is marked, hidden from queries, refused as a reference, and its name is free again', async () => {
  const id = await named('Harbour Coffee')
  expect(await bench.made('Customer', { Id: id, SyncToken: '0', sparse: true, Active: false })).toMatchObject({ DisplayName: 'Harbour Coffee (deleted)', FullyQualifiedName: 'Harbour Coffee (deleted)', Active: false })
  expect((await bench.query('select * from Customer')).body['QueryResponse']).toEqual({})
  expect((await bench.query('select * from Customer where Active in (true, false)')).body['QueryResponse']).toMatchObject({ maxResults: 1 })
  expect(faultCode(await bench.post('invoice', invoiceFor(id, 10)))).toBe('2500')
  const second = await named('Harbour Coffee')
  expect(faultCode(await bench.post('customer', { Id: id, SyncToken: '1', sparse: true, Active: true }))).toBe('6240')
  await bench.made('Customer', { Id: second, SyncToken: '0', sparse: true, DisplayName: 'Another' })
  expect(await bench.made('Customer', { Id: id, SyncToken: '1', sparse: true, Active: true })).toMatchObject({ DisplayName: 'Harbour Coffee' })
})

test("a rename shows in the customer's invoices without a new SyncToken or time", async () => {
  const id = await named('Harbour Coffee')
  const invoice = await bench.made('Invoice', invoiceFor(id, 10))
  bench.clock.advance(60_000)
  await bench.made('Customer', { Id: id, SyncToken: '0', sparse: true, DisplayName: 'Pier Coffee' })
  expect(await read('invoice', invoice['Id'])).toEqual({ ...invoice, CustomerRef: { value: id, name: 'Pier Coffee' } })
})

test('a job counts towards everything above it, moves with its balance, and never becomes its own parent', async () => {
  const [top, other] = [await named('Top'), await named('Other')]
  const middle = await named('Middle', job(top))
  const bottom = await named('Bottom', job(middle))
  await bench.made('Invoice', invoiceFor(bottom, 40))
  expect(await read('customer', bottom)).toMatchObject({ FullyQualifiedName: 'Top:Middle:Bottom', Level: 2, Balance: 40, BalanceWithJobs: 40 })
  expect(await read('customer', top)).toMatchObject({ Balance: 0, BalanceWithJobs: 40, SyncToken: '0' })
  await bench.made('Customer', { Id: middle, SyncToken: '0', sparse: true, ...job(other) })
  expect(await read('customer', top)).toMatchObject({ BalanceWithJobs: 0 })
  expect(await read('customer', other)).toMatchObject({ BalanceWithJobs: 40 })
  expect(await read('customer', bottom)).toMatchObject({ FullyQualifiedName: 'Other:Middle:Bottom' })
  expect(faultCode(await bench.post('customer', { Id: other, SyncToken: '0', sparse: true, ...job(bottom) }))).toBe('6000')
})

test('an update of a list row that changes nothing keeps its SyncToken and time', async () => {
  const id = await named('Harbour Coffee', { Notes: 'x' })
  const before = await read('customer', id)
  bench.clock.advance(60_000)
  await bench.made('Customer', { Id: id, SyncToken: '0', sparse: true, Notes: 'x' })
  expect(await read('customer', id)).toEqual(before)
})

test('a merge moves transactions and jobs without new SyncTokens, adds the balances, and tells of it once', async () => {
  const [keep, gone] = [await named('Keep'), await named('Gone')]
  await bench.made('Invoice', invoiceFor(keep, 10))
  const moved = await bench.made('Invoice', invoiceFor(gone, 25))
  await bench.made('Payment', payment(gone, 5, []))
  const sub = await named('Sub', job(gone))
  bench.changes.length = 0
  expect((await bench.control('merge', { realmId: realm, keepId: keep, goneId: gone })).status).toBe(200)
  expect(bench.changes).toEqual([expect.objectContaining({ entity: 'Customer', id: keep, operation: 'Merge', deletedId: gone })])
  expect(await read('invoice', moved['Id'])).toMatchObject({ CustomerRef: { value: keep, name: 'Keep' }, SyncToken: '0' })
  expect(await read('customer', keep)).toMatchObject({ Balance: 30, SyncToken: '1' })
  expect(await read('customer', sub)).toMatchObject({ ParentRef: { value: keep }, FullyQualifiedName: 'Keep:Sub' })
  expect(faultCode(await bench.get(`customer/${gone}`))).toBe('610')
})

test('the words of a person at work in QuickBooks pass the same rules, without a token', async () => {
  const answer = await bench.control('person', { realmId: realm, entity: 'Customer', operation: 'create', body: { DisplayName: 'By hand' } })
  expect(answer.body['Customer']).toMatchObject({ DisplayName: 'By hand' })
  const id = (answer.body['Customer'] as JsonObject)['Id']
  expect((await bench.control('person', { realmId: realm, entity: 'Customer', operation: 'update', body: { Id: id, sparse: true, Notes: 'seen' } })).body['Customer']).toMatchObject({ SyncToken: '1' })
  expect(faultCode(await bench.control('person', { realmId: realm, entity: 'Customer', operation: 'create', body: { DisplayName: 'By hand' } }))).toBe('6240')
})
