import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { CustomerId, InvoiceId, MerchantId } from '../values.ts'

export type ChangeRow = { seq: number; merchantId: MerchantId; customerId: CustomerId | ''; invoiceId: InvoiceId | null; kind: string }

/** The kind of change that says: a link, session or key of the merchant was ended, in whichever process. */
export const rightEnded = 'right_ended'

/** Tells the open pages of a customer, or the merchant's console, that something is different. */
export const changeQueries = (_db: Db, merchantId: MerchantId) => ({
  /** Has every open stream of the merchant look whether its right still stands. */
  tellRightEnded: (now: number): Write => write(`insert into changes (merchant_id, customer_id, invoice_id, kind, at) values (?, '', null, '${rightEnded}', ?)`, merchantId, now),
  tell: (change: { customerId: CustomerId | ''; invoiceId: InvoiceId | null; kind: string; now: number }): Write =>
    write(`insert into changes (merchant_id, customer_id, invoice_id, kind, at) values (?, ?, ?, ?, ?)`, merchantId, change.customerId, change.invoiceId, change.kind, change.now),
})

export const changeControl = (db: Db) => ({
  after: (seq: number, most: number): Promise<ChangeRow[]> =>
    db.rows<ChangeRow>(`select seq, merchant_id merchantId, customer_id customerId, invoice_id invoiceId, kind from changes where seq > ? order by seq limit ?`, [seq, most]),
  /** The number of the last row that was ever written, kept or dropped. */
  latest: async (): Promise<number> => (await db.rows<{ seq: number }>(`select seq from sqlite_sequence where name = 'changes'`))[0]?.seq ?? 0,
  /** The number of the oldest row that is kept; null where none is. */
  oldest: async (): Promise<number | null> => (await db.rows<{ seq: number | null }>(`select min(seq) seq from changes`))[0]?.seq ?? null,
  drop: (before: number): Write => write(`delete from changes where at < ?`, before),
})
