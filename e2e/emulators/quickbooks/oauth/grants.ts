import type { Clock } from '../../kit/clock.ts'
import type { Shelf } from '../../kit/shelf.ts'
import { accountingScope, type Scope } from './scopes.ts'
import { hashOf, openTokens, type TokenStore } from './tokens.ts'

/** What one person allowed: the family that all tokens of one consent belong to. */
export type Grant = {
  id: string
  userSub: string
  realmId?: string
  scopes: Scope[]
  createdAt: number
  hardExpiresAt: number
  /** How often new tokens were given for the first ones. */
  renewals: number
  ended?: { at: number; why: 'revoked' | 'code used twice' | 'removed in QuickBooks' }
}

export type Consent = Pick<Grant, 'userSub' | 'scopes'> & { realmId?: string }

/** How refresh tokens behave; may be changed while the emulator runs. */
export type RefreshPolicy = {
  /** `each`: a new value on every refresh; `daily`: a new value once the present one is a day old. */
  rotation: 'each' | 'daily'
  /** How long a replaced value still works. */
  graceMs: number
}

export type Issued = { grant: Grant; accessToken: string; refreshToken: string; refreshExpiresInSeconds: number; hardExpiresInSeconds: number }

export type Grants = {
  /** A code for a consent, good once and for ten minutes, for this redirect address alone. */
  issueCode(consent: Consent, redirectUri: string): string
  /** Undefined when the code is unknown, old or for another address; a second use ends the first use's tokens. */
  redeemCode(code: string, redirectUri: string): Issued | undefined
  /** Undefined when the refresh token is unknown, replaced, expired or its grant has ended. */
  refresh(refreshToken: string): Issued | undefined
  /** Ends the grant of an access or refresh token; false when the token is unknown or its grant has ended. */
  revoke(token: string): boolean
  /** The living grant of an access token, or why there is none. */
  ofAccessToken(accessToken: string): Grant | 'unknown' | 'expired' | 'revoked'
  /** A person removes the app inside QuickBooks: every grant of the company ends. Answers how many. */
  endRealm(realmId: string): number
  /** Whether some living grant reaches the company's books. */
  isConnected(realmId: string): boolean
  all(): Grant[]
  /** Forgets every code, token and grant. */
  clear(): void
}

type Code = Consent & { redirectUri: string; expiresAt: number; grantId?: string }
type Parts = { shelf: Shelf; clock: Clock; policy: RefreshPolicy; tokens: TokenStore }

const codeLifeMs = 10 * 60_000
const dayMs = 86_400_000
const hardLifeMs = 157_680_000_000

export function openGrants(options: { shelf: Shelf; clock: Clock; seed: number; policy: RefreshPolicy }): Grants {
  const { shelf, clock } = options
  const parts: Parts = { ...options, tokens: openTokens(shelf, clock, options.seed) }
  const { tokens } = parts
  const get = (id: string) => shelf.get<Grant>('grant', id)
  const all = () => shelf.all<Grant>('grant')
  const ofRealm = (realmId: string) => all().filter(grant => grant.realmId === realmId && isLiving(parts, grant))
  return {
    issueCode(consent, redirectUri) {
      const code = tokens.newText('code')
      shelf.put('code', hashOf(code), { ...consent, redirectUri, expiresAt: clock.now() + codeLifeMs } satisfies Code)
      return code
    },
    redeemCode: (code, redirectUri) => redeemCode(parts, code, redirectUri),
    refresh: refreshToken => refresh(parts, refreshToken),
    revoke(text) {
      const token = tokens.refresh(text) ?? tokens.access(text)
      const grant = token && get(token.grantId)
      if (!isLiving(parts, grant)) return false
      end(parts, grant, 'revoked')
      return true
    },
    ofAccessToken(text) {
      const token = tokens.access(text)
      if (!token) return 'unknown'
      const grant = get(token.grantId)
      if (!isLiving(parts, grant)) return 'revoked'
      return clock.now() < token.expiresAt ? grant : 'expired'
    },
    endRealm(realmId) {
      const living = ofRealm(realmId)
      for (const grant of living) end(parts, grant, 'removed in QuickBooks')
      return living.length
    },
    isConnected: realmId => ofRealm(realmId).some(grant => grant.scopes.includes(accountingScope)),
    all,
    clear: tokens.clear,
  }
}

function redeemCode(parts: Parts, text: string, redirectUri: string): Issued | undefined {
  const { shelf, clock } = parts
  const code = shelf.get<Code>('code', hashOf(text))
  if (!code || code.redirectUri !== redirectUri) return undefined
  if (code.grantId !== undefined) {
    const first = shelf.get<Grant>('grant', code.grantId)
    if (isLiving(parts, first)) end(parts, first, 'code used twice')
    return undefined
  }
  const now = clock.now()
  if (now >= code.expiresAt) return undefined
  const { userSub, realmId, scopes } = code
  const grant: Grant = { id: `grant-${shelf.count('grant')}`, userSub, scopes, createdAt: now, hardExpiresAt: now + hardLifeMs, renewals: 0, ...(realmId !== undefined && { realmId }) }
  shelf.put('grant', grant.id, grant)
  shelf.put('code', hashOf(text), { ...code, grantId: grant.id } satisfies Code)
  const { text: refreshToken, expiresAt } = parts.tokens.issueRefresh(grant.id, grant.hardExpiresAt)
  return issued(parts, grant, refreshToken, expiresAt)
}

function refresh(parts: Parts, text: string): Issued | undefined {
  const { policy } = parts
  const now = parts.clock.now()
  const token = parts.tokens.refresh(text)
  const grant = token && parts.shelf.get<Grant>('grant', token.grantId)
  if (!token || now >= token.expiresAt || !isLiving(parts, grant)) return undefined
  if (token.replacedAt !== undefined && now >= token.replacedAt + policy.graceMs) return undefined
  parts.shelf.put('grant', grant.id, { ...grant, renewals: grant.renewals + 1 } satisfies Grant)
  const isKept = policy.rotation === 'daily' && token.replacedAt === undefined && now < token.issuedAt + dayMs
  if (isKept) return issued(parts, grant, text, token.expiresAt)
  const next = parts.tokens.issueRefresh(grant.id, grant.hardExpiresAt)
  return issued(parts, grant, next.text, next.expiresAt)
}

function issued(parts: Parts, grant: Grant, refreshToken: string, refreshExpiresAt: number): Issued {
  const secondsUntil = (atMs: number) => Math.round((atMs - parts.clock.now()) / 1000)
  return {
    grant,
    accessToken: parts.tokens.issueAccess(grant.id),
    refreshToken,
    refreshExpiresInSeconds: secondsUntil(refreshExpiresAt),
    hardExpiresInSeconds: secondsUntil(grant.hardExpiresAt),
  }
}

function isLiving(parts: Parts, grant: Grant | undefined): grant is Grant {
  return grant !== undefined && grant.ended === undefined && parts.clock.now() < grant.hardExpiresAt
}

function end(parts: Parts, grant: Grant, why: NonNullable<Grant['ended']>['why']): void {
  parts.shelf.put('grant', grant.id, { ...grant, ended: { at: parts.clock.now(), why } } satisfies Grant)
}
