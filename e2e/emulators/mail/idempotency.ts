import { createHash } from 'node:crypto'
import type { Clock } from '../kit/clock.ts'
import type { Shelf } from '../kit/shelf.ts'
import { resendError, type ResendError } from './errors.ts'

const keptMs = 24 * 60 * 60 * 1000
const keyLengthMax = 256

type Kept = { fingerprint: string; atMs: number; answer: object }

/** Remembers for 24 hours what was answered under a key (resend.com/docs/dashboard/emails/idempotency-keys). */
export type IdempotencyKeys = {
  /** What a request under this key gets without being carried out: an earlier answer, or an error. Undefined lets it through; then `settle` has to follow. */
  begin(key: string, request: unknown): { answer: object } | { error: ResendError } | undefined
  /** Ends what `begin` let through. Without an answer the request failed, and the key is free again. */
  settle(key: string, request: unknown, answer: object | undefined): void
  clear(): void
}

export function openIdempotencyKeys(shelf: Shelf, clock: Clock): IdempotencyKeys {
  const running = new Set<string>()
  return {
    begin(key, request) {
      if (key.length < 1 || key.length > keyLengthMax) return { error: resendError('invalid_idempotency_key', 'The key must be between 1-256 chars.') }
      if (running.has(key)) return { error: resendError('concurrent_idempotent_requests', 'Same idempotency key used while original request is still in progress.') }
      const kept = shelf.get<Kept>('key', key)
      if (!kept || clock.now() - kept.atMs >= keptMs) {
        running.add(key)
        return undefined
      }
      if (kept.fingerprint === fingerprint(request)) return { answer: kept.answer }
      return { error: resendError('invalid_idempotent_request', 'Same idempotency key used with a different request payload.') }
    },
    settle(key, request, answer) {
      running.delete(key)
      if (answer) shelf.put('key', key, { fingerprint: fingerprint(request), atMs: clock.now(), answer })
    },
    clear: () => running.clear(),
  }
}

/** The same for two requests that say the same in another order of fields. */
function fingerprint(request: unknown): string {
  return createHash('sha256').update(JSON.stringify(sorted(request)) ?? '').digest('hex')
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, inner]) => [name, sorted(inner)]))
}
