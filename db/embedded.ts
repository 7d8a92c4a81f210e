import { type InStatement, type InValue, LibsqlError, type ResultSet, type Row } from '@libsql/client'
import Database from 'libsql'
import BesideDatabase from 'libsql/promise'

export type Result = Pick<ResultSet, 'columns' | 'rows' | 'rowsAffected'>
/** What is asked of a database, wherever it is: the part of libSQL's own client that this product uses. */
export type Client = {
  execute(statement: InStatement): Promise<Result>
  /** All or nothing, in one transaction. */
  batch(statements: InStatement[], mode?: 'write' | 'read' | 'deferred'): Promise<Result[]>
  /** A batch with foreign keys switched off. */
  migrate(statements: InStatement[]): Promise<Result[]>
  /** Grows with everything that is written; absent where others may write too. */
  version?(): number
  /** Waits for a commit that is under way. */
  close(): Promise<void> | void
}

const { SqliteError } = Database

type Value = Row[string]
type Statement = Database.Statement
type Prepared = {
  statement: Statement
  /** How its rows look; null where it answers none. */
  rowOf: ((values: readonly Value[]) => Row) | null
  columns: string[]
  onlyReads: boolean
}

/** The product has about two hundred; the rest are lists of other lengths. */
const preparedMax = 400
/** What answers rows may write as well. A text that merely speaks of writing is taken for one that does. */
const writes = /\b(insert|update|delete|replace)\b/i
/** What changes how other statements run is compiled afresh, and so are they. */
const changesTheRest = /^\s*(create|alter|drop|pragma|vacuum|attach|detach)\b/i

/**
 * A database file on one connection that keeps its statements compiled (docs/decisions/0019). Each call is carried out whole
 * before the next one begins, so a file that this process alone has open is never busy. The commit of a large batch waits for the disk
 * on another thread (docs/decisions/0021), so that requests that need no database are answered; whoever calls meanwhile comes after it.
 * Errors are `LibsqlError`, with SQLite's own code.
 * @param path of the file, or `:memory:`.
 * @param settings are carried out on each connection, e.g. pragmas.
 * @param largeFrom how many characters a large batch has at least.
 */
export function openFile(path: string, settings: readonly string[] = [], largeFrom = 64 * 1024): Client {
  const { attempt, undone, end } = connectionTo(path, settings)
  let version = 0
  let committing: Promise<void> | null = null

  const carryOut = ({ run }: Opened, statement: InStatement): Result => {
    const { result, hasWritten } = run(statement)
    if (hasWritten) version += 1
    return result
  }
  const begun = (opened: Opened, statements: InStatement[], begin: string): Result[] => {
    opened.exec(begin)
    return statements.map(statement => carryOut(opened, statement))
  }
  const whole = (statements: InStatement[], begin: string): Result[] =>
    attempt(opened => {
      const results = begun(opened, statements, begin)
      opened.exec('commit')
      return results
    })
  const commit = async ({ commitBeside }: Opened): Promise<void> => {
    const over = Promise.withResolvers<void>()
    committing = over.promise
    try {
      await commitBeside()
    } catch (error) {
      throw undone(error)
    } finally {
      committing = null
      over.resolve()
    }
  }

  return {
    execute: async statement => {
      while (committing) await committing
      return attempt(opened => carryOut(opened, statement))
    },
    batch: async (statements, mode = 'deferred') => {
      while (committing) await committing
      const begin = mode === 'write' ? 'begin immediate' : 'begin'
      if (lengthOf(statements) < largeFrom) return whole(statements, begin)
      const { results, opened } = attempt(opened => ({ results: begun(opened, statements, begin), opened }))
      await commit(opened)
      return results
    },
    migrate: async statements => {
      while (committing) await committing
      attempt(({ exec }) => exec('pragma foreign_keys = off'))
      try {
        return whole(statements, 'begin')
      } finally {
        attempt(({ exec }) => exec('pragma foreign_keys = on'))
      }
    },
    version: () => version,
    close: async () => {
      while (committing) await committing
      end()
    },
  }
}

/**
 * The connection to a file. After an error that is not a broken rule it is opened anew: a statement that was refused for a lock stays
 * begun, and what is written behind it would never be committed.
 */
function connectionTo(path: string, settings: readonly string[]) {
  let connection: Opened | null = open(path, settings)
  let isClosed = false

  /** Undoes what was begun, and says why as callers know it. */
  function undone(error: unknown): unknown {
    connection?.rollback()
    if (!(error instanceof SqliteError)) return error
    const code = baseCodes[(error.rawCode ?? 1) & 0xff] ?? error.code
    // A database in memory would be lost, and nobody else can hold it.
    if (code !== 'SQLITE_CONSTRAINT' && code !== 'SQLITE_ERROR' && path !== ':memory:') {
      connection?.close()
      connection = null
    }
    return new LibsqlError(error.message, code, error.code, error.rawCode, error)
  }

  return {
    undone,
    attempt<T>(work: (opened: Opened) => T): T {
      if (isClosed) throw new LibsqlError('The client is closed', 'CLIENT_CLOSED')
      try {
        connection ??= open(path, settings)
        return work(connection)
      } catch (error) {
        throw undone(error)
      }
    },
    end(): void {
      if (isClosed) return
      isClosed = true
      connection?.rollback()
      connection?.close()
    },
  }
}

/** The characters that a batch writes at most, as a measure of its work. */
function lengthOf(statements: readonly InStatement[]): number {
  let length = 0
  for (const statement of statements) for (const value of typeof statement === 'string' ? [] : Object.values(statement.args ?? [])) if (typeof value === 'string') length += value.length
  return length
}

type Opened = ReturnType<typeof open>

/** A connection and the statements that are compiled on it. */
function open(path: string, settings: readonly string[]) {
  const database = new Database(path)
  const prepared = new Map<string, Prepared>()
  for (const setting of settings) database.exec(setting)

  function prepare(sql: string): Prepared {
    const made = prepared.get(sql) ?? compile(database, sql)
    // What was used last is last to go.
    prepared.delete(sql)
    prepared.set(sql, made)
    if (changesTheRest.test(sql)) prepared.clear()
    else if (prepared.size > preparedMax) prepared.delete(prepared.keys().next().value ?? '')
    return made
  }

  return {
    run: (statement: InStatement): { result: Result; hasWritten: boolean } => {
      const { sql, args = [] } = typeof statement === 'string' ? { sql: statement } : statement
      const bound = Array.isArray(args) ? args.map(bindable) : Object.fromEntries(Object.entries(args).map(([name, value]) => [name, bindable(value)]))
      const { statement: ready, rowOf, columns, onlyReads } = prepare(sql)
      const rows = rowOf ? (ready.all(bound) as Value[][]).map(rowOf) : []
      const rowsAffected = rowOf ? 0 : ready.run(bound).changes
      return { result: { columns, rows, rowsAffected }, hasWritten: !onlyReads && rows.length + rowsAffected > 0 }
    },
    exec: (sql: string): void => void database.exec(sql),
    commitBeside: (): Promise<void> => BesideDatabase.prototype.exec.call(database, 'commit'),
    rollback: (): void => {
      if (database.inTransaction) attemptQuietly(database, 'rollback')
    },
    /** Until the compiled statements are collected they hold the connection, and SQLite folds its log into the file only then: so it is done here. */
    close: (): void => {
      attemptQuietly(database, 'pragma wal_checkpoint(truncate)')
      prepared.clear()
      database.close()
    },
  }
}

/** What fails here is made good by whoever opens the file next: SQLite undoes what was not committed, and reads the log. */
function attemptQuietly(database: Database.Database, sql: string): void {
  try {
    database.exec(sql)
  } catch (error) {
    if (!(error instanceof SqliteError)) throw error
  }
}

/** SQLite's result codes that callers tell apart; the rest keep the driver's own name (sqlite.org/rescode.html). */
const baseCodes: Record<number, string> = { 1: 'SQLITE_ERROR', 5: 'SQLITE_BUSY', 6: 'SQLITE_LOCKED', 8: 'SQLITE_READONLY', 10: 'SQLITE_IOERR', 11: 'SQLITE_CORRUPT', 13: 'SQLITE_FULL', 14: 'SQLITE_CANTOPEN', 19: 'SQLITE_CONSTRAINT', 26: 'SQLITE_NOTADB' }

function compile(database: Database.Database, sql: string): Prepared {
  const statement = database.prepare(sql)
  try {
    statement.raw(true)
  } catch {
    // The driver says so of a statement that answers no rows, and offers no other way to ask.
    return { statement, rowOf: null, columns: [], onlyReads: false }
  }
  const columns = statement.columns().map(({ name }) => name)
  return { statement, rowOf: rowMaker(columns), columns, onlyReads: !writes.test(sql) }
}

/** Rows are read by the names of their columns, or by their numbers as drizzle does. */
function rowMaker(columns: readonly string[]): (values: readonly Value[]) => Row {
  class NamedRow {
    [name: string]: unknown
    readonly #values: readonly Value[]
    constructor(values: readonly Value[]) {
      this.#values = values
      // Of two columns of one name the first is meant.
      for (let i = columns.length - 1; i >= 0; i--) this[columns[i] ?? ''] = readable(values[i] ?? null)
    }
    get length() {
      return this.#values.length
    }
    static at(row: NamedRow, i: number) {
      return row.#values[i]
    }
  }
  for (const i of columns.keys())
    Object.defineProperty(NamedRow.prototype, i, {
      get(this: NamedRow) {
        return NamedRow.at(this, i)
      },
    })
  return values => new NamedRow(values) as Row
}

function bindable(value: InValue): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('Only finite numbers can be stored.')
  if (value === undefined) throw new TypeError('A value for the database is undefined; null is what is not there.')
  if (value instanceof Date) return value.valueOf()
  return value instanceof ArrayBuffer ? Buffer.from(value) : value
}

/** Whole numbers come as JavaScript's own, which are exact to 2^53 alone. */
function readable(value: Value): Value {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) throw new RangeError('The database holds a whole number that JavaScript cannot hold exactly.')
  return value
}
