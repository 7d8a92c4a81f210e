import type { Currency, Minor } from './money.ts'

/** What the history of a document can say. `key` names the fact, so that it is written once however often it is seen. */
export type DocumentFact =
  | { kind: 'created'; key: string; at: number; facts: { number: string | null; total: Minor; currency: Currency } }
  | { kind: 'sent'; key: string; at: number; facts: { to: string | null } }
  | { kind: 'amount_changed'; key: string; at: number; facts: { from: Minor; to: Minor; currency: Currency } }
  | { kind: 'due_date_changed'; key: string; at: number; facts: { from: string | null; to: string | null } }
  | { kind: 'voided' | 'archived'; key: string; at: number; facts: Record<string, never> }
  /** `amount` was put against the document by a payment or a credit of QuickBooks; `paymentQboId` is that payment. */
  | { kind: 'payment_applied' | 'credit_applied' | 'payment_removed'; key: string; at: number; facts: { paymentQboId: string; amount: Minor; currency: Currency } }

export type DocumentState = { total: Minor; dueOn: string | null; voided: boolean; sent: boolean }
export type SeenInvoice = DocumentState & {
  number: string | null
  currency: Currency
  createdAt: number
  updatedAt: number
  deliveredAt: number | null
  billEmail: string | null
}

/** What an invoice of QuickBooks tells, compared with what was known of it; `known` is null on first sight. */
export function factsOfInvoice(known: DocumentState | null, seen: SeenInvoice): DocumentFact[] {
  const facts: DocumentFact[] = []
  const at = seen.updatedAt
  if (!known) facts.push({ kind: 'created', key: 'created', at: seen.createdAt, facts: { number: seen.number, total: seen.total, currency: seen.currency } })
  if (seen.sent) {
    const sentAt = seen.deliveredAt ?? at
    if (seen.deliveredAt !== null || !known?.sent) facts.push({ kind: 'sent', key: `sent:${seen.deliveredAt ?? 'once'}`, at: sentAt, facts: { to: seen.billEmail } })
  }
  if (seen.voided && !known?.voided) facts.push({ kind: 'voided', key: 'voided', at, facts: {} })
  else if (known && known.total !== seen.total) facts.push({ kind: 'amount_changed', key: `total:${known.total}:${seen.total}:${at}`, at, facts: { from: known.total, to: seen.total, currency: seen.currency } })
  if (known && known.dueOn !== seen.dueOn) facts.push({ kind: 'due_date_changed', key: `due:${seen.dueOn}:${at}`, at, facts: { from: known.dueOn, to: seen.dueOn } })
  return facts
}

export type SeenPayment = { qboId: string; total: Minor; currency: Currency; at: number; lines: readonly { txnType: string; txnQboId: string; amount: Minor }[] }

/** What a payment of QuickBooks tells of each invoice that it was put against. A payment of nothing is the use of a credit. */
export function factsOfPayment(payment: SeenPayment): { invoiceQboId: string; fact: DocumentFact }[] {
  return payment.lines
    .filter(line => line.txnType === 'Invoice')
    .map(line => ({
      invoiceQboId: line.txnQboId,
      fact: {
        kind: payment.total === 0 ? 'credit_applied' : 'payment_applied',
        key: `payment:${payment.qboId}:${line.amount}`,
        at: payment.at,
        facts: { paymentQboId: payment.qboId, amount: line.amount, currency: payment.currency },
      },
    }))
}
