import type { CurrencyCode, Minor } from './amounts.ts'
import { homeAmount } from './catalog.ts'
import { owedBy, type CustomerPlan, type DepositPlan } from './plan.ts'

/** What stands in the ledger accounts, each in its own currency's minor units. */
export type Balances = { receivable: Record<CurrencyCode, Minor>; undeposited: Minor; checking: Minor; taxPayable: Minor }

export function openingBalances(): Balances {
  return { receivable: { USD: 0, EUR: 0, JPY: 0 }, undeposited: 0, checking: 0, taxPayable: 0 }
}

/** Books what these customers and deposits have done. */
export function book(balances: Balances, customers: readonly CustomerPlan[], deposits: readonly DepositPlan[]): void {
  for (const customer of customers) bookCustomer(balances, customer)
  for (const deposit of deposits) {
    for (const payment of deposit.payments) {
      balances.undeposited -= payment.total
      balances.checking += payment.total
    }
  }
}

function bookCustomer(balances: Balances, customer: CustomerPlan): void {
  balances.receivable[customer.currency] += owedBy(customer)
  for (const invoice of customer.invoices) {
    if (invoice.kind === 'void') continue
    balances.taxPayable += invoice.sale.tax
    balances.checking += homeAmount(invoice.deposit, customer.currency)
  }
  for (const creditMemo of customer.creditMemos) balances.taxPayable -= creditMemo.sale.tax
  for (const payment of customer.payments) {
    if (payment.to === 'undeposited') balances.undeposited += payment.total
    if (payment.to === 'checking') balances.checking += homeAmount(payment.total, customer.currency)
  }
  for (const { sale } of customer.salesReceipts) {
    balances.taxPayable += sale.tax
    balances.checking += sale.total
  }
  for (const { sale } of customer.refundReceipts) {
    balances.taxPayable -= sale.tax
    balances.checking -= sale.total
  }
}
