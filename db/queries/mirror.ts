import type { Db } from '../sql.ts'
import type { MerchantId, PaymentId } from '../values.ts'
import { putDocuments, putMoney } from './mirror-put.ts'
import type { KnownCustomer, KnownInvoice, KnownMoney, KnownPayment } from './mirror-rows.ts'

/** The mirror of one company's books: what comes in, and what is known of it already. */
export const mirrorQueries = (db: Db, merchantId: MerchantId) => ({
  ...putDocuments(merchantId),
  ...putMoney(merchantId),
  /** Our own payments of these ids or references. */
  ownPayments: (ids: readonly string[], references: readonly string[]): Promise<{ id: PaymentId; reference: string }[]> =>
    db.rows(
      `select id, reference from payments where merchant_id = ?1 and id in (select value from json_each(?2))
       union select id, reference from payments where merchant_id = ?1 and reference in (select value from json_each(?3))`,
      [merchantId, JSON.stringify(ids), JSON.stringify(references)]),
  knownCustomers: (qboIds: readonly string[]): Promise<KnownCustomer[]> =>
    db.rows(
      `select id, qbo_id qboId, sync_token syncToken, qbo_updated_at updatedAt, name, balance, active, archived_reason archivedReason from customers
       where merchant_id = ? and qbo_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(qboIds)]),
  knownInvoices: (qboIds: readonly string[]): Promise<KnownInvoice[]> =>
    db.rows(
      `select i.id, i.qbo_id qboId, i.sync_token syncToken, i.qbo_updated_at updatedAt, c.qbo_id customerQboId, i.total, i.balance, i.due_on dueOn, i.currency, i.email_status emailStatus, i.visibility,
         i.voided_at voidedAt, i.archived_reason archivedReason from invoices i join customers c on c.merchant_id = i.merchant_id and c.id = i.customer_id
       where i.merchant_id = ? and i.qbo_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(qboIds)]),
  knownPayments: (qboIds: readonly string[]): Promise<KnownPayment[]> =>
    db.rows(
      `select p.qbo_id qboId, c.qbo_id customerQboId, p.sync_token syncToken, p.qbo_updated_at updatedAt, p.total, p.unapplied rest, p.state, p.reference, p.currency, p.payment_id paymentId
       from qbo_payments p join customers c on c.merchant_id = p.merchant_id and c.id = p.customer_id where p.merchant_id = ? and p.qbo_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(qboIds)]),
  knownCredits: (qboIds: readonly string[]): Promise<KnownMoney[]> =>
    db.rows(
      `select m.qbo_id qboId, c.qbo_id customerQboId, m.sync_token syncToken, m.qbo_updated_at updatedAt, m.total, m.remaining rest, m.state
       from credit_memos m join customers c on c.merchant_id = m.merchant_id and c.id = m.customer_id where m.merchant_id = ? and m.qbo_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(qboIds)]),
  /** Invoices whose version in the mirror came with a payment of our own: an event of that very second is our own echo. */
  ownEchoes: async (invoiceQboIds: readonly string[]): Promise<string[]> =>
    (await db.rows<{ qboId: string }>(
      `select i.qbo_id qboId from json_each(?2) v cross join invoices i on i.merchant_id = ?1 and i.qbo_id = v.value where exists (
         select 1 from qbo_payment_lines l join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = l.payment_qbo_id
         where l.merchant_id = ?1 and l.txn_type = 'Invoice' and l.txn_qbo_id = i.qbo_id and p.payment_id is not null and p.state = 'live' and abs(p.qbo_updated_at - i.qbo_updated_at) <= 1000)`,
      [merchantId, JSON.stringify(invoiceQboIds)])).map(row => row.qboId),
  /** Some document of a customer, to be asked whose it is now; null where there is none. */
  documentOf: async (customerQboId: string): Promise<{ entity: 'Invoice' | 'Payment' | 'CreditMemo'; qboId: string } | null> => {
    const [row] = await db.rows<{ entity: 'Invoice' | 'Payment' | 'CreditMemo'; qboId: string }>(
      `with c as (select id from customers where merchant_id = ?1 and qbo_id = ?2)
       select 'Invoice' entity, qbo_id qboId from invoices where merchant_id = ?1 and customer_id = (select id from c) and qbo_id is not null and archived_at is null
       union all select 'Payment', qbo_id from qbo_payments where merchant_id = ?1 and customer_id = (select id from c) and state = 'live'
       union all select 'CreditMemo', qbo_id from credit_memos where merchant_id = ?1 and customer_id = (select id from c) and state = 'live' limit 1`,
      [merchantId, customerQboId])
    return row ?? null
  },
  isEmpty: async (): Promise<boolean> => (await db.rows(`select 1 from customers where merchant_id = ? limit 1`, [merchantId])).length === 0,
})
