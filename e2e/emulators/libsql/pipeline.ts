import { changesRows } from './connection.ts'
import { type BatchCondition, type HranaError, type HranaRequest, type HranaResponse, type HranaResult, type HranaStatement, ProtocolBroken, StatementRefused, type StatementResult } from './protocol.ts'
import type { Stream } from './streams.ts'
import type { WriteLock } from './write-lock.ts'

/** Carries out one request of a pipeline. A refused statement is an answer; a broken protocol throws. */
export async function handle(request: HranaRequest, stream: Stream, lock: WriteLock): Promise<HranaResult> {
  try {
    return { type: 'ok', response: await respond(request, stream, lock) }
  } catch (error) {
    return { type: 'error', error: refusalOf(error) }
  }
}

async function respond(request: HranaRequest, stream: Stream, lock: WriteLock): Promise<HranaResponse> {
  switch (request.type) {
    case 'execute':
      return { type: 'execute', result: await execute(request.stmt, stream, lock) }
    case 'batch':
      return { type: 'batch', result: await runBatch(request.batch.steps, stream, lock) }
    case 'sequence': {
      const sql = textOf(request, stream)
      await locked(true, stream, lock, () => stream.connection.runAll(sql))
      return { type: 'sequence' }
    }
    case 'store_sql':
      if (stream.texts.has(request.sql_id)) throw new ProtocolBroken(`SQL text ${request.sql_id} already exists`)
      stream.texts.set(request.sql_id, request.sql)
      return { type: 'store_sql' }
    case 'close_sql':
      stream.texts.delete(request.sql_id)
      return { type: 'close_sql' }
    case 'get_autocommit':
      return { type: 'get_autocommit', is_autocommit: !stream.connection.inTransaction() }
    case 'close':
      return { type: 'close' }
  }
}

async function runBatch(steps: { stmt: HranaStatement; condition?: BatchCondition | null | undefined }[], stream: Stream, lock: WriteLock) {
  const results: (StatementResult | null)[] = []
  const errors: (HranaError | null)[] = []
  for (const { stmt, condition } of steps) {
    let result: StatementResult | null = null
    let problem: HranaError | null = null
    if (!condition || holds(condition, results, errors)) {
      try {
        result = await execute(stmt, stream, lock)
      } catch (error) {
        problem = refusalOf(error)
      }
    }
    results.push(result)
    errors.push(problem)
  }
  return { step_results: results, step_errors: errors }
}

function holds(condition: BatchCondition, results: (StatementResult | null)[], errors: (HranaError | null)[]): boolean {
  switch (condition.type) {
    case 'ok':
    case 'error': {
      if (condition.step >= results.length) throw new ProtocolBroken('Invalid reference to step in a batch condition')
      return (condition.type === 'ok' ? results : errors)[condition.step] !== null
    }
    case 'not':
      return !holds(condition.cond, results, errors)
    case 'and':
      return condition.conds.every(one => holds(one, results, errors))
    case 'or':
      return condition.conds.some(one => holds(one, results, errors))
  }
}

async function execute(statement: HranaStatement, stream: Stream, lock: WriteLock): Promise<StatementResult> {
  // libSQL knows a read-only beginning; to SQLite it is an ordinary one.
  const sql = textOf(statement, stream).replace(/^\s*begin\s+(transaction\s+)?readonly\b/i, 'begin')
  return locked(writes(sql), stream, lock, () => stream.connection.run(sql, statement))
}

/** Takes the write lock where it is needed, and gives it back as soon as nothing is left to commit. */
async function locked<T>(needed: boolean, stream: Stream, lock: WriteLock, work: () => T): Promise<T> {
  if (stream.wasRobbed) {
    stream.wasRobbed = false
    throw new StatementRefused('Transaction timed-out', 'TRANSACTION_TIMEOUT')
  }
  if (needed) await lock.acquire(stream)
  try {
    return work()
  } finally {
    if (!stream.connection.inTransaction()) lock.release(stream)
  }
}

/** Whatever is not known to read only is taken for a write. */
function writes(sql: string): boolean {
  const text = sql.replace(/^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '')
  if (/^begin\b/i.test(text)) return /^begin\s+(immediate|exclusive)\b/i.test(text)
  if (/^with\b/i.test(text)) return changesRows.test(text)
  return !/^(select|explain|pragma|values|commit|end|rollback|savepoint|release)\b/i.test(text)
}

function textOf({ sql, sql_id: id }: { sql?: string | null | undefined; sql_id?: number | null | undefined }, stream: Stream): string {
  if (typeof sql === 'string') return sql
  const text = typeof id === 'number' ? stream.texts.get(id) : undefined
  if (text === undefined) throw new ProtocolBroken(typeof id === 'number' ? `SQL text ${id} not found` : 'Either `sql` or `sql_id` are required')
  return text
}

function refusalOf(error: unknown): HranaError {
  if (!(error instanceof StatementRefused)) throw error
  return { message: error.message, code: error.code }
}
