import type { Write } from '../client.ts'
import { write } from '../sql.ts'
import type { MerchantId, Visibility } from '../values.ts'
import { archivedBy, type MirrorCredit, type MirrorCustomer, type MirrorEvent, type MirrorInvoice, type MirrorListEntry, type MirrorPayment, newer, ofVersion, type WithId } from './mirror-rows.ts'

/** The rows of the JSON text, each written out once: SQLite would write a row out anew for each of its fields. */
const listed = `with v as materialized (select value from json_each(?2))`

/** Rows come in by the page, as one JSON text: one statement for all of them, in which the list leads each join. */
export const putDocuments = (merchantId: MerchantId) => ({
  putCustomers: (rows: readonly WithId<MirrorCustomer>[], now: number): Write[] => {
    const list = JSON.stringify(rows)
    return [
      write(
        `${listed}
         insert into customers (merchant_id, id, qbo_id, sync_token, qbo_updated_at, name, email, parent_qbo_id, currency, balance, active, archived_at, archived_reason)
         select ?1, v.value ->> 'id', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', v.value ->> 'name', v.value ->> 'email', v.value ->> 'parentQboId', v.value ->> 'currency',
           v.value ->> 'balance', v.value ->> 'active', iif(v.value ->> 'active', null, ?3), iif(v.value ->> 'active', null, '${archivedBy.deactivation}')
         from v where true
         on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, name = excluded.name, email = excluded.email,
           parent_qbo_id = excluded.parent_qbo_id, currency = excluded.currency, balance = excluded.balance, active = excluded.active,
           archived_at = case when not excluded.active then coalesce(customers.archived_at, excluded.archived_at)
             when customers.archived_reason in ('${archivedBy.deletion}', '${archivedBy.deactivation}') then null else customers.archived_at end,
           archived_reason = case when not excluded.active then coalesce(customers.archived_reason, excluded.archived_reason)
             when customers.archived_reason in ('${archivedBy.deletion}', '${archivedBy.deactivation}') then null else customers.archived_reason end
         where ${newer('customers')} and (customers.archived_reason is not '${archivedBy.deletion}' or excluded.qbo_updated_at > customers.qbo_updated_at)`,
        merchantId, list, now),
      write(
        `${listed}
         delete from customer_emails where merchant_id = ?1 and customer_id in
           (select c.id from v cross join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'qboId' where ${ofVersion('c')})`,
        merchantId, list),
      write(
        `${listed}
         insert into customer_emails (merchant_id, email, customer_id)
         select ?1, e.value, c.id from v cross join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'qboId', json_each(v.value, '$.emails') e where ${ofVersion('c')} on conflict do nothing`,
        merchantId, list),
    ]
  },
  putListEntries: (rows: readonly MirrorListEntry[]): Write =>
    write(
      `${listed}
       insert into list_entries (merchant_id, entity, qbo_id, name, type, active, qbo_updated_at)
       select ?1, v.value ->> 'entity', v.value ->> 'qboId', v.value ->> 'name', v.value ->> 'type', v.value ->> 'active', v.value ->> 'updatedAt' from v where true
       on conflict (merchant_id, entity, qbo_id) do update set name = excluded.name, type = excluded.type, active = excluded.active, qbo_updated_at = excluded.qbo_updated_at
       where excluded.qbo_updated_at >= list_entries.qbo_updated_at`,
      merchantId, JSON.stringify(rows)),
  /** An unknown customer breaks the batch: fetch missing references first. */
  putInvoices: (rows: readonly WithId<MirrorInvoice & { visibility: Visibility }>[], now: number): Write =>
    write(
      `${listed}
       insert into invoices (merchant_id, id, origin, qbo_id, sync_token, qbo_updated_at, customer_id, number, issued_on, due_on, currency, total, balance, deposit, tax, bill_email, email_status,
         visibility, published_at, voided_at, created_at, body)
       select ?1, v.value ->> 'id', 'qbo', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'number', v.value ->> 'issuedOn', v.value ->> 'dueOn',
         v.value ->> 'currency', v.value ->> 'total', v.value ->> 'balance', v.value ->> 'deposit', v.value ->> 'tax', v.value ->> 'billEmail', v.value ->> 'emailStatus', v.value ->> 'visibility',
         iif(v.value ->> 'visibility' = 'published', ?3, null), iif(v.value ->> 'voided', v.value ->> 'updatedAt', null), v.value ->> 'createdAt', v.value ->> 'body'
       from v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, number = excluded.number,
         issued_on = excluded.issued_on, due_on = excluded.due_on, currency = excluded.currency, total = excluded.total, balance = excluded.balance, deposit = excluded.deposit, tax = excluded.tax,
         bill_email = excluded.bill_email, email_status = excluded.email_status, visibility = iif(invoices.visibility = 'published', 'published', excluded.visibility),
         published_at = coalesce(invoices.published_at, excluded.published_at), voided_at = iif(excluded.voided_at is null, null, coalesce(invoices.voided_at, excluded.voided_at)),
         archived_at = iif(invoices.archived_reason = '${archivedBy.deletion}', null, invoices.archived_at),
         archived_reason = iif(invoices.archived_reason = '${archivedBy.deletion}', null, invoices.archived_reason), created_at = excluded.created_at, body = excluded.body
       where invoices.origin = 'qbo' and ${newer('invoices')} and (invoices.archived_reason is not '${archivedBy.deletion}' or excluded.qbo_updated_at > invoices.qbo_updated_at)`,
      merchantId, JSON.stringify(rows), now),
  addEvents: (events: readonly MirrorEvent[]): Write =>
    write(
      `${listed}
       insert into document_events (merchant_id, id, invoice_id, key, kind, facts, at)
       select ?1, v.value ->> 'id', i.id, v.value ->> 'key', v.value ->> 'kind', v.value -> 'facts', v.value ->> 'at'
       from v cross join invoices i on i.merchant_id = ?1 and i.qbo_id = v.value ->> 'invoiceQboId' where true on conflict do nothing`,
      merchantId, JSON.stringify(events)),
})

export const putMoney = (merchantId: MerchantId) => ({
  putCredits: (rows: readonly WithId<MirrorCredit>[]): Write =>
    write(
      `${listed}
       insert into credit_memos (merchant_id, id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, number, issued_on, total, remaining, state)
       select ?1, v.value ->> 'id', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'currency', v.value ->> 'number', v.value ->> 'issuedOn', v.value ->> 'total',
         v.value ->> 'remaining', v.value ->> 'state'
       from v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, currency = excluded.currency,
         number = excluded.number, issued_on = excluded.issued_on, total = excluded.total, remaining = excluded.remaining, state = excluded.state
       where ${newer('credit_memos')} and (credit_memos.state <> 'deleted' or excluded.qbo_updated_at > credit_memos.qbo_updated_at)`,
      merchantId, JSON.stringify(rows)),
  putPayments: (rows: readonly MirrorPayment[]): Write[] => {
    const list = JSON.stringify(rows)
    return [
      write(
        `${listed}
         insert into qbo_payments (merchant_id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, total, unapplied, paid_on, reference, state)
         select ?1, v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'currency', v.value ->> 'total', v.value ->> 'unapplied', v.value ->> 'paidOn',
           v.value ->> 'reference', v.value ->> 'state'
         from v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
         on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, currency = excluded.currency,
           total = excluded.total, unapplied = excluded.unapplied, paid_on = excluded.paid_on, reference = excluded.reference, state = excluded.state
         where ${newer('qbo_payments')} and (qbo_payments.state <> 'deleted' or excluded.qbo_updated_at > qbo_payments.qbo_updated_at)`,
        merchantId, list),
      write(
        `${listed}
         delete from qbo_payment_lines where merchant_id = ?1 and payment_qbo_id in
           (select p.qbo_id from v cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = v.value ->> 'qboId' where ${ofVersion('p')} and p.state <> 'deleted')`,
        merchantId, list),
      write(
        `${listed}
         insert into qbo_payment_lines (merchant_id, payment_qbo_id, position, txn_type, txn_qbo_id, amount)
         select ?1, p.qbo_id, l.key, l.value ->> 'txnType', l.value ->> 'txnQboId', l.value ->> 'amount'
         from v cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = v.value ->> 'qboId', json_each(v.value, '$.lines') l where ${ofVersion('p')} and p.state <> 'deleted' on conflict do nothing`,
        merchantId, list),
    ]
  },
  /**
   * Recognises our own postings by what they carry. A copy that somebody made in QuickBooks carries the same, so the amount must fit
   * and a posting or another live payment keeps its place.
   */
  recognise: (candidates: readonly { qboId: string; paymentId: string }[]): Write =>
    write(
      `${listed}
       update qbo_payments set payment_id = (
         select p.id from v cross join payments p on p.merchant_id = ?1 and p.id = v.value ->> 'paymentId' left join postings o on o.merchant_id = ?1 and o.payment_id = p.id
         where v.value ->> 'qboId' = qbo_payments.qbo_id and p.amount = qbo_payments.total and p.currency = qbo_payments.currency and (o.qbo_id is null or o.qbo_id = qbo_payments.qbo_id)
           and not exists (select 1 from qbo_payments other where other.merchant_id = ?1 and other.payment_id = p.id and other.state = 'live'))
       where merchant_id = ?1 and payment_id is null and state = 'live' and qbo_id in (select value ->> 'qboId' from json_each(?2))`,
      merchantId, JSON.stringify(candidates)),
})
