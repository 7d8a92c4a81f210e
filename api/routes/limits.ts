import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { sendPlain } from '../pages/plain.ts'
import { addressOf } from './address.ts'
import { bearerOf, sessionCookie } from './guard.ts'
import { createPace } from './pace.ts'
import { problem } from './problem.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Whose API key the request carries, once `staffOf` has found that it stands. */
    keyOf?: MerchantId
  }
}

/** Which limit refused a request. */
export type LimitedBy = 'address' | 'link' | 'merchant'
type Right = { kind: 'key' | 'link'; name: string }

/** As many characters after the prefix tell tokens apart and open nothing. */
const tokenPart = { from: 4, to: 16 }
const knownKeysMax = 10_000
/** Many pages may wait for the places of one address: they come back slowly rather than all for the next one. */
const shortestWaitS = 5

const words: Record<LimitedBy, string> = {
  address: 'Too many requests came from your network within a minute.',
  link: 'Too many requests were made with this link or sign-in within a minute.',
  merchant: 'Your API keys made too many requests within a minute: ask less often, or for more at once.',
}

/**
 * Limits all requests that come by here: by network address, by link or session, and by the merchant whose API key is sent. It
 * counts in memory and before anything is read, so a refused request costs the database nothing. An event stream counts once.
 */
export function limitRequests(ctx: Pick<Context, 'config' | 'clock' | 'metrics'>): MiddlewareHandler {
  const { requestsPerMinute, trustedProxies } = ctx.config
  const paces = { address: createPace(requestsPerMinute.perAddress), link: createPace(requestsPerMinute.perLink), merchant: createPace(requestsPerMinute.perMerchant) }
  const ownerOfKey = new Map<string, MerchantId>()
  const cookie = sessionCookie(ctx)
  const refusalOf = (c: HonoContext, right: Right | null): Response | Promise<Response> | null => {
    const now = ctx.clock.now()
    // Merchants' servers share addresses at their hosts, so a key that stood when it was last used counts for its merchant instead; anybody can make one up.
    const merchantId = right?.kind === 'key' ? ownerOfKey.get(right.name) : undefined
    const asked: [LimitedBy, string][] = [
      merchantId === undefined ? ['address', addressOf(c, trustedProxies)] : ['merchant', merchantId],
      ...(right?.kind === 'link' ? [['link', right.name] satisfies [LimitedBy, string]] : []),
    ]
    for (const [by, name] of asked) {
      const waitMs = paces[by].count(name, now)
      if (waitMs === 0) continue
      ctx.metrics.requestLimited(by)
      return refused(c, by, Math.max(shortestWaitS, Math.ceil(waitMs / 1000)))
    }
    return null
  }
  const learn = (c: HonoContext, name: string) => {
    const owner = c.get('keyOf')
    // Whoever found a key that was ended must not use up what is its merchant's.
    if (owner === undefined) return void (c.res.status === 401 && ownerOfKey.delete(name))
    if (ownerOfKey.size >= knownKeysMax) ownerOfKey.clear()
    ownerOfKey.set(name, owner)
  }
  return async (c, next): Promise<Response | void> => {
    const right = rightOf(c, cookie)
    const refusal = refusalOf(c, right)
    if (refusal) return refusal
    await next()
    if (right?.kind === 'key') learn(c, right.name)
  }
}

/** What the request rests on, as it is told and unproven: the token in its address, in its header, or in the console's cookie. */
function rightOf(c: HonoContext, cookie: string): Right | null {
  const token = /^\/(?:i|pay)\/([^/]+)/.exec(c.req.path)?.[1]
  if (token !== undefined) return { kind: 'link', name: nameOf(token) }
  const bearer = bearerOf(c)
  if (bearer !== null) return { kind: bearer.startsWith('qk_') ? 'key' : 'link', name: nameOf(bearer) }
  const session = c.req.header('cookie') === undefined ? undefined : getCookie(c, cookie)
  return session ? { kind: 'link', name: nameOf(session) } : null
}

function nameOf(token: string): string {
  return token.slice(tokenPart.from, tokenPart.to)
}

/** A person who opened an address is told in a page; programs, our own pages among them, in the shape of every refusal. */
function refused(c: HonoContext, by: LimitedBy, retryAfterS: number): Response | Promise<Response> {
  const charged = c.req.path.startsWith('/pay/') && c.req.method === 'POST' ? ' You were not charged.' : ''
  const detail = `${words[by]} This one was not carried out: wait ${retryAfterS} seconds, then try again.${charged}`
  if (c.req.path.startsWith('/v1/') || !c.req.header('accept')?.includes('text/html')) return problem(c, 'rate-limited', detail, { retryAfterS })
  c.header('retry-after', String(retryAfterS))
  return sendPlain(c, { status: 429, title: 'Too many requests just now', text: detail })
}
