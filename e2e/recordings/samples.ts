import { entityNames, type EntityName } from '../emulators/quickbooks/books/entities.ts'
import { fields } from '../emulators/quickbooks/books/fields.ts'
import { isObject, objectAt, textAt, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { loadBase } from './base.ts'
import { realm, startBench, type Bench } from './bench.ts'
import { unknownProperties, type Difference } from './compare.ts'
import { unique } from './answers.ts'
import type { Recordings } from './folder.ts'
import { faultIn } from './replay.ts'

export const samplesOutOfScope: Readonly<Record<string, string>> = {
  'estimate.json': 'estimates are not emulated',
  'journalentry.json': 'journal entries are not emulated',
}

/**
 * The samples that Intuit's reference prints. They are illustrations, so only this is asked: the schema knows every property of them,
 * and the emulator accepts the requests that they show for creating something.
 */
export async function compareSamples(recordings: Recordings, tell: (line: string) => void): Promise<Difference[]> {
  const differences: Difference[] = []
  const bench = await startBench(Date.parse('2020-09-29T13:00:00Z'))
  loadBase(bench, recordings)
  prepare(bench)
  for (const file of recordings.files('intuit-reference-samples')) {
    const entity = entityNames.find(name => `${name.toLowerCase()}.json` === file)
    const reason = samplesOutOfScope[file]
    if (reason !== undefined) tell(`  out of scope: ${file}: ${reason}`)
    if (!entity) continue
    for (const sample of recordings.list(`intuit-reference-samples/${file}`)) {
      const json = objectAt(sample, 'json')
      for (const object of objectsOf(json, entity)) differences.push(...unknownProperties(`sample ${entity}`, object, fields[entity]))
      if (isCreateRequest(entity, sample, json)) differences.push(...(await refusedCreate(bench, entity, json)))
    }
  }
  await bench.close()
  return unique(differences)
}

/** What the samples refer to: accounts, items, a customer, two invoices and so on, under the ids they use. */
function prepare(bench: Bench): void {
  const account = (Id: string, Name: string, AccountType: string) => ({ Id, SyncToken: '0', Name, FullyQualifiedName: Name, Active: true, AccountType, Classification: 'Asset', CurrentBalance: 0, CurrentBalanceWithSubAccounts: 0 })
  bench.books.load(realm, 'Account', [account('79', 'Sales of Product Income', 'Income'), account('80', 'Cost of Goods Sold', 'Cost of Goods Sold'), account('81', 'Inventory Asset', 'Other Current Asset'), account('87', 'Unapplied Cash Payment Income', 'Income')])
  bench.books.load(realm, 'Item', ['5', '10', '11', '19', '29', '38'].map(Id => ({ Id, SyncToken: '0', Name: `Item ${Id}`, FullyQualifiedName: `Item ${Id}`, Active: true, Type: Id === '29' ? 'Category' : 'Service' })))
  bench.books.load(realm, 'Invoice', [{ Id: '95', SyncToken: '0', CustomerRef: { value: '20' }, TotalAmt: 500, Balance: 500 }])
}

function objectsOf(json: JsonObject, entity: EntityName): JsonObject[] {
  const found: JsonObject[] = []
  const visit = (value: Json, name: string) => {
    if (Array.isArray(value)) for (const each of value) visit(each, name)
    else if (isObject(value) && name === entity) found.push(value)
    else if (isObject(value)) for (const [key, each] of Object.entries(value)) visit(each, key)
  }
  visit(json, '')
  return found.length > 0 ? found : [json]
}

function isCreateRequest(entity: EntityName, sample: JsonObject, json: JsonObject): boolean {
  const section = textAt(sample, 'section') ?? ''
  const creates = /^create/i.test(section) || section === 'Request Body'
  return creates && json[entity] === undefined && json['Id'] === undefined && json['QueryResponse'] === undefined
}

async function refusedCreate(bench: Bench, entity: EntityName, body: JsonObject): Promise<Difference[]> {
  const answer = await bench.call('POST', `/${entity.toLowerCase()}`, body)
  if (answer.status === 200) return []
  const error = faultIn(answer.body)?.error ?? {}
  return [{ at: `sample ${entity}: create refused ${textAt(error, 'code') ?? ''} ${textAt(error, 'element') ?? ''}`.trimEnd(), recorded: JSON.stringify(body).slice(0, 100), answered: textAt(error, 'Detail') ?? answer.text.slice(0, 100) }]
}
