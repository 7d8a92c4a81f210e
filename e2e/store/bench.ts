import { randomUUID } from 'node:crypto'
import type { MerchantId } from '../../db/values.ts'
import { write } from '../../db/sql.ts'
import { type Store, type StoreOptions, openStore } from '../../db/store.ts'

/** What a guarantee is proved on: a database that belongs to the proof alone. */
export type Bench = {
  store: Store
  /** The same database through a door of its own, as another process has it, `around` its client. On the embedded file there is only one. */
  another: ((around?: StoreOptions['around']) => Promise<Store>) | null
  /** The server's address for streams held open by hand; null on the embedded file. */
  server: { url: string; authToken: string | undefined; pass(ms: number): Promise<void> } | null
  /** Moves the database's clock for every door. */
  later(ms: number): void
  /** A merchant that nobody has used before. */
  merchant(): Promise<MerchantId>
}

/** What every store promises, proved on a bench; throws where it does not hold. */
export type Guarantee = { name: string; prove(bench: Bench): Promise<void> }

/** Whether a condition holds in the database, in its own words. */
export async function holds(store: Store, condition: string): Promise<boolean> {
  return (await store.commit(write(`insert into must select ${condition}`))).kind === 'committed'
}

export type BenchOptions = {
  url: string
  authToken?: string | undefined
  /** Lets time pass for the server: a real one is waited for. Absent on the embedded file. */
  pass?: (ms: number) => Promise<void>
}

/** Opens a database and answers with the bench and how to leave it. */
export async function openBench({ url, authToken, pass }: BenchOptions): Promise<Bench & { close(): Promise<void> }> {
  let offsetMs = 0
  const doors: Store[] = []
  const open = async (around?: StoreOptions['around']) => {
    const store = await openStore({ url, authToken, clockOffsetMs: () => offsetMs, around })
    doors.push(store)
    return store
  }
  // Three processes of a new version begin at once and find the same old database.
  const [store] = pass ? await Promise.all([open(), open(), open()]) : [await open()]
  return {
    store,
    another: pass ? open : null,
    server: pass ? { url, authToken, pass } : null,
    later: ms => {
      offsetMs += ms
    },
    merchant: async () => {
      const id = `mer_${randomUUID()}` as MerchantId
      await store.commit(store.control.merchants.create({ id, name: id, publishableKey: `pk_${id}`, now: 1 }))
      return id
    },
    close: async () => {
      for (const door of doors) await door.close()
    },
  }
}
