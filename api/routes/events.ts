import type { Context as HonoContext } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { ChangeRow } from '../../db/queries/changes.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'

const heartbeatMs = 15_000

/**
 * Streams what is different until the reader goes away. `tell` turns the changes into events.
 * `stands` is asked at every heartbeat: a right that has ended ends its stream.
 */
export function streamChanges(
  ctx: Context, c: HonoContext, whose: { merchantId: MerchantId; customerIds: readonly CustomerId[] | null },
  tell: (changes: readonly ChangeRow[]) => Promise<readonly { event: string; data: unknown }[]>, stands: () => Promise<boolean>,
): Response {
  c.header('cache-control', 'no-store')
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
        if (changes.length === 0) {
          if (!(await stands())) return
          await stream.write(': still here\n\n')
          continue
        }
        for (const { event, data } of await tell(changes)) await stream.writeSSE({ event, data: JSON.stringify(data) })
      }
    } finally {
      forget()
    }
  })
}
