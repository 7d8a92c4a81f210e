import type { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { Context } from '../context.ts'
import { sendDocument } from '../pages/document.ts'
import { allProblems } from './problem.ts'

type Operation = { summary?: string; description?: string; tags?: string[]; requestBody?: unknown; responses?: Record<string, { description?: string }> }

/** `GET /openapi.json` and `GET /docs`: the same description, for machines and for people. */
export function mountDocs(ctx: Context, app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer', description: 'A customer’s link (lnk_…) or session (ses_…); on /v1/merchant and POST /v1/sessions an API key (qk_…).' })
  // Made once, when it is first asked for: it does not change while the process lives, and a process that begins has other things to do.
  let made: ReturnType<typeof app.getOpenAPI31Document> | null = null
  const description = () => (made ??= app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: 'Quittance', version: '1', description: 'The customer account center for QuickBooks Online.' }, servers: [{ url: ctx.config.publicUrl }] }))
  app.get('/openapi.json', c => c.json(description()))
  app.get('/problems/:code', c => c.redirect(`/docs#${encodeURIComponent(c.req.param('code'))}`))
  app.get('/docs', c =>
    sendDocument(c, {
      title: 'Quittance for developers', lang: 'en', assets: null,
      body: nonce => html`<style nonce="${nonce}">
          :root { color-scheme: light dark; font: 15px/22px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
          body { max-width: 760px; margin: 0 auto; padding: 32px 20px; background: light-dark(#fff, #15171b); color: light-dark(#1b1f27, #f1f2f4); }
          h1 { font-size: 20px; line-height: 26px; } h2 { margin-top: 32px; font-size: 15px; } h1, h2 { font-weight: 600; }
          code, pre { font: 13px/18px ui-monospace, SFMono-Regular, Menlo, monospace; } pre { padding: 12px; overflow-x: auto; background: light-dark(#f4f5f7, #1f2229); border-radius: 6px; }
          article { padding: 12px 0; border-bottom: 1px solid light-dark(#e3e6ea, #3a3f4a); } article p { margin: 4px 0 0; } a { color: inherit; }
        </style>
        <main><h1>Quittance for developers</h1>
          <p>Sign a customer of your site in from your server, and give the token to the page or call the API with it. The whole description is at <a href="/openapi.json">/openapi.json</a>.</p>
          <pre>curl -X POST ${ctx.config.publicUrl}/v1/sessions -H 'Authorization: Bearer qk_…' -H 'Content-Type: application/json' -d '{"customer":{"email":"pat@example.com"}}'
curl ${ctx.config.publicUrl}/v1/invoices -H 'Authorization: Bearer ses_…'</pre>
          ${Object.entries(groups(description().paths ?? {})).map(([tag, operations]) => html`<h2>${tag}</h2>${operations.map(o => html`<article><code>${o.method.toUpperCase()} ${o.path}</code><p>${o.operation.summary ?? ''}${o.operation.description ? ` ${o.operation.description}` : ''}</p></article>`)}`)}
          <h2>When a request is refused</h2>
          <p>Refusals are <code>application/problem+json</code>; <code>type</code> ends in one of these, <code>detail</code> says what to do.</p>
          ${allProblems().map(p => html`<article id="${p.code}"><code>${p.status} ${p.code}</code><p>${p.title}</p></article>`)}
        </main>`,
    }),
  )
}

function groups(paths: object): Record<string, { method: string; path: string; operation: Operation }[]> {
  const all = Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods as Record<string, Operation>).map(([method, operation]) => ({ method, path, operation })))
  return Object.groupBy(all, entry => entry.operation.tags?.[0] ?? 'Other') as Record<string, typeof all>
}
