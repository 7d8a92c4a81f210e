import type { Context } from 'hono'
import type { World } from '../world.ts'
import { invalid, StripeFailure } from './failure.ts'

/** Who calls: with the merchant's secret key or with the publishable key that any browser may hold. */
export type Caller = { key: 'secret' | 'publishable'; accountId: string }

export const apiVersion = '2026-10-28.endive'
/** Versions whose requests and answers are the same as the pinned one's in all that this sandbox carries. */
const knownVersions: readonly string[] = ['2026-09-30.endive', apiVersion]

/** Reads `Authorization` (Bearer, or Basic with the key as user name) or a browser's `key` parameter, and `Stripe-Account`. Throws 401 or 403. */
export function identify(c: Context, world: World, bodyKey: string | undefined): Caller {
  const key = presentedKey(c.req.header('authorization')) ?? bodyKey
  if (key === undefined || key === '') {
    throw unauthorized(
      "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.",
    )
  }
  if (key !== world.secretKey && key !== world.publishableKey) throw unauthorized(`Invalid API Key provided: ${masked(key)}`)
  const accountId = c.req.header('stripe-account') ?? c.req.header('stripe-context') ?? world.platformId
  if (accountId !== world.platformId && !world.connectedIds.includes(accountId)) {
    throw new StripeFailure(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key '${masked(key)}' does not have access to account '${accountId}' (or that account does not exist). Application access may have been revoked.`,
    })
  }
  return { key: key === world.secretKey ? 'secret' : 'publishable', accountId }
}

/** Refuses a publishable key where only the secret one will do. */
export function demandSecret(caller: Caller): void {
  if (caller.key === 'secret') return
  throw new StripeFailure(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message: 'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
  })
}

/** The `Stripe-Version` of the request; the pinned one where it names none. Throws 400 for one that the sandbox does not speak. */
export function versionOf(c: Context): string {
  const asked = c.req.header('stripe-version') ?? apiVersion
  if (knownVersions.includes(asked)) return asked
  throw invalid(`Invalid Stripe API version: ${asked}. This sandbox speaks ${knownVersions.join(' and ')}.`)
}

export function unauthorized(message: string): StripeFailure {
  return new StripeFailure(401, { type: 'invalid_request_error', message })
}

function presentedKey(header: string | undefined): string | undefined {
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(.+)$/.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return credentials
  if (scheme.toLowerCase() === 'basic') return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0]
  return undefined
}

function masked(key: string): string {
  return key.length < 12 ? '*'.repeat(key.length) : `${key.slice(0, 8)}${'*'.repeat(key.length - 12)}${key.slice(-4)}`
}
