import { type DecimalNumber, decimalNumber } from './decimal.ts'
import { type Currency, type Minor, sum } from './money.ts'

export type PaymentToPost = {
  paymentId: string
  reference: string
  customerQboId: string
  currency: Currency
  homeCurrency: string
  /** The rate on the invoice, as QuickBooks states it, for a currency that is not the company's. */
  exchangeRate: string | null
  /** The day of the payment in the company's calendar. */
  paidOn: string
  depositAccountQboId: string
  methodQboId: string | null
  provider: string
  providerRef: string
  lines: readonly { invoiceQboId: string; amount: Minor }[]
  /** What found no open invoice: it becomes the customer's credit. */
  unapplied: Minor
}

/** The mark in QuickBooks' private note by which a payment of ours is known again. */
export function markOf(paymentId: string): string {
  return `quittance:${paymentId}`
}

/**
 * QuickBooks' Payment for a captured payment: one line per invoice, the total equal to its lines and the credit,
 * the ledger account named, so that nothing is left to the company's automatic application.
 */
export function paymentBody(payment: PaymentToPost): object {
  const amount = (minor: Minor): DecimalNumber => decimalNumber(minor, payment.currency)
  return {
    CustomerRef: { value: payment.customerQboId },
    TotalAmt: amount(sum([...payment.lines.map(line => line.amount), payment.unapplied])),
    TxnDate: payment.paidOn,
    PaymentRefNum: payment.reference,
    DepositToAccountRef: { value: payment.depositAccountQboId },
    ...(payment.methodQboId ? { PaymentMethodRef: { value: payment.methodQboId } } : {}),
    CurrencyRef: { value: payment.currency },
    ...(payment.currency !== payment.homeCurrency && payment.exchangeRate ? { ExchangeRate: { decimal: payment.exchangeRate } satisfies DecimalNumber } : {}),
    PrivateNote: `${markOf(payment.paymentId)} ${payment.provider}:${payment.providerRef}`,
    Line: payment.lines.map(line => ({ Amount: amount(line.amount), LinkedTxn: [{ TxnId: line.invoiceQboId, TxnType: 'Invoice' }] })),
  }
}

/** The effect that writes a payment into QuickBooks: one for each payment. */
export function postingJob(paymentId: string): string {
  return `post:${paymentId}`
}

/** The key under which QuickBooks writes a payment once: our row and which deliberate posting of it this is. At most 50 characters. */
export function requestIdOf(paymentId: string, generation: number): string {
  return `${paymentId}:g${generation}`
}
