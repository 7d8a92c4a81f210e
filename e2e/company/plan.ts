import type { CurrencyCode, Minor } from './amounts.ts'
import type { Bundle, Product, TaxPart, TermOfPayment } from './catalog.ts'
import type { Day } from './dates.ts'

/** A line that sells something. `quantity` is in hundredths. */
export type ProductLine = { kind: 'product'; product: Product; description: string; quantity: number; unitPrice: Minor; amount: Minor; taxed: boolean }

export type LinePlan =
  | ProductLine
  | { kind: 'bundle'; bundle: Bundle; quantity: number; lines: ProductLine[] }
  | { kind: 'note'; text: string }
  | { kind: 'shipping'; amount: Minor }

export type TaxLinePlan = { part: TaxPart; net: Minor; amount: Minor }

/** What a sales form adds up to: `total = subtotal + shipping - discount + tax`. */
export type SalePlan = {
  lines: LinePlan[]
  subtotal: Minor
  shipping: Minor
  discountPercent: number
  discount: Minor
  taxLines: TaxLinePlan[]
  tax: Minor
  total: Minor
}

/** When something was entered, and when it was touched last; seconds are counted from midnight. */
export type Stamps = { createdOn: Day; createdSecond: number; updatedOn: Day; updatedSecond: number; syncToken: number }

export type InvoicePlan = Stamps & {
  kind: 'items' | 'statement-charge' | 'void'
  id: number
  number: string | undefined
  on: Day
  dueOn: Day
  term: TermOfPayment
  sale: SalePlan
  deposit: Minor
  /** What payments and credits have been put against it. */
  applied: Minor
  emailStatus: 'NotSet' | 'NeedToSend' | 'EmailSent'
  memo: string | undefined
  orderReference: string | undefined
  paymentIds: number[]
}

export type CreditMemoPlan = Stamps & { id: number; number: string; on: Day; sale: SalePlan; used: Minor; memo: string }

export type Allocation = { amount: Minor; to: { type: 'Invoice' | 'CreditMemo'; id: number; openBefore: Minor; number: string | undefined } }

export type MoneyPlace = 'undeposited' | 'checking' | 'none'

export type PaymentPlan = Stamps & {
  id: number
  on: Day
  total: Minor
  unapplied: Minor
  allocations: Allocation[]
  methodId: string | undefined
  reference: string | undefined
  to: MoneyPlace
  depositId: number | undefined
  note: string | undefined
}

/** Money taken (a sales receipt) or given back (a refund receipt) at once. */
export type ReceiptPlan = Stamps & { id: number; number: string; on: Day; sale: SalePlan; methodId: string; memo: string | undefined }

export type Address = { line1: string; city: string; state: string; postalCode: string }

export type CustomerPlan = {
  id: number
  displayName: string
  companyName: string | undefined
  givenName: string
  familyName: string
  parent: CustomerPlan | undefined
  level: number
  billWithParent: boolean
  email: string | undefined
  phone: string
  address: Address
  currency: CurrencyCode
  taxable: boolean
  term: TermOfPayment
  active: boolean
  createdOn: Day
  invoices: InvoicePlan[]
  creditMemos: CreditMemoPlan[]
  payments: PaymentPlan[]
  salesReceipts: ReceiptPlan[]
  refundReceipts: ReceiptPlan[]
}

export type DepositPlan = { id: number; on: Day; payments: PaymentPlan[] }

export function balanceOf(invoice: InvoicePlan): Minor {
  return invoice.kind === 'void' ? 0 : invoice.sale.total - invoice.deposit - invoice.applied
}

export function owedBy(customer: CustomerPlan): Minor {
  let owed = 0
  for (const invoice of customer.invoices) owed += balanceOf(invoice)
  for (const payment of customer.payments) owed -= payment.unapplied
  for (const creditMemo of customer.creditMemos) owed -= creditMemo.sale.total - creditMemo.used
  return owed
}

export function noForms(): Pick<CustomerPlan, 'invoices' | 'creditMemos' | 'payments' | 'salesReceipts' | 'refundReceipts'> {
  return { invoices: [], creditMemos: [], payments: [], salesReceipts: [], refundReceipts: [] }
}
