import type { Context as HonoContext } from 'hono'
import { html } from 'hono/html'
import { type Page, sendDocument } from './document.ts'

/** A page of a few sentences that needs no script: what happened, and the way on. */
export function sendPlain(c: HonoContext, words: { title: string; text: string; action?: { href: string; label: string }; status?: NonNullable<Page['status']> }): Promise<Response> {
  return sendDocument(c, {
    title: words.title, lang: 'en', assets: null, ...(words.status ? { status: words.status } : {}),
    body: nonce => html`<style nonce="${nonce}">
        :root { color-scheme: light dark; font: 15px/22px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
        body { margin: 0; display: grid; min-height: 100vh; place-items: center; background: light-dark(#f6f7f9, #15171b); color: light-dark(#1b1f27, #f1f2f4); }
        main { box-sizing: border-box; max-width: 480px; padding: 32px 24px; }
        h1 { margin: 0 0 8px; font-size: 20px; line-height: 26px; font-weight: 600; }
        p { margin: 0 0 20px; }
        a { display: inline-block; padding: 11px 20px; border-radius: 6px; background: #1f4fd8; color: #fff; font-weight: 600; text-decoration: none; }
        a:focus-visible { outline: 3px solid light-dark(#1b1f27, #f1f2f4); outline-offset: 2px; }
      </style>
      <main><h1>${words.title}</h1><p>${words.text}</p>${words.action ? html`<a href="${words.action.href}">${words.action.label}</a>` : ''}</main>`,
  })
}
