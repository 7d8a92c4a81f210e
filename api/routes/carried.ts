import type { Context as HonoContext } from 'hono'
import type { Context } from '../context.ts'

declare module 'hono' {
  interface ContextVariableMap {
    /** The answer was made with all that every answer carries, and needs no more. */
    carriesAll: true
  }
}

/** The headers that every answer carries, whatever it is. An answer's own `cache-control` goes before this one. */
export function carriedBy(ctx: Pick<Context, 'config' | 'lifetime'>, c: HonoContext): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-request-id': c.get('requestId'),
    'x-content-type-options': 'nosniff',
    // Addresses hold rights, so no page tells the next where its reader came from.
    'referrer-policy': 'no-referrer',
    ...(ctx.config.secureCookies ? { 'strict-transport-security': 'max-age=31536000' } : {}),
    ...(ctx.lifetime.isStopping ? { connection: 'close' } : {}),
    ...(isForAnyPage(c.req.path) ? { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'x-request-id,retry-after' } : {}),
  }
}

/** Customers' pages carry their right in a header and never in a cookie, so any page may ask. */
export function isForAnyPage(path: string): boolean {
  return path.startsWith('/v1/') && path !== '/v1/merchant' && !path.startsWith('/v1/merchant/')
}
