import type { Currency, Minor } from '../../db/values.ts'
import { minor, sum } from './money.ts'

export type Entry = { ledgerAccount: string; amount: Minor; currency: Currency }

/** Money captured at a provider: it is there now, and each invoice owes that much less. The entries sum to zero. */
export function captured(provider: string, currency: Currency, allocations: readonly { invoiceId: string; amount: Minor }[]): Entry[] {
  return [
    { ledgerAccount: `provider:${provider}`, amount: sum(allocations.map(a => a.amount)), currency },
    ...allocations.map(a => ({ ledgerAccount: `receivable:${a.invoiceId}`, amount: minor(-a.amount), currency })),
  ]
}
