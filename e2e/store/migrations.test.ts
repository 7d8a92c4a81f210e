import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Connection, connect } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { startHranaServer } from '../emulators/libsql/index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrations-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What a database looks like after all: its schema in its own words, what its journal says, and whether it is sound. */
async function shapeOf({ client }: Connection) {
  const rows = async (sql: string) => (await client.execute(sql)).rows.map(row => Object.values(row).join(' | '))
  return {
    schema: await rows(`select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite_%' order by type, name`),
    journal: await rows('select hash, created_at from __drizzle_migrations order by created_at'),
    sound: await rows('pragma integrity_check'),
    orphans: await rows('pragma foreign_key_check'),
  }
}

async function shapeAfterMigrating(url: string) {
  const connection = await connect(url, { timeoutMs: 10_000 })
  await migrate(connection.client)
  const shape = await shapeOf(connection)
  await connection.close()
  return shape
}

/** Runs the migrations in a process that dies before the statement after the `most`th; answers how many there were, or null. */
async function migrateUntil(path: string, most: number): Promise<number | null> {
  const run = promisify(execFile)(process.execPath, [resolve(import.meta.dirname, 'migrator.ts'), path, String(most)])
  return run.then(({ stdout }) => Number(stdout), (error: { signal?: string; stderr?: string }) => {
    if (error.signal !== 'SIGKILL') throw new Error(`The migrator ended by itself: ${error.stderr}`)
    return null
  })
}

test('migrations that are killed before any statement and run again end as if nothing had happened, each applied once', async () => {
  const undisturbed = await shapeAfterMigrating(`file:${join(folder, 'undisturbed.db')}`)
  expect(new Set(undisturbed.journal).size).toBe(undisturbed.journal.length)
  const all = (await migrateUntil(join(folder, 'all.db'), -1)) ?? 0
  expect(all).toBeGreaterThan(undisturbed.journal.length + 90)
  const ends = Array.from({ length: all }, (_, i) => i)
  const work = async () => {
    for (let most = ends.pop(); most !== undefined; most = ends.pop()) {
      const path = join(folder, `${most}.db`)
      expect(await migrateUntil(path, most)).toBeNull()
      expect({ most, shape: await shapeAfterMigrating(`file:${path}`) }).toEqual({ most, shape: undisturbed })
    }
  }
  await Promise.all([work(), work()])
}, 600_000)

test('migrations of a server whose answers are lost, before or after each call, end as if nothing had happened, each applied once', async () => {
  const calls = await callsOf()
  const undisturbed = await onServer(async url => shapeAfterMigrating(url))
  for (const kind of ['lose-answer', 'refuse'] as const) {
    for (let skip = 0; skip < calls; skip += 1) {
      const shape = await onServer(async (url, faults) => {
        faults.queue({ kind, skip, match: { path: 'pipeline' } })
        // A process that cannot begin is started again.
        return shapeAfterMigrating(url).catch(() => shapeAfterMigrating(url))
      })
      expect({ kind, skip, shape }).toEqual({ kind, skip, shape: undisturbed })
    }
  }
})

test('an answer that is lost while migrating needs no new start', async () => {
  for (const kind of ['lose-answer', 'refuse'] as const) {
    const shape = await onServer(async (url, faults) => {
      const connection = await connect(url, { timeoutMs: 10_000 })
      faults.queue({ kind, match: { body: 'insert into __drizzle_migrations' } })
      await migrate(connection.client)
      const after = await shapeOf(connection)
      await connection.close()
      return after
    })
    expect(shape.journal.length).toBe(new Set(shape.journal).size)
  }
})

test('a database that drizzle’s own tool brought up to date is taken as it is', async () => {
  const path = join(folder, 'before.db')
  const undisturbed = await shapeAfterMigrating(`file:${path}`)
  const before = await connect(`file:${path}`, { timeoutMs: 10_000 })
  await before.client.execute('drop index __drizzle_migrations_once')
  await before.close()
  expect(await shapeAfterMigrating(`file:${path}`)).toEqual(undisturbed)
})

async function onServer<T>(work: (url: string, faults: Awaited<ReturnType<typeof startHranaServer>>['faults']) => Promise<T>): Promise<T> {
  const server = await startHranaServer()
  try {
    return await work(server.url, server.faults)
  } finally {
    await server.close()
  }
}

/** How many calls it takes to bring a new database up to date. */
async function callsOf(): Promise<number> {
  return onServer(async (url, faults) => {
    const most = 1_000
    faults.queue({ kind: 'delay', ms: 0, times: most, match: { path: 'pipeline' } })
    const connection = await connect(url, { timeoutMs: 10_000 })
    await migrate(connection.client)
    await connection.close()
    return most - (faults.waiting()[0]?.times ?? most)
  })
}
