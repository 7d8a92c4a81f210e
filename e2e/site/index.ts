import { Hono, type Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { demoCustomer } from '../company/demo.ts'
import { listen } from '../emulators/kit/server.ts'
import type { SiteConnection, Visitor } from './connection.ts'
import { hostilePages } from './hostile.ts'
import { accountPage, homePage, servicesPage } from './pages.ts'
import { mintToken, type Minted } from './token.ts'

export type SiteOptions = { port?: number; host?: string; connection?: SiteConnection }

export type Site = {
  url: string
  port: number
  /** The page to open first: its visitor is signed in. */
  accountUrl: string
  /** Sets or replaces the connection; until then the account page says that invoices are not switched on. */
  connect(connection: SiteConnection): void
  close(): Promise<void>
}

const cookieName = 'alderandfinch_visitor'
const assets = ['site.css', 'account.js', 'dovetail.svg', 'counter.svg'] as const
const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const

/** The web site of an ordinary small business, with the Quittance tag on its account page. Throws what listening throws, e.g. EADDRINUSE. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  let connection = options.connection
  const visitors = new Map<string, Visitor>()
  const app = new Hono()
  const visitorOf = (c: Context) => visitors.get(getCookie(c, cookieName) ?? '')
  const signIn = (c: Context) => {
    const session = randomUUID()
    visitors.set(session, connection?.visitor ?? demoCustomer)
    setCookie(c, cookieName, session, { httpOnly: true, sameSite: 'Lax', path: '/' })
    return c.redirect('/account', 303)
  }

  for (const asset of assets) {
    const content = readFileSync(new URL(asset, import.meta.url), 'utf8')
    const type = types[asset.slice(asset.lastIndexOf('.') + 1) as keyof typeof types]
    app.get(`/${asset}`, c => c.body(content, 200, { 'content-type': `${type}; charset=utf-8` }))
  }
  app.get('/', c => c.html(homePage()))
  app.get('/services', c => c.html(servicesPage()))
  app.get('/account', async c => {
    if (c.req.query('demo') !== undefined) return signIn(c)
    const visitor = visitorOf(c)
    const minted = visitor && connection ? await mintToken(connection, visitor.email) : undefined
    return c.html(accountPage({ connection, visitor, known: connection?.visitor ?? demoCustomer, minted }), 200, { 'cache-control': 'no-store' })
  })
  app.post('/sign-in', signIn)
  app.post('/sign-out', c => {
    visitors.delete(getCookie(c, cookieName) ?? '')
    deleteCookie(c, cookieName, { path: '/' })
    return c.redirect('/account', 303)
  })
  app.get('/quittance-token', async c => {
    const visitor = visitorOf(c)
    if (!visitor || !connection) return c.json({ error: 'Sign in first.' }, 401)
    return tokenAnswer(c, await mintToken(connection, visitor.email))
  })
  app.route('/hostile', hostilePages(() => connection, demoCustomer.email))
  app.notFound(c => c.text('There is no such page.', 404))

  const server = await listen(app, options.port, options.host)
  return {
    url: server.url,
    port: server.port,
    accountUrl: `${server.url}/account?demo`,
    connect: changed => {
      connection = changed
    },
    close: server.close,
  }
}

function tokenAnswer(c: Context, minted: Minted): Response {
  return minted.kind === 'token' ? c.json({ token: minted.token, expiresAt: minted.expiresAt }) : c.json({ error: minted.why }, 502)
}
