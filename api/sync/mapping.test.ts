import { expect, test } from 'vitest'
import { currency } from '../domain/money.ts'
import { readJson } from '../qbo/decimal.ts'
import type { InvoiceBody } from '../../db/schema/invoices.ts'
import type { QboObject } from '../ports.ts'
import { readObjects } from './incoming.ts'
import { customerOf, invoiceOf, paymentOf } from './mapping.ts'

const usd = currency('USD')
/** As the client hands it over: numbers as the text that QuickBooks sent. */
const read = (json: string) => readJson(json) as QboObject
const meta = `"SyncToken":"3","MetaData":{"CreateTime":"2026-05-01T09:00:00-07:00","LastUpdatedTime":"2026-05-02T10:00:00-07:00"}`
const bodyOf = ({ body }: { body: string }) => JSON.parse(body) as InvoiceBody
const invoice = (more: string) => read(`{"Id":"7",${meta},"CustomerRef":{"value":"1","name":"Old Name"},"TxnDate":"2026-05-01","TotalAmt":1005.00,"Balance":5,${more}}`)

test('amounts are read from their text, whatever decimals QuickBooks writes', () => {
  expect(invoiceOf(invoice(`"Deposit":0.1,"TxnTaxDetail":{"TotalTax":82.5}`), usd)).toMatchObject({ total: 100_500, balance: 500, deposit: 10, tax: 8250 })
  const yen = read(`{"Id":"8",${meta},"CustomerRef":{"value":"1"},"TxnDate":"2026-05-01","CurrencyRef":{"value":"JPY"},"TotalAmt":12000.00,"Balance":12000}`)
  expect(invoiceOf(yen, usd)).toMatchObject({ currency: 'JPY', total: 12_000, balance: 12_000 })
})

test('lines keep their kind and their words; discount, shipping and subtotal stand beside them', () => {
  const body = bodyOf(invoiceOf(invoice(`"Line":[
    {"Id":"1","Amount":900,"Description":"Oak","DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"13","name":"never trusted"},"Qty":4.5,"UnitPrice":200}},
    {"Id":"2","Amount":50,"DetailType":"GroupLineDetail","GroupLineDetail":{"GroupItemRef":{"value":"40"},"Quantity":2,"Line":[{"Amount":50,"DetailType":"SALES_ITEM_LINE_DETAIL","SalesItemLineDetail":{"ItemRef":{"value":"14"}}}]}},
    {"Id":"3","Description":"Thank you","DetailType":"DescriptionOnly","DescriptionLineDetail":{}},
    {"Amount":12.5,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"SHIPPING_ITEM_ID"}}},
    {"Amount":10,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"GRATUITY_ITEM_ID"}}},
    {"Amount":95,"DetailType":"DiscountLineDetail","DiscountLineDetail":{"PercentBased":true,"DiscountPercent":10}},
    {"Amount":960,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}],"CustomerMemo":{"value":"See you soon"},"PrivateNote":"slow payer"`), usd))
  expect(body.lines.map(line => [line.kind, line.itemQboId, line.name, line.quantity, line.amount])).toEqual([
    ['item', '13', null, '4.5', 90_000], ['group', '40', null, '2', 5000], ['note', null, null, null, null], ['item', null, 'Tip', null, 1000],
  ])
  expect(body.lines[1]?.lines.map(line => line.itemQboId)).toEqual(['14'])
  expect(body).toMatchObject({ subtotal: 96_000, discount: 9500, shipping: 1250, memo: 'See you soon' })
  expect(JSON.stringify(body)).not.toContain('slow payer')
})

test('a statement charge has a subtotal and no items', () => {
  expect(bodyOf(invoiceOf(invoice(`"Line":[{"Amount":1005,"DetailType":"SubTotalLineDetail","SubTotalLineDetail":{}}]`), usd))).toMatchObject({ lines: [], subtotal: 100_500 })
})

test('what was voided is known by its empty total and its note; an invoice of nothing is not void', () => {
  const nothing = (note: string) => read(`{"Id":"7",${meta},"CustomerRef":{"value":"1"},"TxnDate":"2026-05-01","TotalAmt":0,"Balance":0,"PrivateNote":"${note}"}`)
  expect([invoiceOf(nothing('Voided - by Avery'), usd).voided, invoiceOf(nothing('free of charge'), usd).voided]).toEqual([true, false])
  const payment = read(`{"Id":"9",${meta},"CustomerRef":{"value":"1"},"TxnDate":"2026-05-01","TotalAmt":0,"Line":[],"PrivateNote":"Voided"}`)
  expect(paymentOf(payment, usd).state).toBe('void')
})

test('a payment of nothing that puts a credit against an invoice is live, each line under what it was put against', () => {
  const payment = read(`{"Id":"9",${meta},"CustomerRef":{"value":"1"},"TxnDate":"2026-05-01","TotalAmt":0,"UnappliedAmt":0,"Line":[{"Amount":40.5,"LinkedTxn":[{"TxnId":"7","TxnType":"Invoice"}],"LineEx":{"any":[]}},{"Amount":40.5,"LinkedTxn":[{"TxnId":"8","TxnType":"CreditMemo"}]}]}`)
  expect(paymentOf(payment, usd)).toMatchObject({ state: 'live', total: 0, lines: [{ txnType: 'Invoice', txnQboId: '7', amount: 4050 }, { txnType: 'CreditMemo', txnQboId: '8', amount: 4050 }] })
})

test('an e-mail status spelt in capitals and a delivery both mean that it was sent', () => {
  expect(invoiceOf(invoice(`"EmailStatus":"EMAIL_SENT"`), usd)).toMatchObject({ emailStatus: 'EmailSent', sent: true })
  expect(invoiceOf(invoice(`"EmailStatus":"NotSet","DeliveryInfo":{"DeliveryType":"Email","DeliveryTime":"2026-05-02T10:00:00-07:00"}`), usd).sent).toBe(true)
  expect(invoiceOf(invoice(`"EmailStatus":"NeedToSend"`), usd).sent).toBe(false)
})

test('a customer’s mark of deletion is not part of the name, and one field may hold several addresses', () => {
  const customer = read(`{"Id":"1",${meta},"DisplayName":"Passing Trade (deleted)","Active":false,"Balance":-12.3,"PrimaryEmailAddr":{"Address":"Pay@Passing.example; second@passing.example,not an address"},"SomethingNew":{"a":1}}`)
  expect(customerOf(customer, usd)).toMatchObject({ name: 'Passing Trade', active: false, balance: -1230, email: 'Pay@Passing.example', emails: ['pay@passing.example', 'second@passing.example'] })
})

test('one object that cannot be read is set aside with the reason and does not stop the others', () => {
  const good = invoice(`"Line":[]`)
  const read = readObjects([{ entity: 'Invoice', objects: [{ ...good, Id: '8', TotalAmt: '12.345' }, { ...good, Id: '9', TxnDate: undefined }, good] }], usd)
  expect([read.invoices.map(row => row.qboId), read.unreadable.map(row => [row.qboId, row.reason])]).toEqual([['7'], [['8', 'finer than USD allows: 12.345'], ['9', 'TxnDate is missing']]])
})
