import type { Write } from '../../db/client.ts'
import type { ListedInvoice } from '../../db/queries/invoices.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import { invoiceLetter } from '../letters/invoice.ts'
import { brandOf, queueLetter } from '../letters/queue.ts'
import { newLink } from '../sessions/links.ts'
import { findInvoices } from './find.ts'
import { publishWrites } from './publish.ts'

/** `repeated`: the same mail left a moment ago, so none was added. */
export type SendOutcome = { kind: 'sent' | 'repeated'; to: string[] } | { kind: 'refused'; code: 'not-found' | 'conflict' | 'invalid-request'; detail: string }

/** The same invoice to the same address within this time is one click that came twice. */
const onceMs = 60_000

/**
 * Mails an invoice's customer a link to their page: to the address given, else to those that QuickBooks holds for the invoice,
 * else to the customer's own (IL33, IL34). A draft is published by it. Link, letter and history are one batch.
 */
export const sendInvoice = (ctx: Context) => async (merchantId: MerchantId, id: string, email: string | null): Promise<SendOutcome> => {
  const merchant = ctx.store.merchant(merchantId)
  const [invoice] = await findInvoices(ctx, merchantId, [id])
  if (!invoice) return { kind: 'refused', code: 'not-found', detail: 'There is no such invoice.' }
  if (invoice.archivedAt !== null) return { kind: 'refused', code: 'conflict', detail: 'This invoice is archived, so its customer cannot see it. Nothing was sent.' }
  if (invoice.voidedAt !== null) return { kind: 'refused', code: 'conflict', detail: 'This invoice was voided in QuickBooks. Nothing was sent.' }
  const to = email === null ? await addressesOf(ctx, merchantId, invoice) : [email]
  if (to.length === 0) return { kind: 'refused', code: 'invalid-request', detail: 'QuickBooks holds no e-mail address for this invoice or its customer. Give one to send to; nothing was sent.' }
  const letters = await Promise.all(to.map(address => letterWrites(ctx, merchantId, invoice, address)))
  const now = ctx.clock.now()
  const outcome = await ctx.store.commit(
    letters.flat(),
    publishWrites(ctx, merchantId, [invoice]),
    merchant.invoices.sent(invoice.id, now),
    merchant.changes.tell({ customerId: invoice.customerId, invoiceId: invoice.id, kind: 'sent', now }),
  )
  return { kind: outcome.kind === 'committed' ? 'sent' : 'repeated', to }
}

/** The claim stands first: where the same mail is on its way already, the whole batch is refused. */
async function letterWrites(ctx: Context, merchantId: MerchantId, invoice: ListedInvoice, to: string): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const mailId = newId('mail', now)
  const { url, write } = await newLink(ctx, merchantId, { customerId: invoice.customerId, invoiceId: invoice.id, scope: 'customer', email: to })
  const { supportEmail } = await brandOf(ctx, merchantId)
  return [
    ...merchant.desk.claimMail({ id: mailId, recipient: to, customerId: invoice.customerId, invoiceId: invoice.id, now, onceMs }),
    write,
    ...queueLetter(ctx, { id: mailId, kind: 'invoice', merchantId, to, customerId: invoice.customerId, invoiceId: invoice.id, replyTo: supportEmail }, await invoiceLetter(ctx, merchantId, invoice, url)),
    merchant.invoices.note({ id: newId('evt', now), invoiceId: invoice.id, key: `sent:${mailId}`, kind: 'sent', facts: { to }, at: now }),
  ]
}

/** One field of QuickBooks may hold several addresses. */
async function addressesOf(ctx: Context, merchantId: MerchantId, invoice: ListedInvoice): Promise<string[]> {
  const merchant = ctx.store.merchant(merchantId)
  const { billEmail } = (await merchant.invoices.full(invoice.id)) ?? {}
  const stated = (billEmail ?? '').split(/[,;]/).map(part => part.trim().toLowerCase()).filter(part => /^[^\s@]+@[^\s@]+$/.test(part))
  return stated.length > 0 ? [...new Set(stated)] : merchant.sessions.emailsOf(invoice.customerId)
}
