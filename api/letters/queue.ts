import type { Write } from '../../db/client.ts'
import type { CustomerId, InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { settingsOf } from '../domain/settings.ts'
import { type Brand, type Letter, inLine } from '../mail/templates/frame.ts'

/** The service's own row: mail to people who have no merchant yet is owed in its name. */
export const serviceMerchant: MerchantId = 'mer_service'

export type Posted = { id: string; kind: 'invoice' | 'receipt' | 'sign_in'; merchantId: MerchantId; to: string; customerId: CustomerId | null; invoiceId: InvoiceId | null; replyTo: string | null }

/** Owes a letter, in the batch of the fact that it tells of. It is sealed, for it may hold a link or a code. */
export function queueLetter(ctx: Context, posted: Posted, letter: Letter): Write[] {
  const merchant = ctx.store.merchant(posted.merchantId)
  const sealed = ctx.vault.seal(JSON.stringify({ to: posted.to, replyTo: posted.replyTo, ...letter }), letterPlace(posted.merchantId, posted.id))
  return [
    merchant.mails.queue({ id: posted.id, kind: posted.kind, recipient: posted.to, customerId: posted.customerId, invoiceId: posted.invoiceId, now: ctx.clock.now() }),
    merchant.outbox.add({ id: `mail:${posted.id}`, lane: `mail:${posted.id}`, kind: 'send_mail', payload: { mailId: posted.id, sealed } }),
  ]
}

/** What a letter that is owed is bound to. */
export function letterPlace(merchantId: MerchantId, mailId: string): string {
  return `outbox|${merchantId}|mail:${mailId}`
}

/** How a merchant's letters look. */
export async function brandOf(ctx: Context, merchantId: MerchantId): Promise<Brand> {
  const { self } = ctx.store.merchant(merchantId)
  const settings = settingsOf(await self.chosenSettings())
  return { name: inLine((await self.find())?.name ?? ''), accent: settings.accent, logoUrl: settings.logoUrl, supportEmail: settings.supportEmail }
}
