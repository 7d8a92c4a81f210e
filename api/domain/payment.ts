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

/** What QuickBooks and the receipt show: "QP-" and 12 characters of the id, well within QuickBooks' 21 for PaymentRefNum. */
export function referenceOf(paymentId: string): string {
  return `QP-${paymentId.slice(-12)}`
}

/** True for an id that a payer's browser may have made: "pay_" and a ULID. */
export function isPaymentId(text: string): text is `pay_${string}` {
  return /^pay_[0-9A-HJKMNP-TV-Z]{26}$/.test(text)
}
