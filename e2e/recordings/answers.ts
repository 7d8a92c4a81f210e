import { entities } from '../emulators/quickbooks/books/entities.ts'
import { fields } from '../emulators/quickbooks/books/fields.ts'
import { objectAt, objectsAt, textAt, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { accountsOf, loadBase } from './base.ts'
import { realm, startBench, type Bench } from './bench.ts'
import { compareJson, unknownProperties, type Difference } from './compare.ts'
import type { Recordings } from './folder.ts'

const ofTheMoment = (path: string) => /(^|\.)time$|MetaData\.|\.Id$|\.SyncToken$|\.DocNumber$|\.TxnDate$/.test(path)

/** Recorded answers without their requests: the request that gives such an answer is made up, the answers are compared. */
export async function compareAnswers(recordings: Recordings): Promise<Difference[]> {
  const bench = await startBench(Date.parse('2017-09-21T01:32:11Z'))
  loadBase(bench, recordings)
  const answer = (name: string) => recordings.object(`exquickbooks/${name}.json`)
  const differences: Difference[] = []
  const compare = async (name: string, call: Promise<{ body: unknown }>) => {
    differences.push(...compareJson(`answer ${name}`, answer(name), (await call).body as JsonObject, ofTheMoment))
  }
  const created = objectAt(answer('item__create_item'), 'Item')
  const updated = objectAt(answer('item__update_item'), 'Item')
  bench.books.load(realm, 'Account', [...accountsOf([created, updated]).values()])
  await compare('api__query', bench.call('GET', `/query?query=${encodeURIComponent('select * from Item')}`, null))
  await compare('item__read_item', bench.call('GET', `/item/${textAt(objectAt(answer('item__read_item'), 'Item'), 'Id') ?? ''}`, null))
  await compare('preferences__read_preferences', bench.call('GET', '/preferences', null))
  const preferences = objectAt(answer('preferences__read_preferences'), 'Preferences')
  await compare('preferences__update_preferences', bench.call('POST', '/preferences', preferences))
  bench.books.load(realm, 'Item', [{ ...updated, SyncToken: '2', Description: 'An older description' }])
  await compare('item__update_item', bench.call('POST', '/item', { ...updated, SyncToken: '2' }))
  await bench.call('POST', '/item', { Id: created['Id'] ?? '', SyncToken: '0', sparse: true, Name: 'Another name' })
  await compare('item__create_item', bench.call('POST', '/item', writableOf('Item', created)))
  await compareReceipts(bench, answer, compare)
  await bench.close()
  return differences
}

async function compareReceipts(bench: Bench, answer: (name: string) => JsonObject, compare: (name: string, call: Promise<{ body: unknown }>) => Promise<void>): Promise<void> {
  const recorded = objectAt(answer('sales_receipt__create_sales_receipt'), 'SalesReceipt')
  const item = { Id: '3', SyncToken: '0', Name: 'Test Product', FullyQualifiedName: 'Oribe:Shampoo:Test Product', Active: true, Type: 'Service' }
  bench.books.load(realm, 'Item', [item])
  bench.books.load(realm, 'Preferences', [{ ...bench.books.read(realm, 'Preferences', '1'), SalesFormsPrefs: { CustomField: [] }, TaxPrefs: { UsingSalesTax: false } }])
  const body: JsonObject = { Line: objectsAt(recorded, 'Line').filter(line => line['DetailType'] === 'SalesItemLineDetail').map(({ Id: _id, LineNum: _num, ...line }) => line) }
  const made = bench.call('POST', '/salesreceipt', body)
  await compare('sales_receipt__create_sales_receipt', made)
  const receipt = objectAt((await made).body as JsonObject, 'SalesReceipt')
  await compare('sales_receipt__void_sales_receipt', bench.call('POST', '/salesreceipt?operation=update&include=void', { Id: receipt['Id'] ?? '', SyncToken: '0', sparse: true }))
}

function writableOf(entity: keyof typeof fields, object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => fields[entity][name]?.kind !== 'owned'))
}

/** Lists of rows that are not the product's business. */
export const rowsOutOfScope: Readonly<Record<string, string>> = {
  'qbo-sdk-py/classes.json': 'classes are not emulated',
  'qbo-sdk-py/departments.json': 'departments are not emulated',
  'qbo-sdk-py/exchange_rates.json': 'exchange rates are not emulated: a rate comes with each transaction',
  'qbo-sdk-py/journal_entries.json': 'journal entries are not emulated',
  'qbo-sdk-py/purchases.json': 'purchases are not emulated',
  'quickbooks-go/bill.json': 'bills are not emulated: they are owed by the merchant',
}

const rowFiles = {
  'qbo-sdk-py/accounts.json': 'Account', 'qbo-sdk-py/attachments.json': 'Attachable', 'qbo-sdk-py/employees.json': 'Employee', 'qbo-sdk-py/preferences.json': 'Preferences',
  'quickbooks-go/account.json': 'Account', 'quickbooks-go/attachable.json': 'Attachable', 'quickbooks-go/vendor.json': 'Vendor',
} as const

/** Recorded rows are taken as they are: the schema knows their properties, and they are read back as they were loaded. */
export async function compareRows(recordings: Recordings, tell: (line: string) => void): Promise<Difference[]> {
  for (const [file, reason] of Object.entries(rowsOutOfScope)) tell(`  out of scope: ${file}: ${reason}`)
  const bench = await startBench(Date.parse('2021-01-01T00:00:00Z'))
  const differences: Difference[] = []
  for (const [file, name] of Object.entries(rowFiles)) {
    const entity = entities[name].name
    const rows = recordings.list(file).map(row => (row[entity] === undefined ? row : objectAt(row, entity)))
    bench.books.load(realm, entity, rows)
    for (const row of rows) {
      differences.push(...unknownProperties(`row ${file}`, row, fields[entity]))
      const read = await bench.call('GET', entity === 'Preferences' ? '/preferences' : `/${entity.toLowerCase()}/${textAt(row, 'Id') ?? ''}`, null)
      differences.push(...compareJson(`row ${file}`, row, objectAt(read.body as JsonObject, entity), path => path.endsWith('Uri')))
    }
  }
  await bench.close()
  return unique(differences)
}

export function unique(differences: Difference[]): Difference[] {
  return [...new Map(differences.map(each => [each.at, each])).values()]
}
