import { Hono, type Context as HonoContext } from 'hono'
import { html } from 'hono/html'
import { z } from 'zod'
import type { CheckoutRow } from '../../db/queries/payments.ts'
import type { PaymentId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { isPaymentId } from '../domain/payment.ts'
import { settingsOf } from '../domain/settings.ts'
import type { CheckoutView, PaymentRequest } from '../domain/views.ts'
import type { Assets } from '../pages/assets.ts'
import { sendDocument, stateOf } from '../pages/document.ts'
import { sendPlain } from '../pages/plain.ts'
import { giveUpPayment } from '../payments/give-up.ts'
import { lookAgain, startPayment } from '../payments/start.ts'
import { checkoutView, paymentView, repriced } from '../present/checkout.ts'
import { rowsNow } from '../present/portal.ts'
import { noteTrace } from '../trace.ts'
import { addressOf } from './address.ts'
import { localeFor } from './customer.ts'
import { problem } from './problem.ts'

const paymentRequest: z.ZodType<PaymentRequest> = z.strictObject({
  paymentId: z.string().refine(isPaymentId, 'must be "pay_" and a ULID'),
  confirmationToken: z.string().regex(/^ctoken_\w{5,200}$/, 'must be a confirmation token of the provider'),
  replaceOpen: z.boolean().optional(),
})

/** The hosted pay page. The token in its address is the right to pay this choice of invoices, and nothing else. */
export function payRoutes(ctx: Context, assets: Assets) {
  const app = new Hono()
  app.get('/pay/:checkout', async c => {
    const checkout = await find(ctx, c)
    if (!checkout) return sendPlain(c, { status: 404, title: 'This payment page does not exist', text: 'The address may be incomplete. Go back to your invoices and choose Pay again; you were not charged.' })
    return payPage(ctx, assets, c, checkout)
  })
  app.get('/pay/:checkout/view', async c => {
    const checkout = await find(ctx, c)
    if (!checkout) return missing(c)
    return c.json(await checkoutView(ctx, checkout, localeFor(c, c.req.query('locale'))), 200, { 'cache-control': 'no-store' })
  })
  app.post('/pay/:checkout/payments', async c => {
    const checkout = await find(ctx, c)
    if (!checkout) return missing(c)
    const parsed = paymentRequest.safeParse(await jsonOf(c))
    if (!parsed.success) return problem(c, 'invalid-request', 'The payment page sent something we do not understand. Load the page again; you were not charged.', { faults: parsed.error.issues.map(i => ({ field: i.path.join('.'), message: i.message })) })
    return pay(ctx, c, checkout, parsed.data)
  })
  app.get('/pay/:checkout/payments/:payment', async c => {
    const found = await findPayment(ctx, c)
    if (!found) return missing(c)
    const { payment, clientSecret } = await lookAgain(ctx)(found, ownAddress(ctx, c))
    return c.json(await paymentView(ctx, payment, clientSecret, localeFor(c, undefined)), 200, { 'cache-control': 'no-store' })
  })
  app.delete('/pay/:checkout/payments/:payment', async c => {
    const found = await findPayment(ctx, c)
    if (!found) return missing(c)
    const ended = (await giveUpPayment(ctx)(found.merchantId, found.id)) ?? found
    return c.json(await paymentView(ctx, ended, null, localeFor(c, undefined)))
  })
  return app
}

/** Where the provider sends the payer back to; the same for every repeat of a charge, or the provider would refuse its key. */
function ownAddress(ctx: Context, c: HonoContext): string {
  return `${ctx.config.publicUrl}/pay/${c.req.param('checkout') ?? ''}`
}

/** The body as JSON; null where it is none, which the schema then refuses. */
async function jsonOf(c: HonoContext): Promise<unknown> {
  try {
    return await c.req.json()
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

async function find(ctx: Context, c: HonoContext): Promise<CheckoutRow | null> {
  const checkout = await ctx.store.control.payments.checkoutByHash(ctx.vault.hash(c.req.param('checkout') ?? ''))
  if (checkout) noteTrace({ merchant: checkout.merchantId })
  return checkout
}

async function findPayment(ctx: Context, c: HonoContext) {
  const checkout = await find(ctx, c)
  const id = c.req.param('payment') ?? ''
  const payment = checkout && isPaymentId(id) ? await ctx.store.merchant(checkout.merchantId).payments.find(id) : null
  return payment?.checkoutId === checkout?.id ? payment : null
}

function missing(c: HonoContext): Response {
  return problem(c, 'not-found', 'There is no such payment page. Go back to your invoices and choose Pay again; you were not charged.')
}

async function pay(ctx: Context, c: HonoContext, checkout: CheckoutRow, asked: PaymentRequest): Promise<Response> {
  const locale = localeFor(c, undefined)
  const outcome = await startPayment(ctx)({ checkout, paymentId: asked.paymentId as PaymentId, confirmationToken: asked.confirmationToken, replaceOpen: asked.replaceOpen ?? false, returnUrl: ownAddress(ctx, c), payerAddress: ctx.vault.hashCode(addressOf(c, ctx.config.trustedProxies), 'payer') })
  if (outcome.kind === 'started') return c.json(await paymentView(ctx, outcome.payment, outcome.clientSecret, locale), 200, { 'cache-control': 'no-store' })
  const told = outcome.code === 'balance-changed' || outcome.code === 'already-paying' ? { invoices: await rowsOf(ctx, checkout, locale) } : {}
  if (outcome.code === 'balance-changed') {
    const lines = await repriced(ctx, checkout)
    if (lines.length > 0) await ctx.store.commit(ctx.store.merchant(checkout.merchantId).payments.repriceCheckout(checkout.id, lines))
  }
  return problem(c, outcome.code, outcome.detail, { ...told, ...(outcome.retryAfterS ? { retryAfterS: outcome.retryAfterS } : {}) })
}

function rowsOf(ctx: Context, checkout: CheckoutRow, locale: string) {
  const payer = { kind: 'payer', merchantId: checkout.merchantId, customerIds: [checkout.customerId], onlyInvoiceId: null, focusInvoiceId: null, email: checkout.payerEmail, grantHash: checkout.grantHash, via: 'link' } as const
  return rowsNow(ctx, { ...payer, customerIds: [checkout.customerId] }, checkout.lines.map(l => l.invoiceId), locale)
}

async function payPage(ctx: Context, assets: Assets, c: HonoContext, checkout: CheckoutRow): Promise<Response> {
  const locale = localeFor(c, c.req.query('locale'))
  const frame = await frameOrigin(ctx, checkout, c.req.query('frame'))
  const view = await checkoutView(ctx, checkout, locale)
  const provider = ctx.config.stripe ? new URL(ctx.config.stripe.scriptUrl).origin : null
  // Stripe's own frames and calls (docs.stripe.com/security/guide, "Content security policy").
  const live = provider === 'https://js.stripe.com'
  return sendDocument(c, {
    title: `Pay ${view.merchant.name}`, lang: 'en', assets: assets.page('pay'), frameAncestors: frame, vendorPolicies: true,
    allow: provider ? { script: [provider], frame: live ? [provider, 'https://hooks.stripe.com', 'https://*.js.stripe.com'] : [provider], connect: live ? ['https://api.stripe.com'] : [provider] } : {},
    body: () => html`<main>${withoutScripts(view)}</main>${stateOf(view, 'state')}`,
  })
}

function withoutScripts(view: CheckoutView) {
  return html`<noscript>
    <h1>Pay ${view.merchant.name} ${view.total.text}</h1>
    <p>Paying needs JavaScript, because the card is typed into our payment provider’s own form. Allow scripts for this page, or ask ${view.merchant.name} for another way to pay. You were not charged.</p>
  </noscript>`
}

/** The parent that may show the page in a frame: ourselves, or an origin that the merchant allowed. */
async function frameOrigin(ctx: Context, checkout: CheckoutRow, asked: string | undefined): Promise<string | null> {
  if (!asked) return null
  const own = new URL(ctx.config.publicUrl).origin
  if (asked === own) return own
  const { allowedOrigins } = settingsOf(await ctx.store.merchant(checkout.merchantId).self.chosenSettings())
  return allowedOrigins.includes(asked) ? asked : null
}
