import type { Write } from '../../db/client.ts'
import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { findInvoices } from './find.ts'

/** Lets customers see drafts from now on; mails nothing. Answers how many were drafts, null where one of the ids is unknown. */
export const publishInvoices = (ctx: Context) => async (merchantId: MerchantId, ids: readonly string[]): Promise<number | null> => {
  const found = await findInvoices(ctx, merchantId, ids)
  if (found.length !== new Set(ids).size) return null
  const drafts = found.filter(isDraft)
  await ctx.store.commit(publishWrites(ctx, merchantId, drafts))
  return drafts.length
}

/** What publishing writes, for the caller's own batch; nothing for what is no draft. */
export function publishWrites(ctx: Context, merchantId: MerchantId, found: readonly ListedInvoice[]): Write[] {
  const drafts = found.filter(isDraft)
  if (drafts.length === 0) return []
  const { desk, invoices, changes } = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  return [
    desk.publish(drafts.map(draft => draft.id), now),
    ...drafts.flatMap(draft => [
      invoices.note({ id: newId('evt', now), invoiceId: draft.id, key: 'published', kind: 'published', facts: {}, at: now }),
      changes.tell({ customerId: draft.customerId, invoiceId: draft.id, kind: 'published', now }),
    ]),
  ]
}

function isDraft(invoice: ListedInvoice): boolean {
  return invoice.visibility === 'draft' && invoice.voidedAt === null && invoice.archivedAt === null
}
