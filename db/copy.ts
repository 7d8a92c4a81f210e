import { LibsqlError } from '@libsql/client'
import { chmodSync, closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { type Client, openFile } from './embedded.ts'
import { migrate } from './migrate.ts'

/** A file that cannot take the database's place; its message is a sentence that says why. */
export class CopyError extends Error {}

/** Where a copy grows until it is whole. */
export const partialOf = (path: string): string => `${path}.partial`

/** How many bytes a copy of this database will have, within a few pages. */
export async function copyBytes(client: Client): Promise<number> {
  const { rows } = await client.execute('select (page_count - freelist_count) * page_size bytes from pragma_page_count, pragma_freelist_count, pragma_page_size')
  return Number(rows[0]?.['bytes'] ?? 0)
}

/** Writes all that is committed into a new file beside `path`, from the connection that writes: no other may touch the file meanwhile. Nothing else runs in this process until it is done. */
export async function beginCopy(client: Client, path: string): Promise<void> {
  dropPartial(path)
  await client.execute({ sql: 'vacuum into ?', args: [partialOf(path)] })
}

/** Marks the new file as a copy of that time, checks it whole and gives it its name. Throws a CopyError, and leaves nothing behind, where it is not sound. */
export async function finishCopy(path: string, takenAt: number): Promise<void> {
  try {
    await withFile(partialOf(path), async client => {
      await check(client, path)
      await markCopy(client, takenAt)
    })
    // It holds what the database holds: sealed tokens, and customers.
    chmodSync(partialOf(path), 0o600)
    putInPlace(partialOf(path), path)
  } catch (error) {
    dropPartial(path)
    throw error
  }
}

/**
 * Makes a file that was copied beside `path` ready to be opened by this version: checked whole, brought up to date, and marked as a copy
 * of the time it was taken. Answers that time (epoch ms).
 */
export async function readyCopy(path: string): Promise<number> {
  return withFile(partialOf(path), async client => {
    await check(client, path)
    await migrate(client)
    const { rows } = await client.execute('select min(taken_at) at from copies')
    const marked = rows[0]?.['at']
    const takenAt = typeof marked === 'number' ? marked : await lastSign(client)
    await markCopy(client, takenAt)
    return takenAt
  })
}

/** Gives a whole file its name in one step, and waits until the disk has it. */
export function putInPlace(from: string, to: string): void {
  sync(from)
  renameSync(from, to)
  sync(dirname(to))
}

async function withFile<T>(file: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = openFile(file)
  try {
    // One file, with nothing beside it.
    await client.execute('pragma journal_mode = delete')
    return await work(client)
  } catch (error) {
    if (error instanceof LibsqlError && error.code.startsWith('SQLITE_NOTADB')) throw new CopyError('It is not a database file.', { cause: error })
    if (error instanceof LibsqlError && error.code.startsWith('SQLITE_CORRUPT')) throw new CopyError('It is damaged: SQLite cannot read it.', { cause: error })
    throw error
  } finally {
    await client.close()
  }
}

async function check(client: Client, path: string): Promise<void> {
  const { rows } = await client.execute('pragma integrity_check')
  const [first] = rows
  if (first?.['integrity_check'] !== 'ok') throw new CopyError(`It is damaged: ${String(first?.['integrity_check'])}`)
  const found = await client.execute(`select name from sqlite_master where name in ('__drizzle_migrations', 'merchants')`)
  if (found.rows.length < 2) throw new CopyError(`It holds no data of this product, so it cannot be ${path}.`)
  const newest = (await client.execute('select max(created_at) at from __drizzle_migrations')).rows[0]?.['at']
  if (Number(newest) > newestMigration()) throw new CopyError('It was written by a newer version of this product. Install that version first.')
}

async function markCopy(client: Client, takenAt: number): Promise<void> {
  await client.execute({ sql: 'insert into copies (taken_at) values (?) on conflict do nothing', args: [takenAt] })
}

/** When anything was last written into a file that nobody marked. */
async function lastSign(client: Client): Promise<number> {
  const { rows } = await client.execute(
    `select max(at) at from (select max(created_at) at from outbox union all select max(received_at) from inbox union all select max(at) from changes union all select max(created_at) from merchants)`)
  return Number(rows[0]?.['at'] ?? 0)
}

function newestMigration(): number {
  const journal = JSON.parse(readFileSync(new URL('./migrations/meta/_journal.json', import.meta.url), 'utf8')) as { entries: { when: number }[] }
  return Math.max(...journal.entries.map(entry => entry.when))
}

/** Leaves nothing of a copy that came to nothing. */
export function dropPartial(path: string): void {
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(partialOf(path) + end, { force: true })
}

function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
