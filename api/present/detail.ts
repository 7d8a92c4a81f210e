import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { StoredLine } from '../../db/schema/invoices.ts'
import type { Context } from '../context.ts'
import { type Currency, type Minor, digitsOf, minor, parseDecimal } from '../domain/money.ts'
import type { HistoryEvent, InvoiceDetail, InvoiceLineView } from '../domain/views.ts'
import { findShown } from '../invoices/find.ts'
import { paymentGate } from '../payments/gate.ts'
import type { Payer } from '../routes/guard.ts'
import { methodText } from '../letters/receipt.ts'
import { type Format, localDay } from './format.ts'
import { invoiceRow } from './invoice.ts'
import { formatFor } from './portal.ts'

/** One invoice whole, as its origin states it; null where this payer may not see it, which is told as if it did not exist. */
export async function invoiceDetail(ctx: Context, payer: Payer, id: string, locale: string): Promise<InvoiceDetail | null> {
  const merchant = ctx.store.merchant(payer.merchantId)
  const format = await formatFor(ctx, payer, locale)
  const [listed] = await findShown(ctx, payer, [id])
  const full = listed && (await merchant.invoices.full(listed.id))
  if (!listed || !full) return null
  const { body } = full
  const items = new Map((await merchant.invoices.names('Item', itemIds(body.lines))).map(row => [row.qboId, row.name]))
  const rates = new Map((await merchant.invoices.names('TaxRate', body.taxes.flatMap(t => t.rateQboId ?? []))).map(row => [row.qboId, row.name]))
  const [term] = body.termQboId ? await merchant.invoices.names('Term', [body.termQboId]) : []
  const money = (amount: Minor) => format.money(amount, full.currency)
  const some = (amount: Minor | null) => (amount === null || amount === 0 ? null : money(amount))
  return {
    ...invoiceRow(listed, format, await paymentGate(ctx, payer.merchantId), false, (await merchant.invoices.paidOn([listed.id])).get(listed.id) ?? null),
    customerName: listed.customerName,
    billTo: body.billTo,
    terms: term?.name ?? null,
    memo: body.memo,
    lines: body.lines.map(line => lineView(line, items, full.currency, format)),
    subtotal: money(body.subtotal),
    discount: some(body.discount),
    tax: body.taxes.map(t => ({ name: (t.rateQboId && rates.get(t.rateQboId)) ?? t.name ?? 'Tax', amount: money(t.amount) })),
    taxTotal: some(full.tax),
    deposit: some(full.deposit),
    shipping: some(body.shipping),
    applied: await appliedTo(ctx, payer, listed, format),
    history: await historyOf(ctx, payer, listed, format),
    pdfUrl: full.qboId ? `/v1/invoices/${id}/pdf` : null,
  }
}

function lineView(line: StoredLine, items: ReadonlyMap<string, string>, currency: Currency, format: Format): InvoiceLineView {
  return {
    kind: line.kind,
    name: (line.itemQboId && items.get(line.itemQboId)) ?? line.name,
    description: line.description,
    quantity: line.quantity,
    unitPrice: line.unitPrice === null ? null : priceText(line.unitPrice, currency, format),
    amount: line.amount === null ? null : format.money(line.amount, currency),
    lines: line.lines.map(inner => lineView(inner, items, currency, format)),
  }
}

/** As money where it is whole minor units; finer prices, e.g. 0.0125, are told as QuickBooks states them. */
function priceText(stated: string, currency: Currency, format: Format): string {
  const fraction = /^-?\d+(?:\.(\d+))?$/.exec(stated)
  return fraction && (fraction[1] ?? '').length <= digitsOf(currency) ? format.money(minor(parseDecimal(stated, currency)), currency).text : stated
}

function itemIds(lines: readonly StoredLine[]): string[] {
  return lines.flatMap(line => [...(line.itemQboId ? [line.itemQboId] : []), ...itemIds(line.lines)])
}

async function appliedTo(ctx: Context, payer: Payer, invoice: ListedInvoice, format: Format): Promise<InvoiceDetail['applied']> {
  const merchant = ctx.store.merchant(payer.merchantId)
  const timeZone = (await merchant.connection.timeZone()) ?? 'UTC'
  const inBooks = invoice.qboId ? await merchant.invoices.applied(invoice.qboId) : []
  const here = await merchant.invoices.capturedHere(invoice.id)
  return [
    ...inBooks.map(a => ({ kind: a.kind, onText: format.day(a.on), text: a.kind === 'credit' ? 'Credit applied' : a.reference ? `Payment ${a.reference}` : 'Payment', amount: format.money(a.amount, invoice.currency) })),
    ...here.map(a => ({ kind: 'payment' as const, onText: format.day(localDay(a.at, timeZone)), text: `Payment ${a.reference}, ${methodText(a.method ? (JSON.parse(a.method) as Parameters<typeof methodText>[0]) : null)}`, amount: format.money(a.amount, invoice.currency) })),
  ]
}

async function historyOf(ctx: Context, payer: Payer, invoice: ListedInvoice, format: Format): Promise<HistoryEvent[]> {
  const events = await ctx.store.merchant(payer.merchantId).invoices.history(invoice.id)
  return events.flatMap(event => {
    const text = eventText(event.kind, event.facts, invoice.currency, format)
    return text === null ? [] : [{ at: new Date(event.at).toISOString(), atText: format.moment(event.at), text }]
  })
}

/** What a customer is told of an event; null where it is the merchant's own business. */
function eventText(kind: string, facts: Readonly<Record<string, unknown>>, currency: Currency, format: Format): string | null {
  const money = (name: string) => format.money((Number(facts[name]) || 0) as Minor, currency).text
  const day = (name: string) => (typeof facts[name] === 'string' ? format.day(facts[name]) : 'no date')
  switch (kind) {
    case 'created':
      return 'Issued'
    case 'published':
      return 'Made available online'
    case 'sent':
      return 'Sent by e-mail'
    case 'viewed':
      return 'Viewed'
    case 'amount_changed':
      return `Total changed from ${money('from')} to ${money('to')}`
    case 'due_date_changed':
      return `Due date changed from ${day('from')} to ${day('to')}`
    case 'payment_applied':
      return `Payment of ${money('amount')} recorded`
    case 'credit_applied':
      return `Credit of ${money('amount')} applied`
    case 'payment_removed':
      return `Payment of ${money('amount')} removed`
    case 'paid':
      return `${money('amount')} paid online, reference ${String(facts['reference'] ?? '')}`
    case 'payment_failed':
      return `A payment of ${money('amount')} did not go through; nothing was charged`
    case 'voided':
      return 'Voided'
    case 'archived':
      return 'Archived'
    default:
      return null
  }
}
