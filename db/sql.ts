import type { InArgs } from '@libsql/client'
import type { LibSQLDatabase } from 'drizzle-orm/libsql'
import type * as schema from './schema/index.ts'
import type { Write } from './client.ts'
import type { Client } from './embedded.ts'

/** What the query files work with. */
export type Db = {
  orm: LibSQLDatabase<typeof schema>
  /** Reads rows with a statement of its own words. */
  rows<T>(sql: string, args?: unknown[] | Record<string, unknown>): Promise<T[]>
  /** The same for many wide rows, of texts and numbers in these columns: they come over as one JSON text, because the client carries each value by itself. */
  wideRows<T>(columns: readonly (keyof T & string)[], sql: string, args?: unknown[] | Record<string, unknown>): Promise<T[]>
  /** The database's own clock in milliseconds, as an expression: leases must not depend on a process's clock. */
  clock(): string
  /** What makes this process owe an effect just now, e.g. a request's id; null where nothing is known of it. */
  cause(): string | null
}

export function rowsOf(client: Client): Pick<Db, 'rows' | 'wideRows'> {
  const rows: Db['rows'] = async <T>(sql: string, args: unknown[] | Record<string, unknown> = []) => (await client.execute({ sql, args: args as InArgs })).rows as T[]
  return {
    rows,
    wideRows: async <T>(columns: readonly (keyof T & string)[], sql: string, args: unknown[] | Record<string, unknown> = []) => {
      const [row] = await rows<{ all: string }>(`select json_group_array(json_object(${columns.map(column => `'${column}', ${column}`).join(', ')})) "all" from (${sql})`, args)
      return JSON.parse(row?.all ?? '[]') as T[]
    },
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

/** A query of drizzle's builder that is put together once for each database. */
export function once<T>(make: (orm: Db['orm']) => T): (db: Db) => T {
  const made = new WeakMap<Db['orm'], T>()
  return ({ orm }) => {
    const known = made.get(orm) ?? make(orm)
    made.set(orm, known)
    return known
  }
}
