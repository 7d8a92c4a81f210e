import type { Context } from '../context.ts'
import { newToken } from '../ids.ts'
import type { IntuitUser } from '../ports.ts'
import { type IntuitPerson, type MemberSession, openMemberSession, signUp } from './console.ts'

const scopes = ['openid', 'profile', 'email'] as const
const stateMs = 10 * 60_000
const proofMs = 10 * 60_000
const proofPlace = 'cookie|intuit-person'

export type IntuitSignInProblem = 'declined' | 'expired' | 'unverified' | 'unavailable' | 'known-address'
export type IntuitSignIn =
  | { kind: 'signed_in'; session: MemberSession }
  /** Somebody uses the console with this address already; a mailed code must show that they are the same person. */
  | { kind: 'problem'; problem: 'known-address'; person: IntuitPerson }
  | { kind: 'problem'; problem: Exclude<IntuitSignInProblem, 'known-address'> }

/** The address at Intuit where a person signs in. `browser` is kept by their browser, so that no other can bring the answer. */
export const beginIntuitSignIn = (ctx: Context) => async (): Promise<{ url: string; browser: string }> => {
  const state = newToken('qst')
  const browser = newToken('brw')
  await ctx.store.commit(
    ctx.store.control.connections.rememberState({ stateHash: ctx.vault.hash(state), purpose: 'sign_in', sessionHash: ctx.vault.hash(browser), merchantId: null, expiresAt: ctx.clock.now() + stateMs }))
  return { url: await ctx.intuit.authorizeUrl({ state, scopes, redirectUri: redirectUri(ctx) }), browser }
}

/**
 * Signs in whom Intuit names. People are known by `sub`, never by their address: an address that a member has already
 * must first be shown to be theirs, by the session that is open in this browser (`current`) or by a code.
 */
export const finishIntuitSignIn = (ctx: Context) => async (callback: { code: string | null; error: string | null }, current: { memberId: string } | null): Promise<IntuitSignIn> => {
  if (callback.error !== null) return refuse(callback.error === 'access_denied' ? 'declined' : 'unavailable')
  if (callback.code === null) return refuse('expired')
  const user = await personAtIntuit(ctx, callback.code)
  if (!user) return refuse('unavailable')
  const person = { sub: user.sub, email: user.email.trim().toLowerCase(), name: [user.givenName, user.familyName].filter(Boolean).join(' ') || null }
  const { merchants } = ctx.store.control
  const linked = await merchants.memberBySub(person.sub)
  if (linked) return { kind: 'signed_in', session: await openMemberSession(ctx, linked.merchantId, linked.id) }
  if (!user.emailVerified) return refuse('unverified')
  const sameAddress = await merchants.memberByEmail(person.email)
  if (!sameAddress) return { kind: 'signed_in', session: await signUp(ctx, person) }
  if (sameAddress.intuitSub === null && current?.memberId === sameAddress.id)
    return { kind: 'signed_in', session: await openMemberSession(ctx, sameAddress.merchantId, sameAddress.id, [ctx.store.merchant(sameAddress.merchantId).self.linkIntuitSub(sameAddress.id, person.sub)]) }
  return { kind: 'problem', problem: 'known-address', person }
}

/** To be registered at Intuit beside the one for connecting a company. */
function redirectUri(ctx: Context): string {
  return `${ctx.config.publicUrl}/console/intuit/callback`
}

/** Keeps, in the person's own browser, what Intuit said of them, until they have shown their address by a code. */
export function sealPerson(ctx: Context, person: IntuitPerson): string {
  return ctx.vault.seal(JSON.stringify({ ...person, until: ctx.clock.now() + proofMs }), proofPlace)
}

/** Null where the cookie is absent, too old or not ours. */
export function openPerson(ctx: Context, sealed: string | undefined): IntuitPerson | null {
  if (!sealed) return null
  try {
    const { until, ...person } = JSON.parse(ctx.vault.open(sealed, proofPlace)) as IntuitPerson & { until: number }
    return until > ctx.clock.now() ? person : null
  } catch (error) {
    ctx.log.warn({ reason: error instanceof Error ? error.message : 'unknown' }, 'a cookie about a person at Intuit could not be opened')
    return null
  }
}

/** Who came back from Intuit, by its signed token and its own word; the tokens are used for nothing else and dropped. */
async function personAtIntuit(ctx: Context, code: string): Promise<IntuitUser | null> {
  const now = ctx.clock.now()
  const exchanged = await ctx.intuit.exchange({ code, redirectUri: redirectUri(ctx), now })
  if (exchanged.kind !== 'granted') return failed(ctx, `the code was not taken: ${exchanged.kind === 'refused' ? exchanged.error : exchanged.reason}`)
  const { idToken, accessToken } = exchanged.tokens
  const named = idToken === null ? null : await ctx.intuit.verifyIdToken(idToken, now)
  if (!named) return failed(ctx, 'the id token is missing or not right')
  const asked = await ctx.intuit.userInfo(accessToken)
  if (asked.kind !== 'user') return failed(ctx, `userinfo: ${asked.kind === 'refused' ? asked.error : asked.reason}`)
  return asked.user.sub === named.sub ? asked.user : failed(ctx, 'the id token and userinfo name different people')
}

function failed(ctx: Context, reason: string): null {
  ctx.log.warn({ reason }, 'a sign-in with Intuit did not succeed')
  return null
}

function refuse(problem: Exclude<IntuitSignInProblem, 'known-address'>): IntuitSignIn {
  return { kind: 'problem', problem }
}
