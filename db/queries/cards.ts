import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { CardKind, MerchantId } from '../values.ts'

export type CardRow = { id: string; key: string; kind: string; facts: Record<string, unknown>; openedAt: number; closedAt: number | null }

export type NewCard = { id: string; key: string; kind: CardKind; facts: Record<string, unknown>; now: number }

/** Questions that only a person can answer. */
export const cardQueries = (db: Db, merchantId: MerchantId) => ({
  /** Asks once per key; the same matter coming back after it was closed opens it again. */
  open: (card: NewCard): Write =>
    write(
      `insert into cards (merchant_id, id, key, kind, facts, opened_at) values (?, ?, ?, ?, ?, ?)
       on conflict (merchant_id, key) do update set facts = excluded.facts, kind = excluded.kind, closed_at = null, closed_by = null,
         opened_at = case when cards.closed_at is null then cards.opened_at else excluded.opened_at end`,
      merchantId, card.id, card.key, card.kind, JSON.stringify(card.facts), card.now),
  /** Asks once for ever: what a person has dealt with is not asked again, however often it is heard of. */
  openOnce: (card: NewCard): Write =>
    write(`insert into cards (merchant_id, id, key, kind, facts, opened_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing`, merchantId, card.id, card.key, card.kind, JSON.stringify(card.facts), card.now),
  close: (key: string, by: string, now: number): Write =>
    write(`update cards set closed_at = ?, closed_by = ? where merchant_id = ? and key = ? and closed_at is null`, now, by, merchantId, key),
  listOpen: async (): Promise<CardRow[]> => (await db.rows<Stored>(`${select} and closed_at is null order by opened_at`, [merchantId])).map(read),
  find: async (id: string): Promise<CardRow | null> => {
    const [row] = await db.rows<Stored>(`${select} and id = ?`, [merchantId, id])
    return row ? read(row) : null
  },
  /** How the cards of these keys stand; those that were never asked are absent. */
  known: (keys: readonly string[]): Promise<{ key: string; closedBy: string | null }[]> =>
    db.rows(`select key, closed_by closedBy from cards where merchant_id = ? and key in (select value from json_each(?))`, [merchantId, JSON.stringify(keys)]),
  findByKey: async (key: string): Promise<CardRow | null> => {
    const [row] = await db.rows<Stored>(`${select} and key = ?`, [merchantId, key])
    return row ? read(row) : null
  },
  countOpen: async (): Promise<number> => (await db.rows<{ n: number }>(`select count(*) n from cards where merchant_id = ? and closed_at is null`, [merchantId]))[0]?.n ?? 0,
})

type Stored = Omit<CardRow, 'facts'> & { facts: string }
const select = `select id, key, kind, facts, opened_at openedAt, closed_at closedAt from cards where merchant_id = ?`
const read = (row: Stored): CardRow => ({ ...row, facts: JSON.parse(row.facts) as Record<string, unknown> })
