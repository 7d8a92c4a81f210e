import type { Db } from '../sql.ts'
import type { MerchantId, Minor } from '../values.ts'

export type CustomerDrift = { qboId: string; name: string; currency: string; stated: Minor; computed: Minor }

/** Where the mirror does not add up to what QuickBooks states. Each identity holds to the cent in every real company. */
export const driftQueries = (db: Db, merchantId: MerchantId) => ({
  /** A customer's balance is the open invoices less unapplied payments less what is left of credit memos. */
  customers: (most: number): Promise<CustomerDrift[]> =>
    db.rows(
      `select c.qbo_id qboId, c.name, c.currency, c.balance stated,
         coalesce((select sum(i.balance) from invoices i where i.merchant_id = c.merchant_id and i.customer_id = c.id and i.origin = 'qbo' and i.archived_reason is not 'deleted_in_quickbooks'), 0)
         - coalesce((select sum(p.unapplied) from qbo_payments p where p.merchant_id = c.merchant_id and p.customer_id = c.id and p.state = 'live'), 0)
         - coalesce((select sum(m.remaining) from credit_memos m where m.merchant_id = c.merchant_id and m.customer_id = c.id and m.state = 'live'), 0) computed
       from customers c where c.merchant_id = ? and c.qbo_id is not null and c.archived_reason is not 'merged_in_quickbooks' and c.archived_reason is not 'deleted_in_quickbooks' and stated <> computed order by c.qbo_id limit ?`,
      [merchantId, most]),
  /** Customers of invoices whose balance is not the total less deposit less what payments put against it. */
  customersOfInvoices: (most: number): Promise<{ qboId: string; invoices: number }[]> =>
    db.rows(
      `${applied('Invoice')} select c.qbo_id qboId, count(*) invoices from invoices i left join applied a on a.txn_qbo_id = i.qbo_id join customers c on c.merchant_id = i.merchant_id and c.id = i.customer_id
       where i.merchant_id = ?1 and i.origin = 'qbo' and i.archived_at is null and i.voided_at is null and i.balance <> i.total - i.deposit - coalesce(a.amount, 0) group by c.qbo_id order by c.qbo_id limit ?2`,
      [merchantId, most]),
  /** Customers of credit memos of which more or less is left than payments have used. */
  customersOfCredits: (most: number): Promise<{ qboId: string; credits: number }[]> =>
    db.rows(
      `${applied('CreditMemo')} select c.qbo_id qboId, count(*) credits from credit_memos m left join applied a on a.txn_qbo_id = m.qbo_id join customers c on c.merchant_id = m.merchant_id and c.id = m.customer_id
       where m.merchant_id = ?1 and m.state = 'live' and m.remaining <> m.total - coalesce(a.amount, 0) group by c.qbo_id order by c.qbo_id limit ?2`,
      [merchantId, most]),
})

/** What payments put against each document of a kind, added up once: to look for each document's own takes four times as long. */
const applied = (type: 'Invoice' | 'CreditMemo') =>
  `with applied as materialized (
     select l.txn_qbo_id, sum(l.amount) amount from qbo_payment_lines l cross join qbo_payments p on p.merchant_id = l.merchant_id and p.qbo_id = l.payment_qbo_id
     where l.merchant_id = ?1 and l.txn_type = '${type}' and p.state = 'live' group by l.txn_qbo_id)`
