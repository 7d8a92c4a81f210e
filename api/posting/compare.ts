import type { AllocationRow, PaymentRow } from '../../db/queries/payments.ts'
import { parseDecimal, sum } from '../domain/money.ts'
import type { QboObject } from '../ports.ts'

type Line = { Amount?: unknown; LinkedTxn?: { TxnId?: unknown; TxnType?: unknown }[] }

/** What differs between the payment that was captured and the one that QuickBooks holds, in words; null where nothing does. */
export function compareWritten(payment: PaymentRow, payee: string | null, allocations: readonly AllocationRow[], held: QboObject): string | null {
  const amountOf = (value: unknown) => parseDecimal(String(value ?? '0'), payment.currency)
  if (amountOf(held['TotalAmt']) !== payment.amount) return 'QuickBooks holds another amount.'
  const customer = (held['CustomerRef'] as { value?: unknown } | undefined)?.value
  if (customer !== payee) return 'QuickBooks holds another customer.'
  const lines = ((held['Line'] as Line[] | undefined) ?? []).filter(line => line.LinkedTxn?.[0]?.TxnType === 'Invoice')
  const strangers = lines.filter(line => !allocations.some(a => a.qboId === line.LinkedTxn?.[0]?.TxnId))
  if (strangers.length > 0) return 'QuickBooks applied it to an invoice that the customer did not choose; look at its automatic application of payments.'
  for (const allocation of allocations) {
    const applied = sum(lines.filter(line => line.LinkedTxn?.[0]?.TxnId === allocation.qboId).map(line => amountOf(line.Amount)))
    if (applied > allocation.amount) return `QuickBooks applied more than was paid to invoice ${allocation.number ?? ''}.`
  }
  return null
}
