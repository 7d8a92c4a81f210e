import type { Client, InArgs } from '@libsql/client'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import type * as schema from './schema/index.ts'
import type { Write } from './client.ts'

/** What the query files work with. */
export type Db = {
  orm: LibSQLDatabase<typeof schema>
  /** Reads rows with a statement of its own words. */
  rows<T>(sql: string, args?: unknown[] | Record<string, unknown>): Promise<T[]>
  /** The database's own clock in milliseconds, as an expression: leases must not depend on a process's clock. */
  clock(): string
  /** What makes this process owe an effect just now, e.g. a request's id; null where nothing is known of it. */
  cause(): string | null
}

export function rowsOf(client: Client) {
  return async <T>(sql: string, args: unknown[] | Record<string, unknown> = []): Promise<T[]> => {
    const result = await client.execute({ sql, args: args as InArgs })
    return result.rows.map(row => Object.fromEntries(result.columns.map((column, i) => [column, row[i]])) as T)
  }
}

/** A statement of a batch, in its own words. */
export function write(sql: string, ...args: unknown[]): Write {
  return { sql, args }
}

/** A statement of a batch from drizzle's builder. */
export function writeOf(query: { toSQL(): { sql: string; params: unknown[] } }): Write {
  const { sql, params } = query.toSQL()
  return { sql, args: params }
}

/** Undoes the whole batch unless the statement before it changed exactly one row. */
export const mustHaveChangedOne: Write = { sql: 'insert into must select changes()', args: [] }
