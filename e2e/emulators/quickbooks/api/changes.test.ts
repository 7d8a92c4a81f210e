import { afterEach, beforeEach, expect, test } from 'vitest'
import { objectAt, objectsAt, type JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
beforeEach(async () => {
  bench = await startAccounting()
  await bench.made('Customer', { DisplayName: 'Harbour Coffee' })
})
afterEach(() => bench.close())

const blocks = async (entities: string, since: string) => {
  const answer = await bench.get(`cdc?entities=${entities}&changedSince=${encodeURIComponent(since)}`)
  expect(answer.status, answer.text).toBe(200)
  return ((answer.body['CDCResponse'] as JsonObject[])[0]?.['QueryResponse'] ?? []) as JsonObject[]
}
const shortBefore = '2026-11-20T10:14:00-08:00'

test('changes come whole, oldest first, deletes after them as stubs', async () => {
  const first = await bench.made('Invoice', invoiceFor('1', 10))
  bench.clock.advance(2_000)
  await bench.made('Invoice', invoiceFor('1', 20))
  bench.clock.advance(2_000)
  await bench.made('Invoice', { Id: first['Id'], SyncToken: '0', sparse: true, PrivateNote: 'later' })
  const gone = await bench.made('Payment', payment('1', 5, []))
  await bench.made('Payment', { Id: gone['Id'], SyncToken: '0' }, '?operation=delete')
  const [invoices, payments, deposits] = await blocks('Invoice,Payment,Deposit', shortBefore)
  expect(invoices).toMatchObject({ startPosition: 1, maxResults: 2, totalCount: 2, Invoice: [{ TotalAmt: 20 }, { PrivateNote: 'later' }] })
  expect(payments).toMatchObject({ maxResults: 1, Payment: [{ Id: gone['Id'], status: 'Deleted', domain: 'QBO' }] })
  expect(payments).not.toHaveProperty('startPosition')
  expect(deposits).toEqual({})
  const newest = objectAt(objectsAt(invoices ?? {}, 'Invoice')[1] ?? {}, 'MetaData')
  expect((await blocks('Invoice', String(newest['LastUpdatedTime'])))[0]).toMatchObject({ maxResults: 1 })
})

test('an inactive customer is a change, not a delete', async () => {
  await bench.made('Customer', { Id: '1', SyncToken: '0', sparse: true, Active: false })
  expect((await blocks('Customer', shortBefore))[0]).toMatchObject({ Customer: [{ Id: '1', Active: false }] })
})

test('one answer holds no more than its limit over all entities', async () => {
  bench.setLimits({ changesPerAnswer: 5 })
  for (let number = 0; number < 4; number += 1) {
    await bench.made('Invoice', invoiceFor('1', 10))
    await bench.made('Payment', payment('1', 10, []))
  }
  const [invoices, payments] = await blocks('Invoice,Payment', shortBefore)
  expect([invoices?.['maxResults'], payments?.['maxResults']]).toEqual([4, 1])
})

test('tax codes are not captured, unknown entities and times further back than 30 days are refused', async () => {
  for (const query of ['entities=TaxCode&changedSince=2026-11-19', 'entities=Foo&changedSince=2026-11-19', 'entities=Invoice&changedSince=2026-10-01', 'entities=Invoice&changedSince=soon']) {
    expect(faultCode(await bench.get(`cdc?${query}`)), query).toBe('4001')
  }
  expect(faultCode(await bench.get('cdc?changedSince=2026-11-19'))).toBe('2020')
})

test('each item of a batch succeeds or fails alone, within HTTP 200', async () => {
  const answer = await bench.post('batch', {
    BatchItemRequest: [
      { bId: 'a', operation: 'create', Customer: { DisplayName: 'New one' } },
      { bId: 'b', operation: 'create', Customer: { DisplayName: 'Harbour Coffee' } },
      { bId: 'c', Query: 'select count(*) from Customer' },
      { bId: 'd', operation: 'delete', Invoice: { Id: '999', SyncToken: '0' } },
      { bId: 'e', operation: 'create', Invoice: invoiceFor('1', 30) },
    ],
  })
  expect(answer.status).toBe(200)
  expect(answer.body['BatchItemResponse']).toMatchObject([
    { bId: 'a', Customer: { DisplayName: 'New one' } }, { bId: 'b', Fault: { Error: [{ code: '6240' }], type: 'ValidationFault' } }, { bId: 'c', QueryResponse: { totalCount: 2 } },
    { bId: 'd', Fault: { Error: [{ code: '610' }] } }, { bId: 'e', Invoice: { TotalAmt: 30 } },
  ])
  const paid = await bench.made('Payment', payment('1', 10, []))
  const voided = await bench.post('batch', { BatchItemRequest: [{ bId: 'v', operation: 'update', optionsData: 'void', Payment: { Id: paid['Id'], SyncToken: '0', sparse: true } }] })
  expect(voided.body['BatchItemResponse']).toMatchObject([{ Payment: { TotalAmt: 0, PrivateNote: 'Voided' } }])
})

test('a batch takes 30 items, not 31', async () => {
  const items = (count: number) => ({ BatchItemRequest: Array.from({ length: count }, (_, index) => ({ bId: String(index), Query: 'select count(*) from Invoice' })) })
  expect((await bench.post('batch', items(30))).status).toBe(200)
  expect(faultCode(await bench.post('batch', items(31)))).toBe('1040')
})

test('a requestid is carried out once: the first answer is replayed, even for another body and after the object was deleted', async () => {
  const first = await bench.made('Payment', payment('1', 10, []), '?requestid=pay_1:g1')
  await bench.made('Payment', { Id: first['Id'], SyncToken: '0' }, '?operation=delete')
  expect(await bench.made('Payment', payment('1', 99, []), '?requestid=pay_1:g1')).toEqual(first)
  expect(faultCode(await bench.get(`payment/${String(first['Id'])}`))).toBe('610')
  expect((await bench.made('Payment', payment('1', 99, []), '?requestid=pay_1:g2'))['TotalAmt']).toBe(99)
})

test('a refused request is not remembered; an overlong requestid is refused', async () => {
  expect(faultCode(await bench.post('payment?requestid=r1', { TotalAmt: 10 }))).toBe('2020')
  expect((await bench.post('payment?requestid=r1', payment('1', 10, []))).status).toBe(200)
  expect(faultCode(await bench.post(`payment?requestid=${'x'.repeat(51)}`, payment('1', 10, [])))).toBe('2130')
  expect(faultCode(await bench.post(`batch?requestid=${'x'.repeat(37)}`, { BatchItemRequest: [{ bId: '1', Query: 'select * from Invoice' }] }))).toBe('2130')
  expect(faultCode(await bench.post('batch?requestid=r2', { BatchItemRequest: [{ bId: 'longer than ten', Query: 'select * from Invoice' }] }))).toBe('2130')
})

test('a batch with a requestid is replayed whole', async () => {
  const body = { BatchItemRequest: [{ bId: 'a', operation: 'create', Customer: { DisplayName: 'Once' } }] }
  const first = await bench.post('batch?requestid=b1', body)
  expect((await bench.post('batch?requestid=b1', body)).body).toEqual(first.body)
  expect((await bench.query("select count(*) from Customer where DisplayName = 'Once'")).body['QueryResponse']).toEqual({ totalCount: 1 })
})
