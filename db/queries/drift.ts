import { type Ordered, slices, textEnd } from '../slices.ts'
import type { Db } from '../sql.ts'
import type { MerchantId, Minor } from '../values.ts'

export type CustomerDrift = { qboId: string; name: string; currency: string; stated: Minor; computed: Minor }

const ordered = {
  customers: { table: 'customers', index: 'customers_by_qbo_id', column: 'qbo_id' },
  invoices: { table: 'invoices', index: 'invoices_by_qbo_id', column: 'qbo_id' },
  credit_memos: { table: 'credit_memos', index: 'credit_memos_by_qbo_id', column: 'qbo_id' },
} as const satisfies Record<string, Ordered>

/** Where the mirror does not add up to what QuickBooks states. Each identity holds to the cent in every real company. A large company is gone through in slices. */
export function driftQueries(db: Db, merchantId: MerchantId) {
  /** What each slice of a table answers, in the order of QuickBooks' ids. Of customers there are fewer in one, because all of theirs is added up. */
  async function* inSlices<T>(table: keyof typeof ordered, sql: string): AsyncGenerator<T[]> {
    for await (const { from, before } of slices(db, merchantId, ordered[table], { from: '', before: textEnd }, table === 'customers' ? { most: 1_000 } : {})) yield await db.rows<T>(sql, [merchantId, from, before])
  }
  /** How many documents differ, by customer, of so many customers at most. */
  const countsOf = async (table: 'invoices' | 'credit_memos', sql: string, most: number): Promise<{ qboId: string; documents: number }[]> => {
    const counts = new Map<string, number>()
    for await (const rows of inSlices<{ qboId: string; documents: number }>(table, sql)) {
      for (const { qboId, documents } of rows) counts.set(qboId, (counts.get(qboId) ?? 0) + documents)
      if (counts.size >= most) break
    }
    return [...counts].slice(0, most).map(([qboId, documents]) => ({ qboId, documents }))
  }
  return {
    /** A customer's balance is the open invoices less unapplied payments less what is left of credit memos. */
    customers: async (most: number): Promise<CustomerDrift[]> => {
      const found: CustomerDrift[] = []
      for await (const rows of inSlices<CustomerDrift>('customers', customersDiffer)) {
        found.push(...rows)
        if (found.length >= most) break
      }
      return found.slice(0, most)
    },
    /** Customers of invoices whose balance is not the total less deposit less what payments put against it. */
    customersOfInvoices: (most: number) => countsOf('invoices', invoicesDiffer, most),
    /** Customers of credit memos of which more or less is left than payments have used. */
    customersOfCredits: (most: number) => countsOf('credit_memos', creditsDiffer, most),
  }
}

const customersDiffer = `
  select c.qbo_id qboId, c.name, c.currency, c.balance stated,
    coalesce((select sum(i.balance) from invoices i where i.merchant_id = c.merchant_id and i.customer_id = c.id and i.origin = 'qbo' and i.archived_reason is not 'deleted_in_quickbooks'), 0)
    - coalesce((select sum(p.unapplied) from qbo_payments p where p.merchant_id = c.merchant_id and p.customer_id = c.id and p.state = 'live'), 0)
    - coalesce((select sum(m.remaining) from credit_memos m where m.merchant_id = c.merchant_id and m.customer_id = c.id and m.state = 'live'), 0) computed
  from customers c where c.merchant_id = ?1 and c.qbo_id >= ?2 and c.qbo_id < ?3 and c.archived_reason is not 'merged_in_quickbooks' and c.archived_reason is not 'deleted_in_quickbooks' and stated <> computed order by c.qbo_id`

/** Documents of a slice and what payments put against them, laid on top of each other and added up once: to look for each document's own payments takes four times as long. */
const documentsDiffer = (type: 'Invoice' | 'CreditMemo', documents: string) => `
  with differing as materialized (
    select id, max(customer) customer from (
      ${documents}
      union all
      select l.txn_qbo_id, null, l.amount from qbo_payment_lines l cross join qbo_payments p on p.merchant_id = l.merchant_id and p.qbo_id = l.payment_qbo_id
      where l.merchant_id = ?1 and l.txn_type = '${type}' and l.txn_qbo_id >= ?2 and l.txn_qbo_id < ?3 and p.state = 'live')
    group by id having max(customer) is not null and sum(off) <> 0)
  select c.qbo_id qboId, count(*) documents from differing d cross join customers c on c.merchant_id = ?1 and c.id = d.customer group by c.qbo_id`

const invoicesDiffer = documentsDiffer('Invoice', `
      select i.qbo_id id, i.customer_id customer, i.balance - i.total + i.deposit off from invoices i
      where i.merchant_id = ?1 and i.qbo_id >= ?2 and i.qbo_id < ?3 and i.origin = 'qbo' and i.archived_at is null and i.voided_at is null`)

const creditsDiffer = documentsDiffer('CreditMemo', `
      select m.qbo_id id, m.customer_id customer, m.remaining - m.total off from credit_memos m
      where m.merchant_id = ?1 and m.qbo_id >= ?2 and m.qbo_id < ?3 and m.state = 'live'`)
