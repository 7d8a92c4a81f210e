import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, benchRealm, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startQuickBooksBench()
  await bench.connect()
  await bench.settled()
})
afterEach(() => bench.close())

const cards = async () => (await bench.merchant.cards.listOpen()).map(card => card.kind)
const night = async () => {
  bench.clock.advance(86_400_000)
  await bench.settled()
}

test('a night in which everything adds up asks nobody', async () => {
  await night()
  expect(await cards()).toEqual([])
  expect((await bench.merchant.outbox.find(`compare:${benchRealm}`))?.state).toBe('ready')
})

test('a payment that no event and no sweep told of is found by the comparison and brought in', async () => {
  const books = bench.quickbooks.books
  const customer = books.read(benchRealm, 'Customer', '3')
  const invoice = [...books.list(benchRealm, 'Invoice')].find(row => (row['CustomerRef'] as { value: string }).value === '3' && Number(row['Balance']) > 10)
  if (!customer || !invoice) throw new Error('the company has no such invoice')
  // Written into the books with old times, as nobody's sweep looks back so far.
  const old = { CreateTime: '2026-10-01T09:00:00-07:00', LastUpdatedTime: '2026-10-01T09:00:00-07:00' }
  const [line] = [{ Amount: 10, LinkedTxn: [{ TxnId: String(invoice['Id']), TxnType: 'Invoice' }] }]
  books.load(benchRealm, 'Payment', [{ Id: '770001', SyncToken: '0', MetaData: old, CustomerRef: { value: '3' }, TxnDate: '2026-10-01', TotalAmt: 10, UnappliedAmt: 0, Line: [line] }])
  books.load(benchRealm, 'Invoice', [{ ...invoice, Balance: Number(invoice['Balance']) - 10, SyncToken: String(Number(invoice['SyncToken']) + 1) }])
  books.load(benchRealm, 'Customer', [{ ...customer, Balance: Number(customer['Balance']) - 10 }])
  await bench.ctx.store.commit({ sql: 'update customers set balance = balance - 1000 where qbo_id = ?', args: ['3'] })
  expect((await bench.merchant.drift.customers(10)).map(row => row.qboId)).toEqual(['3'])
  await night()
  expect((await bench.merchant.mirror.knownPayments(['770001'])).length).toBe(1)
  expect([await bench.merchant.drift.customers(10), await bench.merchant.drift.customersOfInvoices(10), await cards()]).toEqual([[], [], []])
})

test('a difference that stays after reading anew is shown to a person, and goes when it is gone', async () => {
  const customer = bench.quickbooks.books.read(benchRealm, 'Customer', '3')
  const later = { CreateTime: '2026-10-01T09:00:00-07:00', LastUpdatedTime: new Date(bench.clock.now()).toISOString() }
  bench.quickbooks.books.load(benchRealm, 'Customer', [{ ...customer, MetaData: later, Balance: Number(customer?.['Balance']) + 5 }])
  await night()
  expect(await cards()).toEqual(['books_differ'])
  bench.quickbooks.books.load(benchRealm, 'Customer', [{ ...customer, MetaData: { ...later, LastUpdatedTime: new Date(bench.clock.now()).toISOString() } }])
  await night()
  expect(await cards()).toEqual([])
})
