import { entities, entityNames, type EntityName } from '../emulators/quickbooks/books/entities.ts'
import { isObject, objectAt, objectsAt, textAt, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { realm, type Bench } from './bench.ts'
import type { Exchange, Recordings } from './folder.ts'

/** Fills the books with the company that was recorded: its lists as the recordings show them, and what they only refer to, without what `exchanges` will create. */
export function loadBase(bench: Bench, recordings: Recordings, exchanges: Exchange[] = []): void {
  const later = createdIn(exchanges)
  const load = (entity: EntityName, objects: JsonObject[]) => bench.books.load(realm, entity, objects.filter(object => !later.has(`${entity} ${textAt(object, 'Id') ?? ''}`)))
  load('Preferences', [objectAt(recordings.object('exquickbooks/preferences__read_preferences.json'), 'Preferences')])
  load('Customer', queried(recordings, 'all__customers.json', 'Customer'))
  load('Vendor', queried(recordings, 'get__inactive_vendors.json', 'Vendor'))
  load('Employee', queried(recordings, 'all__employees_including_active.json', 'Employee'))
  load('SalesReceipt', queried(recordings, 'all__sales_receipts.json', 'SalesReceipt'))
  const items = objectsAt(objectAt(recordings.object('exquickbooks/api__query.json'), 'QueryResponse'), 'Item')
  load('Account', [...accountsOf([...items, ...queried(recordings, 'all__sales_receipts.json', 'SalesReceipt')]).values(), account('1', 'Services', 'Income'), account('4', 'Undeposited Funds', 'Other Current Asset')])
  load('Item', [{ Id: '1', SyncToken: '0', Name: 'Services', FullyQualifiedName: 'Services', Active: true, Type: 'Service', IncomeAccountRef: { value: '1', name: 'Services' } }, ...items])
  load('TaxCode', [{ Id: '2', SyncToken: '0', Name: 'California', Active: true, Taxable: true }])
  load('Term', [{ Id: '3', SyncToken: '0', Name: 'Net 30', Active: true, Type: 'STANDARD', DueDays: 30 }])
  load('PaymentMethod', [{ Id: '1', SyncToken: '0', Name: 'Cash', Active: true }, { Id: '2', SyncToken: '0', Name: 'Check', Active: true }])
}

function createdIn(exchanges: Exchange[]): Set<string> {
  const answers = exchanges.filter(each => each.request.method === 'POST' && each.response.body).map(each => ({ body: each.response.body ?? {}, creates: !JSON.stringify(each.request.body).startsWith('{"Id"') }))
  return new Set(answers.filter(each => each.creates).flatMap(each => objectsIn(each.body)).filter(each => each.object['SyncToken'] === '0').map(each => `${each.entity} ${textAt(each.object, 'Id') ?? ''}`))
}

/** Loads what a file's own reads show, as it was before the file's first write; a row that was read twice counts as it was read first. */
export function loadPresupposed(bench: Bench, exchanges: Exchange[]): void {
  const seen = new Set<string>()
  for (const { request, response } of exchanges) {
    if (request.method !== 'GET' || !response.body) continue
    for (const { entity, object } of objectsIn(response.body)) {
      const key = `${entity} ${textAt(object, 'Id') ?? ''}`
      if (!seen.has(key)) bench.books.load(realm, entity, [object])
      seen.add(key)
    }
  }
}

/** Every row of an entity of ours in an answer, whether read, queried or captured. */
export function objectsIn(body: JsonObject): { entity: EntityName; object: JsonObject }[] {
  const found: { entity: EntityName; object: JsonObject }[] = []
  const visit = (value: Json, name: string) => {
    if (Array.isArray(value)) for (const each of value) visit(each, name)
    else if (isObject(value)) {
      const entity = entityNames.find(each => each === name)
      if (entity && value['MetaData'] !== undefined) found.push({ entity: entities[entity].name, object: value })
      else for (const [key, each] of Object.entries(value)) visit(each, key)
    }
  }
  visit(body, '')
  return found
}

function queried(recordings: Recordings, file: string, entity: EntityName): JsonObject[] {
  return recordings.exchanges(file).flatMap(exchange => (exchange.response.body ? objectsIn(exchange.response.body) : [])).filter(each => each.entity === entity).map(each => each.object)
}

/** The accounts that rows point to, under the names they were recorded with. */
export function accountsOf(objects: JsonObject[]): Map<string, JsonObject> {
  const found = new Map<string, JsonObject>()
  for (const object of objects) {
    for (const [name, ref] of Object.entries(object)) {
      const id = isObject(ref) ? textAt(ref, 'value') : undefined
      if (!name.endsWith('AccountRef') || !isObject(ref) || id === undefined) continue
      found.set(id, account(id, textAt(ref, 'name') ?? `Account ${id}`, name === 'DepositToAccountRef' ? 'Bank' : 'Income'))
    }
  }
  return found
}

function account(id: string, name: string, type: string): JsonObject {
  const sub = name === 'Undeposited Funds' ? { AccountSubType: 'UndepositedFunds' } : {}
  return { Id: id, SyncToken: '0', Name: name, FullyQualifiedName: name, Active: true, AccountType: type, ...sub, Classification: type === 'Income' ? 'Revenue' : 'Asset', CurrentBalance: 0, CurrentBalanceWithSubAccounts: 0 }
}
