import { DatabaseSync } from 'node:sqlite'
import type { World } from '../world.ts'

/** What comes and goes whoever looks: limits, work that is owed, counters, when a key was used last, what a database server notes of its own. */
const passing: readonly string[] = ['rate_limits', 'oauth_states', 'outbox', 'changes', 'meters', 'api_keys', 'operations']

/** Every row of the API's database, by table. */
export function rowsOf(world: World): Record<string, string> {
  const db = new DatabaseSync(world.databaseFile, { readOnly: true })
  try {
    const tables = db.prepare(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%'`).all().map(row => String(row['name'])).filter(name => !passing.includes(name))
    return Object.fromEntries(tables.map(name => [name, JSON.stringify(db.prepare(`select * from "${name}"`).all())]))
  } finally {
    db.close()
  }
}

/** The tables whose rows are no longer those. */
export function changedSince(world: World, before: Record<string, string>): string[] {
  return Object.entries(rowsOf(world)).flatMap(([name, rows]) => (rows === before[name] ? [] : name))
}
