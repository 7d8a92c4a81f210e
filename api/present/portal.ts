import type { ListedInvoice, ListFilter, ListSort } from '../../db/queries/invoices.ts'
import type { InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { owed } from '../domain/invoice.ts'
import { currency, minor, sum } from '../domain/money.ts'
import { settingsOf } from '../domain/settings.ts'
import type { InvoiceList, InvoiceSort, MerchantView, PortalView } from '../domain/views.ts'
import { findShown, scopeOf } from '../invoices/find.ts'
import { paymentGate } from '../payments/gate.ts'
import type { Payer } from '../routes/guard.ts'
import { type Format, createFormat, localDay } from './format.ts'
import { factsOf, invoiceRow } from './invoice.ts'

export type ListWish = { filter: ListFilter; sort: InvoiceSort; search: string | null; cursor: string | null; most: number; locale: string }

/** The format of a company's pages: its calendar, the reader's language, the currency written out where there are several. */
export async function formatOf(ctx: Context, merchantId: MerchantId, locale: string, currencies: number): Promise<Format> {
  const timeZone = (await ctx.store.merchant(merchantId).connection.timeZone()) ?? 'UTC'
  return createFormat({ locale, timeZone, today: localDay(ctx.clock.now(), timeZone), spellCurrency: currencies > 1 })
}

/** The same for a payer's pages: where their customers pay in several currencies, each is written out everywhere. */
export async function formatFor(ctx: Context, payer: Payer, locale: string): Promise<Format> {
  const customers = await ctx.store.merchant(payer.merchantId).sessions.customers(payer.customerIds)
  return formatOf(ctx, payer.merchantId, locale, new Set(customers.map(customer => customer.currency)).size)
}

/** All that a customer's page shows at first. */
export async function portalView(ctx: Context, payer: Payer, wish: ListWish): Promise<PortalView> {
  const merchant = ctx.store.merchant(payer.merchantId)
  const version = await ctx.store.control.changes.latest()
  const scope = scopeOf(payer)
  const format = await formatFor(ctx, payer, wish.locale)
  const totals = await merchant.invoices.totals({ ...scope, today: format.today })
  const credits = payer.onlyInvoiceId ? [] : await merchant.invoices.credits(payer.customerIds)
  const currencies = [...new Set([...totals.map(t => t.currency), ...credits.map(c => c.currency)])]
  const [customers, lastPaidOn, gate, settings] = await Promise.all([
    merchant.sessions.customers(payer.customerIds), merchant.invoices.lastPaidOn(payer.customerIds), paymentGate(ctx, payer.merchantId), merchant.self.chosenSettings().then(settingsOf),
  ])
  const ofCurrency = (code: string) => credits.filter(c => c.currency === code).map(c => c.remaining)
  return {
    merchant: await merchantView(ctx, payer.merchantId),
    customers: customers.map(({ id, name }) => ({ id, name })),
    scope: payer.onlyInvoiceId ? 'invoice' : 'customer',
    focusInvoiceId: payer.focusInvoiceId,
    totals: currencies.map(code => {
      const total = totals.find(t => t.currency === code)
      return {
        currency: code, owed: format.money(minor(total?.owed ?? 0), currency(code)), overdue: format.money(minor(total?.overdue ?? 0), currency(code)),
        credit: format.money(sum(ofCurrency(code)), currency(code)), openCount: total?.openCount ?? 0, overdueCount: total?.overdueCount ?? 0,
      }
    }),
    credits: credits.map(c => ({ id: c.id, kind: c.kind, number: c.number, onText: format.day(c.on), remaining: format.money(c.remaining, c.currency) })),
    lastPaidText: lastPaidOn ? `Your last invoice was paid on ${format.day(lastPaidOn)}.` : null,
    payment: { ...gate, enabled: gate.enabled && payer.via !== 'preview', whyNot: payer.via === 'preview' ? 'This is a preview: only the customer can pay.' : gate.whyNot, partial: settings.partialPayments, several: settings.multiInvoice },
    list: await listView(ctx, payer, wish, format),
    version,
  }
}

/** One page of the list. */
export async function listView(ctx: Context, payer: Payer, wish: ListWish, given?: Format): Promise<InvoiceList> {
  const merchant = ctx.store.merchant(payer.merchantId)
  const gate = await paymentGate(ctx, payer.merchantId)
  const format = given ?? (await formatFor(ctx, payer, wish.locale))
  const scope = { ...scopeOf(payer), today: format.today }
  const found = await merchant.invoices.list({ ...scope, filter: wish.filter, search: wish.search, sort: sortOf(wish.sort), after: readCursor(wish.cursor), most: wish.most + 1 })
  const page = found.slice(0, wish.most)
  const last = page.at(-1)
  const { open, overdue, processing, paid, all } = await merchant.invoices.counts(scope)
  const paidOn = await paidDays(ctx, payer.merchantId, page)
  return {
    invoices: page.map(invoice => invoiceRow(invoice, format, gate, payer.customerIds.length > 1, paidOn.get(invoice.id) ?? null)),
    nextCursor: found.length > page.length && last ? writeCursor(last) : null,
    counts: { open, overdue, processing, paid, all },
  }
}

export async function merchantView(ctx: Context, merchantId: MerchantId): Promise<MerchantView> {
  const { self } = ctx.store.merchant(merchantId)
  const settings = settingsOf(await self.chosenSettings())
  return { name: (await self.find())?.name ?? '', logoUrl: settings.logoUrl, accent: settings.accent, supportEmail: settings.supportEmail }
}

/** The rows of these invoices as they are now, for a page whose amounts have grown old. */
export async function rowsNow(ctx: Context, payer: Payer, invoiceIds: readonly InvoiceId[], locale: string) {
  const format = await formatFor(ctx, payer, locale)
  const gate = await paymentGate(ctx, payer.merchantId)
  const found = await findShown(ctx, payer, invoiceIds)
  const paidOn = await paidDays(ctx, payer.merchantId, found)
  return found.map(invoice => invoiceRow(invoice, format, gate, payer.customerIds.length > 1, paidOn.get(invoice.id) ?? null))
}

/** When those of them that owe nothing any more were paid. */
export async function paidDays(ctx: Context, merchantId: MerchantId, invoices: readonly ListedInvoice[]) {
  const paid = invoices.filter(invoice => owed(factsOf(invoice)) <= 0)
  return ctx.store.merchant(merchantId).invoices.paidOn(paid.map(invoice => invoice.id))
}

export function sortOf(sort: InvoiceSort): ListSort {
  const descending = sort.startsWith('-')
  return { by: (descending ? sort.slice(1) : sort) as ListSort['by'], descending }
}

export function writeCursor(row: { sortKey: string | number | null; id: string }): string {
  return Buffer.from(JSON.stringify([row.sortKey, row.id])).toString('base64url')
}

/** Reads a cursor of ours; anything else begins at the start, for a cursor is a convenience and no right. */
export function readCursor(cursor: string | null): { key: string | number | null; id: string } | null {
  if (!cursor) return null
  try {
    const written = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')) as unknown
    if (!Array.isArray(written)) return null
    const [key, id] = written as unknown[]
    return (typeof key === 'string' || (typeof key === 'number' && Number.isFinite(key))) && typeof id === 'string' ? { key, id } : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

