import type { Store } from '../../db/store.ts'
import type { Clock, Log } from '../ports.ts'

/** Calls are counted here for this long before they are written, so that a fast load does not write a row for each. */
const gatherMs = 500

export type CallMeter = {
  count(realmId: string, kind: 'read' | 'write'): void
  /** Writes what is counted and counts no more. */
  stop(): Promise<void>
}

/** Counts the calls to QuickBooks per company and month: reads are metered by Intuit, writes are free. */
export function startMeter(store: Store, clock: Clock, log: Log): CallMeter {
  let counted = new Map<string, { reads: number; writes: number }>()
  let timer: NodeJS.Timeout | null = null
  const flush = async () => {
    timer = null
    const taken = counted
    counted = new Map()
    const month = new Date(clock.now()).toISOString().slice(0, 7)
    for (const [realmId, { reads, writes }] of taken) {
      const row = await store.control.connections.holder(realmId)
      if (row) await store.commit(store.merchant(row.merchantId).self.countCalls(month, reads, writes))
    }
  }
  return {
    count(realmId, kind) {
      const calls = counted.get(realmId) ?? { reads: 0, writes: 0 }
      counted.set(realmId, kind === 'read' ? { ...calls, reads: calls.reads + 1 } : { ...calls, writes: calls.writes + 1 })
      timer ??= setTimeout(() => {
        flush().catch((error: unknown) => log.error({ err: error }, 'calls to QuickBooks could not be counted'))
      }, gatherMs)
    },
    stop: async () => {
      if (timer) clearTimeout(timer)
      await flush()
    },
  }
}
