import { createHash } from 'node:crypto'
import type { Clock } from '../../kit/clock.ts'
import type { Shelf } from '../../kit/shelf.ts'

type RefreshToken = { grantId: string; issuedAt: number; expiresAt: number; replacedAt?: number }
type AccessToken = { grantId: string; expiresAt: number }

export const accessLifeSeconds = 3600
const refreshLifeMs = 100 * 86_400_000

/** The texts that stand for a code, an access or a refresh token. They are kept as hashes, so neither the state view nor the file can leak one. */
export type TokenStore = {
  newText(kind: keyof typeof shapes): string
  issueAccess(grantId: string): string
  /** A new refresh token, which replaces the grant's newest, whoever received that one. */
  issueRefresh(grantId: string, notAfter: number): { text: string; expiresAt: number }
  access(text: string): AccessToken | undefined
  refresh(text: string): RefreshToken | undefined
  /** Forgets all; no text of before comes again. */
  clear(): void
}

/** Intuit's own values look like this: a code begins AB11, a refresh token RT1. */
const shapes = { code: { prefix: 'AB11', bytes: 34 }, access: { prefix: 'eyJhbGciOiJkaXIi', bytes: 300 }, refresh: { prefix: 'RT1-', bytes: 32 } } as const

export function openTokens(shelf: Shelf, clock: Clock, seed: number): TokenStore {
  const era = () => shelf.get<{ number: number }>('era', 'tokens')?.number ?? 0
  /** The counter outlives a restart and the era a reset, so no value ever comes twice. */
  const newText = (kind: keyof typeof shapes) => {
    const { prefix, bytes } = shapes[kind]
    const digest = createHash('shake256', { outputLength: bytes }).update(`${seed}:${era()}:${kind}:${shelf.count(`token:${kind}`)}`)
    return prefix + digest.digest('base64url')
  }
  return {
    newText,
    issueAccess(grantId) {
      const text = newText('access')
      shelf.put('access', hashOf(text), { grantId, expiresAt: clock.now() + accessLifeSeconds * 1000 } satisfies AccessToken)
      return text
    },
    issueRefresh(grantId, notAfter) {
      const now = clock.now()
      const newest = shelf.get<{ hash: string }>('newest refresh', grantId)
      const replaced = newest && shelf.get<RefreshToken>('refresh', newest.hash)
      if (newest && replaced) shelf.put('refresh', newest.hash, { ...replaced, replacedAt: now } satisfies RefreshToken)
      const text = newText('refresh')
      const expiresAt = Math.min(now + refreshLifeMs, notAfter)
      shelf.put('refresh', hashOf(text), { grantId, issuedAt: now, expiresAt } satisfies RefreshToken)
      shelf.put('newest refresh', grantId, { hash: hashOf(text) })
      return { text, expiresAt }
    },
    access: text => shelf.get<AccessToken>('access', hashOf(text)),
    refresh: text => shelf.get<RefreshToken>('refresh', hashOf(text)),
    clear() {
      const number = era() + 1
      shelf.clear()
      shelf.put('era', 'tokens', { number })
    },
  }
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
