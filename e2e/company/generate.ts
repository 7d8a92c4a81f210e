import { openingBalances, book } from './balances.ts'
import { createCalendar } from './calendar.ts'
import { dayOf, type Day } from './dates.ts'
import { demoCompany, handWrittenDays, planDemo } from './demo.ts'
import { familySize, planFamily, planMore } from './family.ts'
import { companyInfoJson, preferencesJson } from './json-company.ts'
import { accountsJson, customerJson, itemsJson, paymentMethodsJson, taxCodesJson, taxRatesJson, termsJson } from './json-lists.ts'
import { depositJson, paymentJson } from './json-money.ts'
import { creditMemoJson, invoiceJson, receiptJson } from './json-sales.ts'
import type { CustomerPlan, DepositPlan } from './plan.ts'
import type { Story } from './settle.ts'

export const entities = [
  'CompanyInfo',
  'Preferences',
  'Account',
  'Term',
  'PaymentMethod',
  'TaxRate',
  'TaxCode',
  'Item',
  'Customer',
  'Invoice',
  'CreditMemo',
  'Payment',
  'Deposit',
  'SalesReceipt',
  'RefundReceipt',
] as const
export type EntityName = (typeof entities)[number]

/** Some objects of one entity, as Intuit's API shows them. Nothing refers to a later part, but that forms name the payments and deposits linked to them. */
export type CompanyPart = { entity: EntityName; objects: Iterable<object> }
export type CompanySource = Iterable<CompanyPart>

export type CompanyOptions = {
  seed: number
  /** How many invoices the company has, from 50 to 1,000,000. */
  invoices: number
  /** Today, `YYYY-MM-DD`; the last entry was made the day before. */
  asOf: string
  country?: 'US'
  /** Whether a few customers pay in euros and yen; true unless said. */
  multiCurrency?: boolean
  name?: string
  /** How many of the invoices the demo customer has beside the hand-written ones; none unless said. */
  demoCustomerInvoices?: number
}

/**
 * A believable company of the given size whose books add up to the cent. It is told twice, customer by customer: once to learn what
 * stands in the ledger accounts, once to write it down; so memory stays flat, and the same options give the same bytes.
 * Throws a RangeError for a size or day that it cannot do.
 */
export function* generateCompany(options: CompanyOptions): Generator<CompanyPart> {
  const { seed, invoices, multiCurrency = true, name = demoCompany.name } = options
  if (!Number.isInteger(invoices) || invoices < 50 || invoices > 1_000_000) throw new RangeError(`A company has 50 to 1,000,000 invoices, not ${invoices}.`)
  const told = { seed, invoices, multiCurrency, lastOn: dayOf(options.asOf) - 1, demoCustomerInvoices: options.demoCustomerInvoices ?? 0 }
  const balances = openingBalances()
  for (const chapter of tell(told)) book(balances, chapter.customers, chapter.deposits)

  const openedOn = told.lastOn - 1_500
  yield { entity: 'CompanyInfo', objects: [companyInfoJson(name, openedOn)] }
  yield { entity: 'Preferences', objects: [preferencesJson(name, openedOn, multiCurrency)] }
  yield { entity: 'Account', objects: accountsJson(balances, openedOn, multiCurrency) }
  yield { entity: 'Term', objects: termsJson(openedOn) }
  yield { entity: 'PaymentMethod', objects: paymentMethodsJson(openedOn) }
  yield { entity: 'TaxRate', objects: taxRatesJson(openedOn) }
  yield { entity: 'TaxCode', objects: taxCodesJson(openedOn) }
  yield { entity: 'Item', objects: itemsJson(openedOn) }
  for (const chapter of tell(told)) yield* chapterParts(chapter, multiCurrency)
}

/** Some customers with all that happened between them and the company. */
type Chapter = { customers: CustomerPlan[]; deposits: DepositPlan[] }

const familiesPerChapter = 64

type Told = { seed: number; invoices: number; multiCurrency: boolean; lastOn: Day; demoCustomerInvoices: number }

function* tell({ seed, invoices, multiCurrency, lastOn, demoCustomerInvoices }: Told): Generator<Chapter> {
  let formId = 100
  let customerId = 3
  const story: Story = { lastOn, takeId: () => ++formId }
  const calendar = createCalendar(invoices, lastOn, handWrittenDays(lastOn))
  const parts = { story, calendar, seed, multiCurrency, takeCustomerId: () => ++customerId }

  let customers = planDemo(story, calendar.fixed)
  const others = invoices - calendar.fixed.length
  let placed = Math.min(demoCustomerInvoices, others)
  if (customers[0]) planMore(parts, customers[0], placed)
  for (let index = 0; placed < others; index++) {
    const size = Math.min(familySize(seed, index), others - placed)
    customers.push(...planFamily(parts, index, placed, size))
    placed += size
    if (index % familiesPerChapter === familiesPerChapter - 1) {
      yield { customers, deposits: planDeposits(story, customers) }
      customers = []
    }
  }
  if (customers.length > 0) yield { customers, deposits: planDeposits(story, customers) }
}

/** Every fortnight somebody takes what has gathered to the bank. */
function planDeposits(story: Story, customers: readonly CustomerPlan[]): DepositPlan[] {
  const fortnightDays = 14
  const byDay = new Map<Day, DepositPlan>()
  for (const payment of customers.flatMap(customer => customer.payments)) {
    const on = (Math.floor(payment.on / fortnightDays) + 1) * fortnightDays
    if (payment.to !== 'undeposited' || on > story.lastOn) continue
    const deposit = byDay.get(on) ?? { id: story.takeId(), on, payments: [] }
    byDay.set(on, deposit)
    deposit.payments.push(payment)
    payment.depositId = deposit.id
  }
  return [...byDay.values()].toSorted((a, b) => a.on - b.on)
}

function* chapterParts({ customers, deposits }: Chapter, multiCurrency: boolean): Generator<CompanyPart> {
  const style = { multiCurrency }
  const each = <T>(list: (customer: CustomerPlan) => readonly T[], json: (customer: CustomerPlan, plan: T) => object) =>
    customers.flatMap(customer => list(customer).map(plan => json(customer, plan)))
  yield { entity: 'Customer', objects: customers.map(customer => customerJson(customer, withJobs(customer, customers), touchedOn(customer), multiCurrency)) }
  yield { entity: 'Invoice', objects: each(customer => customer.invoices, (customer, invoice) => invoiceJson(customer, invoice, style)) }
  yield { entity: 'CreditMemo', objects: each(customer => customer.creditMemos, (customer, creditMemo) => creditMemoJson(customer, creditMemo, style)) }
  yield { entity: 'Payment', objects: each(customer => customer.payments, (customer, payment) => paymentJson(customer, payment, style)) }
  yield { entity: 'Deposit', objects: deposits.map(deposit => depositJson(deposit, style)) }
  yield { entity: 'SalesReceipt', objects: each(customer => customer.salesReceipts, (customer, receipt) => receiptJson(customer, receipt, style)) }
  yield { entity: 'RefundReceipt', objects: each(customer => customer.refundReceipts, (customer, receipt) => receiptJson(customer, receipt, style)) }
}

function withJobs(customer: CustomerPlan, customers: readonly CustomerPlan[]): CustomerPlan[] {
  const below = customers.filter(other => other.parent === customer)
  return [customer, ...below.flatMap(job => withJobs(job, customers))]
}

function touchedOn(customer: CustomerPlan): Day {
  const forms = [...customer.invoices, ...customer.payments, ...customer.creditMemos]
  return forms.reduce((latest, form) => Math.max(latest, form.updatedOn), customer.createdOn)
}
