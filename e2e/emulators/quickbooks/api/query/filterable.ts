import type { EntityName } from '../../books/entities.ts'
import { fields } from '../../books/fields.ts'
import type { Field } from '../../books/select.ts'

/** How the values of a property are compared. */
export type Filter = { field: Field; compare: 'id' | 'text' | 'amount' | 'number' | 'date' | 'time' | 'flag' }

const at = (path: string, compare: 'text' | 'number' | 'flag' | 'date' = 'text'): Filter => ({ field: { path, numeric: compare === 'number' || compare === 'flag' }, compare })
const always: Readonly<Record<string, Filter>> = {
  id: { field: { column: 'id' }, compare: 'id' },
  'metadata.createtime': { field: { column: 'created' }, compare: 'time' },
  'metadata.lastupdatedtime': { field: { column: 'updated' }, compare: 'time' },
}
const active: Filter = { field: { column: 'active' }, compare: 'flag' }
const name: Filter = { field: { column: 'name' }, compare: 'text' }
const fullName: Filter = { field: { column: 'sort' }, compare: 'text' }
const total: Filter = { field: { column: 'total' }, compare: 'amount' }
const balance: Filter = { field: { column: 'balance' }, compare: 'amount' }
const customer: Filter = { field: { column: 'customer' }, compare: 'text' }
const parent: Filter = { field: { column: 'parent' }, compare: 'text' }
const docNumber: Filter = { field: { column: 'doc' }, compare: 'text' }
const txnDate: Filter = { field: { column: 'txn_date' }, compare: 'date' }
const refNum: Filter = { field: { column: 'ref_num' }, compare: 'text' }
const sale = { docnumber: docNumber, txndate: txnDate, customerref: customer, totalamt: total, balance, projectref: at('ProjectRef.value') }
const person = {
  displayname: name, givenname: at('GivenName'), middlename: at('MiddleName'), familyname: at('FamilyName'), suffix: at('Suffix'), title: at('Title'), companyname: at('CompanyName'),
  printoncheckname: at('PrintOnCheckName'), active, primaryemailaddr: at('PrimaryEmailAddr.Address'), primaryphone: at('PrimaryPhone.FreeFormNumber'),
}

/** What the reference marks as filterable, entity by entity; every other property of the schema is refused in a WHERE. */
const filterable: Readonly<Record<EntityName, Readonly<Record<string, Filter>>>> = {
  Invoice: { ...sale, duedate: { field: { column: 'due_date' }, compare: 'date' }, salestermref: at('SalesTermRef.value') },
  Payment: { customerref: customer, paymentrefnum: refNum, txndate: txnDate, totalamt: total, projectref: at('ProjectRef.value') },
  CreditMemo: { ...sale, salestermref: at('SalesTermRef.value') },
  SalesReceipt: { ...sale, paymentrefnum: refNum },
  RefundReceipt: { ...sale, paymentrefnum: refNum },
  Deposit: { txndate: txnDate, totalamt: total, deposittoaccountref: at('DepositToAccountRef.value') },
  Customer: { ...person, fullyqualifiedname: fullName, balance, balancewithjobs: at('BalanceWithJobs', 'number'), taxable: at('Taxable', 'flag'), job: at('Job', 'flag'), billwithparent: at('BillWithParent', 'flag'), parentref: parent },
  Vendor: { ...person, balance, vendor1099: at('Vendor1099', 'flag') },
  Employee: { ...person, billabletime: at('BillableTime', 'flag'), employeenumber: at('EmployeeNumber'), hireddate: at('HiredDate', 'date') },
  Item: { name, fullyqualifiedname: fullName, active, type: at('Type'), sku: at('Sku'), description: at('Description'), unitprice: at('UnitPrice', 'number'), taxable: at('Taxable', 'flag'), parentref: parent, qtyonhand: at('QtyOnHand', 'number'), invstartdate: at('InvStartDate', 'date') },
  Account: {
    name, fullyqualifiedname: fullName, active, accounttype: at('AccountType'), accountsubtype: at('AccountSubType'), classification: at('Classification'), currentbalance: at('CurrentBalance', 'number'),
    description: at('Description'), subaccount: at('SubAccount', 'flag'), parentref: parent, acctnum: at('AcctNum'),
  },
  Term: { name, active, type: at('Type'), duedays: at('DueDays', 'number'), discountdays: at('DiscountDays', 'number') },
  PaymentMethod: { name, active, type: at('Type') },
  TaxCode: { name, active, description: at('Description') },
  TaxRate: { name, active, description: at('Description') },
  Attachable: { 'attachableref.entityref.type': at('AttachableRef[0].EntityRef.type'), 'attachableref.entityref.value': at('AttachableRef[0].EntityRef.value'), filename: at('FileName'), note: at('Note'), category: at('Category') },
  CompanyInfo: {},
  Preferences: {},
}

/** How a property may be filtered, or why not. */
export function filterFor(entity: EntityName, property: string): Filter | 'unknown' | 'not filterable' {
  const key = property.toLowerCase().replace(/\.value$/, suffix => (property.toLowerCase().startsWith('attachableref') ? suffix : ''))
  const found = always[key] ?? filterable[entity][key]
  if (found) return found
  return hasProperty(entity, property) ? 'not filterable' : 'unknown'
}

export function hasProperty(entity: EntityName, property: string): boolean {
  const first = property.toLowerCase().split('.')[0]
  return Object.keys(fields[entity]).some(name => name.toLowerCase() === first)
}

/** Lists hide what is inactive unless the query speaks of Active. */
export function hasActive(entity: EntityName): boolean {
  return filterable[entity]['active'] !== undefined
}
