import { OpenAPIHono } from '@hono/zod-openapi'
import { html } from 'hono/html'
import type { Context } from '../context.ts'
import type { Assets } from '../pages/assets.ts'
import { sendDocument } from '../pages/document.ts'
import { mountCustomers } from './console-customers.ts'
import { ownPagesOnly, staffOnly } from './console-guard.ts'
import { mountHome } from './console-home.ts'
import { mountInvoices } from './console-invoices.ts'
import { mountSignIn, mountSignOut } from './console-session.ts'
import { mountApiKeys, mountSettings } from './console-settings.ts'
import { invalidRequest } from './invalid.ts'

/** The merchant's side: the console's page and the API behind it, which a merchant's own server uses with a key. */
export function consoleRoutes(ctx: Context, assets: Assets) {
  const app = new OpenAPIHono({ defaultHook: invalidRequest })
  app.use('/v1/merchant/*', ownPagesOnly(ctx))
  mountSignIn(ctx, app)
  // Whoever is not let in learns nothing about what lies behind, not even that their request was malformed.
  app.use('/v1/merchant/*', staffOnly(ctx))
  mountSignOut(ctx, app)
  mountHome(ctx, app)
  mountInvoices(ctx, app)
  mountCustomers(ctx, app)
  mountSettings(ctx, app)
  mountApiKeys(ctx, app)
  const page = (c: Parameters<typeof sendDocument>[0]) =>
    sendDocument(c, {
      title: 'Console', lang: 'en', assets: assets.page('console'),
      body: () => html`<div id="console"></div><noscript><main><h1>The console needs JavaScript</h1><p>Allow scripts for this page to see your invoices and payments. Your customers’ pages work without.</p></main></noscript>`,
    })
  app.get('/console', page)
  app.get('/console/*', page)
  return app
}
