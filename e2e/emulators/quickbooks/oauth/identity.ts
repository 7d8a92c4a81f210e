import { createPublicKey, generateKeyPair, sign, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import type { Grant } from './grants.ts'
import type { IntuitUser } from './users.ts'

/** The key that signs id_tokens, made afresh at each start as a rotated key would be. */
export type SigningKey = { kid: string; privateKey: KeyObject; jwks: { keys: object[] } }

export async function createSigningKey(): Promise<SigningKey> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const { n, e } = createPublicKey(privateKey).export({ format: 'jwk' })
  const kid = `emulator-${n?.slice(0, 12)}`
  return { kid, privateKey, jwks: { keys: [{ kty: 'RSA', e, use: 'sig', kid, alg: 'RS256', n }] } }
}

/** An id_token with Intuit's claims (`aud` is an array, `realmid` lower case), valid for an hour. */
export function signIdToken(key: SigningKey, claims: { issuer: string; clientId: string; grant: Grant; nowMs: number }): string {
  const seconds = Math.floor(claims.nowMs / 1000)
  const { userSub, realmId } = claims.grant
  const payload = { sub: userSub, aud: [claims.clientId], ...(realmId !== undefined && { realmid: realmId }), auth_time: seconds, iss: claims.issuer, exp: seconds + 3600, iat: seconds }
  const text = [{ kid: key.kid, alg: 'RS256' }, payload].map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${text}.${sign('RSA-SHA256', Buffer.from(text), key.privateKey).toString('base64url')}`
}

/** OpenID's userinfo: each member appears only where its scope was allowed. */
export function userInfo(user: IntuitUser, grant: Grant): object {
  const { scopes } = grant
  return {
    sub: user.sub,
    ...(scopes.includes('email') && { email: user.email, emailVerified: user.emailVerified }),
    ...(scopes.includes('profile') && { givenName: user.givenName, familyName: user.familyName }),
    ...(scopes.includes('phone') && { phoneNumber: user.phoneNumber, phoneNumberVerified: true }),
    ...(scopes.includes('address') && { address: user.address }),
  }
}
