import { parentPort } from 'node:worker_threads'
import { type PageOrder, readPage } from './read-page.ts'

/** The thread of `reading.ts`: reads pages in the order in which they come. */
parentPort?.on('message', ({ id, bytes, order }: { id: number; bytes: Uint8Array; order: PageOrder }) => {
  parentPort?.postMessage({ id, read: readPage(bytes, order) }, [])
})
