import { createHash } from 'node:crypto'
import type { World } from '../world.ts'
import { invalid, StripeFailure } from './failure.ts'

export type SavedAnswer = { status: number; body: object; requestId: string }
type Entry = { fingerprint: string; path: string; startedAt: number; answer: SavedAnswer | null }

/** Stripe keeps a key for at least 24 hours (docs.stripe.com/api/idempotent_requests). */
const keptMs = 24 * 3_600_000
const keyCharactersMax = 255

/**
 * Runs a POST once per `Idempotency-Key` and merchant. The same key with the same parameters gets the first answer again,
 * errors included; with others an `idempotency_error`; while the first still runs, 409. A request that is refused
 * before it starts to execute leaves no trace, so its key stays free.
 */
export async function onlyOnce(world: World, request: { key: string | undefined; accountId: string; path: string; body: string }, run: () => Promise<SavedAnswer>): Promise<SavedAnswer & { replayed: boolean }> {
  const { key, accountId, path } = request
  if (key === undefined) return { ...(await run()), replayed: false }
  if (key.length > keyCharactersMax) throw invalid(`Idempotency keys can have up to ${keyCharactersMax} characters.`)
  const place = `${accountId} idempotency`
  const fingerprint = createHash('sha256').update(request.body).digest('hex')
  const earlier = world.shelf.get<Entry>(place, key)
  if (earlier && world.clock.now() - earlier.startedAt < keptMs) {
    if (earlier.path !== path) throw mismatch(`Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${earlier.path}'). Try using a key other than '${key}' if you meant to execute a different request.`)
    if (earlier.fingerprint !== fingerprint) throw mismatch(`Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`)
    if (earlier.answer === null) throw inProgress(key)
    return { ...earlier.answer, replayed: true }
  }
  const entry: Entry = { fingerprint, path, startedAt: world.clock.now(), answer: null }
  world.shelf.put(place, key, entry)
  try {
    const answer = await run()
    world.shelf.put(place, key, { ...entry, answer })
    return { ...answer, replayed: false }
  } catch (error) {
    world.shelf.remove(place, key)
    throw error
  }
}

function mismatch(message: string): StripeFailure {
  return new StripeFailure(400, { type: 'idempotency_error', message })
}

function inProgress(key: string): StripeFailure {
  return new StripeFailure(409, {
    type: 'idempotency_error',
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
  })
}
