import type { Context as HonoContext } from 'hono'
import { getCookie } from 'hono/cookie'
import type { CustomerId, InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { noteTrace } from '../trace.ts'

/** Who calls with a payer's right: a link or a session. */
export type Payer = {
  kind: 'payer'
  merchantId: MerchantId
  customerIds: CustomerId[]
  /** The one invoice that a link of that scope shows. */
  onlyInvoiceId: InvoiceId | null
  /** The invoice that the link was mailed for. */
  focusInvoiceId: InvoiceId | null
  email: string | null
  grantHash: string
  via: 'link' | 'preview' | 'code' | 'server'
}
/** Who calls for the merchant: a person in the console, or the merchant's own server with a key. */
export type Staff = { kind: 'member'; merchantId: MerchantId; memberId: string; sessionHash: string; email: string; name: string | null } | { kind: 'key'; merchantId: MerchantId; keyId: string; name: string; usedAt: number | null }
export type Missing = { kind: 'nobody' } | { kind: 'expired' }

/** Finds the payer of a bearer token; a revoked or old one is `expired`, an unknown one nobody. */
export async function payerOf(ctx: Context, token: string): Promise<Payer | Missing> {
  const now = ctx.clock.now()
  const hash = ctx.vault.hash(token)
  if (token.startsWith('lnk_')) {
    const link = await ctx.store.control.sessions.link(hash)
    if (!link) return { kind: 'nobody' }
    noteTrace({ merchant: link.merchantId })
    if (link.revokedAt !== null || link.expiresAt <= now) return { kind: 'expired' }
    return {
      kind: 'payer', merchantId: link.merchantId, customerIds: [link.customerId], onlyInvoiceId: link.scope === 'invoice' ? (link.invoiceId ?? null) : null,
      focusInvoiceId: link.invoiceId ?? null, email: link.email, grantHash: hash, via: link.preview ? 'preview' : 'link',
    }
  }
  if (!token.startsWith('ses_')) return { kind: 'nobody' }
  const session = await ctx.store.control.sessions.session(hash)
  if (!session) return { kind: 'nobody' }
  noteTrace({ merchant: session.merchantId })
  if (session.revokedAt !== null || session.expiresAt <= now) return { kind: 'expired' }
  // Whoever signed in by code sees the customers that QuickBooks knows by this address now, not those of the day they signed in.
  const customerIds = session.via === 'code' && session.email ? await ctx.store.merchant(session.merchantId).sessions.customersOfEmail(session.email) : session.customerIds
  return { kind: 'payer', merchantId: session.merchantId, customerIds, onlyInvoiceId: null, focusInvoiceId: null, email: session.email, grantHash: hash, via: session.via }
}

/** True while the link or session that asked for something may still be used. */
export async function grantStands(ctx: Context, grantHash: string): Promise<boolean> {
  const now = ctx.clock.now()
  const grant = (await ctx.store.control.sessions.link(grantHash)) ?? (await ctx.store.control.sessions.session(grantHash))
  return grant !== null && grant.revokedAt === null && grant.expiresAt > now
}

export function bearerOf(c: HonoContext): string | null {
  return /^Bearer ([\w-]{10,200})$/.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

export function sessionCookie(ctx: Pick<Context, 'config'>): string {
  return ctx.config.secureCookies ? '__Host-quittance' : 'quittance'
}

/** The person whom the console's cookie names. */
export async function consoleSession(ctx: Context, c: HonoContext): Promise<Extract<Staff, { kind: 'member' }> | null> {
  const token = getCookie(c, sessionCookie(ctx))
  if (!token) return null
  const sessionHash = ctx.vault.hash(token)
  const found = await ctx.store.control.sessions.memberSession(sessionHash)
  if (!found || found.expiresAt <= ctx.clock.now()) return null
  noteTrace({ merchant: found.merchantId })
  return { kind: 'member', merchantId: found.merchantId, memberId: found.memberId, sessionHash, email: found.email, name: found.name }
}

/** The console's person or the merchant's own server. */
export async function staffOf(ctx: Context, c: HonoContext): Promise<Staff | null> {
  const token = bearerOf(c)
  if (token === null) return consoleSession(ctx, c)
  if (!token.startsWith('qk_')) return null
  const key = await ctx.store.control.sessions.apiKey(ctx.vault.hash(token))
  if (!key || key.revokedAt !== null) return null
  noteTrace({ merchant: key.merchantId })
  c.set('keyOf', key.merchantId)
  return { kind: 'key', merchantId: key.merchantId, keyId: key.id, name: key.name, usedAt: key.lastUsedAt }
}
