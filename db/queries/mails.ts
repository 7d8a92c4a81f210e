import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { MerchantId } from '../values.ts'

/** Mail of one merchant: what went to whom about what. */
export const mailQueries = (db: Db, merchantId: MerchantId) => ({
  find: async (id: string): Promise<{ kind: string; recipient: string } | null> =>
    (await db.rows<{ kind: string; recipient: string }>(`select kind, recipient from mails where merchant_id = ? and id = ?`, [merchantId, id]))[0] ?? null,
  queue: (mail: { id: string; kind: string; recipient: string; customerId: string | null; invoiceId: string | null; now: number }): Write =>
    write(
      `insert into mails (merchant_id, id, kind, recipient, customer_id, invoice_id, state, created_at) values (?, ?, ?, ?, ?, ?, 'queued', ?) on conflict do nothing`,
      merchantId, mail.id, mail.kind, mail.recipient, mail.customerId, mail.invoiceId, mail.now),
  end: (id: string, state: 'sent' | 'refused', ref: string | null, problem: string | null): Write =>
    write(`update mails set state = ?, ref = ?, problem = ? where merchant_id = ? and id = ?`, state, ref, problem, merchantId, id),
})
