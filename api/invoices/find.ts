import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'

/** These invoices of a merchant as lists show them, drafts and archived ones included; what is not this merchant's is not there. */
export async function findInvoices(ctx: Context, merchantId: MerchantId, ids: readonly string[]): Promise<ListedInvoice[]> {
  const { invoices } = ctx.store.merchant(merchantId)
  const wanted = { customerIds: null, invoiceIds: ids as InvoiceId[], search: null, sort: { by: 'issued', descending: true } as const, after: null, most: Math.max(1, ids.length), today: '', publishedOnly: false }
  return [...(await invoices.list({ ...wanted, filter: 'all' })), ...(await invoices.list({ ...wanted, filter: 'archived' }))]
}
