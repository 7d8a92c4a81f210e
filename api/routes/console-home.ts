import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import { actOnCard } from '../cards/act.ts'
import type { Context } from '../context.ts'
import { consoleView } from '../present/console.ts'
import { consolePayments } from '../present/console-lists.ts'
import { homeView } from '../present/home.ts'
import { currentImport } from '../sync/imports.ts'
import { nameOfStaff } from './console-guard.ts'
import { Console, ConsolePayments, Home, pageQuery } from './console-schemas.ts'
import { localeFor } from './customer.ts'
import { streamChanges } from './events.ts'
import { staffOf } from './guard.ts'
import { problem } from './problem.ts'
import { body, json, refusals } from './schemas.ts'

const tags = ['Merchants']
const security = [{ bearer: [] }]

/** What the merchant looks at: who they are, the picture, the payments, and what is different now. */
export function mountHome(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant', tags, security, summary: 'The merchant, the connection and the settings', responses: { 200: json(Console, 'The console'), ...refusals } }),
    async c => c.json(await consoleView(ctx, c.get('staff'), localeFor(c, undefined)), 200),
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/home', tags, security, summary: 'What is owed by age, what came in, and what needs a person', responses: { 200: json(Home, 'The picture'), ...refusals } }),
    async c => c.json(await homeView(ctx, c.get('staff').merchantId, localeFor(c, undefined)), 200),
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/cards/{id}/{action}', tags, security, summary: 'Do what a card offers', request: { params: z.object({ id: z.string().max(64), action: z.string().max(40) }), ...body(z.strictObject({})) }, responses: { 200: json(Home, 'The picture as it is now'), ...refusals } }),
    async c => {
      const staff = c.get('staff')
      const { id, action } = c.req.valid('param')
      const outcome = await actOnCard(ctx)(staff.merchantId, id, action, nameOfStaff(staff))
      if (outcome.kind === 'refused') return problem(c, outcome.code, outcome.detail) as never
      return c.json(await homeView(ctx, staff.merchantId, localeFor(c, undefined)), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/payments', tags, security, summary: 'A page of payments and their way into QuickBooks', request: { query: pageQuery.omit({ q: true }) }, responses: { 200: json(ConsolePayments, 'The page, newest first'), ...refusals } }),
    async c => {
      const { cursor, limit } = c.req.valid('query')
      return c.json(await consolePayments(ctx, c.get('staff').merchantId, { cursor: cursor ?? null, most: limit, locale: localeFor(c, undefined) }), 200)
    },
  )
  app.get('/v1/merchant/events', c => {
    const { merchantId } = c.get('staff')
    return streamChanges(ctx, c, { merchantId, customerIds: null }, async changes => {
      if ((await staffOf(ctx, c))?.merchantId !== merchantId) return null
      const run = changes.some(change => change.kind === 'import') ? await currentImport(ctx)(merchantId) : null
      const others = changes.some(change => change.kind !== 'import')
      return [...(run ? [{ event: 'import', data: run }] : []), ...(others ? [{ event: 'changed', data: { version: changes.at(-1)?.seq ?? 0 } }] : [])]
    })
  })
}
