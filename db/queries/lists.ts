import type { Db } from '../sql.ts'
import type { MerchantId } from '../values.ts'

export type ListEntry = { qboId: string; name: string; type: string | null }

/** QuickBooks' short lists as the mirror holds them. */
export const listQueries = (db: Db, merchantId: MerchantId) => ({
  active: (entity: string): Promise<ListEntry[]> =>
    db.rows<ListEntry>(`select qbo_id qboId, name, type from list_entries where merchant_id = ? and entity = ? and active = 1 order by name`, [merchantId, entity]),
})
