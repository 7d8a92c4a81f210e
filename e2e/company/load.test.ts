import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClock } from '../emulators/kit/clock.ts'
import { openBooks, type Books } from '../emulators/quickbooks/books/books.ts'
import { demoCompany, demoCustomer } from './demo.ts'
import { readCompanyFolder } from './folder.ts'
import { generateCompany, type EntityName } from './generate.ts'
import { checkIdentities } from './identities.ts'
import { loadCompany } from './load.ts'
import { chooseShownCustomer } from './showcase.ts'

const realmId = '9130357992222222'
let books: Books
let folder: string
const reader = { objects: (entity: EntityName) => books.list(realmId, entity) }

beforeEach(() => {
  books = openBooks({ clock: createClock() })
  folder = mkdtempSync(join(tmpdir(), 'company-'))
})
afterEach(() => {
  books.close()
  rmSync(folder, { recursive: true })
})

function write(entity: string, content: unknown) {
  writeFileSync(join(folder, `${entity}.json`), typeof content === 'string' ? content : JSON.stringify(content))
}

test('a generated company stands in the books as it was told, to the cent', () => {
  const loaded = loadCompany(books, realmId, generateCompany({ seed: 1, asOf: '2026-11-21', invoices: 200 }))
  expect(loaded.Invoice).toBe(200)
  expect(books.company(realmId)).toMatchObject({ name: demoCompany.name, country: 'US', currency: 'USD', timeZone: 'America/Chicago' })
  expect(books.read(realmId, 'Customer', demoCustomer.id)).toMatchObject({ DisplayName: demoCustomer.name })
  expect(checkIdentities(reader)).toEqual([])
})

test('the books still add up after QuickBooks itself has worked on a generated company', () => {
  loadCompany(books, realmId, generateCompany({ seed: 4, asOf: '2026-11-21', invoices: 300 }))
  const open = [...books.list(realmId, 'Invoice')].filter(invoice => Number(invoice['Balance']) > 0)
  for (const invoice of open.slice(0, 30)) {
    const line = { Amount: Number(invoice['Balance']), LinkedTxn: [{ TxnId: String(invoice['Id']), TxnType: 'Invoice' }] }
    const { CustomerRef = null, CurrencyRef = null, ExchangeRate = null } = invoice
    books.write(realmId, { entity: 'Payment', operation: 'create', user: 'a test', body: { CustomerRef, CurrencyRef, ExchangeRate, TotalAmt: line.Amount, DepositToAccountRef: { value: '36' }, Line: [line] } })
  }
  const deposited = [...books.list(realmId, 'Payment')].find(payment => Array.isArray(payment['LinkedTxn']))
  expect(() => books.write(realmId, { entity: 'Payment', operation: 'void', user: 'a test', body: { Id: String(deposited?.['Id']), SyncToken: String(deposited?.['SyncToken']) } })).toThrow('Deposited Transaction cannot be changed')
  for (const invoice of open.slice(30, 40)) {
    books.write(realmId, { entity: 'Invoice', operation: 'void', user: 'a test', body: { Id: String(invoice['Id']), SyncToken: String(invoice['SyncToken']) } })
  }
  expect(checkIdentities(reader)).toEqual([])
  expect([...books.list(realmId, 'Invoice')].filter(invoice => Number(invoice['Balance']) > 0)).toHaveLength(open.length - 40)
})

test('10,000 invoices load', () => {
  expect(loadCompany(books, realmId, generateCompany({ seed: 1, asOf: '2026-11-21', invoices: 10_000 })).Invoice).toBe(10_000)
  expect(checkIdentities(reader)).toEqual([])
})

test('a company written to a folder comes back the same', () => {
  const written = new Map<string, object[]>()
  for (const { entity, objects } of generateCompany({ seed: 3, asOf: '2026-11-21', invoices: 80 })) written.set(entity, [...(written.get(entity) ?? []), ...objects])
  for (const [entity, objects] of written) write(entity, JSON.stringify(objects, undefined, 2))
  loadCompany(books, realmId, readCompanyFolder(folder))
  for (const [entity, objects] of written) expect([...books.list(realmId, entity as EntityName)]).toHaveLength(objects.length)
  expect(books.read(realmId, 'Invoice', '101')).toEqual(written.get('Invoice')?.find(invoice => 'Id' in invoice && invoice.Id === '101'))
  expect(checkIdentities(reader)).toEqual([])
})

test('missing entities and unknown fields are no obstacle', () => {
  write('Customer', '\uFEFF [ {"Id": "7", "DisplayName": "Ása \\"[{,\\" Öberg", "Balance": 0, "BalanceWithJobs": 0, "Aura": ["blue"]} ]\n')
  write('Invoice', '[]')
  expect(loadCompany(books, realmId, readCompanyFolder(folder), 'From a folder')).toEqual({ Customer: 1, Invoice: 0 })
  expect(books.company(realmId)?.name).toBe('From a folder')
  expect(books.read(realmId, 'Customer', '7')).toMatchObject({ DisplayName: 'Ása "[{," Öberg', Aura: ['blue'] })
})

test.each<[string, string, RegExp]>([
  ['an object instead of an array', '{"Id": "1"}', /Invoice\.json: an array was expected, but the file begins with "{"/],
  ['an empty file', '', /Invoice\.json: an array was expected, but the file is empty/],
  ['a file cut short', '[{"Id": "1", "CustomerRef": {"value": "1"}}, {"Id": "2"', /Invoice\.json: the file ends inside object 1/],
  ['broken JSON', '[{"Id": "1", "CustomerRef": {"value": "1"}}, {"Id": 2x}]', /Invoice\.json: object 1 is not valid JSON: /],
  ['something after the array', '[] {}', /Invoice\.json: there is "{" after the end of the array/],
  ['a trailing comma', '[{"Id": "1", "CustomerRef": {"value": "1"}},]', /Invoice\.json: object 1 is not valid JSON: /],
  ['a number among the objects', '[5]', /Invoice\.json: object 0 is not a JSON object\./],
  ['an object without Id', '[{"DocNumber": "1"}]', /Invoice\.json: object 0 has no Id\./],
  ['wrapped objects', '[{"Invoice": {"Id": "1"}}]', /Invoice\.json: object 0 has no Id\. It is wrapped in "Invoice": keep the inner object alone\./],
  ['an invoice of nobody', '[{"Id": "1"}]', /Invoice\.json: object 0 \(Id 1\) has no CustomerRef\.value\./],
])('%s is named by file, place and reason', (_what, content, sentence) => {
  write('Invoice', content)
  expect(() => loadCompany(books, realmId, readCompanyFolder(folder))).toThrow(sentence)
})

test('objects that share an Id are refused, not lost', () => {
  write('Customer', [{ Id: '1', DisplayName: 'A' }, { Id: '1', DisplayName: 'B' }])
  expect(() => loadCompany(books, realmId, readCompanyFolder(folder))).toThrow('Customer: 1 of 2 objects have the Id of another.')
})

test('a folder that is none, is empty, or spells a file otherwise is refused at once', () => {
  expect(() => readCompanyFolder(join(folder, 'nowhere'))).toThrow(/nowhere is not a folder\./)
  expect(() => readCompanyFolder(folder)).toThrow(/holds none of CompanyInfo\.json, /)
  write('invoice', [])
  expect(() => readCompanyFolder(folder)).toThrow(/invoice\.json has to be called Invoice\.json\./)
})

test('in a company of other people the visitor plays whoever has most to pay and an address', () => {
  write('Customer', [
    { Id: '1', DisplayName: 'Nobody', Balance: 10 },
    { Id: '2', DisplayName: 'Few', PrimaryEmailAddr: { Address: 'few@few.example' } },
    { Id: '3', DisplayName: 'Many', PrimaryEmailAddr: { Address: 'many@many.example' } },
    { Id: '4', DisplayName: 'Gone', PrimaryEmailAddr: { Address: 'gone@gone.example' }, Active: false },
  ])
  write('Invoice', ['1', '1', '1', '2', '3', '3', '4', '4', '4'].map((value, index) => ({ Id: String(index + 10), CustomerRef: { value }, Balance: 5 })))
  loadCompany(books, realmId, readCompanyFolder(folder))
  expect(chooseShownCustomer(reader)).toEqual({ id: '3', name: 'Many', email: 'many@many.example' })
})
