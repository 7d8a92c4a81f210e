import type { ChangeRow } from '../../db/queries/changes.ts'
import type { Store } from '../../db/store.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import type { Log } from '../ports.ts'

export type Listener = { merchantId: MerchantId; /** Null hears everything of the merchant: the console. */ customerIds: readonly CustomerId[] | null; hear(changes: readonly ChangeRow[]): void; /** The server stops: nothing more will come. */ end(): void }
/** Tells open pages what is different, in the order in which it was written. */
export type Hub = { listen(listener: Listener): () => void; /** A right of this merchant has ended: every reader looks whether its own still stands. */ recheck(merchantId: MerchantId): void; stop(): void }

const pollMs = 1_000
const mostAtOnce = 1_000

/** Follows the rows of `changes`: at once after a commit of this process, within a second after one of another. */
export async function startHub(store: Store, log: Log): Promise<Hub> {
  const listeners = new Set<Listener>()
  let seen = await store.control.changes.latest()
  let reading = false
  let again = false

  const read = async () => {
    for (;;) {
      const changes = await store.control.changes.after(seen, mostAtOnce)
      const last = changes.at(-1)
      if (!last) return
      seen = last.seq
      for (const listener of listeners) {
        const theirs = changes.filter(c => c.merchantId === listener.merchantId && (listener.customerIds === null || (c.customerId !== '' && listener.customerIds.includes(c.customerId))))
        if (theirs.length > 0) listener.hear(theirs)
      }
    }
  }
  const wake = () => {
    if (reading) {
      again = true
      return
    }
    reading = true
    read()
      .catch((error: unknown) => log.error({ err: error }, 'the changes could not be read; the next poll tries again'))
      .finally(() => {
        reading = false
        if (again) {
          again = false
          wake()
        }
      })
  }
  const timer = setInterval(wake, pollMs)
  const forget = store.onCommit(wake)
  return {
    listen(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    recheck(merchantId) {
      for (const listener of listeners) if (listener.merchantId === merchantId) listener.hear([])
    },
    stop() {
      clearInterval(timer)
      forget()
      for (const listener of listeners) listener.end()
      listeners.clear()
    },
  }
}
