import type { InvoiceState } from './views.ts'
import { type Minor, subtract } from './money.ts'

/** What is known of an invoice when its state is asked for. Dates are `YYYY-MM-DD` of the company's calendar. */
export type InvoiceFacts = {
  total: Minor
  balance: Minor
  /** Money on its way against it: attempts that are open. */
  held: Minor
  /** Money captured here that QuickBooks' balance does not show yet. */
  captured: Minor
  dueOn: string | null
  visibility: 'draft' | 'published'
  voided: boolean
}

const soonDays = 7

/** What is still owed, seen from here: QuickBooks' balance less what was captured and is not in it yet. */
export function owed(invoice: InvoiceFacts): Minor {
  return subtract(invoice.balance, invoice.captured)
}

/** What may be paid now: what is owed less what is on its way. */
export function payable(invoice: InvoiceFacts): Minor {
  return subtract(owed(invoice), invoice.held)
}

/** The one word for an invoice. `paid` is derived from what was applied, never copied. */
export function stateOf(invoice: InvoiceFacts, today: string): InvoiceState {
  if (invoice.voided) return 'void'
  if (invoice.visibility === 'draft') return 'draft'
  if (owed(invoice) <= 0) return 'paid'
  if (payable(invoice) <= 0) return 'processing'
  if (invoice.dueOn !== null && invoice.dueOn < today) return 'overdue'
  if (owed(invoice) < invoice.total) return 'partly_paid'
  if (invoice.dueOn !== null && daysBetween(today, invoice.dueOn) <= soonDays) return 'due_soon'
  return 'open'
}

/** Whole days from one calendar day to another; negative where `to` lies before `from`. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from)
}

/** The days since 1 March of year 0 in the Gregorian calendar, counted without a clock or a zone. */
function dayNumber(day: string): number {
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8, 10))]
  const shifted = month <= 2 ? year - 1 : year
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1
  return shifted * 365 + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear
}
