import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, realm, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
let customer: string
beforeEach(async () => {
  bench = await startAccounting()
  customer = String((await bench.made('Customer', { DisplayName: 'Harbour Coffee' }))['Id'])
})
afterEach(() => bench.close())

const read = async (entity: string, id: unknown) => Object.values((await bench.get(`${entity}/${String(id)}`)).body)[0] as JsonObject
const invoice = (amount: number) => bench.made('Invoice', invoiceFor(customer, amount))
const idOf = (object: JsonObject) => String(object['Id'])

test('a payment lowers the balance of each invoice it names, raises their SyncToken, and is linked from them', async () => {
  const [first, second] = [await invoice(100), await invoice(50.5)]
  const paid = await bench.made('Payment', payment(customer, 120.5, [[idOf(first), 100], [idOf(second), 20.5]]))
  expect(paid).toMatchObject({ TotalAmt: 120.5, UnappliedAmt: 0, DepositToAccountRef: { value: '4' } })
  expect(await read('invoice', first['Id'])).toMatchObject({ Balance: 0, SyncToken: '1', LinkedTxn: [{ TxnId: paid['Id'], TxnType: 'Payment' }] })
  expect(await read('invoice', second['Id'])).toMatchObject({ Balance: 30, SyncToken: '1' })
})

test("a customer's balance moves with time but without a new SyncToken", async () => {
  const before = await read('customer', customer)
  bench.clock.advance(60_000)
  await invoice(80)
  const after = await read('customer', customer)
  expect(after).toMatchObject({ Balance: 80, BalanceWithJobs: 80, SyncToken: '0' })
  expect(after['MetaData']).not.toEqual(before['MetaData'])
})

test('more than is open is taken and stays unapplied', async () => {
  const open = await invoice(5)
  expect(await bench.made('Payment', payment(customer, 30, [[idOf(open), 30]]))).toMatchObject({ TotalAmt: 30, UnappliedAmt: 25, Line: [{ Amount: 5 }] })
  expect(await read('customer', customer)).toMatchObject({ Balance: -25 })
})

test('voiding a paid invoice leaves its payment unapplied', async () => {
  const open = await invoice(70)
  const paid = await bench.made('Payment', payment(customer, 70, [[idOf(open), 70]]))
  const voided = await bench.made('Invoice', { Id: open['Id'], SyncToken: '1' }, '?operation=void')
  expect(voided).toMatchObject({ TotalAmt: 0, Balance: 0, PrivateNote: 'Voided', LinkedTxn: [] })
  expect(await read('payment', paid['Id'])).toMatchObject({ TotalAmt: 70, UnappliedAmt: 70, Line: [], SyncToken: '1' })
})

test('voiding or deleting a payment opens its invoice again', async () => {
  const open = await invoice(70)
  const voided = await bench.made('Payment', payment(customer, 70, [[idOf(open), 70]]))
  expect(await bench.made('Payment', { Id: voided['Id'], SyncToken: '0', sparse: true }, '?operation=update&include=void')).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0, Line: [], PrivateNote: 'Voided' })
  expect(await read('invoice', open['Id'])).toMatchObject({ Balance: 70, LinkedTxn: [] })
  const again = await bench.made('Payment', payment(customer, 70, [[idOf(open), 70]]))
  expect(await bench.made('Payment', { Id: again['Id'], SyncToken: '0' }, '?operation=delete')).toEqual({ domain: 'QBO', status: 'Deleted', Id: again['Id'] })
  expect(await read('invoice', open['Id'])).toMatchObject({ Balance: 70 })
  expect(faultCode(await bench.get(`payment/${idOf(again)}`))).toBe('610')
})

test('a deposited payment can be neither voided nor deleted nor changed, until it is taken out of the deposit', async () => {
  const paid = await bench.made('Payment', payment(customer, 40, []))
  const deposit = await bench.made('Deposit', { DepositToAccountRef: { value: '35' }, Line: [{ Amount: 40, LinkedTxn: [{ TxnId: paid['Id'], TxnType: 'Payment', TxnLineId: '0' }] }] })
  const now = await read('payment', paid['Id'])
  expect(now).toMatchObject({ LinkedTxn: [{ TxnId: deposit['Id'], TxnType: 'Deposit' }] })
  for (const query of ['?operation=delete', '?operation=update&include=void', '']) {
    expect(faultCode(await bench.post(`payment${query}`, { ...payment(customer, 41, []), Id: paid['Id'], SyncToken: now['SyncToken'] }))).toBe('6540')
  }
  expect(await read('account', '4')).toMatchObject({ CurrentBalance: 0 })
  expect(await read('account', '35')).toMatchObject({ CurrentBalance: 40 })
  await bench.made('Deposit', { Id: deposit['Id'], SyncToken: '0' }, '?operation=delete')
  const free = await read('payment', paid['Id'])
  expect((await bench.post('payment?operation=delete', { Id: paid['Id'], SyncToken: free['SyncToken'] })).status).toBe(200)
  expect(await read('account', '35')).toMatchObject({ CurrentBalance: 0 })
})

test('a credit memo is applied by a payment of nothing with two lines', async () => {
  const open = await invoice(100)
  const credit = await bench.made('CreditMemo', invoiceFor(customer, 30))
  const line = (id: unknown, type: string) => ({ Amount: 30, LinkedTxn: [{ TxnId: id, TxnType: type }] })
  expect(await bench.made('Payment', { CustomerRef: { value: customer }, TotalAmt: 0, Line: [line(open['Id'], 'Invoice'), line(credit['Id'], 'CreditMemo')] })).toMatchObject({ TotalAmt: 0, UnappliedAmt: 0 })
  expect(await read('invoice', open['Id'])).toMatchObject({ Balance: 70 })
  expect(await read('creditmemo', credit['Id'])).toMatchObject({ RemainingCredit: 0, Balance: 0 })
  expect(await read('customer', customer)).toMatchObject({ Balance: 70 })
})

test('with AutoApplyPayments on, what is not explicitly applied goes to the oldest open invoices', async () => {
  await bench.made('Preferences', { Id: '1', SyncToken: '0', sparse: true, SalesFormsPrefs: { AutoApplyPayments: true } })
  const late = await bench.made('Invoice', { ...invoiceFor(customer, 60), DueDate: '2026-12-31' })
  const early = await bench.made('Invoice', { ...invoiceFor(customer, 50), DueDate: '2026-12-01' })
  expect(await bench.made('Payment', payment(customer, 80, []))).toMatchObject({ UnappliedAmt: 0, Line: [{ Amount: 50 }, { Amount: 30 }] })
  expect(await read('invoice', early['Id'])).toMatchObject({ Balance: 0 })
  expect(await read('invoice', late['Id'])).toMatchObject({ Balance: 30 })
})

test('with AutoApplyCredit on, a credit memo is carried to an open invoice by a payment of nothing, whichever came first', async () => {
  await bench.made('Preferences', { Id: '1', SyncToken: '0', sparse: true, SalesFormsPrefs: { AutoApplyCredit: true } })
  const first = await invoice(100)
  expect(await bench.made('CreditMemo', invoiceFor(customer, 130))).toMatchObject({ RemainingCredit: 30 })
  expect(await read('invoice', first['Id'])).toMatchObject({ Balance: 0 })
  expect(await invoice(50)).toMatchObject({ Balance: 20 })
  expect((await bench.query("select * from Payment where TotalAmt = '0'")).body['QueryResponse']).toMatchObject({ maxResults: 2 })
  expect(await read('customer', customer)).toMatchObject({ Balance: 20 })
})

test('an empty Line in an update takes every application back; a sparse change of the amount alone is refused', async () => {
  const open = await invoice(70)
  const paid = await bench.made('Payment', payment(customer, 70, [[idOf(open), 70]]))
  const token = { Id: paid['Id'], SyncToken: '0', sparse: true }
  expect(faultCode(await bench.post('payment', { ...token, TotalAmt: 60 }))).toBe('2020')
  expect(await bench.made('Payment', { ...token, PrivateNote: 'a note' })).toMatchObject({ UnappliedAmt: 0, PrivateNote: 'a note', SyncToken: '1' })
  expect(await bench.made('Payment', { ...token, SyncToken: '1', Line: [] })).toMatchObject({ UnappliedAmt: 70, Line: [] })
  expect(await read('invoice', open['Id'])).toMatchObject({ Balance: 70 })
})

test("a payment may not pay a stranger's invoice, nor apply more than it has", async () => {
  const stranger = await bench.made('Customer', { DisplayName: 'A stranger' })
  const open = await invoice(70)
  expect(faultCode(await bench.post('payment', payment(idOf(stranger), 70, [[idOf(open), 70]])))).toBe('6000')
  expect(faultCode(await bench.post('payment', payment(customer, 10, [[idOf(open), 70]])))).toBe('6000')
  expect(faultCode(await bench.post('payment', payment(customer, 10, [['99999', 10]])))).toBe('610')
  expect(await read('invoice', open['Id'])).toMatchObject({ Balance: 70, SyncToken: '0' })
})

test('a foreign invoice has its own Accounts Receivable, and its payment must have its currency', async () => {
  bench.books.load(realm, 'Preferences', [{ ...bench.books.read(realm, 'Preferences', '1'), CurrencyPrefs: { MultiCurrencyEnabled: true, HomeCurrency: { value: 'USD' } } }])
  const foreign = String((await bench.made('Customer', { DisplayName: 'Lisboa Lda', CurrencyRef: { value: 'EUR' } }))['Id'])
  const open = await bench.made('Invoice', { ...invoiceFor(foreign, 100), ExchangeRate: 1.1 })
  expect(open).toMatchObject({ CurrencyRef: { value: 'EUR' }, Balance: 100, HomeTotalAmt: 110, HomeBalance: 110 })
  expect(faultCode(await bench.post('payment', { ...payment(foreign, 100, []), CurrencyRef: { value: 'USD' } }))).toBe('6000')
  const paid = await bench.made('Payment', payment(foreign, 100, [[idOf(open), 100]]))
  expect(paid).toMatchObject({ CurrencyRef: { value: 'EUR' }, ExchangeRate: 1 })
  const receivable = [...bench.books.list(realm, 'Account')].find(account => account['Name'] === 'Accounts Receivable (A/R) - EUR')
  expect(receivable).toMatchObject({ CurrentBalance: 0 })
})
