import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { findInvoices } from './find.ts'

export type ArchiveOutcome = { kind: 'archived' } | { kind: 'refused'; code: 'not-found' | 'conflict'; detail: string }

/** Puts an invoice out of sight here. Nothing is written to QuickBooks, and news from there does not bring it back (AP11). */
export const archiveInvoice = (ctx: Context) => async (merchantId: MerchantId, id: string): Promise<ArchiveOutcome> => {
  const merchant = ctx.store.merchant(merchantId)
  const [invoice] = await findInvoices(ctx, merchantId, [id])
  if (!invoice) return { kind: 'refused', code: 'not-found', detail: 'There is no such invoice.' }
  const now = ctx.clock.now()
  const outcome = await ctx.store.commit(
    merchant.desk.archive(invoice.id, now),
    merchant.invoices.note({ id: newId('evt', now), invoiceId: invoice.id, key: 'archived', kind: 'archived', facts: {}, at: now }),
    merchant.changes.tell({ customerId: invoice.customerId, invoiceId: invoice.id, kind: 'archived', now }),
  )
  if (outcome.kind === 'committed') return { kind: 'archived' }
  const [after] = await findInvoices(ctx, merchantId, [id])
  if (after && after.archivedAt !== null) return { kind: 'archived' }
  return { kind: 'refused', code: 'conflict', detail: 'A payment for this invoice is being confirmed. Nothing was archived; try again when the payment has ended.' }
}
