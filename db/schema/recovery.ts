import { integer, primaryKey, sqliteTable } from 'drizzle-orm/sqlite-core'
import { instant, merchantId } from '../columns.ts'
import { ofMerchant } from './merchants.ts'

/** Stands only in a copy of the database, and says since when it is one: whoever opens it lives on old rows. */
export const copies = sqliteTable('copies', { takenAt: integer('taken_at').primaryKey() })

/** A merchant whose rows came from an old copy. Until it has ended, no money is taken and none is posted. */
export const recoveries = sqliteTable(
  'recoveries',
  {
    merchantId: merchantId(),
    /** The time of the copy: what happened after it is to be found again. */
    since: instant('since').notNull(),
    beganAt: instant('began_at').notNull(),
    endedAt: instant('ended_at'),
  },
  t => [primaryKey({ columns: [t.merchantId] }), ofMerchant(t.merchantId)],
)
