import { expect, test } from 'vitest'
import { fieldsOf, listAt, partAt, refAt, type Fields } from './fields.ts'
import { generateCompany, type EntityName } from './generate.ts'
import { checkIdentities, type IdentityName } from './identities.ts'

const parts = [...generateCompany({ seed: 2, asOf: '2026-11-21', invoices: 60 })].map(({ entity, objects }) => ({ entity, objects: [...objects].map(fieldsOf) }))

/** The company with one change to the first object of an entity that fits. */
function withChange(entity: EntityName, fits: (object: Fields) => boolean, change: (object: Fields) => Fields) {
  const changed = parts.find(part => part.entity === entity)?.objects.find(fits)
  if (!changed) throw new Error(`no ${entity} fits`)
  return { objects: (asked: EntityName) => parts.filter(part => part.entity === asked).flatMap(part => part.objects.map(object => (object === changed ? change(object) : object))) }
}

const cent = (value: unknown) => Math.round(Number(value) * 100 + 1) / 100
const isHome = (object: Fields) => refAt(object, 'CurrencyRef') === 'USD'
const firstLine = (object: Fields, change: (line: Fields) => Fields) => listAt(object, 'Line').map((line, index) => (index === 0 ? change(line) : line))

const sins: [IdentityName, EntityName, (object: Fields) => boolean, (object: Fields) => Fields][] = [
  ['invoice balance', 'Invoice', isHome, invoice => ({ ...invoice, Balance: cent(invoice['Balance']) })],
  ['credit left', 'CreditMemo', isHome, creditMemo => ({ ...creditMemo, RemainingCredit: cent(creditMemo['RemainingCredit']) })],
  ['payment applied', 'Payment', isHome, payment => ({ ...payment, UnappliedAmt: cent(payment['UnappliedAmt']) })],
  ['customer balance', 'Customer', isHome, customer => ({ ...customer, Balance: cent(customer['Balance']) })],
  ['balance with jobs', 'Customer', isHome, customer => ({ ...customer, BalanceWithJobs: cent(customer['BalanceWithJobs']) })],
  ['accounts receivable', 'Account', account => account['AccountType'] === 'Accounts Receivable' && isHome(account), account => ({ ...account, CurrentBalance: cent(account['CurrentBalance']) })],
  ['undeposited funds', 'Account', account => account['AccountSubType'] === 'UndepositedFunds', account => ({ ...account, CurrentBalance: cent(account['CurrentBalance']) })],
  ['invoice total', 'Invoice', form => isHome(form) && listAt(form, 'Line')[0]?.['SalesItemLineDetail'] !== undefined, form => ({ ...form, Line: firstLine(form, line => ({ ...line, Amount: cent(line['Amount']) })) })],
  ['tax line', 'Invoice', form => listAt(partAt(form, 'TxnTaxDetail'), 'TaxLine').length > 0, form => ({ ...form, TxnTaxDetail: withTax(partAt(form, 'TxnTaxDetail')) })],
  ['tax total', 'Invoice', form => listAt(partAt(form, 'TxnTaxDetail'), 'TaxLine').length > 0, form => ({ ...form, TxnTaxDetail: { ...partAt(form, 'TxnTaxDetail'), TotalTax: cent(partAt(form, 'TxnTaxDetail')['TotalTax']) } })],
  ['deposit total', 'Deposit', isHome, deposit => ({ ...deposit, TotalAmt: cent(deposit['TotalAmt']) })],
  ['deposited payment', 'Payment', payment => listAt(payment, 'LinkedTxn').length > 0, payment => ({ ...payment, LinkedTxn: [{ TxnId: '999999', TxnType: 'Deposit' }] })],
]

function withTax(detail: Fields): Fields {
  return { ...detail, TaxLine: listAt(detail, 'TaxLine').map((line, index) => (index === 0 ? { ...line, Amount: cent(line['Amount']) } : line)) }
}

test('books that add up are left in peace', () => {
  expect(checkIdentities({ objects: entity => parts.filter(part => part.entity === entity).flatMap(part => part.objects) })).toEqual([])
})

test.each(sins)('one cent too much is found: %s', (identity, entity, fits, change) => {
  const found = checkIdentities(withChange(entity, fits, change))
  expect(found.map(violation => violation.identity)).toContain(identity)
})

test('a violation says what is stated and what it should be', () => {
  const [found] = checkIdentities(withChange('Customer', object => object['Id'] === '1', customer => ({ ...customer, Balance: 1.5 })))
  expect(found).toMatchObject({ identity: 'customer balance', id: '1', currency: 'USD', stated: 150 })
  expect(found?.sentence).toMatch(/^customer balance: 1 states 1.5 USD, the rest says \d+(\.\d+)?$/)
})

test('a company without invoices, preferences or anything has nothing to violate', () => {
  expect(checkIdentities({ objects: () => [] })).toEqual([])
})

test('an amount that is no amount is named with its object', () => {
  const broken = withChange('Invoice', object => object['Id'] !== undefined, invoice => ({ ...invoice, TotalAmt: '12.345' }))
  expect(() => checkIdentities(broken)).toThrow(/^Invoice \d+: TotalAmt: finer than USD allows: 12.345$/)
})
