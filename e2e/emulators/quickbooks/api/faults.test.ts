import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, realm, startAccounting, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
beforeEach(async () => {
  bench = await startAccounting()
  await bench.made('Customer', { DisplayName: 'Harbour Coffee' })
})
afterEach(() => bench.close())

test('bad requests are refused with their own code and leave nothing behind', async () => {
  const sale = invoiceFor('1', 10)
  const refused: [string, string, object | string][] = [
    ['2010', 'invoice', { ...sale, Foo: 1 }],
    ['2010', 'invoice', { Invoice: sale }],
    ['2010', 'invoice', { CustomerRef: { value: '1' }, Line: [{ Amount: 1, DetailType: 'SalesItemLineDetail', Foo: 1 }] }],
    ['2010', 'payment', { CustomerRef: { value: '1' }, TotalAmt: 'ten' }],
    ['2010', 'payment', '{"TotalAmt":'],
    ['2020', 'invoice', { Line: [] }],
    ['2020', 'invoice', { Line: (sale as { Line: object[] }).Line }],
    ['2020', 'payment', { CustomerRef: { value: '1' } }],
    ['2020', 'payment?operation=delete', { SyncToken: '0' }],
    ['2030', 'payment?operation=delete', { Id: '1.5', SyncToken: '0' }],
    ['2040', 'customer', { DisplayName: 'Snow \u{2603}' }],
    ['2050', 'payment', { ...payment('1', 1, []), PaymentRefNum: 'x'.repeat(22) }],
    ['2050', 'invoice', { ...sale, PrivateNote: 'x'.repeat(4001) }],
    ['2170', 'invoice', { ...sale, EmailStatus: 'Sent' }],
    ['2500', 'invoice', invoiceFor('99', 10)],
    ['2500', 'payment', { ...payment('1', 1, []), DepositToAccountRef: { value: '999' } }],
    ['6000', 'payment', { ...payment('1', 1, []), DepositToAccountRef: { value: '1' } }],
    ['6000', 'invoice', { ...sale, Deposit: 11 }],
    ['610', 'invoice?operation=void', { Id: '999', SyncToken: '0' }],
    ['500', 'invoice?operation=archive', sale],
    ['500', 'taxcode', { Name: 'x' }],
    ['500', 'nothing', {}],
  ]
  for (const [code, path, body] of refused) expect(faultCode(await bench.post(path, body)), `${path} ${JSON.stringify(body).slice(0, 80)}`).toBe(code)
  expect(bench.books.counts(realm)).toMatchObject({ Customer: 1, Invoice: 0, Payment: 0 })
})

test('a lapsed subscription refuses writes and allows reads; a reset company refuses both', async () => {
  await bench.control('company', { realmId: realm, status: 'lapsed' })
  expect(faultCode(await bench.post('payment', payment('1', 1, [])))).toBe('6190')
  expect((await bench.get('customer/1')).status).toBe(200)
  await bench.control('company', { realmId: realm, status: 'reset' })
  expect(faultCode(await bench.get('customer/1'))).toBe('10200')
})

test('company information is read by the realm, tax codes and rates are there to read', async () => {
  expect((await bench.get(`companyinfo/${realm}`)).body['CompanyInfo']).toMatchObject({ CompanyName: 'Alder & Finch', Country: 'US' })
  expect((await bench.get('taxcode/2')).body['TaxCode']).toMatchObject({ Name: 'California' })
  expect((await bench.query('select * from TaxRate')).body['QueryResponse']).toMatchObject({ TaxRate: [{ RateValue: 8 }] })
})

test('a file is attached to an invoice, fetched by an address that expires, found by what it is attached to, and deleted', async () => {
  const invoice = await bench.made('Invoice', invoiceFor('1', 10))
  const form = new FormData()
  const metadata = { FileName: 'plan.txt', ContentType: 'text/plain', AttachableRef: [{ EntityRef: { type: 'Invoice', value: invoice['Id'] }, IncludeOnSend: true }] }
  form.set('file_metadata_01', new Blob([JSON.stringify(metadata)], { type: 'application/json' }), 'attachment.json')
  form.set('file_content_01', new Blob(['the plan'], { type: 'text/plain' }), 'plan.txt')
  const uploaded = (((await bench.post('upload', form)).body['AttachableResponse'] as JsonObject[])[0] ?? {})['Attachable'] as JsonObject
  expect(uploaded).toMatchObject({ FileName: 'plan.txt', Size: 8, AttachableRef: [{ IncludeOnSend: true }] })
  const address = (await bench.get(`download/${String(uploaded['Id'])}`)).text
  expect(await (await fetch(address)).text()).toBe('the plan')
  expect((await bench.query(`select * from attachable where AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '${String(invoice['Id'])}'`)).body['QueryResponse']).toMatchObject({ maxResults: 1 })
  bench.clock.advance(16 * 60_000)
  expect((await fetch(address)).status).toBe(403)
  expect((await bench.post('attachable?operation=delete', { Id: uploaded['Id'] })).body['Attachable']).toMatchObject({ status: 'Deleted' })
})

test('what cannot be attached says so inside an answer of 200', async () => {
  const form = new FormData()
  form.set('file_metadata_01', new Blob([JSON.stringify({ AttachableRef: [{ EntityRef: { type: 'Invoice', value: '404' } }] })], { type: 'application/json' }), 'attachment.json')
  form.set('file_content_01', new Blob(['x']), 'x.txt')
  const answer = await bench.post('upload', form)
  expect(answer.status).toBe(200)
  expect(answer.body['AttachableResponse']).toMatchObject([{ Fault: { Error: [{ code: '6000' }] } }])
})
