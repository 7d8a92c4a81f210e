import { Hono } from 'hono'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Context } from '../context.ts'
import { measure } from '../metrics/gauges.ts'
import { problem } from './problem.ts'

/** `GET /metrics` in Prometheus' text format, for whoever has the token. Where none is set there is nothing here. */
export const metricsRoute = (ctx: Context) =>
  new Hono().get('/metrics', async c => {
    const { metricsToken } = ctx.config
    if (metricsToken === null) return problem(c, 'not-found', 'There is nothing at this address. The API is described at /docs.')
    if (!isSame(c.req.header('authorization') ?? '', `Bearer ${metricsToken}`)) return problem(c, 'unauthorized', 'Send the METRICS_TOKEN of this server as `Authorization: Bearer …`.')
    return c.body(ctx.metrics.registry.text(await measure(ctx)), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' })
  })

/** In the same time wherever they differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
