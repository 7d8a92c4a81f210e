import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { ChangeRow } from '../../db/queries/changes.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { heardBy } from '../live/hub.ts'
import { problem } from './problem.ts'

const heartbeatMs = 15_000
/** A page whose stream was ended or refused comes back after this, each at another moment. */
const comeBackMs = { from: 1_000, to: 5_000 }
const fullRetryS = 30
/** Reading anew is cheaper than telling more. */
const missedMost = 1_000

/**
 * Streams what is different until the reader goes away. With `since`, the version of what the reader has, it begins with what
 * happened after that; where that is no longer known, or too much, the reader is told that something is different. `tell` turns the changes into events, by the reader's right as it is
 * then; null where it has ended, which ends the stream. It is asked at every heartbeat too, with no changes.
 */
export function streamChanges(
  ctx: Context, c: HonoContext, whose: { merchantId: MerchantId; customerIds: readonly CustomerId[] | null },
  tell: (changes: readonly ChangeRow[]) => Promise<readonly { event: string; data: unknown }[] | null>, since: number | null = null,
): Response {
  c.header('cache-control', 'no-store')
  // Nobody reads the stream of a HEAD request, so nothing would ever end it.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' })
  c.header('x-accel-buffering', 'no')
  let queue: ChangeRow[] = []
  let wake = Promise.withResolvers<void>()
  let ended = false
  const end = () => {
    ended = true
    wake.resolve()
  }
  const listening = ctx.hub.listen({
    reader: `${whose.merchantId} ${whose.customerIds?.toSorted().join(' ') ?? 'console'}`,
    merchantId: whose.merchantId, customerIds: whose.customerIds, end, hear: changes => { queue.push(...changes); wake.resolve() },
  })
  if (listening.kind !== 'listening') return refused(ctx, c, listening)
  return streamSSE(c, async stream => {
    stream.onAbort(end)
    try {
      await stream.write(': hello\n\n')
      if (since !== null) {
        const missed = await missedSince(ctx, whose, since)
        const last = missed.at(-1)?.seq ?? since
        // What has been heard meanwhile may be among it.
        queue = [...missed, ...queue.filter(change => change.seq > last)]
        if (queue.length > 0) wake.resolve()
      }
      while (!ended) {
        const beat = setTimeout(wake.resolve, heartbeatMs)
        await wake.promise
        clearTimeout(beat)
        wake = Promise.withResolvers<void>()
        const changes = queue
        queue = []
        const events = await tell(changes)
        if (events === null) return
        if (changes.length === 0) await stream.write(': still here\n\n')
        for (const { event, data } of events) await stream.writeSSE({ event, data: JSON.stringify(data) })
      }
      if (!stream.aborted) await stream.write(`retry: ${Math.round(comeBackMs.from + Math.random() * (comeBackMs.to - comeBackMs.from))}\n\n`)
    } finally {
      listening.forget()
    }
  })
}

/** What a reader of this version has not heard of. Where rows have been dropped since, or are too many, one stands for all. */
async function missedSince(ctx: Context, whose: { merchantId: MerchantId; customerIds: readonly CustomerId[] | null }, since: number): Promise<ChangeRow[]> {
  const { changes } = ctx.store.control
  const latest = await changes.latest()
  if (since === latest) return []
  const oldest = await changes.oldest()
  const rows = await changes.after(since, missedMost)
  const isUnknown = since > latest || oldest === null || oldest > since + 1 || rows.length === missedMost
  return isUnknown ? [{ seq: latest, merchantId: whose.merchantId, customerId: '', invoiceId: null, kind: 'missed' }] : heardBy(whose, rows)
}

/** The page reads again by itself until there is room. */
function refused(ctx: Context, c: HonoContext, why: { kind: 'ended' } | { kind: 'full'; whose: 'reader' | 'all' }): Response {
  if (why.kind === 'ended') return problem(c, 'unavailable', 'The server is being restarted. Try again in a few seconds.', { retryAfterS: 3 })
  ctx.metrics.streamRefused(why.whose)
  return why.whose === 'reader'
    ? problem(c, 'rate-limited', 'Too many pages of yours follow this at the same time. Close some, or read again from time to time.', { retryAfterS: fullRetryS })
    : problem(c, 'unavailable', 'Too many pages follow what is new at the moment. Read again from time to time.', { retryAfterS: fullRetryS })
}
