import { amount, cents, converted } from './amounts.ts'
import type { EntityName } from './entities.ts'
import { flagAt, isObject, objectAt, refAt, textAt, type JsonObject } from './json.ts'
import { numberOf } from './numbers.ts'
import { refuse } from './refusal.ts'
import { addDays } from './times.ts'
import { totalsOf } from './totals.ts'
import { undepositedFunds, type Work } from './work.ts'

export type SaleEntity = 'Invoice' | 'CreditMemo' | 'SalesReceipt' | 'RefundReceipt'

/**
 * Completes an invoice, credit memo, sales receipt or refund receipt: number, day, addresses, line numbers, tax and totals.
 * `standing` is what the books hold already. Balance and RemainingCredit are what remains after what was applied before.
 */
export function completeSale(work: Work, entity: SaleEntity, draft: JsonObject, standing: JsonObject | undefined, allowDuplicate: boolean): JsonObject {
  if (!Array.isArray(draft['Line']) || draft['Line'].length === 0) throw refuse.missing('Line')
  const customer = customerOf(work, entity, draft)
  const currency = currencyOf(work, draft, customer)
  const dated: JsonObject = { ...draft, ...currency, TxnDate: textAt(draft, 'TxnDate')?.slice(0, 10) ?? work.today() }
  const totals = totalsOf(work, dated, standing)
  const number = numberOf(work, entity, draft, standing, allowDuplicate)
  const foreign = multiCurrency(work)
  return {
    ...(entity === 'Invoice' ? { AllowIPNPayment: false, AllowOnlinePayment: false, AllowOnlineCreditCardPayment: false, AllowOnlineACHPayment: false } : {}),
    ...(standing ? {} : { CustomField: customFields(work) }),
    ...withoutNumber(dated),
    ...(number === undefined ? {} : { DocNumber: number }),
    ...addressesOf(draft, customer),
    ...(entity === 'Invoice' || standing?.['LinkedTxn'] !== undefined ? { LinkedTxn: standing?.['LinkedTxn'] ?? [] } : {}),
    Line: totals.lines,
    ...taxDetail(work, dated, totals.tax),
    TotalAmt: amount(totals.total),
    ApplyTaxAfterDiscount: flagAt(draft, 'ApplyTaxAfterDiscount'),
    PrintStatus: draft['PrintStatus'] ?? 'NeedToPrint',
    ...(entity === 'RefundReceipt' ? {} : { EmailStatus: draft['EmailStatus'] ?? 'NotSet' }),
    ...(foreign ? { HomeTotalAmt: amount(converted(totals.total, currency.ExchangeRate)) } : {}),
    ...ownFields(work, entity, dated, standing, totals.total),
  }
}

/** True when the company trades in more than its home currency. */
export function multiCurrency(work: Work): boolean {
  return objectAt(work.preferences, 'CurrencyPrefs')['MultiCurrencyEnabled'] === true
}

/** The currency of a transaction is its customer's; a foreign one without a rate gets the rate 1. */
export function currencyOf(work: Work, draft: JsonObject, customer: JsonObject | undefined): { CurrencyRef: JsonObject; ExchangeRate?: number } {
  const own = refAt(customer ?? {}, 'CurrencyRef') ?? work.company.currency
  const asked = refAt(draft, 'CurrencyRef')
  if (asked !== undefined && asked !== own && customer) throw refuse.business(`The currency of the transaction is ${asked}, but the customer's is ${own}.`)
  const code = asked ?? own
  const CurrencyRef = { value: code, name: currencyName(code) }
  return multiCurrency(work) ? { CurrencyRef, ExchangeRate: code === work.company.currency ? 1 : Number(draft['ExchangeRate'] ?? 1) } : { CurrencyRef }
}

const names = new Intl.DisplayNames('en', { type: 'currency' })

/** Intuit's names: "United States Dollar", else the common English one. */
export function currencyName(code: string): string {
  return code === 'USD' ? 'United States Dollar' : (names.of(code) ?? code)
}

function customerOf(work: Work, entity: EntityName, draft: JsonObject): JsonObject | undefined {
  const id = refAt(draft, 'CustomerRef')
  if (id === undefined && (entity === 'Invoice' || entity === 'CreditMemo')) throw refuse.missing('CustomerRef')
  return work.find('Customer', id)
}

/** A company that charges no sales tax has no tax block (recorded). */
function taxDetail(work: Work, draft: JsonObject, tax: JsonObject): JsonObject {
  const charges = objectAt(work.preferences, 'TaxPrefs')['UsingSalesTax'] !== false
  return charges || draft['TxnTaxDetail'] !== undefined || cents(tax['TotalTax']) !== 0 ? { TxnTaxDetail: tax } : {}
}

function withoutNumber(draft: JsonObject): JsonObject {
  const { DocNumber: _number, AutoDocNumber: _auto, ...rest } = draft
  return rest
}

function addressesOf(draft: JsonObject, customer: JsonObject | undefined): JsonObject {
  const addresses: JsonObject = {}
  for (const key of ['BillAddr', 'ShipAddr'] as const) {
    const address = isObject(draft[key]) ? draft[key] : customer?.[key]
    if (address !== undefined) addresses[key] = address
  }
  return addresses
}

/** The one field that the company's sales forms carry, as its preferences name it. */
function customFields(work: Work): JsonObject[] {
  const named = JSON.stringify(objectAt(work.preferences, 'SalesFormsPrefs')['CustomField'] ?? null).match(/"SalesFormsPrefs\.SalesCustomName1"[^}]*"StringValue":"([^"]*)"/)
  return named?.[1] ? [{ DefinitionId: '1', Name: named[1], Type: 'StringType' }] : []
}

function ownFields(work: Work, entity: SaleEntity, draft: JsonObject, standing: JsonObject | undefined, total: number): JsonObject {
  switch (entity) {
    case 'Invoice': {
      const deposit = cents(draft['Deposit'])
      const applied = standing ? appliedTo(standing) : 0
      if (deposit > Math.max(0, total)) throw refuse.business('The deposit cannot be more than the total of the invoice.')
      if (applied > 0) refuseOtherCustomer(draft, standing)
      const balance = total - deposit - applied
      const showsDeposit = deposit !== 0 || objectAt(work.preferences, 'SalesFormsPrefs')['AllowDeposit'] === true
      return {
        DueDate: textAt(draft, 'DueDate')?.slice(0, 10) ?? dueDate(work, draft),
        ...(showsDeposit ? { Deposit: amount(deposit) } : {}),
        Balance: amount(balance),
        ...(multiCurrency(work) ? { HomeBalance: amount(converted(balance, draft['ExchangeRate'])) } : {}),
      }
    }
    case 'CreditMemo': {
      const used = standing ? cents(standing['TotalAmt']) - cents(standing['RemainingCredit']) : 0
      if (used > 0) refuseOtherCustomer(draft, standing)
      if (used > total) throw refuse.business('The total of the credit memo cannot be less than what is applied of it.')
      return { RemainingCredit: amount(total - used), Balance: amount(total - used) }
    }
    case 'SalesReceipt':
      return { Balance: 0, DepositToAccountRef: draft['DepositToAccountRef'] ?? { value: undepositedFunds(work), name: '' } }
    case 'RefundReceipt':
      if (refAt(draft, 'DepositToAccountRef') === undefined) throw refuse.missing('DepositToAccountRef')
      return { Balance: 0 }
  }
}

function refuseOtherCustomer(draft: JsonObject, standing: JsonObject | undefined): void {
  if (refAt(draft, 'CustomerRef') !== refAt(standing ?? {}, 'CustomerRef')) throw refuse.business('You must unlink the payments of this transaction before you can change its customer.')
}

/** What payments and credits have taken off an invoice. */
export function appliedTo(invoice: JsonObject): number {
  return cents(invoice['TotalAmt']) - cents(invoice['Deposit']) - cents(invoice['Balance'])
}

/** By the invoice's terms, else the customer's, else the company's, else 30 days. */
function dueDate(work: Work, draft: JsonObject): string {
  const from = textAt(draft, 'TxnDate') ?? work.today()
  const customer = work.find('Customer', refAt(draft, 'CustomerRef')) ?? {}
  const termId = refAt(draft, 'SalesTermRef') ?? refAt(customer, 'SalesTermRef') ?? refAt(objectAt(work.preferences, 'SalesFormsPrefs'), 'DefaultTerms')
  const term = work.find('Term', termId)
  if (!term) return addDays(from, 30)
  const day = Number(term['DayOfMonthDue'] ?? 0)
  if (day === 0) return addDays(from, Number(term['DueDays'] ?? 0))
  // Due on a day of the month; in the month after where the invoice comes too close before it.
  const first = `${from.slice(0, 8)}01`
  const thisMonth = addDays(first, day - 1)
  const nextMonth = addDays(`${addDays(first, 31).slice(0, 8)}01`, day - 1)
  return thisMonth >= addDays(from, Number(term['DueNextMonthDays'] ?? 0)) ? thisMonth : nextMonth
}
