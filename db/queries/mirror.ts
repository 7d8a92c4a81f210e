import type { Write } from '../client.ts'
import type { InvoiceBody } from '../schema/invoices.ts'
import { type Db, write } from '../sql.ts'
import type { Currency, CustomerId, InvoiceId, LocalDate, MerchantId, Minor, Visibility } from '../values.ts'

type Version = { qboId: string; syncToken: string; /** Epoch ms of QuickBooks' own last change. */ updatedAt: number }
export type MirrorCustomer = Version & { name: string; email: string | null; emails: string[]; parentQboId: string | null; currency: Currency; balance: Minor; active: boolean }
export type MirrorListEntry = Version & { entity: string; name: string; type: string | null; active: boolean }
export type MirrorInvoice = Version & {
  customerQboId: string
  number: string | null
  issuedOn: LocalDate
  dueOn: LocalDate | null
  currency: Currency
  total: Minor
  balance: Minor
  deposit: Minor
  tax: Minor
  billEmail: string | null
  emailStatus: string
  createdAt: number
  voided: boolean
  body: InvoiceBody
}
export type MirrorCredit = Version & { customerQboId: string; currency: Currency; number: string | null; issuedOn: LocalDate; total: Minor; remaining: Minor; state: 'live' | 'void' }
export type MirrorPayment = Version & {
  customerQboId: string
  currency: Currency
  total: Minor
  unapplied: Minor
  paidOn: LocalDate
  reference: string | null
  state: 'live' | 'void'
  /** Our own payment's id, where the private note carries it. */
  marker: string | null
  lines: { txnType: string; txnQboId: string; amount: Minor }[]
}
/** New rows take this id; rows that are known keep theirs. */
type WithId<T> = T & { id: string }

export type KnownCustomer = { id: CustomerId; qboId: string; syncToken: string | null; updatedAt: number; name: string; balance: Minor; active: number; archivedReason: string | null }
export type KnownInvoice = {
  id: InvoiceId
  qboId: string
  syncToken: string | null
  updatedAt: number
  customerQboId: string
  total: Minor
  balance: Minor
  dueOn: LocalDate | null
  currency: Currency
  emailStatus: string
  visibility: Visibility
  voidedAt: number | null
  archivedReason: string | null
}
export type KnownMoney = { qboId: string; customerQboId: string; syncToken: string; updatedAt: number; total: Minor; rest: Minor; state: string }
export type KnownPayment = KnownMoney & { reference: string | null; currency: Currency; paymentId: string | null }
export type MirrorEvent = { id: string; invoiceQboId: string; key: string; kind: string; facts: Record<string, unknown>; at: number }

/** Why a row was archived, in the words that are stored. Newer data of QuickBooks lifts the first two, never the others. */
export const archivedBy = { deletion: 'deleted_in_quickbooks', deactivation: 'inactive_in_quickbooks', merge: 'merged_in_quickbooks' } as const

/** Older data never overwrites newer. QuickBooks' times are whole seconds, so within one second the sync token decides; alone it never does. */
const newer = (table: string) =>
  `(excluded.qbo_updated_at > ${table}.qbo_updated_at or (excluded.qbo_updated_at = ${table}.qbo_updated_at and cast(excluded.sync_token as integer) >= cast(coalesce(${table}.sync_token, '0') as integer)))`
const ofVersion = (table: string) => `${table}.qbo_updated_at = v.value ->> 'updatedAt'`

/** The mirror of one company's books: rows come in by the page, as JSON. */
export const mirrorQueries = (db: Db, merchantId: MerchantId) => ({
  putCustomers: (rows: readonly WithId<MirrorCustomer>[], now: number): Write[] => [
    write(
      `insert into customers (merchant_id, id, qbo_id, sync_token, qbo_updated_at, name, email, parent_qbo_id, currency, balance, active, archived_at, archived_reason)
       select ?1, v.value ->> 'id', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', v.value ->> 'name', v.value ->> 'email', v.value ->> 'parentQboId', v.value ->> 'currency',
         v.value ->> 'balance', v.value ->> 'active', iif(v.value ->> 'active', null, ?3), iif(v.value ->> 'active', null, '${archivedBy.deactivation}')
       from json_each(?2) v where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, name = excluded.name, email = excluded.email,
         parent_qbo_id = excluded.parent_qbo_id, currency = excluded.currency, balance = excluded.balance, active = excluded.active,
         archived_at = case when not excluded.active then coalesce(customers.archived_at, excluded.archived_at)
           when customers.archived_reason in ('${archivedBy.deletion}', '${archivedBy.deactivation}') then null else customers.archived_at end,
         archived_reason = case when not excluded.active then coalesce(customers.archived_reason, excluded.archived_reason)
           when customers.archived_reason in ('${archivedBy.deletion}', '${archivedBy.deactivation}') then null else customers.archived_reason end
       where ${newer('customers')} and (customers.archived_reason is not '${archivedBy.deletion}' or excluded.qbo_updated_at > customers.qbo_updated_at)`,
      merchantId, JSON.stringify(rows), now),
    write(
      `delete from customer_emails where merchant_id = ?1 and customer_id in
         (select c.id from json_each(?2) v cross join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'qboId' where ${ofVersion('c')})`,
      merchantId, JSON.stringify(rows)),
    write(
      `insert into customer_emails (merchant_id, email, customer_id)
       select ?1, e.value, c.id from json_each(?2) v cross join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'qboId', json_each(v.value, '$.emails') e where ${ofVersion('c')} on conflict do nothing`,
      merchantId, JSON.stringify(rows)),
  ],
  putListEntries: (rows: readonly MirrorListEntry[]): Write =>
    write(
      `insert into list_entries (merchant_id, entity, qbo_id, name, type, active, qbo_updated_at)
       select ?1, v.value ->> 'entity', v.value ->> 'qboId', v.value ->> 'name', v.value ->> 'type', v.value ->> 'active', v.value ->> 'updatedAt' from json_each(?2) v where true
       on conflict (merchant_id, entity, qbo_id) do update set name = excluded.name, type = excluded.type, active = excluded.active, qbo_updated_at = excluded.qbo_updated_at
       where excluded.qbo_updated_at >= list_entries.qbo_updated_at`,
      merchantId, JSON.stringify(rows)),
  /** An unknown customer breaks the batch: fetch missing references first. */
  putInvoices: (rows: readonly WithId<MirrorInvoice & { visibility: Visibility }>[], now: number): Write =>
    write(
      `insert into invoices (merchant_id, id, origin, qbo_id, sync_token, qbo_updated_at, customer_id, number, issued_on, due_on, currency, total, balance, deposit, tax, bill_email, email_status,
         visibility, published_at, voided_at, created_at, body)
       select ?1, v.value ->> 'id', 'qbo', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'number', v.value ->> 'issuedOn', v.value ->> 'dueOn',
         v.value ->> 'currency', v.value ->> 'total', v.value ->> 'balance', v.value ->> 'deposit', v.value ->> 'tax', v.value ->> 'billEmail', v.value ->> 'emailStatus', v.value ->> 'visibility',
         iif(v.value ->> 'visibility' = 'published', ?3, null), iif(v.value ->> 'voided', v.value ->> 'updatedAt', null), v.value ->> 'createdAt', v.value -> 'body'
       from json_each(?2) v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, number = excluded.number,
         issued_on = excluded.issued_on, due_on = excluded.due_on, currency = excluded.currency, total = excluded.total, balance = excluded.balance, deposit = excluded.deposit, tax = excluded.tax,
         bill_email = excluded.bill_email, email_status = excluded.email_status, visibility = iif(invoices.visibility = 'published', 'published', excluded.visibility),
         published_at = coalesce(invoices.published_at, excluded.published_at), voided_at = iif(excluded.voided_at is null, null, coalesce(invoices.voided_at, excluded.voided_at)),
         archived_at = iif(invoices.archived_reason = '${archivedBy.deletion}', null, invoices.archived_at),
         archived_reason = iif(invoices.archived_reason = '${archivedBy.deletion}', null, invoices.archived_reason), created_at = excluded.created_at, body = excluded.body
       where invoices.origin = 'qbo' and ${newer('invoices')} and (invoices.archived_reason is not '${archivedBy.deletion}' or excluded.qbo_updated_at > invoices.qbo_updated_at)`,
      merchantId, JSON.stringify(rows), now),
  putCredits: (rows: readonly WithId<MirrorCredit>[]): Write =>
    write(
      `insert into credit_memos (merchant_id, id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, number, issued_on, total, remaining, state)
       select ?1, v.value ->> 'id', v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'currency', v.value ->> 'number', v.value ->> 'issuedOn', v.value ->> 'total',
         v.value ->> 'remaining', v.value ->> 'state'
       from json_each(?2) v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, currency = excluded.currency,
         number = excluded.number, issued_on = excluded.issued_on, total = excluded.total, remaining = excluded.remaining, state = excluded.state
       where ${newer('credit_memos')} and (credit_memos.state <> 'deleted' or excluded.qbo_updated_at > credit_memos.qbo_updated_at)`,
      merchantId, JSON.stringify(rows)),
  putPayments: (rows: readonly MirrorPayment[]): Write[] => [
    write(
      `insert into qbo_payments (merchant_id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, total, unapplied, paid_on, reference, state)
       select ?1, v.value ->> 'qboId', v.value ->> 'syncToken', v.value ->> 'updatedAt', c.id, v.value ->> 'currency', v.value ->> 'total', v.value ->> 'unapplied', v.value ->> 'paidOn',
         v.value ->> 'reference', v.value ->> 'state'
       from json_each(?2) v left join customers c on c.merchant_id = ?1 and c.qbo_id = v.value ->> 'customerQboId' where true
       on conflict (merchant_id, qbo_id) do update set sync_token = excluded.sync_token, qbo_updated_at = excluded.qbo_updated_at, customer_id = excluded.customer_id, currency = excluded.currency,
         total = excluded.total, unapplied = excluded.unapplied, paid_on = excluded.paid_on, reference = excluded.reference, state = excluded.state
       where ${newer('qbo_payments')} and (qbo_payments.state <> 'deleted' or excluded.qbo_updated_at > qbo_payments.qbo_updated_at)`,
      merchantId, JSON.stringify(rows)),
    write(
      `delete from qbo_payment_lines where merchant_id = ?1 and payment_qbo_id in
         (select p.qbo_id from json_each(?2) v cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = v.value ->> 'qboId' where ${ofVersion('p')} and p.state <> 'deleted')`,
      merchantId, JSON.stringify(rows)),
    write(
      `insert into qbo_payment_lines (merchant_id, payment_qbo_id, position, txn_type, txn_qbo_id, amount)
       select ?1, p.qbo_id, l.key, l.value ->> 'txnType', l.value ->> 'txnQboId', l.value ->> 'amount'
       from json_each(?2) v cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = v.value ->> 'qboId', json_each(v.value, '$.lines') l where ${ofVersion('p')} and p.state <> 'deleted' on conflict do nothing`,
      merchantId, JSON.stringify(rows)),
  ],
  /** Our own payments of these ids or references. */
  ownPayments: (ids: readonly string[], references: readonly string[]): Promise<{ id: string; reference: string }[]> =>
    db.rows(
      `select id, reference from payments where merchant_id = ?1 and id in (select value from json_each(?2))
       union select id, reference from payments where merchant_id = ?1 and reference in (select value from json_each(?3))`,
      [merchantId, JSON.stringify(ids), JSON.stringify(references)]),
  /**
   * Recognises our own postings by what they carry. A copy that somebody made in QuickBooks carries the same, so the amount must fit
   * and a posting or another live payment keeps its place.
   */
  recognise: (candidates: readonly { qboId: string; paymentId: string }[]): Write =>
    write(
      `update qbo_payments set payment_id = (
         select p.id from json_each(?2) v cross join payments p on p.merchant_id = ?1 and p.id = v.value ->> 'paymentId' left join postings o on o.merchant_id = ?1 and o.payment_id = p.id
         where v.value ->> 'qboId' = qbo_payments.qbo_id and p.amount = qbo_payments.total and p.currency = qbo_payments.currency and (o.qbo_id is null or o.qbo_id = qbo_payments.qbo_id)
           and not exists (select 1 from qbo_payments other where other.merchant_id = ?1 and other.payment_id = p.id and other.state = 'live'))
       where merchant_id = ?1 and payment_id is null and state = 'live' and qbo_id in (select value ->> 'qboId' from json_each(?2))`,
      merchantId, JSON.stringify(candidates)),
  addEvents: (events: readonly MirrorEvent[]): Write =>
    write(
      `insert into document_events (merchant_id, id, invoice_id, key, kind, facts, at)
       select ?1, v.value ->> 'id', i.id, v.value ->> 'key', v.value ->> 'kind', v.value -> 'facts', v.value ->> 'at'
       from json_each(?2) v cross join invoices i on i.merchant_id = ?1 and i.qbo_id = v.value ->> 'invoiceQboId' where true on conflict do nothing`,
      merchantId, JSON.stringify(events)),

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
