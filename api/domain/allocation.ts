import { type Minor, smaller, subtract, sum, zero } from './money.ts'

export type Wanted<Id> = { invoiceId: Id; amount: Minor }
export type Spread<Id> = {
  /** What goes against each invoice; none is zero or above what the invoice still owes. */
  lines: Wanted<Id>[]
  /** What found no open invoice: the customer's credit. */
  unapplied: Minor
}

/**
 * Spreads captured money over its invoices as far as they are still open; lines and rest always add up to what was captured.
 * An invoice that owes nothing (paid or voided meanwhile, or gone) takes nothing.
 */
export function spread<Id>(wanted: readonly Wanted<Id>[], owedOf: (invoiceId: Id) => Minor): Spread<Id> {
  const lines: Wanted<Id>[] = []
  let unapplied = zero
  for (const { invoiceId, amount } of wanted) {
    const owed = owedOf(invoiceId)
    const applied = owed > 0 ? smaller(amount, owed) : zero
    if (applied > 0) lines.push({ invoiceId, amount: applied })
    unapplied = sum([unapplied, subtract(amount, applied)])
  }
  return { lines, unapplied }
}
