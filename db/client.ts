import { type Client, type InStatement, LibsqlError, createClient } from '@libsql/client'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** One statement of a batch. */
export type Write = { sql: string; args: unknown[] }
/** A batch is written whole or not at all; `refused` names the rule of the database that it would have broken. */
export type Commit = { kind: 'committed' } | { kind: 'refused'; rule: string }

/** `around` stands between this and the database, for tests that end a process in the middle. */
export type ConnectOptions = { authToken?: string | undefined; timeoutMs: number; around?: ((client: Client) => Client) | undefined }

export type Connection = { client: Client; commit(writes: readonly Write[]): Promise<Commit>; close(): Promise<void> }

/**
 * Opens the database. A `file:` address is opened by one process with one connection and batches only, because
 * `@libsql/client` 0.18 loses acknowledged writes after one SQLITE_BUSY; a second process is refused by a held side file.
 * Throws an Error that says what to do when the file is taken.
 */
export async function connect(url: string, options: ConnectOptions): Promise<Connection> {
  return url.startsWith('file:') ? connectFile(url, options) : connectRemote(url, options)
}

async function connectFile(url: string, { around = client => client }: ConnectOptions): Promise<Connection> {
  const inMemory = url.includes(':memory:')
  const path = inMemory ? '' : filePath(url)
  if (path && !existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true })
  const release = inMemory ? async () => {} : await holdFile(path)
  const client = around(createClient({ url, concurrency: 1 }))
  try {
    await client.execute('pragma journal_mode = wal')
    await client.execute('pragma synchronous = full')
    await client.execute('pragma foreign_keys = on')
    await client.execute('pragma cache_size = -32000')
  } catch (error) {
    client.close()
    await release()
    throw error
  }
  return {
    client,
    commit: writes => commit(client, writes),
    close: async () => {
      client.close()
      await release()
    },
  }
}

function filePath(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
}

/** Holds an exclusive lock on a side file for as long as the process lives; the system frees it even after kill -9. */
async function holdFile(path: string): Promise<() => Promise<void>> {
  const guard = createClient({ url: `file:${path}.lock`, concurrency: 1 })
  try {
    const hold = await guard.transaction('write')
    return async () => {
      hold.close()
      guard.close()
    }
  } catch (error) {
    guard.close()
    if (error instanceof LibsqlError && error.code.startsWith('SQLITE_BUSY'))
      throw new Error(`The database ${path} is in use by another process. Stop that process first, or point DATABASE_URL at a libSQL server, which several processes may share.`, { cause: error })
    throw error
  }
}

async function connectRemote(url: string, { around = client => client, ...options }: ConnectOptions): Promise<Connection> {
  // The client has no timeout of its own and would wait for ever.
  const fetchInTime = (request: Request | string | URL, init?: RequestInit) => fetch(request, { ...init, signal: AbortSignal.timeout(options.timeoutMs) })
  const client = around(createClient({ url, ...(options.authToken ? { authToken: options.authToken } : {}), fetch: fetchInTime }))
  await client.execute('pragma foreign_keys = on')
  return { client, commit: writes => commit(client, writes), close: async () => client.close() }
}

async function commit(client: Client, writes: readonly Write[]): Promise<Commit> {
  if (writes.length === 0) return { kind: 'committed' }
  try {
    await client.batch(writes as InStatement[], 'write')
    return { kind: 'committed' }
  } catch (error) {
    const rule = brokenRule(error)
    if (rule !== null) return { kind: 'refused', rule }
    throw error
  }
}

/** The constraint that a batch broke; null for every other error. */
function brokenRule(error: unknown): string | null {
  if (!(error instanceof LibsqlError) || !error.code.startsWith('SQLITE_CONSTRAINT')) return null
  return error.message.replace(/^(SQLITE_CONSTRAINT\w*: |SQLite error: )+/, '')
}

