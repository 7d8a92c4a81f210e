import { type OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import type { Context } from '../context.ts'
import { archiveInvoice } from '../invoices/archive.ts'
import { publishInvoices } from '../invoices/publish.ts'
import { sendInvoice } from '../invoices/send.ts'
import { consoleInvoiceRows, consoleInvoices } from '../present/console-lists.ts'
import { ConsoleInvoice, ConsoleInvoices, byId, invoiceQuery } from './console-schemas.ts'
import { localeFor } from './customer.ts'
import { problem } from './problem.ts'
import { body, email, json, refusals } from './schemas.ts'

const tags = ['Merchants']
const security = [{ bearer: [] }]
const idsMax = 100

/** The merchant's invoices: see, publish, send, archive. */
export function mountInvoices(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchant/invoices', tags, security, summary: 'A page of all invoices, drafts included', request: { query: invoiceQuery }, responses: { 200: json(ConsoleInvoices, 'The page'), ...refusals } }),
    async c => {
      const { filter, q, cursor, limit } = c.req.valid('query')
      return c.json(await consoleInvoices(ctx, c.get('staff').merchantId, { filter, search: q || null, cursor: cursor ?? null, most: limit, locale: localeFor(c, undefined) }), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/publications', tags, security, summary: 'Show drafts to their customers', description: 'Mails nothing. What is published already stays as it is.', request: body(z.strictObject({ ids: z.array(z.string().max(64)).min(1).max(idsMax) })), responses: { 200: json(z.object({ invoices: z.array(ConsoleInvoice) }), 'The invoices as they are now'), ...refusals } }),
    async c => {
      const { merchantId } = c.get('staff')
      const { ids } = c.req.valid('json')
      if ((await publishInvoices(ctx)(merchantId, ids)) === null) return problem(c, 'not-found', 'One of these invoices does not exist. Nothing was published; load the list again.') as never
      return c.json({ invoices: await consoleInvoiceRows(ctx, merchantId, ids, localeFor(c, undefined)) }, 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/invoices/{id}/send', tags, security, summary: 'Mail an invoice to its customer', description: 'The mail brings a link to the customer’s page. Without an address it goes to the one that QuickBooks holds. A draft is published. The same invoice to the same address within a minute is mailed once.', request: { params: byId, ...body(z.strictObject({ email: email.optional() })) }, responses: { 200: json(ConsoleInvoice, 'The invoice as it is now'), ...refusals } }),
    async c => {
      const { merchantId } = c.get('staff')
      const { id } = c.req.valid('param')
      const outcome = await sendInvoice(ctx)(merchantId, id, c.req.valid('json').email ?? null)
      if (outcome.kind === 'refused') return problem(c, outcome.code, outcome.detail) as never
      return c.json(await rowNow(merchantId, id, localeFor(c, undefined)), 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/merchant/invoices/{id}/archive', tags, security, summary: 'Put an invoice out of sight here', description: 'Its customer no longer sees it. Nothing is changed in QuickBooks.', request: { params: byId, ...body(z.strictObject({})) }, responses: { 200: json(ConsoleInvoice, 'The invoice as it is now'), ...refusals } }),
    async c => {
      const { merchantId } = c.get('staff')
      const { id } = c.req.valid('param')
      const outcome = await archiveInvoice(ctx)(merchantId, id)
      if (outcome.kind === 'refused') return problem(c, outcome.code, outcome.detail) as never
      return c.json(await rowNow(merchantId, id, localeFor(c, undefined)), 200)
    },
  )
  async function rowNow(merchantId: `mer_${string}`, id: string, locale: string) {
    const [row] = await consoleInvoiceRows(ctx, merchantId, [id], locale)
    if (!row) throw new Error('an invoice that was just written is not there')
    return row
  }
}
