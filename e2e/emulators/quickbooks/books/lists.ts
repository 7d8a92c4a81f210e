import type { Entity, EntityName } from './entities.ts'
import { cents } from './amounts.ts'
import { flagAt, isObject, refAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { currencyName } from './sale.ts'
import { moveAncestors, type Work } from './work.ts'

const deletedMark = ' (deleted)'

/** Completes a row of a list: its name and full name, what QuickBooks fills in, and the mark of an inactive row. */
export function completeList(work: Work, entity: Entity, draft: JsonObject, standing: JsonObject | undefined): JsonObject {
  const active = draft['Active'] === undefined ? true : flagAt(draft, 'Active')
  const named = withName(entity, draft, active)
  const parent = work.find(entity.name, refAt(named, 'ParentRef'))
  const completed = { ...ownFields(work, entity.name, named, standing), ...(entity.name === 'PaymentMethod' || entity.name === 'Term' ? { Active: active } : withFullName(entity, named, parent, active)) }
  refuseDuplicate(work, entity, completed)
  return completed
}

/** After a parent's rename or move the full names and levels below it change too, without a new SyncToken. */
export function renameChildren(work: Work, entity: Entity, parent: JsonObject): void {
  for (const row of work.rows.all('select body from row where realm = ? and entity = ? and parent = ?', work.realm, entity.name, textAt(parent, 'Id') ?? '')) {
    const child = JSON.parse(String(row['body'])) as JsonObject
    const renamed = { ...child, FullyQualifiedName: `${String(parent['FullyQualifiedName'])}:${textAt(child, entity.named ?? 'Name') ?? ''}`, Level: Number(parent['Level'] ?? 0) + 1 }
    if (renamed.FullyQualifiedName === child['FullyQualifiedName'] && renamed.Level === child['Level']) continue
    work.rows.put(work.realm, entity.name, renamed, work.nowMs)
    renameChildren(work, entity, renamed)
  }
}

/** A customer that gets another parent takes its balance along. */
export function moveBetweenParents(work: Work, before: JsonObject | undefined, after: JsonObject): void {
  if (!before || refAt(before, 'ParentRef') === refAt(after, 'ParentRef')) return
  moveAncestors(work, before, -cents(before['BalanceWithJobs']))
  moveAncestors(work, after, cents(after['BalanceWithJobs']))
}

function withName(entity: Entity, draft: JsonObject, active: boolean): JsonObject {
  const key = entity.named ?? 'Name'
  const given = textAt(draft, key) ?? (key === 'DisplayName' ? composedName(draft) : undefined)
  if (given === undefined || given.trim() === '') throw refuse.missing(key)
  if (key === 'DisplayName' && /[:\t\n]/.test(given)) throw refuse.business('The name supplied has invalid characters: a colon, a tab or a new line.')
  if (entity.name === 'Account' && /[":]/.test(given)) throw refuse.business('The name of an account cannot have double quotes or colons.')
  // The name an inactive row had is free again: Intuit takes the mark off when the row comes back.
  const bare = given.endsWith(deletedMark) ? given.slice(0, -deletedMark.length) : given
  return { ...draft, [key]: active ? bare : bare + deletedMark }
}

function composedName(draft: JsonObject): string | undefined {
  const parts = ['Title', 'GivenName', 'MiddleName', 'FamilyName', 'Suffix'].map(key => textAt(draft, key)).filter(part => part !== undefined)
  return parts.length > 0 ? parts.join(' ') : textAt(draft, 'CompanyName')
}

function withFullName(entity: Entity, draft: JsonObject, parent: JsonObject | undefined, active: boolean): JsonObject {
  const name = textAt(draft, entity.named ?? 'Name') ?? ''
  if (entity.name === 'Vendor' || entity.name === 'Employee') return { Active: active }
  return { FullyQualifiedName: parent ? `${String(parent['FullyQualifiedName'])}:${name}` : name, Active: active }
}

/** Names are unique over customers, vendors and employees together, elsewhere within their list; a job's name only beside its sisters. */
function refuseDuplicate(work: Work, entity: Entity, object: JsonObject): void {
  const name = textAt(object, entity.named ?? 'Name') ?? ''
  const parent = refAt(object, 'ParentRef') ?? null
  const among: readonly EntityName[] = entity.ids === 'name' ? ['Customer', 'Vendor', 'Employee'] : [entity.name]
  for (const other of among) {
    const holders = work.rows.all('select id from row where realm = ? and entity = ? and name = ? and parent is ?', work.realm, other, name, parent)
    if (holders.some(row => other !== entity.name || row['id'] !== object['Id'])) throw refuse.duplicateName()
  }
}

function ownFields(work: Work, entity: EntityName, draft: JsonObject, standing: JsonObject | undefined): JsonObject {
  const parent = entity === 'Customer' ? work.find('Customer', refAt(draft, 'ParentRef')) : undefined
  const currency = { value: refAt(standing ?? draft, 'CurrencyRef') ?? refAt(parent ?? {}, 'CurrencyRef') ?? work.company.currency }
  const CurrencyRef = { ...currency, name: currencyName(currency.value) }
  switch (entity) {
    case 'Customer':
      return customerFields(work, draft, standing, CurrencyRef)
    case 'Vendor':
      return { Balance: standing?.['Balance'] ?? 0, Vendor1099: flagAt(draft, 'Vendor1099'), CurrencyRef, ...draft, ...addressIds(work, draft), PrintOnCheckName: printName(draft) }
    case 'Employee':
      return { BillableTime: flagAt(draft, 'BillableTime'), ...draft, PrintOnCheckName: printName(draft) }
    case 'Item':
      return itemFields(draft)
    case 'Account':
      return accountFields(draft, standing, CurrencyRef)
    case 'Term':
      if (draft['DueDays'] === undefined && draft['DayOfMonthDue'] === undefined) throw refuse.missing('DueDays')
      return { DiscountPercent: 0, ...draft, ...numbers(draft, ['DueDays', 'DiscountDays', 'DayOfMonthDue', 'DueNextMonthDays']), Type: draft['DayOfMonthDue'] === undefined ? 'STANDARD' : 'DATE_DRIVEN' }
    case 'PaymentMethod':
      return { Type: 'NON_CREDIT_CARD', ...draft }
    default:
      return draft
  }
}

function customerFields(work: Work, draft: JsonObject, standing: JsonObject | undefined, CurrencyRef: JsonObject): JsonObject {
  const parent = work.find('Customer', refAt(draft, 'ParentRef'))
  const level = parent ? Number(parent['Level'] ?? 0) + 1 : 0
  if (level > 4) throw refuse.business('A customer can have jobs four levels deep at most.')
  if (flagAt(draft, 'Job') && !parent) throw refuse.missing('ParentRef')
  if (parent) refuseParent(work, draft, parent, CurrencyRef)
  return {
    Taxable: true,
    ...draft,
    ...addressIds(work, draft),
    Job: parent !== undefined,
    BillWithParent: flagAt(draft, 'BillWithParent'),
    ...(parent ? { Level: level } : {}),
    Balance: standing?.['Balance'] ?? 0,
    BalanceWithJobs: standing?.['BalanceWithJobs'] ?? 0,
    CurrencyRef,
    PreferredDeliveryMethod: draft['PreferredDeliveryMethod'] ?? 'Print',
    IsProject: flagAt(draft, 'IsProject'),
    ClientEntityId: '0',
    PrintOnCheckName: printName(draft),
  }
}

function refuseParent(work: Work, draft: JsonObject, parent: JsonObject, CurrencyRef: JsonObject): void {
  if (refAt(parent, 'CurrencyRef') !== refAt({ CurrencyRef }, 'CurrencyRef')) throw refuse.business('A job has the currency of its parent.')
  if (isBelow(work, parent, textAt(draft, 'Id'))) throw refuse.business('A customer cannot be a job of itself or of its own jobs.')
}

/** True where `customer` is the one with this id or one of its jobs, however deep. */
export function isBelow(work: Work, customer: JsonObject, id: string | undefined): boolean {
  for (let each: JsonObject | undefined = customer; each; each = work.find('Customer', refAt(each, 'ParentRef'))) if (textAt(each, 'Id') === id) return true
  return false
}

function printName(draft: JsonObject): string {
  const name = textAt(draft, 'DisplayName') ?? ''
  const bare = name.endsWith(deletedMark) ? name.slice(0, -deletedMark.length) : name
  return textAt(draft, 'PrintOnCheckName') ?? textAt(draft, 'CompanyName') ?? bare
}

/** Every address gets an id of its own. */
function addressIds(work: Work, draft: JsonObject): JsonObject {
  const addresses: JsonObject = {}
  for (const key of ['BillAddr', 'ShipAddr']) {
    const address = draft[key]
    if (isObject(address)) addresses[key] = { Id: textAt(address, 'Id') ?? String(work.rows.nextId(work.realm, 'address')), ...address }
  }
  return addresses
}

function itemFields(draft: JsonObject): JsonObject {
  const type = textAt(draft, 'Type') ?? 'Service'
  if (type === 'Category') return { ...draft, Type: type }
  if (type === 'Service' && refAt(draft, 'IncomeAccountRef') === undefined) throw refuse.missing('IncomeAccountRef')
  return { Taxable: false, UnitPrice: 0, PurchaseCost: 0, TrackQtyOnHand: type === 'Inventory', ...draft, Type: type }
}

const classes: Readonly<Record<string, string>> = {
  Bank: 'Asset', 'Accounts Receivable': 'Asset', 'Other Current Asset': 'Asset', 'Fixed Asset': 'Asset', 'Other Asset': 'Asset', 'Accounts Payable': 'Liability', 'Credit Card': 'Liability',
  'Other Current Liability': 'Liability', 'Long Term Liability': 'Liability', Equity: 'Equity', Income: 'Revenue', 'Other Income': 'Revenue', Expense: 'Expense', 'Other Expense': 'Expense',
  'Cost of Goods Sold': 'Expense',
}

function accountFields(draft: JsonObject, standing: JsonObject | undefined, CurrencyRef: JsonObject): JsonObject {
  const type = textAt(draft, 'AccountType') ?? textAt(standing ?? {}, 'AccountType')
  const subType = textAt(draft, 'AccountSubType')
  if (type === undefined) throw refuse.missing('AccountType')
  const classification = classes[type]
  if (classification === undefined) throw refuse.badEnumeration('AccountType', type)
  return {
    ...draft, SubAccount: refAt(draft, 'ParentRef') !== undefined, Classification: classification, AccountType: type, AccountSubType: subType ?? type.replaceAll(' ', ''),
    CurrentBalance: standing?.['CurrentBalance'] ?? 0, CurrentBalanceWithSubAccounts: standing?.['CurrentBalanceWithSubAccounts'] ?? 0, CurrencyRef,
  }
}

function numbers(draft: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter(key => draft[key] !== undefined).map(key => [key, Number(draft[key])]))
}
