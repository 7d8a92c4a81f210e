import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newCode, newId, newToken } from '../ids.ts'
import { brandOf, queueLetter, serviceMerchant } from '../letters/queue.ts'
import { signInLetter } from '../mail/templates/sign-in.ts'

const codeMinutes = 10
const attemptsMax = 5
const sessionMs = 12 * 60 * 60_000
const codesPerHour = 6
/** However many addresses of the network ask: a merchant's mail is worth guarding. */
const codesPerMerchantHour = 2_000

/** A code goes out at most so often to one address; who asks learns nothing either way. */
async function mayAsk(ctx: Context, audience: string, email: string): Promise<boolean> {
  return ctx.store.control.sessions.within(`code:${audience}:${ctx.vault.hashCode(email, audience)}`, codesPerHour, 3_600_000, ctx.clock.now())
}

/**
 * Mails a payer a code, where QuickBooks knows their address as a customer's of this merchant.
 * Whether it does shows nowhere but in their inbox: the answer is the same, and the mail leaves later.
 */
export const askPayerCode = (ctx: Context) => async (merchantId: MerchantId, email: string): Promise<void> => {
  if (!(await mayAsk(ctx, merchantId, email))) return
  if (!(await ctx.store.control.sessions.within(`codes:${merchantId}`, codesPerMerchantHour, 3_600_000, ctx.clock.now()))) return
  const known = (await ctx.store.merchant(merchantId).sessions.customersOfEmail(email)).length > 0
  await mailCode(ctx, merchantId, merchantId, email, known)
}

/** Mails a merchant's member, or somebody who wants to become one, a code for the console. */
export const askConsoleCode = (ctx: Context) => async (email: string): Promise<void> => {
  if (await mayAsk(ctx, 'console', email)) await mailCode(ctx, 'console', serviceMerchant, email, true)
}

/** `send: false` does all but the mail, so that the answer takes as long where an address is not known: nobody is told that code. */
async function mailCode(ctx: Context, audience: string, sender: MerchantId, email: string, send: boolean): Promise<void> {
  const now = ctx.clock.now()
  const code = newCode()
  const letter = await signInLetter(await brandOf(ctx, sender), code, codeMinutes)
  await ctx.store.commit(
    ctx.store.control.sessions.putCode({ audience, email, codeHash: ctx.vault.hashCode(code, `${audience}|${email}`), now, expiresAt: now + codeMinutes * 60_000 }),
    send ? queueLetter(ctx, { id: newId('mail', now), kind: 'sign_in', merchantId: sender, to: email, customerId: null, invoiceId: null, replyTo: null }, letter) : [],
  )
}

/** True for the right code in time; a code is good once and dies after five wrong tries. */
export async function takeCode(ctx: Context, audience: string, email: string, code: string): Promise<boolean> {
  return ctx.store.control.sessions.tryCode({ audience, email, codeHash: ctx.vault.hashCode(code, `${audience}|${email}`), now: ctx.clock.now(), attemptsMax })
}

/** A payer's session for the code that was mailed to them (IL38); null where the code is not right. */
export const signInPayer = (ctx: Context) => async (merchantId: MerchantId, email: string, code: string): Promise<{ token: string; expiresAt: number } | null> => {
  if (!(await takeCode(ctx, merchantId, email, code))) return null
  return openSession(ctx, merchantId, { customerIds: [], email, via: 'code' })
}

/** Opens a payer's session; the token is told once and stored as a hash. */
export async function openSession(ctx: Context, merchantId: MerchantId, whose: { customerIds: `cus_${string}`[]; email: string | null; via: 'code' | 'server' }): Promise<{ token: string; expiresAt: number }> {
  const now = ctx.clock.now()
  const token = newToken('ses')
  // A token that the merchant's page holds lives for minutes; its page asks for a new one.
  const expiresAt = now + (whose.via === 'server' ? 30 * 60_000 : sessionMs)
  const merchant = ctx.store.merchant(merchantId)
  await merchant.commit(merchant.sessions.addSession({ tokenHash: ctx.vault.hash(token), ...whose, createdAt: now, expiresAt }))
  return { token, expiresAt }
}
