import { OpenAPIHono, createRoute, z } from '@hono/zod-openapi'
import type { Context as HonoContext } from 'hono'
import type { InvoiceId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { ChangedEvent } from '../domain/views.ts'
import { findShown } from '../invoices/find.ts'
import { viewInvoice } from '../invoices/view.ts'
import { createCheckout } from '../payments/checkout.ts'
import { invoiceDetail } from '../present/detail.ts'
import { localeOf } from '../present/format.ts'
import { listView, merchantView, portalView, rowsNow } from '../present/portal.ts'
import { askPayerCode, openSession, signInPayer } from '../sessions/codes.ts'
import { said } from '../present/said.ts'
import { addressOf } from './address.ts'
import { streamChanges } from './events.ts'
import { type Payer, bearerOf, payerOf, staffOf } from './guard.ts'
import { invalidRequest } from './invalid.ts'
import { problem } from './problem.ts'
import { rememberAnswers } from './remember.ts'
import { CheckoutCreated, InvoiceDetail, InvoiceList, MerchantAnswer, Portal, Session, body, checkoutRequest, email, json, listQuery, streamQuery, localeQuery, publishableKey, refusals } from './schemas.ts'

const bearer = [{ bearer: [] }]
const byId = z.object({ id: z.string().max(64) })

/** What a customer's page may ask: see, sign in, choose what to pay. */
export function customerRoutes(ctx: Context) {
  const app = new OpenAPIHono({ defaultHook: invalidRequest })
  mountSignIn(ctx, app)
  mountInvoices(ctx, app)
  mountCheckouts(ctx, app)
  return app
}

function mountSignIn(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'get', path: '/v1/merchants/{key}', tags: ['Customers'], summary: 'How a merchant shows itself', request: { params: z.object({ key: publishableKey }) }, responses: { 200: json(MerchantAnswer, 'The merchant'), ...refusals } }),
    async c => {
      const merchant = await ctx.store.control.merchants.byPublishableKey(c.req.valid('param').key)
      if (!merchant) return problem(c, 'not-found', 'No merchant has this key. Copy the tag from the console again.') as never
      return c.json({ merchant: await merchantView(ctx, merchant.id) }, 200)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/sign-in/codes', tags: ['Customers'], summary: 'Mail a sign-in code', request: body(z.strictObject({ merchant: publishableKey, email })), responses: { 202: json(z.object({ sent: z.literal(true) }), 'The same answer whether or not the address is known'), ...refusals } }),
    async c => {
      const asked = c.req.valid('json')
      const merchant = await ctx.store.control.merchants.byPublishableKey(asked.merchant)
      if (!merchant) return problem(c, 'not-found', 'No merchant has this key. Copy the tag from the console again.') as never
      if (!(await mayTry(ctx, c, 'code'))) return problem(c, 'rate-limited', 'Too many codes were asked for. Wait a few minutes and try again.', { retryAfterS: 300 }) as never
      await askPayerCode(ctx)(merchant.id, asked.email)
      return c.json({ sent: true as const }, 202)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/sign-in/sessions', tags: ['Customers'], summary: 'Sign in with a mailed code', request: body(z.strictObject({ merchant: publishableKey, email, code: z.string().regex(/^\d{6}$/, 'must be the six digits of the mail') })), responses: { 201: json(Session, 'A session of twelve hours'), ...refusals } }),
    async c => {
      const asked = c.req.valid('json')
      const merchant = await ctx.store.control.merchants.byPublishableKey(asked.merchant)
      if (!merchant) return problem(c, 'not-found', 'No merchant has this key. Copy the tag from the console again.') as never
      if (!(await mayTry(ctx, c, 'try'))) return problem(c, 'rate-limited', 'Too many tries. Wait a few minutes and ask for a new code.', { retryAfterS: 300 }) as never
      const session = await signInPayer(ctx)(merchant.id, asked.email, asked.code)
      if (!session) return problem(c, 'invalid-code', 'This code is not right or no longer good. Check the newest mail, or ask for a new code.') as never
      return c.json({ token: session.token, expiresAt: new Date(session.expiresAt).toISOString() }, 201)
    },
  )
  app.openapi(
    createRoute({ method: 'delete', path: '/v1/sessions/current', tags: ['Customers'], summary: 'Sign out', security: bearer, responses: { 204: { description: 'Signed out' }, ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer
      const { sessions, changes } = ctx.store.merchant(payer.merchantId)
      const now = ctx.clock.now()
      if (payer.via === 'code' || payer.via === 'server') await ctx.store.commit(sessions.revokeSession(payer.grantHash, now), changes.tellRightEnded(now))
      return c.body(null, 204)
    },
  )
  const whose = z.union([z.strictObject({ id: z.string().max(64) }), z.strictObject({ quickBooksId: z.string().max(64) }), z.strictObject({ email })])
  app.openapi(
    createRoute({ method: 'post', path: '/v1/sessions', tags: ['Developers'], summary: 'Sign in a customer of your own site', description: 'Called by the merchant’s server with its API key; the token goes to the page and lives for 30 minutes.', security: bearer, request: body(z.strictObject({ customer: whose })), responses: { 201: json(Session, 'A session of thirty minutes'), ...refusals } }),
    async c => {
      const staff = await staffOf(ctx, c)
      if (staff?.kind !== 'key') return problem(c, 'unauthorized', 'Send an API key of the console as `Authorization: Bearer qk_…`. Keep it on your server.') as never
      const { sessions } = ctx.store.merchant(staff.merchantId)
      const { customer } = c.req.valid('json')
      const found = 'email' in customer ? await sessions.customersOfEmail(customer.email) : 'id' in customer ? await sessions.liveCustomer(customer.id) : [await sessions.customerByQboId(customer.quickBooksId)].flatMap(id => id ?? [])
      if (found.length === 0) return problem(c, 'not-found', 'QuickBooks knows no such customer of this merchant. Check the value, or refresh the customers in the console.') as never
      const session = await openSession(ctx, staff.merchantId, { customerIds: found, email: 'email' in customer ? customer.email : null, via: 'server' })
      await ctx.store.commit(sessions.usedApiKey(staff.keyId, ctx.clock.now()))
      return c.json({ token: session.token, expiresAt: new Date(session.expiresAt).toISOString() }, 201)
    },
  )
}

function mountInvoices(ctx: Context, app: OpenAPIHono): void {
  const middleware = rememberAnswers(ctx)
  app.openapi(
    createRoute({ method: 'get', path: '/v1/portal', middleware, tags: ['Customers'], summary: 'All that a customer’s page shows first', security: bearer, request: { query: listQuery }, responses: { 200: json(Portal, 'The page'), ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer as never
      return c.json(await portalView(ctx, payer, wishOf(c, c.req.valid('query'))), 200, { 'cache-control': 'no-store' })
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/invoices', middleware, tags: ['Customers'], summary: 'A page of invoices', security: bearer, request: { query: listQuery }, responses: { 200: json(InvoiceList, 'The page'), ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer as never
      return c.json(await listView(ctx, payer, wishOf(c, c.req.valid('query'))), 200, { 'cache-control': 'no-store' })
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/invoices/{id}', middleware, tags: ['Customers'], summary: 'One invoice whole', security: bearer, request: { params: byId, query: localeQuery }, responses: { 200: json(InvoiceDetail, 'The invoice'), ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer as never
      const detail = await invoiceDetail(ctx, payer, c.req.valid('param').id, localeFor(c, c.req.valid('query').locale))
      return detail ? c.json(detail, 200, { 'cache-control': 'no-store' }) : (problem(c, 'not-found', 'There is no such invoice.') as never)
    },
  )
  app.openapi(
    createRoute({ method: 'post', path: '/v1/invoices/{id}/views', tags: ['Customers'], summary: 'Say that a person looks at an invoice', description: 'It stands in the history once a day. Say it when somebody has touched the page, for programs open links from mails as well; asking for an invoice counts for nothing.', security: bearer, request: { params: byId }, responses: { 204: { description: 'Noted' }, ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer
      return (await viewInvoice(ctx)(payer, c.req.valid('param').id)) ? c.body(null, 204) : problem(c, 'not-found', 'There is no such invoice.')
    },
  )
  app.openapi(
    createRoute({ method: 'get', path: '/v1/invoices/{id}/pdf', tags: ['Customers'], summary: 'The invoice as QuickBooks prints it', security: bearer, request: { params: byId }, responses: { 200: { description: 'The PDF', content: { 'application/pdf': { schema: z.string().openapi({ format: 'binary' }) } } }, ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer
      return (await invoicePdf(ctx, c, payer, c.req.valid('param').id))
    },
  )
  app.get('/v1/events', async c => {
    const payer = await payerFor(ctx, c)
    if (payer instanceof Response) return payer
    const locale = localeFor(c, c.req.query('locale'))
    const { success, data } = streamQuery.safeParse(c.req.query())
    if (!success) return problem(c, 'invalid-request', '`since` is the `version` of an answer of /v1/portal, a whole number.')
    return streamChanges(ctx, c, payer, async changes => {
      const now = await payerOf(ctx, bearerOf(c) ?? '')
      if (now.kind !== 'payer') return null
      const last = changes.at(-1)
      if (!last) return []
      const ids = [...new Set(changes.flatMap(change => change.invoiceId ?? []))]
      // A page hears of no invoice that it may not show.
      const rows = ids.length > 0 ? await rowsNow(ctx, now, ids, locale) : []
      return [{ event: 'changed', data: { version: last.seq, invoices: rows.map(row => row.id), said: rows.map(said) } satisfies ChangedEvent }]
    }, data.since)
  })
}

function mountCheckouts(ctx: Context, app: OpenAPIHono): void {
  app.openapi(
    createRoute({ method: 'post', path: '/v1/checkouts', tags: ['Customers'], summary: 'Choose what to pay', description: 'Answers the address of the hosted pay page. Nothing is charged or held yet.', security: bearer, request: body(checkoutRequest), responses: { 201: json(CheckoutCreated, 'The pay page'), ...refusals } }),
    async c => {
      const payer = await payerFor(ctx, c)
      if (payer instanceof Response) return payer as never
      const wish = c.req.valid('json')
      const outcome = await createCheckout(ctx)(payer, wish)
      if (outcome.kind === 'refused') {
        const invoices = outcome.code === 'not-found' ? [] : await rowsNow(ctx, payer, wish.invoices.map(i => i.invoiceId as InvoiceId), localeFor(c, undefined))
        return problem(c, outcome.code, outcome.detail, { ...(outcome.code === 'balance-changed' || outcome.code === 'already-paying' ? { invoices } : {}), ...(outcome.retryAfterS ? { retryAfterS: outcome.retryAfterS } : {}) }) as never
      }
      const url = `${ctx.config.publicUrl}/pay/${outcome.token}`
      return c.json({ url, frameUrl: `${url}?frame=${encodeURIComponent(c.req.header('origin') ?? '')}`, expiresAt: new Date(outcome.expiresAt).toISOString() }, 201)
    },
  )
}

/** The PDF that QuickBooks prints, for whoever may see the invoice. */
export async function invoicePdf(ctx: Context, c: HonoContext, payer: Payer, id: string): Promise<Response> {
  const [listed] = await findShown(ctx, payer, [id])
  const { qboId } = listed ?? {}
  if (!listed || !qboId) return problem(c, 'not-found', 'There is no such document.')
  // Each costs one of the reads that Intuit counts.
  if (!(await ctx.store.control.sessions.within(`pdf:${payer.grantHash}`, pdfsPerWindow, 600_000, ctx.clock.now()))) return problem(c, 'rate-limited', 'Too many documents were asked for. Wait a few minutes and try again.', { retryAfterS: 300 })
  const pdf = await callQuickBooks(ctx, payer.merchantId, at => ctx.accounting.pdf(at, 'Invoice', qboId))
  if (!pdf.ok) return problem(c, 'unavailable', 'The document could not be fetched from QuickBooks just now. Try again in a minute.', { retryAfterS: 60 })
  const name = `Invoice ${listed.number ?? ''}`.trim().replace(/[^\w .-]/g, '_')
  return c.body(Buffer.from(pdf.value), 200, { 'content-type': 'application/pdf', 'content-disposition': `inline; filename="${name}.pdf"`, 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff', 'content-security-policy': 'sandbox' })
}

/** The payer of a request, or the refusal that they get. */
async function payerFor(ctx: Context, c: HonoContext): Promise<Payer | Response> {
  const token = bearerOf(c)
  const payer = token ? await payerOf(ctx, token) : { kind: 'nobody' as const }
  if (payer.kind === 'payer') return payer
  return payer.kind === 'expired' ? problem(c, 'expired', 'Your link or session has ended. Sign in again with your e-mail address.') : problem(c, 'unauthorized', 'Sign in with your e-mail address to see your invoices.')
}

function wishOf(c: HonoContext, query: z.output<typeof listQuery>) {
  return { filter: query.filter, sort: query.sort, search: query.q || null, cursor: query.cursor ?? null, most: query.limit, locale: localeFor(c, query.locale) }
}

export function localeFor(c: HonoContext, asked: string | undefined): string {
  return localeOf(asked ?? c.req.header('accept-language'))
}

const pdfsPerWindow = 60
const triesPerWindow = { code: 20, try: 40 }

/** A limit per address of the network, so that codes cannot be guessed or mail be sent in masses. */
export async function mayTry(ctx: Context, c: HonoContext, what: keyof typeof triesPerWindow): Promise<boolean> {
  return ctx.store.control.sessions.within(`${what}:${ctx.vault.hashCode(addressOf(c, ctx.config.trustedProxies), what)}`, triesPerWindow[what], 600_000, ctx.clock.now())
}
