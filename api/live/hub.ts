import { type ChangeRow, rightEnded } from '../../db/queries/changes.ts'
import type { Store } from '../../db/store.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import type { Log } from '../ports.ts'

/** `reader` names who reads, for the limit on each: the same for all pages of one customer. */
export type Listener = { reader: string; merchantId: MerchantId; /** Null hears everything of the merchant: the console. */ customerIds: readonly CustomerId[] | null; hear(changes: readonly ChangeRow[]): void; /** The server stops: nothing more will come. */ end(): void }
/** Tells open pages what is different, in the order in which it was written. */
export type Hub = {
  /** Answers how to stop, or that there are too many: of this reader, or in all. After the end nobody is taken. */
  listen(listener: Listener): { kind: 'listening'; forget(): void } | { kind: 'full'; whose: 'reader' | 'all' } | { kind: 'ended' }
  /** How many listen now. */
  listening(): number
  stop(): void
}

const pollMs = 500
const mostAtOnce = 1_000
/** Pages of one customer, or of one merchant's console, that are open at the same time. */
export const streamsOfReaderMax = 24

/** Those of these changes that a reader hears of. */
export function heardBy({ merchantId, customerIds }: Pick<Listener, 'merchantId' | 'customerIds'>, changes: readonly ChangeRow[]): ChangeRow[] {
  return changes.filter(c => c.merchantId === merchantId && c.kind !== rightEnded && (customerIds === null || (c.customerId !== '' && customerIds.includes(c.customerId))))
}

/** Follows the rows of `changes`: at once after a commit of this process, half a second after one of another. */
export async function startHub(store: Store, log: Log, streamsMax: number): Promise<Hub> {
  const listeners = new Set<Listener>()
  const readers = new Map<string, number>()
  let seen = await store.control.changes.latest()
  let ended = false
  let reading = false
  let again = false

  const read = async () => {
    for (;;) {
      const changes = await store.control.changes.after(seen, mostAtOnce)
      const last = changes.at(-1)
      if (!last) return
      seen = last.seq
      for (const listener of listeners) {
        const theirs = heardBy(listener, changes)
        // A reader who hears of nothing new looks whether their own right still stands.
        if (theirs.length > 0 || changes.some(c => c.merchantId === listener.merchantId && c.kind === rightEnded)) listener.hear(theirs)
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
  const forgetListener = (listener: Listener) => {
    if (!listeners.delete(listener)) return
    const left = (readers.get(listener.reader) ?? 1) - 1
    if (left > 0) readers.set(listener.reader, left)
    else readers.delete(listener.reader)
  }
  const timer = setInterval(wake, pollMs)
  const forget = store.onCommit(wake)
  return {
    listen(listener) {
      if (ended) return { kind: 'ended' }
      if (listeners.size >= streamsMax) return { kind: 'full', whose: 'all' }
      const ofReader = readers.get(listener.reader) ?? 0
      if (ofReader >= streamsOfReaderMax) return { kind: 'full', whose: 'reader' }
      listeners.add(listener)
      readers.set(listener.reader, ofReader + 1)
      return { kind: 'listening', forget: () => forgetListener(listener) }
    },
    listening: () => listeners.size,
    stop() {
      ended = true
      clearInterval(timer)
      forget()
      for (const listener of listeners) {
        listener.end()
        forgetListener(listener)
      }
    },
  }
}
