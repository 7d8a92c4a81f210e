import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { Discovery } from './discovery.ts'
import { jsonOrText } from './discovery.ts'
import { fetchText } from './fetch-text.ts'

const headSchema = z.object({ alg: z.literal('RS256'), kid: z.string() })
const claimsSchema = z.object({ iss: z.string(), aud: z.union([z.string(), z.array(z.string())]), exp: z.number(), sub: z.string().min(1) })
const keysSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string(), kty: z.literal('RSA'), n: z.string(), e: z.string() })) })

/** Clocks differ; Intuit's may be this much behind or ahead. */
const skewSeconds = 60

/**
 * Checks an OpenID Connect id_token: RS256 by one of Intuit's published keys, issuer as discovered, audience our client, not expired.
 * Answers its subject, or null where anything is wrong. Throws an Error where Intuit's keys cannot be fetched.
 */
export function createIdTokenCheck(options: { discovery: Discovery; clientId: string; timeoutMs: number }): (idToken: string, now: number) => Promise<{ sub: string } | null> {
  const known = new Map<string, KeyObject>()
  return async (idToken, now) => {
    const [head = '', payload = '', signature = '', ...rest] = idToken.split('.')
    const read = { head: headSchema.safeParse(decode(head)), claims: claimsSchema.safeParse(decode(payload)) }
    if (rest.length > 0 || !read.head.success || !read.claims.success) return null
    const { kid } = read.head.data
    const { iss, aud, exp, sub } = read.claims.data
    const { issuer, jwks_uri: jwksUri } = await options.discovery()
    if (iss !== issuer || ![aud].flat().includes(options.clientId) || now / 1000 > exp + skewSeconds) return null
    // A key that is not known yet may have been published since.
    if (!known.has(kid)) for (const [id, key] of await fetchKeys(jwksUri, options.timeoutMs)) known.set(id, key)
    const key = known.get(kid)
    return key && verify('RSA-SHA256', Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, 'base64url')) ? { sub } : null
  }
}

async function fetchKeys(url: string, timeoutMs: number): Promise<[string, KeyObject][]> {
  const { status, text } = await fetchText(url, { headers: { accept: 'application/json' } }, timeoutMs)
  const parsed = keysSchema.safeParse(jsonOrText(text))
  if (status !== 200 || !parsed.success) throw new Error(`Intuit's keys at ${url} cannot be read (${status}).`)
  return parsed.data.keys.map(({ kid, kty, n, e }) => [kid, createPublicKey({ key: { kty, n, e }, format: 'jwk' })])
}

function decode(part: string): unknown {
  return jsonOrText(Buffer.from(part, 'base64url').toString())
}
