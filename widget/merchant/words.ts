import type { ConsoleInvoiceFilter, PublishRule } from '../../api/domain/console-views.ts'
import { currency, digitsOf, formatDecimal, minor } from '../../api/domain/money.ts'

export const publishRules: readonly { rule: PublishRule; title: string; text: string }[] = [
  {
    rule: 'auto_if_sent',
    title: 'Show what I have sent',
    text: 'Invoices that you have e-mailed from QuickBooks appear to your customers at once. The others wait in your Draft folder.',
  },
  {
    rule: 'review',
    title: 'Let me look first',
    text: 'Every new invoice waits in your Draft folder until you publish or send it here.',
  },
  {
    rule: 'auto_all',
    title: 'Show everything',
    text: 'Every invoice appears to its customer as soon as it is in QuickBooks, sent or not.',
  },
]

export const invoiceFilters: readonly { filter: ConsoleInvoiceFilter; label: string; none: string }[] = [
  { filter: 'all', label: 'All', none: 'No invoices yet. They appear here as soon as they are in QuickBooks.' },
  { filter: 'draft', label: 'Draft folder', none: 'Your Draft folder is empty. Invoices that wait for your look land here.' },
  { filter: 'open', label: 'Open', none: 'No open invoices.' },
  { filter: 'due_soon', label: 'Due soon', none: 'Nothing falls due in the next days.' },
  { filter: 'overdue', label: 'Overdue', none: 'Nothing is overdue.' },
  { filter: 'partly_paid', label: 'Partly paid', none: 'No invoice is partly paid.' },
  { filter: 'processing', label: 'Processing', none: 'No payment is on its way.' },
  { filter: 'paid', label: 'Paid', none: 'No invoice has been paid yet.' },
  { filter: 'void', label: 'Void', none: 'No invoice was voided.' },
  { filter: 'archived', label: 'Archived', none: 'Nothing is archived. Invoices deleted in QuickBooks come here.' },
]

/** "invoice 1042" */
export function shortName(row: { number: string | null }): string {
  return row.number === null ? 'the invoice without a number' : `invoice ${row.number}`
}

/** Minor units as the reader writes money, e.g. 124000 USD → "$1,240.00"; with the currency written out where there are several. */
export function moneyText(amount: number, code: string, several: boolean): string {
  const unit = currency(code)
  const digits = digitsOf(unit)
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency: unit, currencyDisplay: several ? 'code' : 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits })
  return format.format(formatDecimal(minor(amount), unit) as Intl.StringNumericLiteral)
}

export function countText(count: number): string {
  return new Intl.NumberFormat().format(count)
}

/** "1 invoice", "2,000 invoices" */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

/** "45 seconds", "4 minutes", "1 hour 20 minutes" */
export function spanText(seconds: number): string {
  const whole = Math.max(1, Math.round(seconds))
  if (whole < 90) return countOf(whole, 'second')
  const minutes = Math.round(whole / 60)
  if (minutes < 60) return countOf(minutes, 'minute')
  const rest = minutes % 60
  return `${countOf(Math.floor(minutes / 60), 'hour')}${rest ? ` ${countOf(rest, 'minute')}` : ''}`
}

/** An instant as a day, "3 Dec 2026". */
export function dayText(instant: string): string {
  return writtenDay(new Date(instant), { year: 'numeric' })
}

/** A calendar day `YYYY-MM-DD`, "3 Dec", the same in every time zone. */
export function calendarText(day: string): string {
  return writtenDay(new Date(`${day}T00:00:00Z`), { timeZone: 'UTC' })
}

/** As the API writes days: day first in every kind of English, the reader's own order elsewhere. */
function writtenDay(at: Date, more: Intl.DateTimeFormatOptions): string {
  const format = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', ...more })
  if (!format.resolvedOptions().locale.startsWith('en')) return format.format(at)
  const parts = format.formatToParts(at)
  return ['day', 'month', 'year'].flatMap(type => parts.find(part => part.type === type)?.value ?? []).join(' ')
}
