import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { MerchantId } from '../values.ts'

/** A sealed text where it lies. `row` is the row's id within its merchant. */
export type SealedText = { place: keyof typeof places; merchantId: MerchantId; row: string; sealed: string }

/** Every place that holds sealed text: how a row there is named, and found again by that name. */
const places = {
  access: { table: 'connections', column: 'sealed_access', row: `''`, at: `'' = ?`, where: 'true', set: 'sealed_access = ?' },
  refresh: { table: 'connections', column: 'sealed_refresh', row: `''`, at: `'' = ?`, where: 'true', set: 'sealed_refresh = ?' },
  previous: { table: 'connections', column: 'sealed_previous', row: `''`, at: `'' = ?`, where: 'true', set: 'sealed_previous = ?' },
  letter: { table: 'outbox', column: `payload ->> 'sealed'`, row: `payload ->> 'mailId'`, at: `id = 'mail:' || ?`, where: `kind = 'send_mail'`, set: `payload = json_set(payload, '$.sealed', ?)` },
  return_url: { table: 'checkouts', column: 'return_url', row: 'id', at: 'id = ?', where: 'true', set: 'return_url = ?' },
} as const

export const sealedPlaces = Object.keys(places) as SealedText['place'][]

/** Texts that are sealed under another key than the one named, page by page. */
export const sealedControl = (db: Db) => ({
  notUnder: async (place: SealedText['place'], key: string, after: number, most: number): Promise<{ texts: SealedText[]; last: number | null }> => {
    const { table, column, row, where } = places[place]
    const found = await db.rows<Omit<SealedText, 'place'> & { at: number }>(
      `select rowid at, merchant_id merchantId, ${row} row, ${column} sealed from ${table} where rowid > ? and ${where} and ${column} is not null and substr(${column}, 1, ?) <> ? order by rowid limit ?`,
      [after, key.length + 1, `${key}.`, most])
    return { texts: found.map(({ at: _at, ...text }) => ({ place, ...text })), last: found.at(-1)?.at ?? null }
  },
  /** A few texts that are sealed under the key of this name. */
  under: async (place: SealedText['place'], key: string, most: number): Promise<SealedText[]> => {
    const { table, column, row, where } = places[place]
    const found = await db.rows<Omit<SealedText, 'place'>>(`select merchant_id merchantId, ${row} row, ${column} sealed from ${table} where ${where} and substr(${column}, 1, ?) = ? limit ?`, [key.length + 1, `${key}.`, most])
    return found.map(text => ({ place, ...text }))
  },
  /** Puts another seal in its place, unless somebody has written there meanwhile. */
  replace: (text: SealedText, sealed: string): Write => {
    const { table, column, at, where, set } = places[text.place]
    return write(`update ${table} set ${set} where merchant_id = ? and ${at} and ${where} and ${column} = ?`, sealed, text.merchantId, text.row, text.sealed)
  },
})
