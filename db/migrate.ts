import { readMigrationFiles } from 'drizzle-orm/migrator'
import { brokenRule } from './batch.ts'
import type { Client } from './embedded.ts'

/**
 * Brings the database up to this version's schema. Each migration is applied whole or not at all, and once: its row in
 * the journal is written in its own batch and first, so of several processes that begin together, or of a batch whose
 * answer was lost and which is sent again, one is refused.
 */
export async function migrate(client: Client): Promise<void> {
  // The table is drizzle's own, as its tools write and read it.
  await client.execute('create table if not exists __drizzle_migrations (id serial primary key, hash text not null, created_at numeric)')
  await client.execute('create unique index if not exists __drizzle_migrations_once on __drizzle_migrations (created_at)')
  const applied = await appliedTimes(client)
  for (const migration of readMigrationFiles({ migrationsFolder: new URL('./migrations', import.meta.url).pathname })) {
    if (!applied.has(migration.folderMillis)) await apply(client, migration)
  }
}

type Migration = { sql: string[]; hash: string; folderMillis: number }

async function apply(client: Client, migration: Migration, triesLeft = 1): Promise<void> {
  try {
    // Foreign keys are off meanwhile, because SQLite rebuilds a table by dropping it.
    await client.migrate([{ sql: 'insert into __drizzle_migrations (hash, created_at) values (?, ?)', args: [migration.hash, migration.folderMillis] }, ...migration.sql])
  } catch (error) {
    const isThere = brokenRule(error)?.includes('__drizzle_migrations') || (await appliedTimes(client)).has(migration.folderMillis)
    if (isThere) return
    if (triesLeft === 0 || brokenRule(error) !== null) throw error
    await apply(client, migration, triesLeft - 1)
  }
}

async function appliedTimes(client: Client): Promise<Set<number>> {
  const { rows } = await client.execute('select created_at at from __drizzle_migrations')
  return new Set(rows.map(row => Number(row['at'])))
}
