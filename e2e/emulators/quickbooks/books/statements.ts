import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'

/** A database's statements, each text prepared once. */
export type Statements = {
  all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[]
  run(sql: string, ...values: SQLInputValue[]): void
  iterate(sql: string, ...values: SQLInputValue[]): IterableIterator<Record<string, unknown>>
  /** All of the work is kept or, when it throws, nothing; work within work belongs to the outer one. */
  atomic<T>(work: () => T): T
}

export function openStatements(db: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>()
  const statement = (sql: string) => {
    const known = prepared.get(sql) ?? db.prepare(sql)
    prepared.set(sql, known)
    return known
  }
  return {
    all: (sql, ...values) => statement(sql).all(...values),
    run: (sql, ...values) => void statement(sql).run(...values),
    // A reader in the middle of its rows must not share its statement.
    iterate: (sql, ...values) => db.prepare(sql).iterate(...values),
    atomic(work) {
      if (db.isTransaction) return work()
      db.exec('begin immediate')
      try {
        const done = work()
        db.exec('commit')
        return done
      } catch (error) {
        db.exec('rollback')
        throw error
      }
    },
  }
}
