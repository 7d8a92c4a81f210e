import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { localDay } from '../present/format.ts'
import type { Payer } from '../routes/guard.ts'
import { findShown } from './find.ts'

/**
 * Notes in the history that a customer looked at an invoice, once a day however often they look (IL2). The merchant's own look counts for
 * nothing. False where this payer may not see the invoice, which is told as if it did not exist.
 */
export const viewInvoice = (ctx: Context) => async (payer: Payer, id: string): Promise<boolean> => {
  const merchant = ctx.store.merchant(payer.merchantId)
  const [invoice] = await findShown(ctx, payer, [id])
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
