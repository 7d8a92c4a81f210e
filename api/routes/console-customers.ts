import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import type { LinkId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { findInvoices } from '../invoices/find.ts'
import { linkView } from '../present/console.ts'
import { consoleCustomers } from '../present/console-lists.ts'
import { newLink, newPreview } from '../sessions/links.ts'
import { ConsoleCustomers, Link, byId, pageQuery } from './console-schemas.ts'
import { localeFor } from './customer.ts'
import { problem } from './problem.ts'
import { body, email, json, refusals } from './schemas.ts'

const tags = ['Merchants']
const security = [{ bearer: [] }]
const noCustomer = 'There is no such customer.'

/** The merchant's customers and the links that lead to their pages. */
export function mountCustomers(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/customers', tags, security, summary: 'A page of customers with what they owe', request: { query: pageQuery }, responses: { 200: json(ConsoleCustomers, 'The page'), ...refusals } }),
    async c => {
      const { q, cursor, limit } = c.req.valid('query')
      return c.json(await consoleCustomers(ctx, c.get('staff').merchantId, { search: q || null, cursor: cursor ?? null, most: limit, locale: localeFor(c, undefined) }), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/customers/{id}/links', tags, security, summary: 'The links to one customer’s page', request: { params: byId }, responses: { 200: json(z.object({ links: z.array(Link) }), 'The links, newest first'), ...refusals } }),
    async c => {
      const merchant = ctx.store.merchant(c.get('staff').merchantId)
      const customer = await merchant.desk.customer(c.req.valid('param').id)
      if (!customer) return problem(c, 'not-found', noCustomer) as never
      const links = (await merchant.sessions.links(customer.id)).toSorted((a, b) => b.createdAt - a.createdAt || b.id.localeCompare(a.id))
      return c.json({ links: links.map(linkView) }, 200)
    },
  )
  mountLinkDeeds(ctx, app)
}

function mountLinkDeeds(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/customers/{id}/links', tags, security, summary: 'Make a link to one customer’s page', description: 'The address is told this once. `invoiceId` is shown first, and alone with the scope `invoice`; `email` is whom the link is for, and where receipts go. Nothing is mailed.', request: { params: byId, ...body(z.strictObject({ invoiceId: z.string().max(64).optional(), scope: z.enum(['customer', 'invoice']).default('customer'), email: email.optional() })) }, responses: { 201: json(z.object({ url: z.string(), link: Link }), 'The link'), ...refusals } }),
    async c => {
      const merchant = ctx.store.merchant(c.get('staff').merchantId)
      const customer = await merchant.desk.customer(c.req.valid('param').id)
      if (!customer) return problem(c, 'not-found', noCustomer) as never
      if (customer.archivedAt !== null) return problem(c, 'conflict', 'This customer is archived, so there is nothing to link to. No link was made.') as never
      const asked = c.req.valid('json')
      if (asked.scope === 'invoice' && asked.invoiceId === undefined) return problem(c, 'invalid-request', 'A link to one invoice needs its `invoiceId`. No link was made.') as never
      const [invoice = null] = asked.invoiceId === undefined ? [] : await findInvoices(ctx, merchant.id, [asked.invoiceId])
      if (asked.invoiceId !== undefined && invoice?.customerId !== customer.id) return problem(c, 'not-found', 'This customer has no such invoice. No link was made.') as never
      if (invoice && (invoice.visibility === 'draft' || invoice.archivedAt !== null)) return problem(c, 'conflict', 'The customer cannot see this invoice yet: publish it first. No link was made.') as never
      const made = await newLink(ctx, merchant.id, { customerId: customer.id, invoiceId: invoice?.id ?? null, scope: asked.scope, email: asked.email ?? null })
      await ctx.store.commit(made.write)
      return c.json({ url: made.url, link: linkView(made.link) }, 201)
    },
  )
  app.openapi(
    createRoute({ method: 'delete', path: '/v1/merchant/links/{id}', tags, security, summary: 'End a link', description: 'It stops working at once, and so do payment pages that were opened with it.', request: { params: byId }, responses: { 204: { description: 'Ended' }, ...refusals } }),
    async c => {
      const { sessions, changes } = ctx.store.merchant(c.get('staff').merchantId)
      const now = ctx.clock.now()
      const outcome = await ctx.store.commit(sessions.revokeLink(c.req.valid('param').id as LinkId, now), changes.tellRightEnded(now))
      return outcome.kind === 'refused' ? problem(c, 'not-found', 'There is no such link.') : c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/customers/{id}/preview', tags, security, summary: 'See what one customer sees', description: 'A page for half an hour, with which nothing can be paid.', request: { params: byId, ...body(z.strictObject({})) }, responses: { 200: json(z.object({ url: z.string() }), 'The page'), ...refusals } }),
    async c => {
      const merchant = ctx.store.merchant(c.get('staff').merchantId)
      const customer = await merchant.desk.customer(c.req.valid('param').id)
      if (!customer) return problem(c, 'not-found', noCustomer) as never
      const made = newPreview(ctx, merchant.id, customer.id)
      await ctx.store.commit(made.write)
      return c.json({ url: made.url }, 200)
    },
  )
}
