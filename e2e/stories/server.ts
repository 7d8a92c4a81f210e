import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { pathToFileURL } from 'node:url'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { CheckoutView, InvoiceFilter, LandingInput, PaymentView, Problem } from '../../api/domain/views.ts'
import { fakeApi, type FakeApi } from '../../widget/fake/api.ts'
import { detailOf, handful, money, portalView } from '../../widget/fake/invoices.ts'

export type Stories = {
  url: string
  api: FakeApi
  /** What the pay page shows, and what the server answers to each payment, in order; the last answer stays. */
  checkout: { view: CheckoutView; answers: (PaymentView | Problem)[] }
  /** The address of a page with the widget in it. */
  host: (page: HostPage) => string
  /** The handful of invoices again, and no trouble. */
  reset: () => void
  close: () => Promise<void>
}
export type HostPage = { attributes?: string; head?: string; body?: string; html?: string; headers?: Record<string, string> }

/** The built widget in a bare page, over an API in memory, for looking at one state at a time. */
export async function startStories(): Promise<Stories> {
  const api = fakeApi(handful)
  const checkout: Stories['checkout'] = { view: checkoutView(), answers: [] }
  const pages = new Map<string, HostPage>()
  const app = new Hono()
  app.get('/host/:name', c => {
    const page = pages.get(c.req.param('name'))
    return page ? c.html(documentOf(page), 200, page.headers ?? {}) : c.notFound()
  })
  app.get('/v1/quittance.js', async c => c.body(await readFile('widget/dist/quittance.js', 'utf8'), 200, { 'content-type': 'text/javascript', 'access-control-allow-origin': '*' }))
  app.get('/v1/:folder{c|pages}/:file', async c => {
    const file = `widget/dist/${c.req.param('folder')}/${c.req.param('file')}`
    return c.body(await readFile(file, 'utf8'), 200, { 'content-type': file.endsWith('.css') ? 'text/css' : 'text/javascript', 'access-control-allow-origin': '*' })
  })
  app.use('/v1/*', cors())
  app.all('/v1/*', async c => api.fetch(c.req.raw))
  payPage(app, checkout)
  landingPage(app, api)
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>(done => server.once('listening', () => done()))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  api.checkoutBase = url
  return {
    url, api, checkout,
    host(page) {
      const name = String(pages.size)
      pages.set(name, page)
      return `${url}/host/${name}`
    },
    reset() {
      Object.assign(api, { rows: [...handful], view: {} })
      api.trouble.clear()
      Object.assign(checkout, { view: checkoutView(), answers: [] })
    },
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise<void>(done => server.close(() => done()))
    },
  }
}

function documentOf({ attributes = 'merchant="pk_1" token="lnk_good"', head = '', body = '', html = 'lang="en"' }: HostPage): string {
  return `<!doctype html><html ${html}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your invoices</title><link rel="icon" href="data:,">${head}</head>
<body><main><h1>Our customers</h1><quittance-invoices ${attributes}><a href="/hosted">View and pay your invoices</a></quittance-invoices>${body}</main>
<script async src="/v1/quittance.js"></script></body></html>`
}

/** The landing page as its server prints it: the element's content stands in a declarative shadow root. */
function landingPage(app: Hono, api: FakeApi): void {
  app.post('/i/:token/checkouts', c => c.redirect('/pay/chk_1', 303))
  app.get('/i/:token/:rest{.*}?', async c => {
    const manifest = JSON.parse(await readFile('widget/dist/manifest.json', 'utf8')) as { pages: { landing: { js: string; css: string[] } } }
    const { js, css } = manifest.pages.landing
    const bundle = (await import(pathToFileURL('widget/dist/server.js').href)) as { renderLanding: (input: LandingInput) => { html: string; css: string } }
    const filter = (c.req.query('filter') ?? 'open') as InvoiceFilter
    const id = /^invoices\/([^/]+)$/.exec(c.req.param('rest') ?? '')?.[1]
    const row = api.rows.find(invoice => invoice.id === id)
    const written = bundle.renderLanding({
      view: portalView(api.rows, api.view, filter), detail: row ? detailOf(row) : null, base: `/i/${c.req.param('token')}`, filter, query: '', sort: 'due', page: 1, locale: 'en-US', notice: null,
    })
    return c.html(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your invoices</title><link rel="icon" href="data:,">
${css.map(file => `<link rel="stylesheet" href="/v1/${file}">`).join('')}<script type="module" src="/v1/${js}"></script></head>
<body><main><quittance-invoices mode="landing" merchant="pk_1"><template shadowrootmode="open"><style>${written.css}</style>${written.html}</template></quittance-invoices></main></body></html>`)
  })
}

/** The pay page as its server prints it, under the Trusted Types that it requires, with a form in place of Stripe's that gives a token for whatever is typed. */
function payPage(app: Hono, checkout: Stories['checkout']): void {
  // Like the provider's, the script has a whole address, which is known once the server listens.
  const viewAt = (url: string): CheckoutView => {
    const { stripe } = checkout.view
    return { ...checkout.view, stripe: stripe && { ...stripe, scriptUrl: new URL(stripe.scriptUrl, url).href } }
  }
  const next = () => (checkout.answers.length > 1 ? checkout.answers.shift() : checkout.answers[0])
  app.get('/pay/:id', async c => {
    const manifest = JSON.parse(await readFile('widget/dist/manifest.json', 'utf8')) as { pages: { pay: { js: string; css: string[] } } }
    const { js, css } = manifest.pages.pay
    return c.html(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Pay</title><link rel="icon" href="data:,">
${css.map(file => `<link rel="stylesheet" href="/v1/${file}">`).join('')}<script type="application/json" id="state">${JSON.stringify(viewAt(c.req.url)).replaceAll('<', String.raw`\u003c`)}</script><script type="module" src="/v1/${js}"></script></head><body><main></main></body></html>`, 200, { 'content-security-policy': `require-trusted-types-for 'script'` })
  })
  app.get('/pay/:id/view', c => c.json(viewAt(c.req.url)))
  app.on(['GET', 'POST', 'DELETE'], ['/pay/:id/payments', '/pay/:id/payments/:payment'], c => {
    const answer = next()
    return answer && 'type' in answer ? c.json(answer, 409) : c.json(answer)
  })
  app.get('/card-form.js', c => c.body(cardForm, 200, { 'content-type': 'text/javascript' }))
}

export function checkoutView(change: Partial<CheckoutView> = {}): CheckoutView {
  return {
    state: 'ready', merchant: { name: 'Alder & Finch Joinery', logoUrl: null, accent: '#7a3b12', supportEmail: 'accounts@alderfinch.example' },
    customerName: 'Harbour Coffee Roasters', customerEmail: 'pat@harbourcoffee.example',
    lines: [
      { invoiceId: 'inv_1042', number: '1042', dueText: 'Due 12 Nov', amount: money(124_000), remainsText: null },
      { invoiceId: 'inv_1051', number: '1051', dueText: 'Due 3 Dec', amount: money(30_000), remainsText: '$500.00 stays open' },
    ],
    total: money(154_000), notice: null, payment: null, returnUrl: '/host/0',
    stripe: { scriptUrl: '/card-form.js', publishableKey: 'pk_live_stories', stripeAccount: null, customerSessionClientSecret: null }, ...change,
  }
}

export function paymentView(state: PaymentView['state'], message: string | null = null): PaymentView {
  const receipt = {
    reference: 'Q7K2M9', paidText: '21 Nov 2026, 14:05', method: 'Visa ending 4242', total: money(154_000), emailedTo: 'pat@harbourcoffee.example',
    lines: [{ number: '1042', amount: money(124_000), remains: money(0) }, { number: '1051', amount: money(30_000), remains: money(50_000) }],
  }
  return { id: 'pay_1', state, clientSecret: state === 'needs_action' ? 'pi_1_secret_1' : null, message, receipt: state === 'succeeded' ? receipt : null }
}

const cardForm = `globalThis.Stripe = Object.assign(() => ({
  elements: () => {
    const listeners = {}
    return {
      create: () => ({
        on: (name, listener) => { listeners[name] = listener },
        mount: place => {
          const label = document.createElement('label')
          label.append('Card number ', document.createElement('input'))
          place.append(label)
          queueMicrotask(() => listeners.ready())
        },
        focus: () => {},
      }),
      submit: async () => ({}),
      update: () => {},
    }
  },
  createConfirmationToken: async () => ({ confirmationToken: { id: 'ctoken_1' } }),
  handleNextAction: async () => ({}),
}), { version: 'endive' })`
