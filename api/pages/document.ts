import { randomBytes } from 'node:crypto'
import type { Context as HonoContext } from 'hono'
import { html, raw } from 'hono/html'
import type { PageAssets } from './assets.ts'

type Html = ReturnType<typeof html>
export type Page = {
  title: string
  lang: string
  assets: PageAssets | null
  body: (nonce: string) => Html
  status?: 200 | 401 | 404 | 410 | 429 | 500 | 503
  /** Who may show the page in a frame; nobody when absent. */
  frameAncestors?: string | null
  /** Other origins that the page needs, by directive. */
  allow?: { script?: string[]; frame?: string[]; connect?: string[] }
  /** True where a vendor's script runs, which may bring policies of its own; elsewhere none can be made, and text never becomes markup or script. */
  vendorPolicies?: boolean
  /** True where the address itself is the right: who could open the page has it already, and cutting it off from them costs the reader a new process before the first paint (docs/decisions/0020). */
  keepsOpener?: boolean
}

/** An HTML document under a strict policy: only our scripts, no inline style or script without this answer's nonce, nothing kept. */
export async function sendDocument(c: HonoContext, page: Page): Promise<Response> {
  const nonce = randomBytes(16).toString('base64')
  const text = await html`<!doctype html>
<html lang="${page.lang}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="robots" content="noindex" />
    <meta name="color-scheme" content="light dark" />
    <title>${page.title}</title>
    <link rel="icon" href="data:," />
    ${(page.assets?.css ?? []).map(path => html`<link rel="stylesheet" href="${servedAt(path)}" />`)}
    ${page.assets?.style ? html`<style nonce="${nonce}">${raw(page.assets.style)}</style>` : ''}
    ${page.assets ? html`<script type="module" nonce="${nonce}" src="${servedAt(page.assets.js)}"></script>` : ''}
  </head>
  <body>${page.body(nonce)}</body>
</html>`
  return c.body(String(text), page.status ?? 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy(nonce, page),
    'cache-control': 'private, no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    ...(page.keepsOpener ? {} : { 'cross-origin-opener-policy': 'same-origin-allow-popups' }),
    'permissions-policy': 'payment=(self "https://js.stripe.com"), camera=(), microphone=(), geolocation=()',
  })
}

/** Where a built file is served: `pages/pay-….js` → `/v1/pages/pay-….js`. */
function servedAt(path: string): string {
  return `/v1/${path}`
}

function policy(nonce: string, page: Page): string {
  const { script = [], frame = [], connect = [] } = page.allow ?? {}
  return [
    `default-src 'none'`, `script-src 'self' 'nonce-${nonce}' ${script.join(' ')}`.trim(), `style-src 'self' 'nonce-${nonce}'`, `img-src 'self' https: data:`, `font-src 'self'`,
    `connect-src 'self' ${connect.join(' ')}`.trim(), `frame-src ${frame.length > 0 ? frame.join(' ') : `'none'`}`, `base-uri 'none'`, `form-action 'self'`, `frame-ancestors ${page.frameAncestors ?? `'none'`}`,
    `require-trusted-types-for 'script'`, ...(page.vendorPolicies ? [] : [`trusted-types 'none'`]),
  ].join('; ')
}

/** JSON for a page's own script: it cannot end the element that holds it. */
export function stateOf(value: unknown, id: string): Html {
  return html`<script type="application/json" id="${id}">${raw(JSON.stringify(value).replaceAll('<', String.raw`\u003c`))}</script>`
}
