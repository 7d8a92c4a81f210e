import type { EntityName } from './entities.ts'
import { isObject, objectAt, textAt, type Json, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import type { Rows } from './rows.ts'
import type { Work } from './work.ts'

const targets: Readonly<Record<string, EntityName>> = {
  CustomerRef: 'Customer', ItemRef: 'Item', GroupItemRef: 'Item', DepositToAccountRef: 'Account', AccountRef: 'Account', IncomeAccountRef: 'Account', ExpenseAccountRef: 'Account',
  AssetAccountRef: 'Account', DiscountAccountRef: 'Account', ItemAccountRef: 'Account', ARAccountRef: 'Account', SalesTermRef: 'Term', PaymentMethodRef: 'PaymentMethod',
  TaxCodeRef: 'TaxCode', TxnTaxCodeRef: 'TaxCode', DefaultTaxCodeRef: 'TaxCode', TaxRateRef: 'TaxRate', TaxGroupCodeRef: 'TaxCode', DefaultTerms: 'Term',
}

/** Values that stand for something QuickBooks has built in, not for a row. */
const builtIn: ReadonlySet<string> = new Set(['SHIPPING_ITEM_ID', 'GRATUITY_ITEM_ID', 'TAX', 'NON', 'CustomSalesTax'])

/** References that Intuit answers with a name; the others come back as the bare id (recorded answers). */
const answeredWithName: ReadonlySet<string> = new Set([
  'CustomerRef', 'ItemRef', 'GroupItemRef', 'AccountRef', 'IncomeAccountRef', 'ExpenseAccountRef', 'AssetAccountRef', 'DiscountAccountRef', 'ItemAccountRef',
])

/** Refuses a reference to a row that does not exist or is inactive (2500), anywhere in a request's body. */
export function checkReferences(work: Work, entity: EntityName, body: JsonObject, standing?: JsonObject): void {
  for (const [name, value] of Object.entries(body)) {
    if (!isObject(value)) {
      if (Array.isArray(value)) for (const inner of value) if (isObject(inner)) checkReferences(work, entity, inner)
      continue
    }
    const target = name === 'ParentRef' ? entity : targets[name]
    const id = textAt(value, 'value')
    if (!target || id === undefined) {
      checkReferences(work, entity, value)
    } else if (!builtIn.has(id) && textAt(objectAt(standing ?? {}, name), 'value') !== id) {
      // What an object already points to may have become inactive since; only a new reference is refused.
      const found = work.find(target, id)
      if (!found || found['Active'] === false) throw refuse.badReference()
    }
  }
}

/** The body as it is stored: names taken off the references, and put back where Intuit answers with one. */
export function withNamedReferences(entity: EntityName, body: JsonObject): JsonObject {
  return mapReferences(body, (name, ref) => {
    const { name: _given, ...bare } = ref
    const named = answeredWithName.has(name) || (name === 'DepositToAccountRef' && entity !== 'Payment') || (name === 'PaymentMethodRef' && entity !== 'Payment')
    return named ? { ...bare, name: '' } : bare
  })
}

/** Reads the names that references show from the rows they point to: a rename shows at once, and leaves no trace in the object. */
export function nameJoiner(rows: Rows, realm: string): (entity: EntityName, body: JsonObject) => JsonObject {
  const known = new Map<string, string | undefined>()
  const nameOf = (target: EntityName, id: string) => {
    const key = `${target} ${id}`
    if (known.has(key)) return known.get(key)
    const row = rows.get(realm, target, id)
    const name = row && textAt(row, target === 'Customer' ? 'DisplayName' : target === 'Item' || target === 'Account' ? 'FullyQualifiedName' : 'Name')
    known.set(key, name)
    return name
  }
  return (entity, body) =>
    mapReferences(body, (refName, ref) => {
      const target = refName === 'ParentRef' ? entity : targets[refName]
      const id = textAt(ref, 'value')
      if (!target || id === undefined || ref['name'] === undefined) return ref
      const name = nameOf(target, id) ?? ref['name']
      const { name: _old, ...bare } = ref
      return name === '' ? bare : { ...ref, name }
    })
}

function mapReferences(body: JsonObject, change: (name: string, ref: JsonObject) => JsonObject): JsonObject {
  const mapped: JsonObject = {}
  for (const [name, value] of Object.entries(body)) mapped[name] = mapValue(name, value, change)
  return mapped
}

function mapValue(name: string, value: Json, change: (name: string, ref: JsonObject) => JsonObject): Json {
  if (Array.isArray(value)) return value.map(inner => mapValue('', inner, change))
  if (!isObject(value)) return value
  const isReference = name === 'ParentRef' || targets[name] !== undefined
  return isReference ? change(name, value) : mapReferences(value, change)
}
