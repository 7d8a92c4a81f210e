import { Hono, type Context } from 'hono'
import { getCookie, setCookie, deleteCookie } from 'hono/cookie'
import { createHash } from 'node:crypto'
import { consentPage, problemPage, signInPage } from './consentPages.ts'
import type { CompanyChoice, ConsentRequest, OAuthParts } from './parts.ts'
import { asksForCompany, isScope } from './scopes.ts'
import type { IntuitUser } from './users.ts'

const requestLifeMs = 30 * 60_000
const cookie = 'intuit_session'

/**
 * `GET /connect/oauth2` and the pages behind it: sign in, choose the company, tick the permissions, connect or decline.
 * Plain forms: they work by keyboard and with scripts off.
 */
export function authorizeRoutes(parts: OAuthParts): Hono {
  const app = new Hono()
  app.use('/connect/*', async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-cache, no-store')
    c.header('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'")
    c.header('Referrer-Policy', 'no-referrer')
  })
  app.get('/connect/oauth2', c => begin(parts, c))
  app.get('/connect/consent', c => withRequest(parts, c, c.req.query('request'), request => show(parts, c, request)))
  app.post('/connect/sign-in', async c => {
    const form = await c.req.formData()
    return withRequest(parts, c, text(form, 'request'), request => signIn(parts, c, request, text(form, 'user')))
  })
  app.post('/connect/sign-out', async c => {
    const form = await c.req.formData()
    return withRequest(parts, c, text(form, 'request'), request => {
      parts.shelf.remove('session', getCookie(c, cookie) ?? '')
      deleteCookie(c, cookie)
      return c.redirect(`/connect/consent?request=${request.id}`, 303)
    })
  })
  app.post('/connect/consent', async c => {
    const form = await c.req.formData()
    return withRequest(parts, c, text(form, 'request'), request => decide(parts, c, request, form))
  })
  return app
}

function begin(parts: OAuthParts, c: Context): Response | Promise<Response> {
  const query = c.req.query()
  const problem = problemOf(parts, query)
  if (problem !== undefined) return c.html(problemPage(parts.app.name, problem), 400)
  const redirectUri = query['redirect_uri'] ?? ''
  const state = query['state'] ?? ''
  const asked = (query['scope'] ?? '').split(' ').filter(scope => scope !== '')
  if (asked.length === 0 || !asked.every(isScope)) return goBack(c, redirectUri, { error: 'invalid_scope', state })
  const id = createHash('sha256').update(`${parts.app.clientSecret}:request:${parts.shelf.count('consent request')}`).digest('base64url').slice(0, 24)
  const request: ConsentRequest = { id, redirectUri, scopes: [...new Set(asked)], state, askedAt: parts.clock.now() }
  parts.shelf.put('consent request', id, request)
  return show(parts, c, request)
}

/** Intuit tells the person, not the app, while it cannot trust the way back. */
function problemOf(parts: OAuthParts, query: Record<string, string>): string | undefined {
  if (query['client_id'] !== parts.app.clientId) return 'The client_id does not belong to an app that is registered here.'
  if (!query['redirect_uri']) return 'The redirect_uri is missing.'
  if (!parts.app.redirectUris.includes(query['redirect_uri'])) return `The redirect_uri ${query['redirect_uri']} is not one of the app’s redirect addresses. It must match one of them exactly, letter case and last slash included.`
  if (query['response_type'] !== 'code') return 'The response_type must be code.'
  if (!query['state']) return 'The state is missing.'
  return undefined
}

function show(parts: OAuthParts, c: Context, request: ConsentRequest, error?: string): Response | Promise<Response> {
  const user = signedIn(parts, c)
  if (!user) return c.html(signInPage({ appName: parts.app.name, request, users: parts.users, error }), error === undefined ? 200 : 400)
  const companies = asksForCompany(request.scopes) ? companiesOf(parts, user) : undefined
  return c.html(consentPage({ appName: parts.app.name, request, user, companies, error }), error === undefined ? 200 : 400)
}

function signIn(parts: OAuthParts, c: Context, request: ConsentRequest, sub: string | undefined): Response | Promise<Response> {
  const user = parts.users.find(u => u.sub === sub)
  if (!user) return show(parts, c, request, 'Choose who signs in.')
  const session = createHash('sha256').update(`${parts.app.clientSecret}:session:${parts.shelf.count('session')}`).digest('base64url')
  parts.shelf.put('session', session, { sub: user.sub })
  setCookie(c, cookie, session, { httpOnly: true, sameSite: 'Lax', path: '/connect' })
  return c.redirect(`/connect/consent?request=${request.id}`, 303)
}

function decide(parts: OAuthParts, c: Context, request: ConsentRequest, form: FormData): Response | Promise<Response> {
  const { redirectUri, state } = request
  const answered = () => parts.shelf.remove('consent request', request.id)
  if (text(form, 'answer') !== 'connect') {
    answered()
    return goBack(c, redirectUri, { error: 'access_denied', state })
  }
  const user = signedIn(parts, c)
  if (!user) return c.redirect(`/connect/consent?request=${request.id}`, 303)
  const company = asksForCompany(request.scopes) ? companiesOf(parts, user).find(choice => choice.realmId === text(form, 'realmId')) : undefined
  if (!company && asksForCompany(request.scopes)) return show(parts, c, request, 'Choose a company.')
  const scopes = request.scopes.filter(scope => form.getAll('scope').includes(scope))
  if (scopes.length === 0) return show(parts, c, request, 'Tick at least one permission, or choose No thanks.')
  answered()
  const place = company && { realmId: company.realmId }
  const code = parts.grants.issueCode({ userSub: user.sub, scopes, ...place }, redirectUri)
  return goBack(c, redirectUri, { code, state, ...place })
}

function withRequest(parts: OAuthParts, c: Context, id: string | undefined, then: (request: ConsentRequest) => Response | Promise<Response>): Response | Promise<Response> {
  const request = id === undefined ? undefined : parts.shelf.get<ConsentRequest>('consent request', id)
  if (request && parts.clock.now() < request.askedAt + requestLifeMs) return then(request)
  return c.html(problemPage(parts.app.name, 'This request has been answered already or is too old. Go back to the app and start again.'), 400)
}

function signedIn(parts: OAuthParts, c: Context): IntuitUser | undefined {
  const session = parts.shelf.get<{ sub: string }>('session', getCookie(c, cookie) ?? '')
  return parts.users.find(user => user.sub === session?.sub)
}

function companiesOf(parts: OAuthParts, user: IntuitUser): CompanyChoice[] {
  switch (user.companies) {
    case 'all':
      return parts.companies()
    case 'none':
      return []
  }
}

function goBack(c: Context, redirectUri: string, params: Record<string, string>): Response {
  const url = new URL(redirectUri)
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value)
  return c.redirect(url.href, 302)
}

function text(form: FormData, name: string): string | undefined {
  const value = form.get(name)
  return typeof value === 'string' ? value : undefined
}
