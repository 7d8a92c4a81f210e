import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, realm, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
let customer: string
beforeEach(async () => {
  bench = await startAccounting()
  customer = String((await bench.made('Customer', { DisplayName: 'Harbour Coffee', BillAddr: { Line1: '1 Pier' } }))['Id'])
})
afterEach(() => bench.close())

const read = async (entity: string, id: unknown) => Object.values((await bench.get(`${entity}/${String(id)}`)).body)[0] as JsonObject
const item = (amount: number, code: string, more: object = {}) => ({ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value: code }, ...more } })
const made = (body: object) => bench.made('Invoice', { CustomerRef: { value: customer }, ...body })

test('an invoice adds up its lines, takes off a percentage, and taxes what is taxed by the rate of its code', async () => {
  const discount = { DetailType: 'DiscountLineDetail', DiscountLineDetail: { PercentBased: true, DiscountPercent: 10 } }
  const invoice = await made({ Line: [item(335.25, 'TAX'), item(100, 'NON'), discount], TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } } })
  expect(invoice).toMatchObject({ TotalAmt: 418.54, Balance: 418.54, TxnTaxDetail: { TotalTax: 26.82, TaxLine: [{ Amount: 26.82, TaxLineDetail: { NetAmountTaxable: 335.25, TaxPercent: 8 } }] } })
  expect((invoice['Line'] as JsonObject[]).map(line => [line['DetailType'], line['Amount']])).toEqual([['SalesItemLineDetail', 335.25], ['SalesItemLineDetail', 100], ['SubTotalLineDetail', 435.25], ['DiscountLineDetail', 43.53]])
})

test('a tax that the request states is taken instead, and survives an update that does not speak of it', async () => {
  const invoice = await made({ Line: [item(100, 'TAX')], TxnTaxDetail: { TxnTaxCodeRef: { value: '2' }, TotalTax: 7.77 } })
  expect(invoice).toMatchObject({ TotalAmt: 107.77 })
  expect(await bench.made('Invoice', { Id: invoice['Id'], SyncToken: '0', sparse: true, PrivateNote: 'a note' })).toMatchObject({ TotalAmt: 107.77, PrivateNote: 'a note' })
})

test('an amount that is not price times quantity is refused', async () => {
  expect(faultCode(await bench.post('invoice', { CustomerRef: { value: customer }, Line: [item(10, 'NON', { Qty: 3, UnitPrice: 3 })] }))).toBe('6070')
})

test('a sparse update keeps what it does not name; a full update clears it; a Line replaces all lines', async () => {
  const invoice = await made({ Line: [item(10, 'NON')], CustomerMemo: { value: 'Thanks' }, PrivateNote: 'ours' })
  const sparse = await bench.made('Invoice', { Id: invoice['Id'], SyncToken: '0', sparse: true, DueDate: '2027-01-31', Line: [item(25, 'NON')] })
  expect(sparse).toMatchObject({ DueDate: '2027-01-31', CustomerMemo: { value: 'Thanks' }, TotalAmt: 25, Balance: 25, SyncToken: '1', DocNumber: '1001' })
  const full = await bench.made('Invoice', { Id: invoice['Id'], SyncToken: '1', CustomerRef: { value: customer }, Line: [item(25, 'NON')] })
  expect(full).not.toHaveProperty('CustomerMemo')
  expect(full).not.toHaveProperty('PrivateNote')
  expect(faultCode(await bench.post('invoice', { Id: invoice['Id'], SyncToken: '2', Line: [item(25, 'NON')] }))).toBe('2020')
})

test('a statement charge, which has a subtotal and no items, keeps its total through an update', async () => {
  const charge = { Id: '700', SyncToken: '0', CustomerRef: { value: customer }, TxnDate: '2026-11-01', TotalAmt: 75, Balance: 75, Line: [{ Amount: 75, DetailType: 'SubTotalLineDetail', SubTotalLineDetail: {} }] }
  bench.books.load(realm, 'Invoice', [charge])
  expect(await bench.made('Invoice', { Id: '700', SyncToken: '0', sparse: true, PrivateNote: 'a note' })).toMatchObject({ TotalAmt: 75, Balance: 75, SyncToken: '1' })
  expect(await bench.made('Invoice', { ...charge, SyncToken: '1', CustomerMemo: { value: 'x' } })).toMatchObject({ TotalAmt: 75, Balance: 75 })
})

test('an update with an old SyncToken is refused with 5010 and changes nothing', async () => {
  const invoice = await made(invoiceFor(customer, 10))
  await bench.made('Invoice', { Id: invoice['Id'], SyncToken: '0', sparse: true, PrivateNote: 'first' })
  expect(faultCode(await bench.post('invoice', { Id: invoice['Id'], SyncToken: '0', sparse: true, PrivateNote: 'second' }))).toBe('5010')
  expect(await read('invoice', invoice['Id'])).toMatchObject({ PrivateNote: 'first', SyncToken: '1' })
})

test('numbers count up over all sales forms; with custom numbers none is given and a second use is refused', async () => {
  expect(await made(invoiceFor(customer, 10))).toMatchObject({ DocNumber: '1001' })
  expect(await bench.made('SalesReceipt', invoiceFor(customer, 10))).toMatchObject({ DocNumber: '1002' })
  await bench.made('Preferences', { Id: '1', SyncToken: '0', sparse: true, SalesFormsPrefs: { CustomTxnNumbers: true } })
  expect(await made(invoiceFor(customer, 10))).not.toHaveProperty('DocNumber')
  await made({ ...invoiceFor(customer, 10), DocNumber: 'A-1' })
  expect(faultCode(await bench.post('invoice', { ...invoiceFor(customer, 10), DocNumber: 'A-1' }))).toBe('6140')
  expect((await bench.post('invoice?include=allowduplicatedocnum', { ...invoiceFor(customer, 10), DocNumber: 'A-1' })).status).toBe(200)
})

test('an invoice with a payment cannot be deleted, one without can', async () => {
  const invoice = await made(invoiceFor(customer, 10))
  const paid = await bench.made('Payment', payment(customer, 10, [[String(invoice['Id']), 10]]))
  expect(faultCode(await bench.post('invoice?operation=delete', { Id: invoice['Id'], SyncToken: '1' }))).toBe('6000')
  await bench.made('Payment', { Id: paid['Id'], SyncToken: '0' }, '?operation=delete')
  expect(await bench.made('Invoice', { Id: invoice['Id'], SyncToken: '2' }, '?operation=delete')).toMatchObject({ status: 'Deleted' })
  expect(await read('customer', customer)).toMatchObject({ Balance: 0 })
})

test('credit memos, refund receipts and deposits have no void; list rows cannot be deleted', async () => {
  const credit = await bench.made('CreditMemo', invoiceFor(customer, 10))
  expect(faultCode(await bench.post('creditmemo?operation=void', { Id: credit['Id'], SyncToken: '0' }))).toBe('500')
  expect(faultCode(await bench.post('customer?operation=delete', { Id: customer, SyncToken: '0' }))).toBe('500')
})

test('a sales receipt puts its money into Undeposited Funds, a refund receipt takes it from the account it names', async () => {
  await bench.made('SalesReceipt', invoiceFor(customer, 30))
  await bench.made('RefundReceipt', { ...invoiceFor(customer, 10), DepositToAccountRef: { value: '4' } })
  expect(await read('account', '4')).toMatchObject({ CurrentBalance: 20 })
  expect(faultCode(await bench.post('refundreceipt', invoiceFor(customer, 10)))).toBe('2020')
})

test('closed books refuse what is dated before the closing date: 6200, or 6210 with a password', async () => {
  const old = await made({ ...invoiceFor(customer, 10), TxnDate: '2026-06-30' })
  await bench.made('Preferences', { Id: '1', SyncToken: '0', sparse: true, AccountingInfoPrefs: { BookCloseDate: '2026-06-30' } })
  expect(faultCode(await bench.post('payment', { ...payment(customer, 5, []), TxnDate: '2026-06-01' }))).toBe('6200')
  expect(faultCode(await bench.post('invoice?operation=void', { Id: old['Id'], SyncToken: '0' }))).toBe('6200')
  await bench.control('company', { realmId: realm, closingPassword: true })
  expect(faultCode(await bench.post('invoice', { Id: old['Id'], SyncToken: '0', sparse: true, PrivateNote: 'x' }))).toBe('6210')
  expect((await bench.post('payment', { ...payment(customer, 5, []), TxnDate: '2026-07-01' })).status).toBe(200)
})

test('sending marks an invoice as e-mailed and tells of it; without an address it is refused', async () => {
  const invoice = await made(invoiceFor(customer, 10))
  const path = `invoice/${String(invoice['Id'])}/send`
  expect(faultCode(await bench.post(path))).toBe('6000')
  expect((await bench.post(`${path}?sendTo=pat%40harbourcoffee.example`)).body['Invoice']).toMatchObject({ EmailStatus: 'EmailSent', BillEmail: { Address: 'pat@harbourcoffee.example' }, DeliveryInfo: { DeliveryType: 'Email' } })
  expect(bench.changes.at(-1)).toMatchObject({ entity: 'Invoice', operation: 'Emailed' })
})

test('an invoice as PDF is a PDF', async () => {
  const invoice = await made(invoiceFor(customer, 10))
  const answer = await bench.get(`invoice/${String(invoice['Id'])}/pdf`)
  expect(answer.headers.get('content-type')).toBe('application/pdf')
  expect(answer.text).toMatch(/^%PDF-1\.\d[\s\S]*%%EOF\s*$/)
})

test('an invoice has a link only when asked, when the company and the invoice take online payments, and with an address', async () => {
  const invoice = await made({ ...invoiceFor(customer, 10), AllowOnlineCreditCardPayment: true, BillEmail: { Address: 'pat@harbourcoffee.example' } })
  const linked = async () => (await bench.get(`invoice/${String(invoice['Id'])}?include=invoiceLink`)).body['Invoice']
  expect(await linked()).not.toHaveProperty('InvoiceLink')
  await bench.made('Preferences', { Id: '1', SyncToken: '0', sparse: true, SalesFormsPrefs: { ETransactionPaymentEnabled: true } })
  expect(await linked()).toHaveProperty('InvoiceLink')
  expect(await read('invoice', invoice['Id'])).not.toHaveProperty('InvoiceLink')
})
