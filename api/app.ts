import { OpenAPIHono } from '@hono/zod-openapi'
import type { Context as HonoContext, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { HTTPException } from 'hono/http-exception'
import { routePath } from 'hono/route'
import type { Context } from './context.ts'
import { newId } from './ids.ts'
import type { Assets } from './pages/assets.ts'
import { withTrace } from './trace.ts'
import { carriedBy, isForAnyPage } from './routes/carried.ts'
import { consoleRoutes } from './routes/console.ts'
import { customerRoutes } from './routes/customer.ts'
import { mountDocs } from './routes/docs.ts'
import { healthRoutes } from './routes/health.ts'
import { invalidRequest } from './routes/invalid.ts'
import { landingRoutes } from './routes/landing.ts'
import { limitRequests } from './routes/limits.ts'
import { metricsRoute } from './routes/metrics.ts'
import { payRoutes } from './routes/pay.ts'
import { problem } from './routes/problem.ts'
import { quickbooksHook, quickbooksRoutes } from './routes/quickbooks.ts'
import { staticRoutes } from './routes/static.ts'
import { stripeHook } from './routes/stripe.ts'

declare module 'hono' {
  interface ContextVariableMap {
    requestId: string
  }
}

/** What a caller names its request is written down beside our own name for it, where it looks like a name. */
const callersId = /^[\w-]{1,64}$/
const methods: readonly string[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const reads: readonly string[] = ['GET', 'HEAD']
const bodyMaxBytes = 64 * 1024
const hookMaxBytes = 2 * 1024 * 1024

/** The HTTP edge: every route behind one log line, one limit and one place for what nobody foresaw. */
export function createApp(ctx: Context, assets: Assets) {
  const app = new OpenAPIHono({ defaultHook: invalidRequest })
  app.use(async (c, next) => {
    const requestId = newId('req', ctx.clock.now())
    c.set('requestId', requestId)
    return withTrace({ requestId }, async () => {
      const began = performance.now()
      await next()
      finish(ctx, c, performance.now() - began)
    })
  })
  const preflight = cors({ origin: '*', allowMethods: ['GET', 'POST', 'DELETE'], allowHeaders: ['authorization', 'content-type'], maxAge: 86_400 })
  const [limitHook, limitBody] = [atMost(hookMaxBytes), atMost(bodyMaxBytes)]
  app.use(async (c, next) => {
    // A connection that is kept open may bring another request after the end of listening.
    if (ctx.lifetime.isStopping && c.req.path !== '/healthz') return problem(c, 'unavailable', 'The server is being restarted. Nothing was done; try again in a few seconds.', { retryAfterS: 3 })
    if (reads.includes(c.req.method)) return next()
    if (c.req.method === 'OPTIONS' && isForAnyPage(c.req.path)) return preflight(c, next)
    return (c.req.path.startsWith('/hooks/') ? limitHook : limitBody)(c, next)
  })
  app.route('/', healthRoutes(ctx))
  app.route('/', metricsRoute(ctx))
  app.route('/', staticRoutes(assets))
  app.route('/', stripeHook(ctx))
  app.route('/', quickbooksHook(ctx))
  // What stands above is asked by machines that must not be turned away, or is the same for everybody.
  app.use(limitRequests(ctx))
  app.route('/', customerRoutes(ctx))
  app.route('/', landingRoutes(ctx, assets))
  app.route('/', payRoutes(ctx, assets))
  app.route('/', quickbooksRoutes(ctx))
  app.route('/', consoleRoutes(ctx, assets))
  mountDocs(ctx, app)
  app.get('/', c => c.redirect('/console', 302))
  app.notFound(c => problem(c, 'not-found', 'There is nothing at this address. The API is described at /docs.'))
  app.onError((error, c) => {
    if (error instanceof HTTPException && error.status < 500) return problem(c, error.status === 413 ? 'too-large' : 'invalid-request', 'The request could not be read. Check that its body is JSON and its content type says so.')
    ctx.log.error({ requestId: c.get('requestId'), err: error }, 'a request failed in a way that nobody foresaw')
    return problem(c, 'internal', `Something went wrong here and was written down as ${c.get('requestId')}. ${consequenceOf(c)} If it stays, tell us that number.`)
  })
  return app
}

/** Refuses a longer body. */
function atMost(maxSize: number): MiddlewareHandler {
  const refuse = (c: HonoContext) => problem(c, 'too-large', `A request holds at most ${maxSize} bytes here.`)
  const count = bodyLimit({ maxSize, onError: refuse })
  return async (c, next) => {
    const told = c.req.header('content-length')
    // Counting has the whole request built; where its length is told, Node takes no byte more than that.
    if (told === undefined || c.req.header('transfer-encoding') !== undefined) return count(c, next)
    return Number(told) <= maxSize ? next() : refuse(c)
  }
}

/** What every answer carries, and the one line and figure about it. */
function finish(ctx: Context, c: HonoContext, ms: number): void {
  if (!c.get('carriesAll')) {
    // An answer is changed where it stands: what Hono's own verb would do here is copy it, body and all.
    const { headers } = c.res
    for (const [name, value] of Object.entries(carriedBy(ctx, c))) if (name !== 'cache-control' || !headers.has(name)) headers.set(name, value)
  }
  // The pattern, not the address: an address may hold a token.
  const route = routePath(c)
  ctx.metrics.request(`${methods.includes(c.req.method) ? c.req.method : 'OTHER'} ${route}`, c.res.status, ms)
  const callers = c.req.header('x-request-id') ?? ''
  ctx.log.info({ requestId: c.get('requestId'), method: c.req.method, route, status: c.res.status, ms: Math.round(ms), ...(callersId.test(callers) ? { callersId: callers } : {}) }, 'answered')
}

/** A charge may have been made before something failed: only elsewhere is it sure that none was. */
function consequenceOf(c: { req: { path: string } }): string {
  return c.req.path.startsWith('/pay/')
    ? 'If a payment was under way, it is being looked for at the payment provider and is not charged twice: load this page again in a minute before you pay anew.'
    : 'Nothing was charged by this request. Try again.'
}
