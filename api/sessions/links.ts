import type { Write } from '../../db/client.ts'
import type { LinkRow } from '../../db/queries/sessions.ts'
import type { CustomerId, InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { settingsOf } from '../domain/settings.ts'
import { newId, newToken } from '../ids.ts'

export type LinkOrder = { customerId: CustomerId; /** The invoice to be shown first. */ invoiceId: InvoiceId | null; /** `invoice`: that invoice and no other. */ scope: 'customer' | 'invoice'; /** Whom it is for: their receipts go there. */ email: string | null }
/** The address is told once; only its hash is stored. */
export type NewLink = { url: string; link: LinkRow; write: Write }

const dayMs = 24 * 60 * 60_000
const previewMs = 30 * 60_000

/** A link to what one customer may see, for the caller's own batch. */
export async function newLink(ctx: Context, merchantId: MerchantId, order: LinkOrder): Promise<NewLink> {
  const { linkDays } = settingsOf(await ctx.store.merchant(merchantId).self.chosenSettings())
  return makeLink(ctx, merchantId, order, { preview: false, lifeMs: linkDays * dayMs })
}

/** The merchant's own look at what a customer sees, for half an hour; nothing can be paid with it. */
export function newPreview(ctx: Context, merchantId: MerchantId, customerId: CustomerId): NewLink {
  return makeLink(ctx, merchantId, { customerId, invoiceId: null, scope: 'customer', email: null }, { preview: true, lifeMs: previewMs })
}

function makeLink(ctx: Context, merchantId: MerchantId, order: LinkOrder, { preview, lifeMs }: { preview: boolean; lifeMs: number }): NewLink {
  const now = ctx.clock.now()
  const token = newToken('lnk')
  const link = { ...order, id: newId('lnk', now), tokenHash: ctx.vault.hash(token), preview, createdAt: now, expiresAt: now + lifeMs }
  return { url: `${ctx.config.publicUrl}/i/${token}`, link: { ...link, merchantId, revokedAt: null }, write: ctx.store.merchant(merchantId).sessions.addLink(link) }
}
