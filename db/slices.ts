import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Db } from './sql.ts'
import type { MerchantId } from './values.ts'

/** Some ten milliseconds' work, for which nobody else is answered. */
const rowsMost = 5_000

/** A table's rows in the order of a column, as an index leads through them; `where` is what that index says of them beside whose they are. */
export type Ordered = { table: string; index: string; column: string; where?: string }
/** From a value of the column up to another that no longer belongs to it. */
export type Slice<T = string> = { from: T; before: T }

/** Lies behind every id and every day. */
export const textEnd = '~'

/** Divides a merchant's rows into slices of some thousands, each for one statement, between which others have their turn. */
export async function* slices<T extends string | number>(db: Db, merchantId: MerchantId, ordered: Ordered, whole: Slice<T>, { descending = false, most = rowsMost } = {}): AsyncGenerator<Slice<T>> {
  const { table, index, column, where = 'true' } = ordered
  let { from, before } = whole
  for (; ; await nextTurn()) {
    const [end] = await db.rows<{ at: T }>(
      `select ${column} at from ${table} indexed by ${index} where merchant_id = ? and ${where} and ${column} ${descending ? '>=' : '>'} ? and ${column} < ? order by ${column} ${descending ? 'desc' : ''} limit 1 offset ${most}`,
      [merchantId, from, before])
    if (!end) return yield { from, before }
    yield descending ? { from: end.at, before } : { from, before: end.at }
    if (descending) before = end.at
    else from = end.at
  }
}

/** Reads rows page by page, each page by one statement behind the last row of the one before; between two pages others have their turn. */
export async function allPages<T>(most: number, page: (last: T | null) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = []
  for (; ; await nextTurn()) {
    const next = await page(rows.at(-1) ?? null)
    rows.push(...next)
    if (next.length < most) return rows
  }
}
