import { connect } from '../../../db/client.ts'
import { freePort } from '../../ports.ts'
import type { Bench } from '../bench.ts'
import { type Child, startChild, startServed } from '../child.ts'
import type { Place } from '../figures.ts'
import { type Prepared, bareDatabase, prepareDatabase, settingsFor } from '../prepared.ts'
import { writeSameRows } from '../same-rows.ts'

const perCopy = 10_000
const invoices = 100_000
const many = 1_000_000
const beforeAll = '2000-01-01'

/** A company's first load from answers that are ready, beside the same rows written past everything. */
export const firstLoad: Bench = {
  name: 'first-load',
  plans: [{ id: 'first-load', what: 'first load of 100,000 invoices with their customers and payments: invoices', floorIs: 'the same rows by bare multi-row inserts on the same client', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.5 } }],
  limit: 'While one page is written, the two behind it are asked for. What the one thread does is more than the floor’s: each page is read from JSON with its amounts as text, each row is looked up first and put in its place or left, its history and the links of its payments are written beside it, each page is one durable batch with its place, and at the end all balances are added up.',
  async open() {
    const books = await startChild('servers/books.ts', { argv: [String(invoices), String(perCopy)] })
    return {
      async round() {
        const loaded = await load(books, invoices)
        const source = await connect(loaded.prepared.databaseUrl, { timeoutMs: 60_000 })
        const bare = await bareDatabase()
        const floorMs = await writeSameRows(source.client, bare)
        await Promise.all([source.close(), bare.drop()])
        loaded.prepared.drop()
        return { 'first-load': { ours: invoices / (loaded.tookMs / 1_000), floor: invoices / (floorMs / 1_000) } }
      },
      async places() {
        const loaded = await load(books, invoices, true)
        loaded.prepared.drop()
        return loaded.places
      },
      close: () => books.stop(),
    }
  },
}

/** How much memory the product holds at most while it loads much, beside what it holds for little. */
export const memory: Bench = {
  name: 'memory',
  plans: [
    { id: 'memory', what: 'first load of 1,000,000 invoices: most resident memory', floorIs: 'of 10,000', unit: 'MB', target: { kind: 'ratio-at-most', value: 1.2 } },
    { id: 'memory-most', what: 'the same by itself', floorIs: null, unit: 'MB', target: { kind: 'at-most', value: 300 } },
  ],
  limit: 'Node with the loaded modules, the database’s page cache, and the rows of three pages at a time. `npm run serve` has V8 collect the old heap whenever it has grown by three tenths, and glibc give back each large block as soon as it is free; without either the peak is some 20 MB higher.',
  async open(say) {
    return {
      async round() {
        say('loading 10,000')
        const floor = await peakOf(perCopy)
        say('loading 1,000,000')
        const ours = await peakOf(many)
        return { memory: { ours, floor }, 'memory-most': { ours, floor: null } }
      },
      close: async () => {},
    }
  },
}

async function peakOf(count: number): Promise<number> {
  const books = await startChild('servers/books.ts', { argv: [String(count), String(perCopy)] })
  const { prepared, peakBytes } = await load(books, count)
  await books.stop()
  prepared.drop()
  return peakBytes / 1_000_000
}

/** Runs a first load to its end in a process of its own, on a fresh database. Throws where not every invoice came. */
async function load(books: Child, count: number, watched = false): Promise<{ prepared: Prepared; tookMs: number; peakBytes: number; places: Place[] }> {
  const prepared = await prepareDatabase(0)
  const outside = { QUICKBOOKS_API_URL: books.ready['url'] as string }
  const api = await startServed(settingsFor(prepared, await freePort(), outside))
  if (watched) await api.ask('profile')
  const tookMs = await api.ask<number>('load', { merchantId: prepared.merchantId, begin: beforeAll })
  const places = watched ? await api.ask<Place[]>('places') : []
  const peakBytes = await api.ask<number>('peak')
  await api.stop()
  const { client, close } = await connect(prepared.databaseUrl, { timeoutMs: 60_000 })
  const [row] = (await client.execute('select count(*) n from invoices')).rows
  await close()
  if (row?.['n'] !== count) throw new Error(`of ${count} invoices ${String(row?.['n'])} came`)
  return { prepared, tookMs, peakBytes, places }
}
