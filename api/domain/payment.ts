import type { PaymentState } from '../../db/values.ts'

/** How long an attempt may keep its invoices while the payer confirms it with their bank. */
export const holdMs = 15 * 60_000

/** How far an attempt has come. A state is only ever followed by one of a higher rank, save that money that moved always wins. */
export const rankOf = { reserved: 1, needs_action: 2, processing: 3, canceled: 4, failed: 4, succeeded: 5 } as const satisfies Record<PaymentState, number>

/** True while an attempt keeps its invoices from being paid by another. */
export function isOpen(state: PaymentState): boolean {
  return rankOf[state] < rankOf.canceled
}

/** The states that may be left for `to`. A success after a cancel or a failure is legal: the provider says that money moved. */
export function statesBefore(to: PaymentState): PaymentState[] {
  const all = Object.keys(rankOf) as PaymentState[]
  return all.filter(from => rankOf[from] < rankOf[to] || (from === to && isOpen(from)))
}

/** The mail service knows a letter by its key for 24 hours (resend.com/docs, "Idempotency Keys"): so long, less some, a letter may be owed again and is mailed once. */
const mailKnownMs = 20 * 60 * 60_000

/** True of a payment that was written anew from what the provider keeps of it: what follows from it may have been done before it was lost. */
export function wasLost(payment: { confirmationToken: string }): boolean {
  return payment.confirmationToken === ''
}

/** Whether a letter of that time can be owed again without being mailed twice. */
export function isMailKnown(owedAt: number, now: number): boolean {
  return owedAt > now - mailKnownMs
}

/** What QuickBooks and the receipt show: "QP-" and 12 characters of the id, well within QuickBooks' 21 for PaymentRefNum. */
export function referenceOf(paymentId: string): string {
  return `QP-${paymentId.slice(-12)}`
}

/** True for an id that a payer's browser may have made: "pay_" and a ULID. */
export function isPaymentId(text: string): text is `pay_${string}` {
  return /^pay_[0-9A-HJKMNP-TV-Z]{26}$/.test(text)
}
