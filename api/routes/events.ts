import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { ChangeRow } from '../../db/queries/changes.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'

const heartbeatMs = 15_000

/**
 * Streams what is different until the reader goes away. `tell` turns the changes into events, by the reader's right as it is
 * then; null where it has ended, which ends the stream. It is asked at every heartbeat too, with no changes.
 */
export function streamChanges(
  ctx: Context, c: HonoContext, whose: { merchantId: MerchantId; customerIds: readonly CustomerId[] | null },
  tell: (changes: readonly ChangeRow[]) => Promise<readonly { event: string; data: unknown }[] | null>,
): Response {
  c.header('cache-control', 'no-store')
  // Nobody reads the stream of a HEAD request, so nothing would ever end it.
  if (c.req.method === 'HEAD') return c.body(null, 200, { 'content-type': 'text/event-stream' })
  c.header('x-accel-buffering', 'no')
  return streamSSE(c, async stream => {
    let queue: ChangeRow[] = []
    let wake = Promise.withResolvers<void>()
    let ended = false
    const end = () => {
      ended = true
      wake.resolve()
    }
    const forget = ctx.hub.listen({ merchantId: whose.merchantId, customerIds: whose.customerIds, end, hear: changes => { queue.push(...changes); wake.resolve() } })
    stream.onAbort(end)
    try {
      await stream.write(': hello\n\n')
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
    } finally {
      forget()
    }
  })
}
