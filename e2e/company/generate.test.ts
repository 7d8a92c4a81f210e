import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { demoCustomer, demoJob, secondCustomer } from './demo.ts'
import { amountAt, fieldsOf, listAt, partAt, refAt, textAt, type Fields } from './fields.ts'
import { generateCompany, type CompanyOptions, type EntityName } from './generate.ts'
import { checkIdentities } from './identities.ts'

const asOf = '2026-11-21'

function collect(options: CompanyOptions) {
  const byEntity = new Map<EntityName, Fields[]>()
  for (const { entity, objects } of generateCompany(options)) byEntity.set(entity, [...(byEntity.get(entity) ?? []), ...[...objects].map(fieldsOf)])
  const objects = (entity: EntityName) => byEntity.get(entity) ?? []
  return { objects, text: () => JSON.stringify([...byEntity]) }
}

const anySeed = fc.integer({ min: 0, max: 2 ** 31 - 1 })
const anyDay = fc.integer({ min: 0, max: 3_000 }).map(days => new Date(Date.UTC(2020, 0, 1) + days * 86_400_000).toISOString().slice(0, 10))

test('the books of 50 invoices add up, whatever the seed and the day', () => {
  fc.assert(
    fc.property(anySeed, anyDay, fc.boolean(), (seed, asOf, multiCurrency) => {
      const company = collect({ seed, asOf, invoices: 50, multiCurrency })
      expect(checkIdentities(company)).toEqual([])
      expect(company.objects('Invoice')).toHaveLength(50)
    }),
    { numRuns: 60 },
  )
})

test('the books of 500 invoices add up, whatever the seed', () => {
  fc.assert(
    fc.property(anySeed, seed => {
      const company = collect({ seed, asOf, invoices: 500 })
      expect(checkIdentities(company)).toEqual([])
      expect(company.objects('Invoice')).toHaveLength(500)
    }),
    { numRuns: 12 },
  )
})

test('the books of 10,000 invoices add up, and no two forms or names are taken for each other', () => {
  const company = collect({ seed: 7, asOf, invoices: 10_000 })
  expect(checkIdentities(company)).toEqual([])
  const distinct = (values: unknown[]) => expect(new Set(values).size).toBe(values.length)
  distinct((['Invoice', 'CreditMemo', 'Payment', 'Deposit', 'SalesReceipt', 'RefundReceipt'] as const).flatMap(entity => company.objects(entity).map(form => form['Id'])))
  distinct(company.objects('Customer').map(customer => customer['DisplayName']))
  distinct(company.objects('Invoice').flatMap(invoice => textAt(invoice, 'DocNumber') ?? []))
  expect(company.objects('Invoice')).toHaveLength(10_000)
})

test('the same options give the same bytes, another seed others', () => {
  const options = { seed: 3, asOf, invoices: 120 }
  expect(collect(options).text()).toBe(collect(options).text())
  expect(collect({ ...options, seed: 4 }).text()).not.toBe(collect(options).text())
})

test.each([50, 5_000])('a company of %i invoices has every kind that the product must understand', invoices => {
  const company = collect({ seed: 1, asOf, invoices })
  const missing: string[] = []
  const has = (what: string, entity: EntityName, holds: (object: Fields) => boolean) => {
    if (!company.objects(entity).some(holds)) missing.push(what)
  }
  const lines = (invoice: Fields) => listAt(invoice, 'Line').map(line => line['DetailType'])
  const balance = (form: Fields) => amountAt(form, 'Balance', refAt(form, 'CurrencyRef') ?? 'USD')
  const total = (form: Fields) => amountAt(form, 'TotalAmt', refAt(form, 'CurrencyRef') ?? 'USD')
  has('a statement charge', 'Invoice', form => lines(form).join() === 'SubTotalLineDetail' && total(form) > 0)
  has('a discount', 'Invoice', form => lines(form).includes('DiscountLineDetail'))
  has('a bundle', 'Invoice', form => lines(form).includes('GroupLineDetail'))
  has('a description', 'Invoice', form => lines(form).includes('DescriptionOnly'))
  has('shipping', 'Invoice', form => listAt(form, 'Line').some(line => refAt(partAt(line, 'SalesItemLineDetail'), 'ItemRef') === 'SHIPPING_ITEM_ID'))
  has('a deposit', 'Invoice', form => form['Deposit'] !== undefined)
  has('a void one', 'Invoice', form => form['PrivateNote'] === 'Voided' && total(form) === 0)
  has('an unsent one', 'Invoice', form => form['EmailStatus'] === 'NotSet')
  has('one waiting to be sent', 'Invoice', form => form['EmailStatus'] === 'NeedToSend')
  has('several taxes', 'Invoice', form => listAt(partAt(form, 'TxnTaxDetail'), 'TaxLine').length > 1)
  has('an overdue one', 'Invoice', form => balance(form) > 0 && String(form['DueDate']) < asOf)
  has('a partly paid one', 'Invoice', form => balance(form) > 0 && listAt(form, 'LinkedTxn').length > 0)
  has('open euros', 'Invoice', form => refAt(form, 'CurrencyRef') === 'EUR' && balance(form) > 0)
  has('open yen', 'Invoice', form => refAt(form, 'CurrencyRef') === 'JPY' && balance(form) > 0)
  has('a payment of several', 'Payment', form => total(form) > 0 && listAt(form, 'Line').length > 1)
  has('an unapplied payment', 'Payment', form => Number(form['UnappliedAmt']) > 0)
  has('an applied credit', 'Payment', form => total(form) === 0 && listAt(form, 'Line').length === 2)
  has('a deposited payment', 'Payment', form => listAt(form, 'LinkedTxn').some(link => link['TxnType'] === 'Deposit'))
  has('a waiting payment', 'Payment', form => refAt(form, 'DepositToAccountRef') === '4' && form['LinkedTxn'] === undefined)
  has('an open credit', 'CreditMemo', form => balance(form) === total(form))
  has('a partly used credit', 'CreditMemo', form => balance(form) > 0 && balance(form) < total(form))
  has('a sale over the counter', 'SalesReceipt', () => true)
  has('a refund', 'RefundReceipt', () => true)
  has('an inactive customer', 'Customer', customer => customer['Active'] === false)
  has('a customer without an address', 'Customer', customer => customer['PrimaryEmailAddr'] === undefined)
  has('a job of a job', 'Customer', customer => customer['Level'] === 2)
  const addresses = company.objects('Customer').flatMap(customer => (customer['ParentRef'] ? [] : (textAt(partAt(customer, 'PrimaryEmailAddr'), 'Address') ?? [])))
  expect(new Set(addresses).size).toBeLessThan(addresses.length)
  expect(missing).toEqual([])
})

test.each([50, 2_000])('among %i invoices the demo customer has something of everything to show', invoices => {
  const company = collect({ seed: 11, asOf, invoices })
  const own = company.objects('Invoice').filter(invoice => refAt(invoice, 'CustomerRef') === demoCustomer.id)
  const open = own.filter(invoice => Number(invoice['Balance']) > 0 && invoice['EmailStatus'] === 'EmailSent')
  const customer = company.objects('Customer').find(({ Id }) => Id === demoCustomer.id)
  expect(customer).toMatchObject({ DisplayName: demoCustomer.name, PrimaryEmailAddr: { Address: demoCustomer.email } })
  expect(open.length).toBeGreaterThanOrEqual(4)
  expect(open.some(invoice => String(invoice['DueDate']) < asOf)).toBe(true)
  expect(open.some(invoice => String(invoice['DueDate']) > asOf && String(invoice['DueDate']) <= '2026-11-28')).toBe(true)
  expect(open.some(invoice => listAt(invoice, 'LinkedTxn').length > 0)).toBe(true)
  expect(own.filter(invoice => Number(invoice['Balance']) === 0 && Number(invoice['TotalAmt']) > 0).length).toBeGreaterThanOrEqual(3)
  expect(own.filter(invoice => invoice['EmailStatus'] === 'NotSet')).toHaveLength(1)
  expect(own.filter(invoice => invoice['PrivateNote'] === 'Voided')).toHaveLength(1)
  expect(company.objects('CreditMemo').filter(form => refAt(form, 'CustomerRef') === demoCustomer.id)).toHaveLength(1)
  expect(company.objects('Invoice').filter(invoice => refAt(invoice, 'CustomerRef') === demoJob.id)).toHaveLength(1)
  expect(company.objects('Invoice').some(invoice => refAt(invoice, 'CustomerRef') === secondCustomer.id && Number(invoice['Balance']) > 0)).toBe(true)
})

test('the demo customer can have as many invoices as a test needs', () => {
  const company = collect({ seed: 2, asOf, invoices: 3_000, demoCustomerInvoices: 2_500 })
  const own = company.objects('Invoice').filter(invoice => refAt(invoice, 'CustomerRef') === demoCustomer.id)
  expect(company.objects('Invoice')).toHaveLength(3_000)
  expect(own).toHaveLength(2_510)
  expect(checkIdentities(company)).toEqual([])
})

test('another seed has other customers', () => {
  const names = (seed: number) => collect({ seed, asOf, invoices: 100 }).objects('Customer').map(customer => customer['DisplayName'])
  expect(names(1).slice(3).filter(name => names(2).includes(name))).toEqual([])
})

test('nothing is dated later than the day before, Pacific time', () => {
  const company = collect({ seed: 5, asOf, invoices: 400 })
  const entities = ['Customer', 'Invoice', 'Payment', 'CreditMemo', 'Deposit', 'SalesReceipt', 'RefundReceipt'] as const
  const touched = entities.flatMap(entity => company.objects(entity).map(form => Date.parse(String(partAt(form, 'MetaData')['LastUpdatedTime']))))
  expect(Math.max(...touched)).toBeLessThanOrEqual(Date.parse(`${asOf}T00:00:00Z`))
  expect(entities.flatMap(entity => company.objects(entity).flatMap(form => textAt(form, 'TxnDate') ?? [])).every(on => on < asOf)).toBe(true)
})

test('an invoice has one sync token more for each payment on it', () => {
  const company = collect({ seed: 9, asOf, invoices: 300 })
  for (const invoice of company.objects('Invoice')) expect(Number(invoice['SyncToken'])).toBeGreaterThanOrEqual(listAt(invoice, 'LinkedTxn').length)
})

test('a size or a day that cannot be done is refused in words', () => {
  expect(() => [...generateCompany({ seed: 1, asOf, invoices: 49 })]).toThrow('A company has 50 to 1,000,000 invoices, not 49.')
  expect(() => [...generateCompany({ seed: 1, asOf: '2026-02-30', invoices: 50 })]).toThrow('A day is written YYYY-MM-DD, not "2026-02-30".')
})
