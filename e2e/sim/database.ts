import { DatabaseSync } from 'node:sqlite'
import { connect } from '../../db/client.ts'
import { createClock } from '../emulators/kit/clock.ts'
import type { Faults } from '../emulators/kit/faults.ts'
import { startHranaServer } from '../emulators/libsql/index.ts'
import type { Client } from './node.ts'
import { openSharedDatabase } from './shared-database.ts'

/** One node has the file to itself; several share a server over HTTP, or a connection that takes its place. */
export type Engine = 'file' | 'server' | 'shared'
export type Row = Record<string, unknown>
export type SimDatabase = {
  url: string
  /** What may go wrong on the way to it; absent where there is no way. */
  faults: Faults | null
  /** Stands in for a node's own connection where nodes share one. */
  client: Client | null
  /** Reads past every node; null where only a node can. */
  look: ((sql: string) => Promise<Row[]>) | null
  close(): Promise<void>
}

export async function openDatabase(engine: Engine, path: string): Promise<SimDatabase> {
  switch (engine) {
    case 'file':
      return { url: `file:${path}`, faults: null, client: null, look: null, close: async () => {} }
    case 'shared': {
      const { url, faults, client, close } = await openSharedDatabase(path)
      return { url, faults, client, look: sql => lookBy(client, sql), close }
    }
    case 'server': {
      const { url, faults, close } = await startHranaServer({ path, clock: createClock() })
      return { url, faults, client: null, look: async sql => lookBy((await connect(url, { timeoutMs: 10_000 })).client, sql), close }
    }
  }
}

/** Reads a database's file. Nobody in this process may have it open, for two libraries do not see each other's locks. */
export function openReader(path: string): { read(sql: string): Row[]; close(): void } {
  const file = new DatabaseSync(path, { readOnly: true })
  return { read: sql => file.prepare(sql).all().map(row => ({ ...row })), close: () => file.close() }
}

export function readOnce(path: string, sql: string): Row[] {
  const reader = openReader(path)
  try {
    return reader.read(sql)
  } finally {
    reader.close()
  }
}

async function lookBy(client: Client, sql: string): Promise<Row[]> {
  return (await client.execute(sql)).rows.map(row => ({ ...row }))
}
