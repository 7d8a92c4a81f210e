import type { CustomerCursor } from '../../db/queries/desk.ts'
import type { ListFilter, ListSort, ListedInvoice } from '../../db/queries/invoices.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { ConsoleCustomerList, ConsoleInvoiceList, ConsoleInvoiceRow, ConsolePaymentList, ConsolePaymentRow } from '../domain/console-views.ts'
import { findInvoices } from '../invoices/find.ts'
import { methodText } from '../letters/receipt.ts'
import { paymentGate } from '../payments/gate.ts'
import type { Format } from './format.ts'
import { type PaymentGate, invoiceRow } from './invoice.ts'
import { formatOf, paidDays, readCursor, writeCursor } from './portal.ts'

/** A longer list is not counted: every one of its rows would be read for it. */
const countMax = 10_000

type Page = { search: string | null; cursor: string | null; most: number; locale: string }

/** One page of the merchant's invoices; the Draft folder is the filter `draft`. */
export async function consoleInvoices(ctx: Context, merchantId: MerchantId, page: Page & { filter: ListFilter }): Promise<ConsoleInvoiceList> {
  const { invoices } = ctx.store.merchant(merchantId)
  const { today } = await formatOf(ctx, merchantId, page.locale, 1)
  const query = { customerIds: null, invoiceIds: null, filter: page.filter, search: page.search, today, publishedOnly: false }
  const found = await invoices.list({ ...query, sort: sortOf(page.filter), after: readCursor(page.cursor), most: page.most + 1 })
  const shown = found.slice(0, page.most)
  const last = shown.at(-1)
  return { invoices: await rowsOf(ctx, merchantId, shown, page.locale), nextCursor: found.length > shown.length && last ? writeCursor(last) : null, total: counted(await invoices.count({ ...query, most: countMax + 1 })) }
}

function counted(count: number): number | null {
  return count > countMax ? null : count
}

/** These invoices as they are now. */
export async function consoleInvoiceRows(ctx: Context, merchantId: MerchantId, ids: readonly string[], locale: string): Promise<ConsoleInvoiceRow[]> {
  return rowsOf(ctx, merchantId, await findInvoices(ctx, merchantId, ids), locale)
}

async function rowsOf(ctx: Context, merchantId: MerchantId, found: readonly ListedInvoice[], locale: string): Promise<ConsoleInvoiceRow[]> {
  const format = await formatOf(ctx, merchantId, locale, new Set(found.map(invoice => invoice.currency)).size)
  const gate = await paymentGate(ctx, merchantId)
  const paidOn = await paidDays(ctx, merchantId, found)
  const viewedOn = new Map((await ctx.store.merchant(merchantId).desk.viewedOn(found.map(invoice => invoice.id))).map(({ id, day }) => [id, day]))
  return found.map(invoice => consoleInvoice(ctx, invoice, format, { gate, paidOn: paidOn.get(invoice.id) ?? null, viewedOn: viewedOn.get(invoice.id) ?? null }))
}

type Known = { gate: PaymentGate; paidOn: string | null; viewedOn: string | null }

function consoleInvoice(ctx: Context, invoice: ListedInvoice, format: Format, { gate, paidOn, viewedOn }: Known): ConsoleInvoiceRow {
  return {
    ...invoiceRow(invoice, format, gate, true, paidOn),
    customerId: invoice.customerId,
    customerName: invoice.customerName,
    visibility: invoice.archivedAt === null ? invoice.visibility : 'archived',
    emailed: invoice.emailStatus === 'EmailSent' || invoice.sentAt !== null,
    viewedText: viewedOn === null ? null : `Viewed ${format.day(viewedOn)}`,
    origin: invoice.origin,
    quickBooksUrl: invoice.qboId === null ? null : `${ctx.config.intuit.appUrl}/app/invoice?txnId=${invoice.qboId}`,
  }
}

/** What is to be paid by a day is shown by it, everything else newest first. */
function sortOf(filter: ListFilter): ListSort {
  return filter === 'overdue' || filter === 'due_soon' ? { by: 'due', descending: false } : { by: 'issued', descending: true }
}

/** One page of customers by name, with what each owes; those who are archived come last. */
export async function consoleCustomers(ctx: Context, merchantId: MerchantId, page: Page): Promise<ConsoleCustomerList> {
  const merchant = ctx.store.merchant(merchantId)
  const found = await merchant.desk.customers({ search: page.search, after: customerCursor(page.cursor), most: page.most + 1 })
  const shown = found.slice(0, page.most)
  const owed = await merchant.desk.owedBy(shown.map(customer => customer.id))
  const format = await formatOf(ctx, merchantId, page.locale, new Set(owed.map(row => row.currency)).size)
  const last = shown.at(-1)
  return {
    customers: shown.map(({ id, name, email, parentName, active, archived }) => {
      const own = owed.filter(row => row.customerId === id)
      return { id, name, email, parentName, owed: own.map(row => format.money(row.owed, row.currency)), openCount: own.reduce((count, row) => count + row.openCount, 0), active: active === 1, archived: archived === 1 }
    }),
    nextCursor: found.length > shown.length && last ? writeCursor({ sortKey: `${last.archived}${last.name}`, id: last.id }) : null,
    total: counted(await merchant.desk.countCustomers(page.search, countMax + 1)),
  }
}

function customerCursor(cursor: string | null): CustomerCursor | null {
  const read = readCursor(cursor)
  return read && typeof read.key === 'string' ? { archived: read.key.startsWith('1') ? 1 : 0, name: read.key.slice(1), id: read.id } : null
}

type PaymentPageRow = Awaited<ReturnType<ReturnType<Context['store']['merchant']>['payments']['page']>>[number]

/** One page of payments, newest first, each with its way into QuickBooks. */
export async function consolePayments(ctx: Context, merchantId: MerchantId, page: Omit<Page, 'search'>): Promise<ConsolePaymentList> {
  const merchant = ctx.store.merchant(merchantId)
  const before = readCursor(page.cursor)
  const found = await merchant.payments.page(before && typeof before.key === 'number' ? { at: before.key, id: before.id } : null, page.most + 1)
  const shown = found.slice(0, page.most)
  const format = await formatOf(ctx, merchantId, page.locale, new Set(shown.map(payment => payment.currency)).size)
  const invoices = await merchant.desk.invoicesOf(shown.map(payment => payment.id))
  const connected = (await merchant.connection.find())?.state === 'connected'
  const last = shown.at(-1)
  return {
    payments: shown.map(payment => {
      const at = payment.capturedAt ?? payment.createdAt
      return {
        id: payment.id, at: new Date(at).toISOString(), atText: format.moment(at), customerName: payment.customerName, amount: format.money(payment.amount, payment.currency),
        state: payment.state, stateText: stateTexts[payment.state], method: payment.method === null ? null : methodText(JSON.parse(payment.method) as Parameters<typeof methodText>[0]), reference: payment.reference,
        invoices: invoices.filter(row => row.paymentId === payment.id).map(row => ({ number: row.number, amount: format.money(row.amount, payment.currency) })),
        posting: postingOf(ctx, payment, format, connected),
      }
    }),
    nextCursor: found.length > shown.length && last ? writeCursor({ sortKey: last.createdAt, id: last.id }) : null,
  }
}

const stateTexts: Record<PaymentPageRow['state'], string> = { reserved: 'Being confirmed', needs_action: 'Waiting for the customer’s bank', processing: 'Processing', succeeded: 'Paid', failed: 'Declined', canceled: 'Not completed' }

function postingOf(ctx: Context, payment: PaymentPageRow, format: Format, connected: boolean): ConsolePaymentRow['posting'] {
  const quickBooksUrl = payment.postingQboId === null ? null : `${ctx.config.intuit.appUrl}/app/recvpayment?txnId=${payment.postingQboId}`
  switch (payment.postingState) {
    case null:
      return { state: 'not_needed', text: payment.state === 'failed' || payment.state === 'canceled' ? 'Nothing to record' : 'Nothing to record yet', quickBooksUrl: null }
    case 'waiting':
      return { state: 'waiting', text: connected ? 'On its way to QuickBooks' : 'Waits until QuickBooks is connected again', quickBooksUrl: null }
    case 'posted':
      return { state: 'posted', text: payment.unapplied ? `In QuickBooks, ${format.money(payment.unapplied, payment.currency).text} of it as credit` : 'In QuickBooks', quickBooksUrl }
    case 'blocked':
      return { state: 'blocked', text: 'Not in QuickBooks: it needs you, see Home', quickBooksUrl: null }
    case 'by_hand':
      return { state: 'posted', text: 'You recorded it in QuickBooks yourself', quickBooksUrl: null }
    case 'diverged':
      return { state: 'blocked', text: payment.postingProblem ?? 'Not in QuickBooks any more', quickBooksUrl }
  }
}
