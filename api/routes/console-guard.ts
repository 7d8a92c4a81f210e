import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import type { Context } from '../context.ts'
import { type Staff, bearerOf, sessionCookie, staffOf } from './guard.ts'
import { problem } from './problem.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** Who calls; set by `staffOnly`, so only the routes behind it may read it. */
    staff: Staff
  }
}

const safeMethods: readonly string[] = ['GET', 'HEAD', 'OPTIONS']
const usedEveryMs = 60_000

/**
 * A cookie goes along with whatever page asks, so what changes something must come from our own pages: by its Origin, and as JSON,
 * which no form can send. A key in a header goes along with nothing by itself.
 */
export const ownPagesOnly = (ctx: Context): MiddlewareHandler => async (c, next) => {
  if (safeMethods.includes(c.req.method) || bearerOf(c) !== null) return next()
  const own = new URL(ctx.config.publicUrl).origin
  const origin = c.req.header('origin')
  // Browsers always say where such a request comes from; only a program without a session may leave it out.
  const isOurs = origin === undefined ? getCookie(c, sessionCookie(ctx)) === undefined : origin === own
  if (!isOurs) return problem(c, 'forbidden', `The console takes this from its own pages alone. Open it at ${own}/console, or send an API key instead of the cookie.`)
  if (!isJson(c)) return problem(c, 'invalid-request', 'Send the request as JSON, with `Content-Type: application/json`.')
  return next()
}

/** Lets in the console's people and the merchant's own server, nobody else. */
export const staffOnly = (ctx: Context): MiddlewareHandler => async (c, next) => {
  const staff = await staffOf(ctx, c)
  if (!staff) return problem(c, 'unauthorized', 'Sign in at /console, or send an API key as `Authorization: Bearer qk_…`.')
  const now = ctx.clock.now()
  if (staff.kind === 'key' && (staff.usedAt === null || staff.usedAt < now - usedEveryMs)) await ctx.store.commit(ctx.store.merchant(staff.merchantId).sessions.usedApiKey(staff.keyId, now))
  c.set('staff', staff)
  c.header('cache-control', 'no-store')
  return next()
}

/** Who did it, for the record. */
export function nameOfStaff(staff: Staff): string {
  return staff.kind === 'member' ? staff.memberId : staff.keyId
}

/** A DELETE without a body is no form either: no page of another origin sends one unasked. */
function isJson(c: HonoContext): boolean {
  const type = c.req.header('content-type')
  return type === undefined ? c.req.method === 'DELETE' : /^application\/json\s*(;|$)/i.test(type)
}
