/** What QuickBooks can do with an entity beside creating, reading and updating it. */
export type Operation = 'create' | 'update' | 'delete' | 'void'

export type Entity = {
  name: EntityName
  /** Rows of one space share one row of ids: an invoice and a payment never have the same Id, nor a customer and a vendor. */
  ids: 'txn' | 'name' | EntityName
  /** A transaction has a date and can be deleted; a list row is only made inactive; a single row belongs to the company. */
  kind: 'transaction' | 'list' | 'single' | 'file'
  operations: readonly Operation[]
  /** The field that names a list row. */
  named?: 'DisplayName' | 'Name'
  /** May be read as PDF and sent by e-mail. */
  printable: boolean
  /** Appears in change data capture. */
  inChanges: boolean
}

export type EntityName =
  | 'CompanyInfo' | 'Preferences' | 'Customer' | 'Vendor' | 'Employee' | 'Invoice' | 'Payment' | 'CreditMemo' | 'SalesReceipt' | 'RefundReceipt'
  | 'Deposit' | 'Item' | 'Account' | 'Term' | 'PaymentMethod' | 'TaxCode' | 'TaxRate' | 'Attachable'

const list = (name: EntityName, named: 'DisplayName' | 'Name', ids: Entity['ids'] = name): Entity => ({
  name, ids, kind: 'list', operations: ['create', 'update'], named, printable: false, inChanges: true,
})
const transaction = (name: EntityName, operations: readonly Operation[], printable = true): Entity => ({
  name, ids: 'txn', kind: 'transaction', operations, printable, inChanges: true,
})

/** Intuit's reference, entity by entity: credit memos, refund receipts and deposits have no void; tax codes and rates are read only and not in change data capture. */
export const entities: Readonly<Record<EntityName, Entity>> = {
  CompanyInfo: { name: 'CompanyInfo', ids: 'CompanyInfo', kind: 'single', operations: ['update'], printable: false, inChanges: false },
  Preferences: { name: 'Preferences', ids: 'Preferences', kind: 'single', operations: ['update'], printable: false, inChanges: true },
  Customer: list('Customer', 'DisplayName', 'name'),
  Vendor: list('Vendor', 'DisplayName', 'name'),
  Employee: list('Employee', 'DisplayName', 'name'),
  Invoice: transaction('Invoice', ['create', 'update', 'delete', 'void']),
  Payment: transaction('Payment', ['create', 'update', 'delete', 'void']),
  CreditMemo: transaction('CreditMemo', ['create', 'update', 'delete']),
  SalesReceipt: transaction('SalesReceipt', ['create', 'update', 'delete', 'void']),
  RefundReceipt: transaction('RefundReceipt', ['create', 'update', 'delete']),
  Deposit: transaction('Deposit', ['create', 'update', 'delete'], false),
  Item: list('Item', 'Name'),
  Account: list('Account', 'Name'),
  Term: list('Term', 'Name'),
  PaymentMethod: list('PaymentMethod', 'Name'),
  TaxCode: { name: 'TaxCode', ids: 'TaxCode', kind: 'list', operations: [], named: 'Name', printable: false, inChanges: false },
  TaxRate: { name: 'TaxRate', ids: 'TaxRate', kind: 'list', operations: [], named: 'Name', printable: false, inChanges: false },
  Attachable: { name: 'Attachable', ids: 'Attachable', kind: 'file', operations: ['create', 'update', 'delete'], printable: false, inChanges: true },
}

export const entityNames: readonly EntityName[] = Object.values(entities).map(entity => entity.name)

const byLowerCase: ReadonlyMap<string, Entity> = new Map(Object.values(entities).map(entity => [entity.name.toLowerCase(), entity]))

/** An entity by its name in any case, as the query language allows. */
export function entityNamed(name: string): Entity | undefined {
  return byLowerCase.get(name.toLowerCase())
}

/** An entity by its path segment, which is lower case only. */
export function entityOfPath(segment: string): Entity | undefined {
  return segment === segment.toLowerCase() ? byLowerCase.get(segment) : undefined
}
