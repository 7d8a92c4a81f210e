import type { InvoiceId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { localDay } from '../present/format.ts'
import { scopeOf } from '../present/portal.ts'
import type { Payer } from '../routes/guard.ts'

/**
 * Notes in the history that a customer looked at an invoice, once a day however often they look (IL2). The merchant's own look counts for
 * nothing. False where this payer may not see the invoice, which is told as if it did not exist.
 */
export const viewInvoice = (ctx: Context) => async (payer: Payer, id: string): Promise<boolean> => {
  const merchant = ctx.store.merchant(payer.merchantId)
  if (payer.onlyInvoiceId && payer.onlyInvoiceId !== id) return false
  const [invoice] = await merchant.invoices.list({ ...scopeOf(payer), invoiceIds: [id as InvoiceId], filter: 'all', search: null, sort: { by: 'due', descending: false }, after: null, most: 1, today: '' })
  if (!invoice) return false
  if (payer.via === 'preview') return true
  const now = ctx.clock.now()
  const key = `viewed:${localDay(now, (await merchant.connection.timeZone()) ?? 'UTC')}`
  if (await merchant.invoices.isNoted(invoice.id, key)) return true
  await ctx.store.commit(
    merchant.invoices.note({ id: newId('evt', now), invoiceId: invoice.id, key, kind: 'viewed', facts: {}, at: now }),
    merchant.changes.tell({ customerId: '', invoiceId: invoice.id, kind: 'viewed', now }),
  )
  return true
}
