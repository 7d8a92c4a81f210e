import { type InStatement, LibsqlError } from '@libsql/client'
import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Commit, type Write, brokenRule } from './batch.ts'
import { type Client, openFile } from './embedded.ts'
import { connectRemote, type RemoteOptions } from './remote.ts'

export type { Commit, Write } from './batch.ts'

/** What a file does not need is for servers alone. */
export type ConnectOptions = RemoteOptions & {
  /** From so many characters on a batch is large for a file, for tests that have none so large. */
  largeFrom?: number | undefined
}

export type Connection = { client: Client; commit(writes: readonly Write[]): Promise<Commit>; close(): Promise<void> }

/**
 * Opens the database. A `file:` address is opened by one process with one connection and batches only, because
 * `@libsql/client` 0.18 loses acknowledged writes after one SQLITE_BUSY; a second process is refused by a held side file.
 * Every other address is a libSQL server's. Throws an Error that says what to do when the file is taken or the server is not there.
 */
export async function connect(url: string, options: ConnectOptions): Promise<Connection> {
  return url.startsWith('file:') ? connectFile(url, options) : connectRemote(url, options)
}

async function connectFile(url: string, { around = client => client, largeFrom }: ConnectOptions): Promise<Connection> {
  const inMemory = url.includes(':memory:')
  const path = inMemory ? '' : filePath(url)
  if (path && !existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true })
  const release = inMemory ? async () => {} : await holdFile(path)
  let client: Client
  try {
    client = around(openFile(path || ':memory:', ['pragma journal_mode = wal', 'pragma synchronous = full', 'pragma foreign_keys = on', 'pragma cache_size = -8000'], largeFrom))
  } catch (error) {
    await release()
    throw error
  }
  const { commit: commitTogether, written } = groupCommits(client)
  return {
    client,
    commit: commitTogether,
    close: async () => {
      await written()
      await client.close()
      await release()
    },
  }
}

/** The file of an embedded database; null for a server's address and for one in memory. */
export function databasePath(url: string): string | null {
  return url.startsWith('file:') && !url.includes(':memory:') ? filePath(url) : null
}

/** The path of a `file:` address. */
export function filePath(url: string): string {
  return url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length)
}

/** Kept here, for a lock whose connection nobody remembers is given up when it is collected. */
const held = new Set<Client>()

/** Holds an exclusive lock on a side file for as long as the process lives; the system frees it even after kill -9. */
export async function holdFile(path: string): Promise<() => Promise<void>> {
  const guard = openFile(`${path}.lock`)
  try {
    await guard.execute('begin immediate')
  } catch (error) {
    await guard.close()
    if (error instanceof LibsqlError && error.code === 'SQLITE_BUSY')
      throw new Error(`The database ${path} is in use by another process. Stop that process first, or point DATABASE_URL at a libSQL server, which several processes may share.`, { cause: error })
    throw error
  }
  held.add(guard)
  return async () => {
    held.delete(guard)
    await guard.close()
  }
}

const groupMax = 64

/**
 * Writes what is given within one turn of the event loop in one transaction, so that many share the one wait for the disk; each is told
 * that it is written when all are. Where one of them breaks a rule, nothing of the group stands, and each is written by itself.
 */
function groupCommits(client: Client): { commit: Connection['commit']; /** Waits until nothing waits to be written. */ written(): Promise<void> } {
  type Waiting = { writes: readonly Write[]; resolve: (outcome: Commit | Promise<Commit>) => void }
  let waiting: Waiting[] = []
  const flush = async (): Promise<void> => {
    const group = waiting.slice(0, groupMax)
    waiting = waiting.slice(groupMax)
    if (waiting.length > 0) setImmediate(() => void flush())
    const whole = commit(client, group.flatMap(each => each.writes))
    const isRefused = await whole.then(outcome => outcome.kind === 'refused', () => false)
    for (const { writes, resolve } of group) resolve(isRefused && group.length > 1 ? commit(client, writes) : whole)
  }
  return {
    commit: writes => {
      const { promise, resolve } = Promise.withResolvers<Commit>()
      waiting.push({ writes, resolve })
      if (waiting.length === 1) setImmediate(() => void flush())
      return promise
    },
    written: async () => {
      while (waiting.length > 0) await nextTurn()
    },
  }
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
