import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { authorizeRoutes } from './authorizeEndpoint.ts'
import { bearerToken, forbidden, unauthorized } from './gateway.ts'
import { userInfo } from './identity.ts'
import type { OAuthParts } from './parts.ts'
import { tokenRoutes } from './tokenEndpoint.ts'

/** Mounts discovery, consent, tokens, revocation, keys and userinfo on Intuit's own paths. */
export function mountOAuth(app: Hono<{ Bindings: HttpBindings }>, parts: OAuthParts): void {
  app.get('/.well-known/openid_configuration', c => c.json(discoveryDocument(parts.url())))
  app.get('/.well-known/openid_sandbox_configuration', c => c.json(discoveryDocument(parts.url())))
  app.get('/op/v1/jwks', c => c.json(parts.key.jwks))
  app.get('/v1/openid_connect/userinfo', c => userInfoAnswer(parts, c))
  app.route('/', tokenRoutes(parts))
  app.route('/', authorizeRoutes(parts))
}

function discoveryDocument(url: string) {
  return {
    issuer: `${url}/op/v1`,
    authorization_endpoint: `${url}/connect/oauth2`,
    token_endpoint: `${url}/oauth2/v1/tokens/bearer`,
    userinfo_endpoint: `${url}/v1/openid_connect/userinfo`,
    revocation_endpoint: `${url}/v2/oauth2/tokens/revoke`,
    jwks_uri: `${url}/op/v1/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    scopes_supported: ['openid', 'email', 'profile', 'address', 'phone'],
    token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'realmid', 'sub'],
  }
}

function userInfoAnswer(parts: OAuthParts, c: Context): Response {
  const token = bearerToken(c)
  const grant = token === undefined ? 'unknown' : parts.grants.ofAccessToken(token)
  if (typeof grant === 'string') return unauthorized(c, parts.clock, `Token ${grant}`)
  const user = parts.users.find(u => u.sub === grant.userSub)
  if (!user || !grant.scopes.includes('openid')) return forbidden(c, parts.clock)
  return c.json(userInfo(user, grant))
}
