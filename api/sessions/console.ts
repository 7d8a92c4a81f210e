import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId, newToken } from '../ids.ts'
import { takeCode } from './codes.ts'

/** The token goes into the browser's cookie and is stored as a hash. */
export type MemberSession = { merchantId: MerchantId; memberId: string; token: string; expiresAt: number }
/** A person known at Intuit: `sub` names them, their address may change hands. */
export type IntuitPerson = { sub: string; email: string; name: string | null }

const sessionMs = 14 * 24 * 60 * 60_000

/**
 * Signs a person in with the code that was mailed to them; whoever comes for the first time becomes a merchant.
 * `proven` is the person at Intuit whom the same browser has shown to hold this address: from now on they are linked.
 * Null where the code is not right.
 */
export const signInMember = (ctx: Context) => async (email: string, code: string, proven: IntuitPerson | null): Promise<MemberSession | null> => {
  if (!(await takeCode(ctx, 'console', email, code))) return null
  const sub = proven?.email === email ? proven.sub : null
  const member = await ctx.store.control.merchants.memberByEmail(email)
  if (!member) return signUp(ctx, { email, name: proven?.email === email ? proven.name : null, sub })
  const link = sub !== null && member.intuitSub === null ? [ctx.store.merchant(member.merchantId).self.linkIntuitSub(member.id, sub)] : []
  return openMemberSession(ctx, member.merchantId, member.id, link)
}

/** A new session of a member, in one batch with what else is to be written. */
export async function openMemberSession(ctx: Context, merchantId: MerchantId, memberId: string, writes: readonly Write[] = []): Promise<MemberSession> {
  const session = newSession(ctx, merchantId, memberId)
  const outcome = await ctx.store.commit(writes, session.write)
  if (outcome.kind === 'refused') throw new Error(`a session could not be opened: ${outcome.rule}`)
  return session
}

/** A merchant with its first member. Where somebody signed up with the same address a moment ago, that member is signed in. */
export async function signUp(ctx: Context, person: { email: string; name: string | null; sub: string | null }): Promise<MemberSession> {
  const now = ctx.clock.now()
  const merchantId = newId('mer', now)
  const memberId = newId('mem', now)
  const session = newSession(ctx, merchantId, memberId)
  const outcome = await ctx.store.commit(
    ctx.store.control.merchants.create({ id: merchantId, name: nameOf(person.email), publishableKey: newPublishableKey(), now }),
    ctx.store.merchant(merchantId).self.addMember({ id: memberId, email: person.email, name: person.name, intuitSub: person.sub, now }),
    session.write,
  )
  if (outcome.kind === 'committed') {
    ctx.log.info({ merchant: merchantId }, 'a merchant signed up')
    return session
  }
  const member = await ctx.store.control.merchants.memberByEmail(person.email)
  if (!member) throw new Error(`a merchant could not be created: ${outcome.rule}`)
  return openMemberSession(ctx, member.merchantId, member.id)
}

function newSession(ctx: Context, merchantId: MerchantId, memberId: string): MemberSession & { write: Write } {
  const now = ctx.clock.now()
  const token = newToken('mst')
  const expiresAt = now + sessionMs
  return { merchantId, memberId, token, expiresAt, write: ctx.store.merchant(merchantId).sessions.addMemberSession({ tokenHash: ctx.vault.hash(token), memberId, createdAt: now, expiresAt }) }
}

/** Stands in tags and addresses, so it holds word characters alone. */
function newPublishableKey(): string {
  return `pk_${newToken('pk').replaceAll(/\W|_/g, '').slice(2, 26)}`
}

/** Until QuickBooks tells the company's name. */
function nameOf(email: string): string {
  return email.slice(email.indexOf('@') + 1)
}
