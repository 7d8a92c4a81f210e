import { Hono, type Context as HonoContext } from 'hono'
import { html, raw } from 'hono/html'
import { type Currency, digitsOf, parseDecimal } from '../domain/money.ts'
import type { InvoiceFilter, InvoiceSort, LandingInput } from '../domain/views.ts'
import { findShown, scopeOf } from '../invoices/find.ts'
import type { Context } from '../context.ts'
import type { Assets } from '../pages/assets.ts'
import { sendDocument } from '../pages/document.ts'
import { sendPlain } from '../pages/plain.ts'
import { type CheckoutWish, createCheckout } from '../payments/checkout.ts'
import { invoiceDetail } from '../present/detail.ts'
import { formatOf, portalView, sortOf, writeCursor } from '../present/portal.ts'
import { invoicePdf, localeFor } from './customer.ts'
import { type Payer, payerOf } from './guard.ts'
import { listQuery } from './schemas.ts'

const pageRows = 50
const pagesMax = 400

/** The page behind the link of an e-mail: written by the server, readable with scripts off. Looking changes nothing. */
export function landingRoutes(ctx: Context, assets: Assets) {
  const app = new Hono()
  app.get('/i/:token', async c => {
    const payer = await payerAt(ctx, c)
    return payer ? landingPage(ctx, assets, c, payer, null, null) : endedPage(ctx, assets, c)
  })
  app.get('/i/:token/invoices/:id', async c => {
    const payer = await payerAt(ctx, c)
    return payer ? landingPage(ctx, assets, c, payer, c.req.param('id'), null) : endedPage(ctx, assets, c)
  })
  app.get('/i/:token/invoices/:id/pdf', async c => {
    const payer = await payerAt(ctx, c)
    return payer ? invoicePdf(ctx, c, payer, c.req.param('id')) : endedPage(ctx, assets, c)
  })
  // Where the link inside the tag leads when no script runs on the merchant's page.
  app.get('/pay-online/:key', async c => {
    const merchant = await ctx.store.control.merchants.byPublishableKey(c.req.param('key'))
    return merchant ? signInPage(assets, c, merchant, 200, 'Sign in with your e-mail address to see and pay your invoices.') : sendPlain(c, { status: 404, title: 'This link does not work', text: 'The address may be incomplete. Ask the business for a new link.' })
  })
  app.post('/i/:token/checkouts', async c => {
    const payer = await payerAt(ctx, c)
    if (!payer) return endedPage(ctx, assets, c)
    const wish = await chosen(ctx, c, payer)
    if (wish.kind === 'unreadable') return landingPage(ctx, assets, c, payer, null, `“${wish.typed}” could not be read as an amount. Write it with digits alone, for example 120.50. Nothing was charged.`)
    const outcome = await createCheckout(ctx)(payer, wish)
    return outcome.kind === 'created' ? c.redirect(`/pay/${outcome.token}`, 303) : landingPage(ctx, assets, c, payer, null, outcome.detail)
  })
  return app
}

/** Links alone: a session's token has no business in an address. */
async function payerAt(ctx: Context, c: HonoContext): Promise<Payer | null> {
  const token = c.req.param('token') ?? ''
  const payer = token.startsWith('lnk_') ? await payerOf(ctx, token) : { kind: 'nobody' as const }
  return payer.kind === 'payer' ? payer : null
}

async function landingPage(ctx: Context, assets: Assets, c: HonoContext, payer: Payer, invoiceId: string | null, notice: string | null): Promise<Response> {
  const locale = localeFor(c, c.req.query('locale'))
  const detail = invoiceId ? await invoiceDetail(ctx, payer, invoiceId, locale) : null
  if (invoiceId && !detail) return sendPlain(c, { status: 404, title: 'This invoice cannot be shown', text: 'It does not exist, or it is not on this page.', action: { href: `/i/${c.req.param('token') ?? ''}`, label: 'See your invoices' } })
  const parsed = listQuery.safeParse({ filter: c.req.query('filter'), sort: c.req.query('sort'), q: c.req.query('q') })
  const { filter, sort, q } = parsed.success ? parsed.data : listQuery.parse({})
  const asked = Math.min(pagesMax, Math.max(1, Math.trunc(Number(c.req.query('page') ?? 1)) || 1))
  const { page, cursor } = await pageAt(ctx, payer, { filter, sort, search: q || null, locale }, asked)
  const wish = { filter, sort, search: q || null, most: pageRows, locale, cursor }
  const view = await portalView(ctx, payer, wish)
  const merchant = await ctx.store.merchant(payer.merchantId).self.find()
  const input: LandingInput = { view, detail, base: `/i/${c.req.param('token') ?? ''}`, filter: filter, query: q ?? '', sort: sort, page, locale, notice }
  const { html: inner, css } = assets.renderLanding(input)
  return sendDocument(c, {
    title: detail ? `Invoice ${detail.number ?? ''} from ${view.merchant.name}` : `Your invoices from ${view.merchant.name}`, lang: 'en', assets: assets.page('landing'), frameAncestors: null, keepsOpener: true,
    allow: { frame: [`'self'`] },
    body: nonce => html`<main><quittance-invoices mode="landing" merchant="${merchant?.publishableKey ?? ''}"><template shadowrootmode="open"><style nonce="${nonce}">${raw(css)}</style>${raw(inner)}</template></quittance-invoices></main>`,
  })
}

/** Pages are asked for by number where no script keeps a cursor. What lies beyond the end is the last page. */
async function pageAt(ctx: Context, payer: Payer, wish: { filter: InvoiceFilter; sort: InvoiceSort; search: string | null; locale: string }, asked: number): Promise<{ page: number; cursor: string | null }> {
  if (asked === 1) return { page: 1, cursor: null }
  const { today } = await formatOf(ctx, payer.merchantId, wish.locale, 1)
  const before = await ctx.store.merchant(payer.merchantId).invoices.list({ ...scopeOf(payer), filter: wish.filter, search: wish.search, sort: sortOf(wish.sort), after: null, most: (asked - 1) * pageRows + 1, today })
  const page = Math.max(1, Math.ceil(before.length / pageRows))
  const last = before[(page - 1) * pageRows - 1]
  return { page, cursor: last ? writeCursor(last) : null }
}

/** A link that has ended still knows the way back in: sign in with the address that the business has. */
async function endedPage(ctx: Context, assets: Assets, c: HonoContext): Promise<Response> {
  const link = await ctx.store.control.sessions.link(ctx.vault.hash(c.req.param('token') ?? ''))
  const merchant = link && (await ctx.store.merchant(link.merchantId).self.find())
  if (!merchant) return sendPlain(c, { status: 404, title: 'This link does not work', text: 'The address may be incomplete. Open the link in your e-mail again, or ask the business for a new one.' })
  return signInPage(assets, c, merchant, 401, `This link has ended. Sign in with your e-mail address to see your invoices, or ask ${merchant.name} for a new link.`)
}

function signInPage(assets: Assets, c: HonoContext, merchant: { name: string; publishableKey: string }, status: 200 | 401, words: string): Promise<Response> {
  return sendDocument(c, {
    title: `Your invoices from ${merchant.name}`, lang: 'en', status, assets: assets.page('landing'), allow: { frame: [`'self'`] },
    body: () => html`<main><h1>${merchant.name}</h1><quittance-invoices mode="landing" merchant="${merchant.publishableKey}"><p>${words}</p></quittance-invoices></main>`,
  })
}

/** What a form without scripts chose: `invoice` once per invoice, `amount-<id>` where a part is to be paid. What cannot be read is never taken for the whole. */
async function chosen(ctx: Context, c: HonoContext, payer: Payer): Promise<{ kind: 'read'; invoices: CheckoutWish['invoices'] } | { kind: 'unreadable'; typed: string }> {
  const form = await formOf(c)
  const ids = form.getAll('invoice').map(String)
  const rows = await findShown(ctx, payer, ids)
  const invoices: CheckoutWish['invoices'] = []
  for (const invoiceId of ids) {
    const typed = String(form.get(`amount-${invoiceId}`) ?? '').trim()
    const row = rows.find(found => found.id === invoiceId)
    const amount = row && typed ? amountOf(typed, row.currency) : undefined
    if (amount === null) return { kind: 'unreadable', typed: typed.slice(0, 40) }
    invoices.push(amount === undefined ? { invoiceId } : { invoiceId, amount })
  }
  return { kind: 'read', invoices }
}

/** A body that is no form chooses nothing. */
async function formOf(c: HonoContext): Promise<FormData> {
  try {
    return await c.req.formData()
  } catch (error) {
    if (error instanceof TypeError) return new FormData()
    throw error
  }
}

/** "120.50" or "120,50"; null where it is anything else, "1,240" included, which could mean two things. */
function amountOf(typed: string, code: Currency): number | null {
  const [, whole, fraction = ''] = /^(\d{1,12})(?:[.,](\d+))?$/.exec(typed) ?? []
  return whole === undefined || fraction.length > digitsOf(code) ? null : parseDecimal(fraction ? `${whole}.${fraction}` : whole, code)
}
