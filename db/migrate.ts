import type { Client } from '@libsql/client'
import { drizzle } from 'drizzle-orm/libsql'
import { migrate as applyAll } from 'drizzle-orm/libsql/migrator'

/** Brings the database up to this version's schema. Each migration is applied whole or not at all. */
export async function migrate(client: Client): Promise<void> {
  await applyAll(drizzle(client), { migrationsFolder: new URL('./migrations', import.meta.url).pathname })
}
