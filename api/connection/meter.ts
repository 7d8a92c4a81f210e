import type { Store } from '../../db/store.ts'
import type { Clock, Log } from '../ports.ts'

/** Counts calls to Intuit per company and writes the sums down every second: reads are metered there, writes are free. */
export type Meter = { count(realmId: string, kind: 'read' | 'write'): void; flush(): Promise<void>; stop(): Promise<void> }

const flushMs = 1_000

export function startMeter(store: Store, clock: Clock, log: Log): Meter {
  let counted = new Map<string, { reads: number; writes: number }>()
  const flush = async () => {
    const sums = counted
    counted = new Map()
    const month = new Date(clock.now()).toISOString().slice(0, 7)
    for (const [realmId, { reads, writes }] of sums) {
      const connection = await store.control.connections.byRealm(realmId)
      if (connection) await store.commit(store.merchant(connection.merchantId).self.countCalls(month, reads, writes))
    }
  }
  const safely = () => flush().catch((error: unknown) => log.error({ err: error }, 'the read meter was not written'))
  const timer = setInterval(safely, flushMs)
  return {
    count(realmId, kind) {
      const sum = counted.get(realmId) ?? { reads: 0, writes: 0 }
      counted.set(realmId, { reads: sum.reads + (kind === 'read' ? 1 : 0), writes: sum.writes + (kind === 'write' ? 1 : 0) })
    },
    flush,
    async stop() {
      clearInterval(timer)
      await flush()
    },
  }
}
