import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import type { SiteConnection } from './connection.ts'
import { quittanceTag } from './tag.ts'
import { mintToken } from './token.ts'

type Html = ReturnType<typeof html>
type Hostile = { title: string; lang?: string; dir?: 'rtl'; style: string; before?: Html; wrap?: (tag: Html) => Html; policy?: (connection: SiteConnection) => string }

/** Page rules that real sites have inflicted on embedded widgets, all at once. */
const hostileStyle = `
  html { font-size: 40px; }
  * { font: italic 700 9px/3 cursive !important; color: magenta !important; letter-spacing: .5em !important; text-transform: uppercase !important; text-align: center !important; word-spacing: 2em !important; }
  div, span, p, ul, li, a, button, input, label, section, table, svg { display: inline !important; float: left !important; margin: 17px !important; padding: 0 !important; border: 5px dashed lime !important; background: yellow !important; max-width: 40px !important; transform: rotate(3deg) !important; }
  button, input, a, dialog, iframe { all: unset !important; }
  [hidden] { display: block !important; }
  :focus, :focus-visible { outline: none !important; }
  ::before, ::after { content: 'x' !important; }
  quittance-invoices { font-size: 3px; color: magenta; direction: rtl; visibility: visible; }`

const hostile: Readonly<Record<string, Hostile>> = {
  // Nothing inline and nothing from anywhere but the shop and the API. A sheet made by script is no inline style.
  csp: {
    title: 'A page with a strict content security policy',
    style: '',
    policy: ({ apiUrl }) =>
      `default-src 'none'; script-src ${apiUrl}; connect-src ${apiUrl}; frame-src ${apiUrl}; img-src 'self' ${apiUrl}; style-src 'self'; base-uri 'none'; form-action 'self'`,
  },
  css: { title: 'A page whose styles reach for everything', style: hostileStyle },
  rtl: { title: 'صفحة من اليمين إلى اليسار', lang: 'ar', dir: 'rtl', style: 'body { font: 16px/1.6 system-ui; margin: 2rem; }', before: html`<h1>حسابك</h1><p>هنا ترى فواتيرك وتدفعها.</p>` },
  dark: { title: 'A dark page', style: ':root { color-scheme: dark; } body { font: 16px/1.6 system-ui; margin: 2rem; background: #14161a; color: #dfe3e8; }', before: html`<h1>Your account</h1>` },
  sidebar: {
    title: 'A page with a 280 px column',
    style: 'body { display: grid; grid-template-columns: 1fr 280px; gap: 24px; margin: 24px; font: 16px/1.6 system-ui; } aside { width: 280px; min-width: 0; } @media (max-width: 640px) { body { grid-template-columns: 280px; } }',
    before: html`<article><h1>News from the workshop</h1><p>The new bench saw has arrived, and with it a month of sawdust. Orders placed this week will be ready before the holidays.</p></article>`,
    wrap: tag => html`<aside>${tag}</aside>`,
  },
}

/** `/hostile/<kind>` with the visitor's token, `/hostile/<kind>?anonymous` without. */
export function hostilePages(connectionOf: () => SiteConnection | undefined, demoEmail: string): Hono {
  const app = new Hono()
  app.get('/', c => c.html(html`<!doctype html><html lang="en"><title>Hostile pages</title><ul>${Object.entries(hostile).map(([kind, { title }]) => html`<li><a href="/hostile/${kind}">${title}</a></li>`)}</ul></html>`))
  app.get('/:kind/page.css', c => c.body(hostile[c.req.param('kind')]?.style ?? '', 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/:kind', async c => {
    const [kind, page, connection] = [c.req.param('kind'), hostile[c.req.param('kind')], connectionOf()]
    if (!page) return c.notFound()
    if (!connection) return c.text('The shop is not connected yet.', 503)
    const minted = c.req.query('anonymous') === undefined ? await mintToken(connection, connection.visitor?.email ?? demoEmail) : undefined
    if (minted?.kind === 'failed') return c.text(minted.why, 502)
    if (page.policy) c.header('content-security-policy', page.policy(connection))
    return show(c, kind, page, quittanceTag(connection, minted?.token))
  })
  return app
}

function show(c: Context, kind: string, page: Hostile, tag: Html): Response | Promise<Response> {
  return c.html(html`<!doctype html>
    <html lang="${page.lang ?? 'en'}" dir="${page.dir ?? 'ltr'}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <link rel="stylesheet" href="/hostile/${kind}/page.css" />
        <link rel="icon" href="/dovetail.svg" />
      </head>
      <body>
        ${page.before ?? html`<h1>${page.title}</h1>`}
        ${page.wrap ? page.wrap(tag) : tag}
      </body>
    </html>`)
}
