import { Worker } from 'node:worker_threads'
import type { QboRead } from '../ports.ts'
import { type Page, type PageOrder, readPage } from './read-page.ts'

/** What is shorter is read sooner than another thread is asked. */
const threadFromBytes = 256 * 1024
/** A thread that rests for as long ends, and gives back its memory. */
const restMs = 30_000

type Waiting = { resolve(read: QboRead<Page>): void; reject(error: unknown): void }

/**
 * Reads pages of QuickBooks' objects, long ones in a thread of their own: a thousand invoices take some forty milliseconds, for
 * which everybody else would wait. The bytes of a long page are given away. Rejects where the thread ended, and begins another for the next page.
 */
export function startReading(): (bytes: Uint8Array<ArrayBuffer>, order: PageOrder) => Promise<QboRead<Page>> {
  const waiting = new Map<number, Waiting>()
  let thread: Worker | null = null
  let asked = 0
  const ended = (of: Worker, error: unknown) => {
    if (thread !== of) return
    thread = null
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const rest = (resting: Worker) => {
    if (waiting.size > 0) return
    thread = null
    void resting.terminate()
  }
  const begin = (): Worker => {
    const begun = new Worker(new URL('./reading-thread.ts', import.meta.url))
    let resting: NodeJS.Timeout | undefined
    begun.unref()
    begun.on('message', ({ id, read }: { id: number; read: QboRead<Page> }) => {
      waiting.get(id)?.resolve(read)
      waiting.delete(id)
      clearTimeout(resting)
      if (waiting.size === 0) resting = setTimeout(() => rest(begun), restMs).unref()
    })
    begun.on('error', error => ended(begun, error))
    begun.on('exit', () => ended(begun, new Error('The thread that reads pages ended.')))
    return begun
  }
  return async (bytes, order) => {
    if (bytes.byteLength < threadFromBytes) return readPage(bytes, order)
    thread ??= begin()
    const id = ++asked
    const read = new Promise<QboRead<Page>>((resolve, reject) => waiting.set(id, { resolve, reject }))
    thread.postMessage({ id, bytes, order }, [bytes.buffer])
    return read
  }
}
