import { type InStatement, LibsqlError, createClient } from '@libsql/client'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Commit, type Write, brokenRule } from './batch.ts'
import type { Client } from './embedded.ts'

export type RemoteOptions = {
  authToken?: string | undefined
  /** How long one call may take. It exceeds the 5 s after which a libSQL server takes the write lock from whoever dawdles. */
  timeoutMs: number
  /** Stands between this and the server, for tests. */
  around?: ((client: Client) => Client) | undefined
  /** How to wait, for tests that have no time. */
  wait?: ((ms: number) => Promise<unknown>) | undefined
}

/** The server did not say whether a batch was written, and could not be asked in time. Whoever repeats the work must look first. */
export class CommitUnknown extends Error {
  constructor(operation: string, cause: unknown) {
    super(`The database did not say whether it wrote operation ${operation}.`, { cause })
    this.name = 'CommitUnknown'
  }
}

/**
 * Opens a database on a libSQL server. Reads are asked again once where no answer came. A batch carries a row of its
 * own in `operations`, by which a lost answer is found out (docs/decisions/0015). Throws an Error that says what to do
 * when the server does not answer or does not keep foreign keys.
 */
export async function connectRemote(url: string, { authToken, timeoutMs, around = client => client, wait = sleep }: RemoteOptions) {
  // The client has no timeout of its own and would wait for ever.
  const fetchInTime = (request: Request | string | URL, init?: RequestInit) => fetch(request, { ...init, signal: AbortSignal.timeout(timeoutMs) })
  const client = around(createClient({ url, ...(authToken ? { authToken } : {}), fetch: fetchInTime }))
  const { host } = new URL(url)
  try {
    const keepsForeignKeys = await doesKeepForeignKeys(client).catch((error: unknown) => {
      throw new Error(`The database at ${host} gives no good answer (${error instanceof Error ? error.message : String(error)}). Look whether it runs, and whether DATABASE_URL and DATABASE_AUTH_TOKEN are right.`, { cause: error })
    })
    if (!keepsForeignKeys) throw new Error(`The database at ${host} does not keep foreign keys, which hold merchants apart. Choose a server that does.`)
  } catch (error) {
    await client.close()
    throw error
  }
  return {
    client: readingTwice(client),
    commit: (writes: readonly Write[]): Promise<Commit> => commit(client, writes, wait),
    close: async () => client.close(),
  }
}

/**
 * Foreign keys belong to a stream and cannot be switched inside a transaction, and the client opens one around every
 * batch: so the batch ends that one, switches, and begins its own, which the client then commits or rolls back.
 */
const withForeignKeys = ['commit', 'pragma foreign_keys = on', 'begin immediate']

const batchOf = (client: Client, statements: readonly InStatement[]) => client.batch([...withForeignKeys, ...statements], 'deferred')

async function doesKeepForeignKeys(client: Client): Promise<boolean> {
  const results = await batchOf(client, ['pragma foreign_keys'])
  return Number(results.at(-1)?.rows[0]?.[0]) === 1
}

async function commit(client: Client, writes: readonly Write[], wait: (ms: number) => Promise<unknown>): Promise<Commit> {
  if (writes.length === 0) return { kind: 'committed' }
  for (let triesLeft = 2; ; triesLeft -= 1) {
    const operation = randomUUID()
    try {
      await batchOf(client, [{ sql: `insert into operations (id, outcome, at) values (?, 'written', ${serverClock})`, args: [operation] }, ...(writes as InStatement[])])
      return { kind: 'committed' }
    } catch (error) {
      const rule = brokenRule(error)
      const cameTwice = rule?.endsWith('operations.id') ?? false
      if (rule !== null && !cameTwice) return { kind: 'refused', rule }
      if (!isUnknown(error) && !isUndone(error) && !cameTwice) throw error
      if (!isUndone(error) && (await settle(client, operation, wait)) === 'written') return { kind: 'committed' }
      if (triesLeft === 1) throw error
    }
  }
}

/** The server's own clock; nothing but the dropping of old rows goes by it. */
const serverClock = `cast(unixepoch('subsec') * 1000 as integer)`
/** After a short failure, and after a writer who dawdles has lost the lock. */
const askAgainAfterMs = [0, 1_000, 6_000]

/**
 * Finds out what became of a batch whose answer was lost. Where its row is absent it is written here as abandoned: the
 * batch may still lie in the server's queue, and would then break the row's key and be undone.
 */
async function settle(client: Client, operation: string, wait: (ms: number) => Promise<unknown>): Promise<'written' | 'abandoned'> {
  let cause: unknown
  for (const ms of askAgainAfterMs) {
    await wait(ms)
    try {
      const results = await batchOf(client, [
        { sql: `insert into operations (id, outcome, at) values (?, 'abandoned', ${serverClock}) on conflict do nothing`, args: [operation] },
        { sql: 'select outcome from operations where id = ?', args: [operation] },
      ])
      return results.at(-1)?.rows[0]?.['outcome'] === 'written' ? 'written' : 'abandoned'
    } catch (error) {
      if (!isUnknown(error) && !isUndone(error)) throw error
      cause = error
    }
  }
  throw new CommitUnknown(operation, cause)
}

/** No answer came, or none that the server itself gave: the call may have been carried out. */
function isUnknown(error: unknown): boolean {
  if (!(error instanceof LibsqlError)) return true
  if (error.code === 'SERVER_ERROR') return !(error.cause instanceof Error && 'status' in error.cause && Number(error.cause.status) < 500)
  return error.code.startsWith('HRANA_') || ['STREAM_EXPIRED', 'UNKNOWN', 'INTERNAL_ERROR', 'PROXY_ERROR'].includes(error.code)
}

/** The server says that it took the lock away or was too busy: nothing is written, and it may be sent again. */
function isUndone(error: unknown): boolean {
  return error instanceof LibsqlError && /^(TRANSACTION_(TIMEOUT|BUSY)|SQLITE_(BUSY|LOCKED))/.test(error.code)
}

/** The client with reads that are sent again once. What writes goes once: a claim whose answer was lost lapses by itself. */
function readingTwice(client: Client): Client {
  return {
    execute: async statement => {
      const isHarmless = /^\s*(select|with|pragma|create (unique )?\w+ if not exists)\b/i.test(typeof statement === 'string' ? statement : statement.sql)
      return client.execute(statement).catch((error: unknown) => {
        if (isHarmless && isUnknown(error)) return client.execute(statement)
        throw error
      })
    },
    batch: (statements, mode) => client.batch(statements, mode),
    migrate: statements => client.migrate(statements),
    close: () => client.close(),
  }
}
