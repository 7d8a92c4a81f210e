import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { Payer } from '../routes/guard.ts'

/** These invoices of a merchant as lists show them, drafts and archived ones included; what is not this merchant's is not there. */
export async function findInvoices(ctx: Context, merchantId: MerchantId, ids: readonly string[]): Promise<ListedInvoice[]> {
  const { invoices } = ctx.store.merchant(merchantId)
  const wanted = { customerIds: null, invoiceIds: ids as InvoiceId[], search: null, sort: { by: 'issued', descending: true } as const, after: null, most: Math.max(1, ids.length), today: '', publishedOnly: false }
  return [...(await invoices.list({ ...wanted, filter: 'all' })), ...(await invoices.list({ ...wanted, filter: 'archived' }))]
}

/** What a payer may ever see: published invoices of their customers, or the one of their link. */
export function scopeOf(payer: Payer) {
  return { customerIds: payer.customerIds, invoiceIds: payer.onlyInvoiceId ? [payer.onlyInvoiceId] : null, publishedOnly: true }
}

/** Those of these invoices that a payer may see, by their days; a draft, another customer's, or beside a link for one invoice any other, is not there. */
export async function findShown(ctx: Context, payer: Payer, ids: readonly string[]): Promise<ListedInvoice[]> {
  const shown = (payer.onlyInvoiceId ? ids.filter(id => id === payer.onlyInvoiceId) : ids) as InvoiceId[]
  if (shown.length === 0) return []
  return ctx.store.merchant(payer.merchantId).invoices.list({ ...scopeOf(payer), invoiceIds: shown, filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: shown.length, today: '' })
}
