import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { type HranaStatement, type HranaValue, type StatementResult, StatementRefused } from './protocol.ts'

/** One SQLite connection that answers in Hrana's terms. Its methods throw StatementRefused with sqld's own codes. */
export type Connection = {
  run(sql: string, statement: Pick<HranaStatement, 'args' | 'named_args' | 'want_rows'>): StatementResult
  /** Several statements in one text, without parameters. */
  runAll(sql: string): void
  inTransaction(): boolean
  rollback(): void
  close(): void
}

const preparedMax = 200

/** Foreign keys are as `foreignKeys` says until the stream says otherwise, since servers differ in it. */
export function openConnection(path: string, options: { foreignKeys: boolean; extendedCodes: boolean }): Connection {
  // The test must survive killed processes, not a power cut.
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: options.foreignKeys })
  database.exec('pragma journal_mode = wal; pragma synchronous = off')
  const prepared = new Map<string, StatementSync>()
  const refused = <T>(work: () => T): T => {
    try {
      return work()
    } catch (error) {
      throw asRefusal(error, options.extendedCodes)
    }
  }
  const prepare = (sql: string): StatementSync => {
    const known = prepared.get(sql)
    if (known) return known
    const statement = refused(() => database.prepare(sql))
    refuseMany(sql, statement)
    statement.setReadBigInts(true)
    statement.setReturnArrays(true)
    statement.setAllowUnknownNamedParameters(true)
    if (prepared.size >= preparedMax) prepared.clear()
    prepared.set(sql, statement)
    return statement
  }
  const counts = database.prepare('select changes(), last_insert_rowid()')
  counts.setReturnArrays(true)
  counts.setReadBigInts(true)
  return {
    run(sql, { args, named_args: named, want_rows: wantRows }) {
      const statement = prepare(sql)
      if (args.length > 0 && named.length > 0) throw new StatementRefused('Specifying both positional and named arguments is not supported', 'ARGS_BOTH_POSITIONAL_AND_NAMED')
      const rows = refused(() => statement.all(Object.fromEntries(named.map(({ name, value }) => [name, decode(value)])), ...args.map(decode))) as unknown as unknown[][]
      const [changes, rowid] = changesRows.test(sql) ? (counts.get() as unknown as bigint[]) : []
      return {
        cols: statement.columns().map(column => ({ name: column.name, decltype: column.type })),
        rows: wantRows === false ? [] : rows.map(row => row.map(encode)),
        affected_row_count: Number(changes ?? 0),
        last_insert_rowid: rowid === undefined ? null : String(rowid),
        replication_index: null,
      }
    },
    runAll: sql => refused(() => database.exec(sql)),
    inTransaction: () => database.isTransaction,
    rollback: () => {
      if (database.isTransaction) database.exec('rollback')
    },
    close: () => database.close(),
  }
}

/** A statement that changes rows, as opposed to the schema. */
export const changesRows = /^\s*(insert|update|delete|replace|with\b[\s\S]*\b(insert|update|delete|replace))\b/i

/** node:sqlite silently runs only the first of several statements; the server refuses them. */
function refuseMany(sql: string, statement: StatementSync): void {
  const rest = sql.slice(statement.sourceSQL.length).replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, '')
  if (/[^\s;]/.test(rest)) throw new StatementRefused('SQL string contains more than one statement', 'SQL_MANY_STATEMENTS')
}

function decode(value: HranaValue): SQLInputValue {
  switch (value.type) {
    case 'null':
      return null
    case 'integer':
      return BigInt(value.value)
    case 'float':
    case 'text':
      return value.value
    case 'blob':
      return Buffer.from(value.base64, 'base64')
  }
}

function encode(value: unknown): HranaValue {
  if (value === null) return { type: 'null' }
  if (typeof value === 'bigint') return { type: 'integer', value: String(value) }
  if (typeof value === 'number') return { type: 'float', value }
  if (typeof value === 'string') return { type: 'text', value }
  if (value instanceof Uint8Array) return { type: 'blob', base64: Buffer.from(value).toString('base64').replace(/=+$/, '') }
  throw new TypeError(`SQLite gave a ${typeof value}`)
}

/** SQLite's result codes by name (sqlite.org/rescode.html); sqld names the primary one. */
const primaryCodes: Record<number, string> = { 5: 'SQLITE_BUSY', 6: 'SQLITE_LOCKED', 8: 'SQLITE_READONLY', 10: 'SQLITE_IOERR', 11: 'SQLITE_CORRUPT', 13: 'SQLITE_FULL', 14: 'SQLITE_CANTOPEN', 18: 'SQLITE_TOOBIG', 19: 'SQLITE_CONSTRAINT', 20: 'SQLITE_MISMATCH', 25: 'SQLITE_RANGE' }
const extendedCodes: Record<number, string> = { 275: 'SQLITE_CONSTRAINT_CHECK', 787: 'SQLITE_CONSTRAINT_FOREIGNKEY', 1299: 'SQLITE_CONSTRAINT_NOTNULL', 1555: 'SQLITE_CONSTRAINT_PRIMARYKEY', 1811: 'SQLITE_CONSTRAINT_TRIGGER', 2067: 'SQLITE_CONSTRAINT_UNIQUE', 2579: 'SQLITE_CONSTRAINT_ROWID', 3091: 'SQLITE_CONSTRAINT_DATATYPE' }

function asRefusal(error: unknown, extended: boolean): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error
  const code = (extended ? extendedCodes[error.errcode] : undefined) ?? primaryCodes[error.errcode & 0xff] ?? 'SQLITE_UNKNOWN'
  return new StatementRefused(`SQLite error: ${error.message}`, code)
}
