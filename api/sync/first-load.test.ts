import { afterEach, expect, test } from 'vitest'
import { type Bench, benchRealm, type BenchOptions, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import { minor } from '../domain/money.ts'
import { localDay } from '../present/format.ts'
import { currentImport, startImport } from './imports.ts'

let bench: Bench
const start = async (options: BenchOptions = {}) => (bench = await startQuickBooksBench(options))
afterEach(() => bench.close())

const rows = <T>(entity: Parameters<Bench['quickbooks']['books']['list']>[1]) => [...bench.quickbooks.books.list(benchRealm, entity)] as T[]
type Amounts = { Id: string; TotalAmt: number; Balance: number; TxnDate: string; CurrencyRef?: { value: string }; RemainingCredit: number; UnappliedAmt: number; AccountType: string; CurrentBalance: number }
const cents = (amount: number, object: { CurrencyRef?: { value: string } }) => minor(Math.round(amount * (object.CurrencyRef?.value === 'JPY' ? 1 : 100)))
/** 90 days before the connection, in the company's own calendar. */
const begin = () => localDay(bench.clock.now() - 90 * 86_400_000, 'America/Chicago')

test('a first load of 10,000 invoices makes exactly the calls that its pages need, and every balance equals QuickBooks’ to the cent', async () => {
  await start({ invoices: 10_000 })
  // From before the first invoice, so that all of them come.
  await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ extractBeginDate: '2000-01-01' }, bench.clock.now()))
  expect(await bench.connect()).toBe('/console?connected=1')
  await bench.settled()
  const run = await currentImport(bench.ctx)(bench.merchantId)
  expect(run).toMatchObject({ kind: 'first_load', state: 'done', problem: null })

  const pagesOf = (entity: 'Customer' | 'Invoice' | 'CreditMemo' | 'Payment') => Math.ceil(rows(entity).length / 1000)
  const { calls } = await bench.reads()
  expect(calls).toEqual({
    'read CompanyInfo': 1, 'read Preferences': 1, 'count Customer': 1, 'count Invoice': 2, 'count CreditMemo': 1, 'count Payment': 1,
    'query Term': 1, 'query PaymentMethod': 1, 'query Account': 1, 'query Item': 1, 'query TaxCode': 1, 'query TaxRate': 1,
    'query Customer': pagesOf('Customer'), 'query Invoice': 10, 'query CreditMemo': pagesOf('CreditMemo'), 'query Payment': pagesOf('Payment'), cdc: 1,
  })
  const { mirror, drift } = bench.merchant
  const invoices = rows<Amounts>('Invoice')
  const mirrored = new Map((await mirror.knownInvoices(invoices.map(row => row.Id))).map(row => [row.qboId, row]))
  expect(invoices.filter(row => mirrored.get(row.Id)?.balance !== cents(row.Balance, row) || mirrored.get(row.Id)?.total !== cents(row.TotalAmt, row))).toEqual([])
  const customers = rows<Amounts>('Customer')
  const owing = new Map((await mirror.knownCustomers(customers.map(row => row.Id))).map(row => [row.qboId, row.balance]))
  expect(customers.filter(row => owing.get(row.Id) !== cents(row.Balance, row))).toEqual([])
  const payments = rows<Amounts>('Payment')
  const unapplied = new Map((await mirror.knownPayments(payments.map(row => row.Id))).map(row => [row.qboId, row.rest]))
  expect(payments.filter(row => unapplied.get(row.Id) !== cents(row.UnappliedAmt ?? 0, row))).toEqual([])
  const credits = rows<Amounts>('CreditMemo')
  const remaining = new Map((await mirror.knownCredits(credits.map(row => row.Id))).map(row => [row.qboId, row.rest]))
  expect(credits.filter(row => remaining.get(row.Id) !== cents(row.RemainingCredit, row))).toEqual([])
  expect([await drift.customers(10), await drift.customersOfInvoices(10), await drift.customersOfCredits(10)]).toEqual([[], [], []])
  for (const receivable of rows<Amounts>('Account').filter(row => row.AccountType === 'Accounts Receivable')) {
    const owed = customers.filter(row => row.CurrencyRef?.value === receivable.CurrencyRef?.value).reduce((sum, row) => sum + (owing.get(row.Id) ?? 0), 0)
    expect({ currency: receivable.CurrencyRef?.value, owed }).toEqual({ currency: receivable.CurrencyRef?.value, owed: cents(receivable.CurrentBalance, receivable) })
  }
}, 120_000)

test('IL23: invoices dated before the extract begin date stay in QuickBooks unless they are open, and the customers’ balances still add up', async () => {
  await start({ invoices: 600 })
  await bench.connect()
  await bench.settled()
  const invoices = rows<Amounts>('Invoice')
  const expected = invoices.filter(row => row.TxnDate >= begin() || row.Balance > 0).map(row => row.Id)
  const loaded = (await bench.merchant.mirror.knownInvoices(invoices.map(row => row.Id))).map(row => row.qboId)
  expect(new Set(loaded)).toEqual(new Set(expected))
  expect(expected.length).toBeLessThan(invoices.length)
  expect([await bench.merchant.drift.customers(10), await bench.merchant.drift.customersOfInvoices(10), await bench.merchant.drift.customersOfCredits(10)]).toEqual([[], [], []])
})

test('IL23: a chosen extract begin date decides what the next import brings', async () => {
  await start({ invoices: 200 })
  await bench.connect()
  await bench.settled()
  const closedBefore = rows<Amounts>('Invoice').filter(row => row.TxnDate < begin() && row.Balance === 0).map(row => row.Id)
  expect(await bench.merchant.mirror.knownInvoices(closedBefore)).toEqual([])
  await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ extractBeginDate: '2000-01-01' }, bench.clock.now()))
  expect((await startImport(bench.ctx)(bench.merchantId, 'full')).kind).toBe('started')
  await bench.settled()
  expect((await bench.merchant.mirror.knownInvoices(closedBefore)).length).toBe(closedBefore.length)
})

test('TO1: every customer of QuickBooks is there after the first load, inactive ones archived, with each address of theirs', async () => {
  await start()
  await bench.inQuickBooks('Customer', 'create', { DisplayName: 'Two Addresses', PrimaryEmailAddr: { Address: 'one@pair.example, Two@pair.example' } })
  await bench.connect()
  await bench.settled()
  const customers = rows<{ Id: string; Active: boolean }>('Customer')
  const known = await bench.merchant.mirror.knownCustomers(customers.map(row => row.Id))
  expect(Object.fromEntries(known.map(row => [row.qboId, row.archivedReason === null]))).toEqual(Object.fromEntries(customers.map(row => [row.Id, row.Active])))
  expect((await bench.merchant.sessions.customersOfEmail('two@pair.example')).length).toBe(1)
  expect(known.some(row => row.name.includes('(deleted)'))).toBe(false)
})

test('a load that is cut off by failures goes on where it stopped and reads no page twice', async () => {
  await start({ invoices: 2500 })
  await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ extractBeginDate: '2000-01-01' }, bench.clock.now()))
  await bench.fault({ match: { path: 'from%20Invoice|from\\+Invoice' }, skip: 3, kind: 'html-500', status: 503 })
  await bench.fault({ match: { path: 'from%20Payment|from\\+Payment' }, skip: 1, kind: 'refuse' })
  await bench.connect()
  await bench.settled()
  const stopped = await currentImport(bench.ctx)(bench.merchantId)
  expect(stopped).toMatchObject({ state: 'running', problem: expect.stringContaining('did not answer') as string })
  for (let i = 0; i < 4; i++) {
    bench.clock.advance(60_000)
    await bench.settled()
  }
  expect(await currentImport(bench.ctx)(bench.merchantId)).toMatchObject({ state: 'done', problem: null })
  expect((await bench.reads()).calls['query Invoice']).toBe(3)
  expect((await bench.merchant.mirror.knownInvoices(rows<Amounts>('Invoice').map(row => row.Id))).length).toBe(2500)
})

test('when QuickBooks throttles, reading rests for a minute and then goes on', async () => {
  await start()
  await bench.fault({ match: { path: '/query' }, skip: 6, kind: 'throttle' })
  await bench.connect()
  await bench.settled()
  expect(await currentImport(bench.ctx)(bench.merchantId)).toMatchObject({ state: 'running', problem: expect.stringContaining('slow down') as string })
  const before = (await bench.reads()).corePlus
  await bench.settled()
  expect((await bench.reads()).corePlus).toBe(before)
  bench.clock.advance(60_000)
  await bench.settled()
  expect((await currentImport(bench.ctx)(bench.merchantId))?.state).toBe('done')
})

test('IL18: refreshing the customers reads customers alone', async () => {
  await start()
  await bench.connect()
  await bench.settled()
  const { Id } = await bench.inQuickBooks('Customer', 'create', { DisplayName: 'Newly There' })
  const before = (await bench.reads()).calls
  await startImport(bench.ctx)(bench.merchantId, 'customers')
  await bench.settled()
  const { calls } = await bench.reads()
  expect([calls['query Customer'], calls['query Invoice']]).toEqual([(before['query Customer'] ?? 0) + 1, before['query Invoice']])
  expect((await bench.merchant.mirror.knownCustomers([Id])).map(row => row.name)).toEqual(['Newly There'])
})

test('IL29 AP10: a full import archives what QuickBooks no longer holds though nobody told', async () => {
  await start()
  await bench.connect()
  await bench.settled()
  await bench.control('webhooks', { url: null })
  const { Id } = await bench.inQuickBooks('Invoice', 'create', { CustomerRef: { value: '1' }, Line: [{ Amount: 75, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '12' } } }] })
  await startImport(bench.ctx)(bench.merchantId, 'since_last')
  await bench.settled()
  expect((await bench.merchant.mirror.knownInvoices([Id])).map(row => row.archivedReason)).toEqual([null])
  await bench.inQuickBooks('Invoice', 'delete', { Id })
  await bench.ctx.store.commit(bench.merchant.outbox.drop(`sweep:${benchRealm}`))
  await startImport(bench.ctx)(bench.merchantId, 'full')
  await bench.settled()
  expect((await bench.merchant.mirror.knownInvoices([Id])).map(row => row.archivedReason)).toEqual(['deleted_in_quickbooks'])
})

test('IL30: everything since last time brings what was created since, and reads only that', async () => {
  await start({ invoices: 300 })
  await bench.connect()
  await bench.settled()
  await bench.control('webhooks', { url: null })
  bench.clock.advance(3 * 60 * 60_000)
  const { Id } = await bench.inQuickBooks('Invoice', 'create', { CustomerRef: { value: '1' }, Line: [{ Amount: 75, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '12' } } }] })
  await startImport(bench.ctx)(bench.merchantId, 'since_last')
  await bench.settled()
  expect((await bench.merchant.mirror.knownInvoices([Id])).length).toBe(1)
  const invoices = (await currentImport(bench.ctx)(bench.merchantId))?.steps.find(step => step.entity === 'Invoice')
  expect(invoices).toMatchObject({ done: 1, total: 1, state: 'done' })
})

test('a second import while one runs is answered with the one under way', async () => {
  await start({ asleep: true })
  await bench.connect()
  expect((await startImport(bench.ctx)(bench.merchantId, 'full')).kind).toBe('running')
})

test('a run that was parked goes on where it stopped when a person asks for it again', async () => {
  await start()
  await bench.connect()
  const run = await bench.merchant.imports.latest()
  await bench.worker?.idle()
  await bench.ctx.store.commit(
    { sql: `update imports set state = 'running', finished_at = null`, args: [] },
    { sql: `update outbox set state = 'dead', problem = 'parked' where id = ?`, args: [`import:${run?.id}`] })
  expect((await startImport(bench.ctx)(bench.merchantId, 'full'))).toMatchObject({ kind: 'running', view: { id: run?.id } })
  await bench.settled()
  expect(await bench.merchant.imports.latest()).toMatchObject({ id: run?.id, state: 'done' })
})
