import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import type { Clock } from '../../kit/clock.ts'
import type { Grants } from './grants.ts'
import { accountingScope } from './scopes.ts'
import type { IntuitUser } from './users.ts'

/** Whose call it is: the app and the person's name; or the gateway's own refusal. */
export type Authorize = (c: Context, realmId: string) => { appId: string; user: string } | Response

/**
 * Intuit's gateway before the Accounting API: who calls, and may they reach this company?
 * It answers in its own lower-case shape: 401 for a missing, unknown, expired or revoked token, 403 for another company's or without the permission.
 */
export function createAuthorize(parts: { grants: Grants; users: readonly IntuitUser[]; clock: Clock; clientId: string }): Authorize {
  return (c, realmId) => {
    const token = bearerToken(c)
    if (token === undefined) return unauthorized(c, parts.clock, 'Missing Authorization header')
    const grant = parts.grants.ofAccessToken(token)
    if (grant === 'unknown') return unauthorized(c, parts.clock, 'Invalid token')
    if (grant === 'expired') return unauthorized(c, parts.clock, `Token expired: ${fingerprint(token)}`)
    if (grant === 'revoked') return unauthorized(c, parts.clock, `Token revoked: ${fingerprint(token)}`)
    if (grant.realmId !== realmId || !grant.scopes.includes(accountingScope)) return forbidden(c, parts.clock)
    const user = parts.users.find(({ sub }) => sub === grant.userSub)
    return { appId: parts.clientId, user: user ? `${user.givenName} ${user.familyName}` : grant.userSub }
  }
}

export function bearerToken(c: Context): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
}

/** The recorded 401: every member of the answer's envelope present and empty, `fault` in lower case. */
export function unauthorized(c: Context, clock: Clock, detail: string): Response {
  c.header('WWW-Authenticate', 'Bearer realm="Intuit", error="invalid_token"')
  return c.json(gatewayFault(clock, tokenNotTaken(detail)), 401)
}

export function forbidden(c: Context, clock: Clock): Response {
  return c.json(gatewayFault(clock, applicationNotPermitted), 403)
}

export function throttled(c: Context): Response {
  return c.json(throttledFault, 429)
}

/** Intuit's answer to too many calls (reference: ruckus/quickbooks-ruby's recorded fault, REST basics page). */
export const throttledFault = {
  Fault: { Error: [{ Message: 'message=ThrottleExceeded; errorCode=003001; statusCode=429', Detail: 'The request limit was reached.  Try again later', code: '3001', element: '' }], type: 'SERVICE' },
}

type GatewayFault = { status: number; name: string; code: string; detail: string; type: string }

export const applicationNotPermitted: GatewayFault = { status: 403, name: 'ApplicationAuthorizationFailed', code: '3100', detail: '', type: 'AUTHORIZATION' }

export function tokenNotTaken(detail: string): GatewayFault {
  return { status: 401, name: 'AuthenticationFailed', code: '3200', detail, type: 'AUTHENTICATION' }
}

/** The gateway's envelope: every member present and empty but `fault`, in lower case. */
export function gatewayFault(clock: Clock, fault: GatewayFault): object {
  const { status, name, code, detail, type } = fault
  return {
    warnings: null,
    intuitObject: null,
    fault: { error: [{ message: `message=${name}; errorCode=00${code}; statusCode=${status}`, detail, code, element: null }], type },
    report: null,
    queryResponse: null,
    batchItemResponse: [],
    attachableResponse: [],
    syncErrorResponse: null,
    requestId: null,
    time: clock.now(),
    status: null,
    cdcresponse: [],
  }
}

function fingerprint(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}
