import type { Db } from '../sql.ts'

/** Where to go on behind, or null where all that may be old was looked at; and how many rows were dropped. */
export type Tidied = { next: number | null; dropped: number }
export type TidyStep = (after: number, before: number, most: number) => Promise<Tidied>

/**
 * Drops what ended long ago from the tables that grow with each event or visit; what never ended stays for ever.
 * Each step looks at the `most` rows behind `after`: they are numbered as they came, so that a walk ends at the first young ones.
 */
export const tidyingControl = (db: Db): Readonly<Record<'inbox' | 'outbox' | 'sessions', TidyStep>> => ({
  inbox: walk(db, { table: 'inbox', cameAt: 'received_at', isOver: `state in ('done', 'ignored') and done_at < ?3` }),
  outbox: walk(db, { table: 'outbox', cameAt: 'created_at', isOver: `state = 'done' and done_at < ?3` }),
  sessions: walk(db, { table: 'sessions', cameAt: 'created_at', isOver: `expires_at < ?3` }),
})

function walk(db: Db, { table, cameAt, isOver }: { table: string; cameAt: string; isOver: string }): TidyStep {
  return async (after, before, most) => {
    const [seen] = await db.rows<{ last: number | null; count: number; newest: number | null }>(
      `select max(number) last, count(*) count, max(came) newest from (select rowid number, ${cameAt} came from ${table} where rowid > ? order by rowid limit ?)`, [after, most])
    if (!seen || seen.last === null) return { next: null, dropped: 0 }
    const dropped = await db.rows(`delete from ${table} where rowid > ?1 and rowid <= ?2 and ${isOver} returning 1`, [after, seen.last, before])
    return { next: seen.count < most || (seen.newest ?? 0) >= before ? null : seen.last, dropped: dropped.length }
  }
}
