import type { MiddlewareHandler } from 'hono'
import type { Context } from '../context.ts'
import { currentTrace, noteTrace } from '../trace.ts'
import { carriedBy } from './carried.ts'
import { bearerOf } from './guard.ts'

type Answer = { body: Uint8Array<ArrayBuffer>; type: string; merchant: string | undefined; at: number }
/** Most questions are asked once: the first time, only that it was asked is kept. */
type Asked = Answer | 'asked'

/** Rights run out and days end without anything being written: nothing is believed for longer. */
const goodForMs = 1_000
const answersMax = 2_000
const bodyMaxBytes = 128 * 1024

/**
 * Answers the same question of the same caller from memory, for a second at most and only while nothing at all has been written
 * since it was answered, so that a burst of readers costs one reading. Where other processes write too, nobody knows, and nothing is kept.
 */
export function rememberAnswers(ctx: Context): MiddlewareHandler {
  const answers = new Map<string, Asked>()
  let knownVersion: number | null = null
  const keep = (key: string, asked: Asked) => {
    if (answers.size >= answersMax) answers.clear()
    answers.set(key, asked)
  }
  return async (c, next) => {
    const token = c.req.method === 'GET' ? bearerOf(c) : null
    const version = token === null ? null : ctx.store.version()
    if (token === null || version === null) return next()
    const now = ctx.clock.now()
    if (version !== knownVersion) answers.clear()
    knownVersion = version
    // The right as it was sent: to hash it costs a tenth of such an answer, and what is kept here is never written down.
    const key = `${token} ${c.req.url} ${c.req.header('accept-language') ?? ''}`
    const known = answers.get(key)
    if (known && known !== 'asked' && now - known.at < goodForMs && now >= known.at) {
      if (known.merchant) noteTrace({ merchant: known.merchant })
      c.set('carriesAll', true)
      // Headers that are given at once are sent as they stand; one more would have them all read and checked anew, a tenth of the time of such an answer.
      return new Response(known.body, { headers: { ...carriedBy(ctx, c), 'content-type': known.type } })
    }
    await next()
    if (!known) return keep(key, 'asked')
    const type = c.res.headers.get('content-type')
    if (c.res.status !== 200 || !type?.startsWith('application/json')) return
    // Bytes are sent as they are; text would be encoded for each who asks.
    const body = new Uint8Array(await c.res.clone().arrayBuffer())
    // What was written meanwhile may be in one half of the answer alone.
    if (ctx.store.version() !== version || knownVersion !== version || body.byteLength > bodyMaxBytes) return
    keep(key, { body, type, merchant: currentTrace().merchant, at: now })
  }
}
