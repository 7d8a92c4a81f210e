import { Hono, type Context } from 'hono'
import type { Issued } from './grants.ts'
import { signIdToken } from './identity.ts'
import type { OAuthParts } from './parts.ts'
import { accessLifeSeconds } from './tokens.ts'

/** `POST /oauth2/v1/tokens/bearer` and `POST /v2/oauth2/tokens/revoke`, for the app alone. */
export function tokenRoutes(parts: OAuthParts): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-cache, no-store')
    c.header('Pragma', 'no-cache')
  })
  app.post('/oauth2/v1/tokens/bearer', async c => {
    if (!/^application\/x-www-form-urlencoded\b/i.test(c.req.header('content-type') ?? '')) return refused(c, 400, 'invalid_request', 'The body must be application/x-www-form-urlencoded')
    const form = new URLSearchParams(await c.req.text())
    if (!isApp(parts, c, form)) return refused(c, 401, 'invalid_client')
    return grantTokens(parts, c, form)
  })
  app.post('/v2/oauth2/tokens/revoke', async c => {
    const body = await c.req.text()
    const isJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '')
    const form = isJson ? new URLSearchParams() : new URLSearchParams(body)
    if (!isApp(parts, c, form)) return refused(c, 401, 'invalid_client')
    const token = isJson ? tokenOf(body) : form.get('token')
    if (!token) return refused(c, 400, 'invalid_request', 'Missing token')
    return parts.grants.revoke(token) ? c.body(null, 200) : refused(c, 400, 'invalid_request', 'Token invalid')
  })
  return app
}

function grantTokens(parts: OAuthParts, c: Context, form: URLSearchParams): Response {
  const { grants } = parts
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const code = form.get('code')
      const redirectUri = form.get('redirect_uri')
      if (!code || !redirectUri) return refused(c, 400, 'invalid_request', `Missing ${code ? 'redirect_uri' : 'code'}`)
      const issued = grants.redeemCode(code, redirectUri)
      return issued ? answer(parts, c, issued) : refused(c, 400, 'invalid_grant', 'Invalid authorization code')
    }
    case 'refresh_token': {
      const refreshToken = form.get('refresh_token')
      if (!refreshToken) return refused(c, 400, 'invalid_request', 'Missing refresh_token')
      const issued = grants.refresh(refreshToken)
      return issued ? answer(parts, c, issued) : refused(c, 400, 'invalid_grant', 'Token invalid')
    }
    case null:
      return refused(c, 400, 'invalid_request', 'Missing grant_type')
    default:
      return refused(c, 400, 'unsupported_grant_type')
  }
}

function answer(parts: OAuthParts, c: Context, issued: Issued): Response {
  const { grant } = issued
  const tellsHardLife = c.req.header('x-include-refresh-token-hard-expires-in') === 'true'
  const idToken = () => signIdToken(parts.key, { issuer: `${parts.url()}/op/v1`, clientId: parts.app.clientId, grant, nowMs: parts.clock.now() })
  return json(c, 200, {
    token_type: 'bearer',
    access_token: issued.accessToken,
    expires_in: accessLifeSeconds,
    refresh_token: issued.refreshToken,
    x_refresh_token_expires_in: issued.refreshExpiresInSeconds,
    ...(tellsHardLife && { x_refresh_token_hard_expires_in: issued.hardExpiresInSeconds }),
    ...(grant.scopes.includes('openid') && { id_token: idToken() }),
  })
}

function refused(c: Context, status: 400 | 401, error: string, description?: string): Response {
  return json(c, status, { ...(description !== undefined && { error_description: description }), error })
}

function json(c: Context, status: 200 | 400 | 401, body: object): Response {
  return c.body(JSON.stringify(body), status, { 'Content-Type': 'application/json;charset=UTF-8' })
}

function isApp(parts: OAuthParts, c: Context, form: URLSearchParams): boolean {
  const basic = /^Basic\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  const given = basic ? Buffer.from(basic, 'base64').toString() : `${form.get('client_id') ?? ''}:${form.get('client_secret') ?? ''}`
  return given === `${parts.app.clientId}:${parts.app.clientSecret}`
}

function tokenOf(body: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return typeof parsed === 'object' && parsed !== null && 'token' in parsed && typeof parsed.token === 'string' ? parsed.token : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
