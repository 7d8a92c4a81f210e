import type { InvoiceRow } from '../domain/views.ts'

/** What a screen reader is told when an invoice changes while the page is open. */
export function said(row: InvoiceRow): string {
  const name = `Invoice ${row.number ?? 'without a number'}`
  switch (row.state) {
    case 'paid':
      return `${name} is now paid`
    case 'void':
      return `${name} was voided`
    case 'processing':
      return `A payment for ${name.toLowerCase()} is being confirmed`
    case 'draft':
    case 'open':
    case 'due_soon':
    case 'overdue':
    case 'partly_paid':
      return `${name} now owes ${row.balance.text}`
  }
}
