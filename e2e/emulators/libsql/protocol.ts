import { z } from 'zod'

/** A value as Hrana writes it: integers as text, because JSON's numbers end at 2^53. */
const valueSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('null') }),
  z.object({ type: z.literal('integer'), value: z.string().regex(/^-?\d+$/) }),
  z.object({ type: z.literal('float'), value: z.number() }),
  z.object({ type: z.literal('text'), value: z.string() }),
  z.object({ type: z.literal('blob'), base64: z.string() }),
])
export type HranaValue = z.output<typeof valueSchema>

const sqlFields = { sql: z.string().nullish(), sql_id: z.number().int().nullish() }
const statementSchema = z.object({
  ...sqlFields,
  args: z.array(valueSchema).default([]),
  named_args: z.array(z.object({ name: z.string(), value: valueSchema })).default([]),
  want_rows: z.boolean().nullish(),
})
export type HranaStatement = z.output<typeof statementSchema>

export type BatchCondition =
  | { type: 'ok' | 'error'; step: number }
  | { type: 'not'; cond: BatchCondition }
  | { type: 'and' | 'or'; conds: BatchCondition[] }
const conditionSchema: z.ZodType<BatchCondition> = z.union([
  z.object({ type: z.enum(['ok', 'error']), step: z.number().int().min(0) }),
  z.object({ type: z.literal('not'), cond: z.lazy(() => conditionSchema) }),
  z.object({ type: z.enum(['and', 'or']), conds: z.array(z.lazy(() => conditionSchema)) }),
])

const requestSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('execute'), stmt: statementSchema }),
  z.object({ type: z.literal('batch'), batch: z.object({ steps: z.array(z.object({ stmt: statementSchema, condition: conditionSchema.nullish() })) }) }),
  z.object({ type: z.literal('sequence'), ...sqlFields }),
  z.object({ type: z.literal('store_sql'), sql_id: z.number().int(), sql: z.string() }),
  z.object({ type: z.literal('close_sql'), sql_id: z.number().int() }),
  z.object({ type: z.literal('get_autocommit') }),
  z.object({ type: z.literal('close') }),
])
export type HranaRequest = z.output<typeof requestSchema>

/** The body of `POST /v2/pipeline` (Hrana 2 over HTTP, github.com/tursodatabase/libsql docs/HTTP_V2_SPEC.md). */
export const pipelineSchema = z.object({ baton: z.string().nullish(), requests: z.array(requestSchema) })

export type HranaError = { message: string; code: string | null }
export type StatementResult = {
  cols: { name: string; decltype: string | null }[]
  rows: HranaValue[][]
  affected_row_count: number
  last_insert_rowid: string | null
  replication_index: string | null
}
export type HranaResponse =
  | { type: 'execute'; result: StatementResult }
  | { type: 'batch'; result: { step_results: (StatementResult | null)[]; step_errors: (HranaError | null)[] } }
  | { type: 'sequence' | 'store_sql' | 'close_sql' | 'close' }
  | { type: 'get_autocommit'; is_autocommit: boolean }
export type HranaResult = { type: 'ok'; response: HranaResponse } | { type: 'error'; error: HranaError }

/** A statement that the server refuses; the stream lives on. */
export class StatementRefused extends Error {
  readonly code: string
  constructor(message: string, code: string) {
    super(message)
    this.code = code
  }
}

/** A caller who broke the protocol: 400 with plain text, and the stream is gone. */
export class ProtocolBroken extends Error {}

/** A stream that nobody used for too long: 500 with JSON. */
export class StreamExpired extends Error {}
