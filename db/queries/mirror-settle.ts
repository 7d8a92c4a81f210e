import type { Write } from '../client.ts'
import { write } from '../sql.ts'
import type { MerchantId } from '../values.ts'
import { goneQueries } from './mirror-gone.ts'

/** What follows once rows of the mirror have changed: our own payments seen again, deletions, merges, and the word to open pages. */
export const mirrorSettleQueries = (merchantId: MerchantId) => ({
  ...goneQueries(merchantId),
  /**
   * Our own money that QuickBooks' figures now hold: with the invoice version that names our payment among its links, and,
   * for money that found no invoice there, with the payment itself.
   */
  reflect: (links: readonly { invoiceQboId: string; paymentQboId: string; updatedAt: number }[], paymentQboIds: readonly string[]): Write[] => [
    write(
      `update allocations indexed by allocations_captured set state = 'reflected' where merchant_id = ?1 and state = 'captured' and (payment_id, invoice_id) in (
         select q.payment_id, i.id from json_each(?2) v cross join invoices i on i.merchant_id = ?1 and i.qbo_id = v.value ->> 'invoiceQboId'
           cross join qbo_payments q on q.merchant_id = ?1 and q.qbo_id = v.value ->> 'paymentQboId'
         where q.payment_id is not null and q.state = 'live' and i.qbo_updated_at >= v.value ->> 'updatedAt')`,
      merchantId, JSON.stringify(links)),
    write(
      `update allocations indexed by allocations_captured set state = 'reflected' where merchant_id = ?1 and state = 'captured' and (payment_id, invoice_id) in (
         select a.payment_id, a.invoice_id from json_each(?2) v cross join qbo_payments q on q.merchant_id = ?1 and q.qbo_id = v.value
           cross join allocations a on a.merchant_id = ?1 and a.payment_id = q.payment_id cross join invoices i on i.merchant_id = ?1 and i.id = a.invoice_id
         where q.state = 'live' and not exists (select 1 from qbo_payment_lines l where l.merchant_id = ?1 and l.payment_qbo_id = q.qbo_id and l.txn_type = 'Invoice' and l.txn_qbo_id = i.qbo_id))`,
      merchantId, JSON.stringify(paymentQboIds)),
  ],
  /** The same on a person's word, where QuickBooks shows that at least as much was put against the invoice as was captured for it. */
  reflectByHand: (paymentId: string): Write =>
    write(
      `update allocations set state = 'reflected' where merchant_id = ?1 and payment_id = ?2 and state = 'captured'
         and exists (select 1 from invoices i where i.merchant_id = ?1 and i.id = allocations.invoice_id and i.total - i.balance >= allocations.amount)`,
      merchantId, paymentId),
  /** Our own payment was undone in QuickBooks: the customer has paid all the same, so their invoice counts as paid here until a person decides. */
  unreflect: (paymentId: string): Write => write(`update allocations set state = 'captured' where merchant_id = ? and payment_id = ? and state = 'reflected'`, merchantId, paymentId),
  /** Says in the history of each invoice that a payment no longer counts; to stand before the payment's own row changes. */
  noteRemoved: (removed: readonly { qboId: string; at: number }[]): Write =>
    write(
      `insert into document_events (merchant_id, id, invoice_id, key, kind, facts, at)
       select ?1, 'evt_' || lower(hex(randomblob(13))), i.id, 'payment:' || p.qbo_id || ':removed', 'payment_removed',
         json_object('paymentQboId', p.qbo_id, 'amount', l.amount, 'currency', p.currency), v.value ->> 'at'
       from json_each(?2) v cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = v.value ->> 'qboId' and p.state = 'live'
         cross join qbo_payment_lines l on l.merchant_id = ?1 and l.payment_qbo_id = p.qbo_id and l.txn_type = 'Invoice'
         cross join invoices i on i.merchant_id = ?1 and i.qbo_id = l.txn_qbo_id where true on conflict do nothing`,
      merchantId, JSON.stringify(removed)),
  diverge: (paymentId: string, problem: string): Write => write(`update postings set state = 'diverged', problem = ? where merchant_id = ? and payment_id = ? and state in ('waiting', 'blocked', 'posted')`, problem, merchantId, paymentId),
  /** Tells the open pages of everybody whom these invoices and customers concern. */
  tell: (invoiceQboIds: readonly string[], customerQboIds: readonly string[], now: number): Write[] => [
    write(
      `insert into changes (merchant_id, customer_id, invoice_id, kind, at) select ?1, i.customer_id, i.id, 'invoice', ?3 from invoices i where i.merchant_id = ?1 and i.qbo_id in (select value from json_each(?2))`,
      merchantId, JSON.stringify(invoiceQboIds), now),
    write(
      `insert into changes (merchant_id, customer_id, invoice_id, kind, at) select ?1, c.id, null, 'customer', ?3 from customers c where c.merchant_id = ?1 and c.qbo_id in (select value from json_each(?2))`,
      merchantId, JSON.stringify(customerQboIds), now),
  ],
})
