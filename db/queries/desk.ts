import type { Write } from '../client.ts'
import { captureTime } from './payments.ts'
import { type Ordered, type Slice, slices, textEnd } from '../slices.ts'
import { type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { Currency, CustomerId, InvoiceId, LocalDate, MerchantId, Minor, PaymentId } from '../values.ts'

/** Five buckets: 0 not due, 1 up to 30 days late, 2 up to 60, 3 up to 90, 4 later still. */
export type AgingRow = { currency: Currency; bucket: 0 | 1 | 2 | 3 | 4; owed: Minor; count: number }
export type ReceivedHere = { currency: Currency; slot: number; amount: Minor }
export type ReceivedRow = { currency: Currency; on: LocalDate; amount: Minor }
export type CustomerListRow = { id: CustomerId; name: string; email: string | null; parentName: string | null; active: number; archived: number }
export type CustomerCursor = { archived: number; name: string; id: string }
export type OwedRow = { customerId: CustomerId; currency: Currency; owed: Minor; openCount: number }

/** Captured money is grouped by quarters of an hour, because every zone's midnight lies on one. */
export const slotMs = 900_000

const byDueDay: Ordered = { table: 'invoices', index: 'invoices_open', column: 'due_on', where: 'balance > 0 and archived_at is null' }
const byPaidDay: Ordered = { table: 'qbo_payments', index: 'qbo_payments_by_day', column: 'paid_on' }
const byCapture: Ordered = { table: 'payments', index: 'payments_by_capture', column: captureTime(), where: `state = 'succeeded'` }

/** What is still owed, drafts included, as QuickBooks counts it; what was archived here is out of sight. */
const open = (from: string) => `
  select i.id, i.customer_id customerId, i.currency, i.due_on dueOn,
    i.balance - (select coalesce(sum(a.amount), 0) from allocations a where a.merchant_id = i.merchant_id and a.invoice_id = i.id and a.state = 'captured') owed
  from ${from} where i.merchant_id = :merchant and i.balance > 0 and i.archived_at is null and i.voided_at is null`
const named = `c.merchant_id = :merchant and c.archived_reason is not 'merged_in_quickbooks'
  and (:search is null or c.name like :search escape '\\' or exists (select 1 from customer_emails e where e.merchant_id = c.merchant_id and e.customer_id = c.id and e.email like :search escape '\\'))`
const patternOf = (search: string | null) => (search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`)

/** What the merchant's own pages show, and what the merchant does there. */
export const deskQueries = (db: Db, merchantId: MerchantId) => ({ ...picturesOf(db, merchantId), ...listsOf(db, merchantId), ...deedsOf(merchantId) })

const picturesOf = (db: Db, merchantId: MerchantId) => ({
  /** What is open by its age; of a large company a bucket comes in several rows. */
  aging: async (today: LocalDate): Promise<AgingRow[]> => {
    const rowsOf = (where: string, slice: Partial<Slice> = {}) =>
      db.rows<AgingRow>(
        `select currency, case when dueOn is null or dueOn >= :today then 0 else min(4, (cast(julianday(:today) - julianday(dueOn) as integer) + 29) / 30) end bucket, sum(owed) owed, count(*) count
         from (${open('invoices i indexed by invoices_open')} and ${where}) where owed > 0 group by currency, bucket order by currency, bucket`,
        { merchant: merchantId, today, ...slice })
    const rows = await rowsOf('i.due_on is null')
    for await (const slice of slices(db, merchantId, byDueDay, { from: '', before: textEnd })) rows.push(...(await rowsOf('i.due_on >= :from and i.due_on < :before', slice)))
    return rows
  },
  /** What came in, by the day that QuickBooks holds, whoever took it. */
  receivedInBooks: async (from: LocalDate, to: LocalDate): Promise<ReceivedRow[]> => {
    const rows: ReceivedRow[] = []
    for await (const slice of slices(db, merchantId, byPaidDay, { from, before: `${to}${textEnd}` }))
      rows.push(...(await db.rows<ReceivedRow>(
        `select currency, paid_on "on", sum(total) amount from qbo_payments indexed by qbo_payments_by_day where merchant_id = ? and state = 'live' and total > 0 and paid_on >= ? and paid_on < ? group by currency, paid_on`,
        [merchantId, slice.from, slice.before])))
    return rows
  },
  /** What was captured here and does not stand in QuickBooks (yet, or any more), by slots of `slotMs`. */
  receivedHere: async (since: number): Promise<ReceivedHere[]> => {
    const rows: ReceivedHere[] = []
    for await (const slice of slices(db, merchantId, byCapture, { from: since, before: Number.MAX_SAFE_INTEGER }))
      rows.push(...(await db.rows<ReceivedHere>(
        `select p.currency, ${captureTime('p')} / ${slotMs} slot, sum(p.amount) amount from payments p indexed by payments_by_capture
         where p.merchant_id = ? and p.state = 'succeeded' and ${captureTime('p')} >= ? and ${captureTime('p')} < ?
           and not exists (select 1 from qbo_payments q where q.merchant_id = p.merchant_id and q.payment_id = p.id and q.state = 'live')
           and not exists (select 1 from postings o where o.merchant_id = p.merchant_id and o.payment_id = p.id and o.state = 'by_hand') group by currency, slot`,
        [merchantId, slice.from, slice.before])))
    return rows
  },
  draftCount: async (): Promise<number> =>
    (await db.rows<{ n: number }>(`select count(*) n from invoices indexed by invoices_drafts where merchant_id = ? and visibility = 'draft' and archived_at is null and voided_at is null`, [merchantId]))[0]?.n ?? 0,
})

const listsOf = (db: Db, merchantId: MerchantId) => ({
  /** Live customers first, by name. */
  customers: (query: { search: string | null; after: CustomerCursor | null; most: number }): Promise<CustomerListRow[]> =>
    db.rows(
      `select c.id, c.name, c.email, p.name parentName, c.active, c.archived_at is not null archived
       from customers c indexed by customers_listed left join customers p on p.merchant_id = c.merchant_id and p.qbo_id = c.parent_qbo_id
       where ${named} ${query.after ? `and ((c.archived_at is not null), lower(c.name), c.id) > (:archived, lower(:name), :id)` : ''}
       order by (c.archived_at is not null), lower(c.name), c.id limit :most`,
      { merchant: merchantId, search: patternOf(query.search), most: query.most, ...query.after }),
  /** How many these are; `most` where they are as many or more. */
  countCustomers: async (search: string | null, most: number): Promise<number> =>
    (await db.rows<{ n: number }>(`select count(*) n from (select 1 from customers c indexed by customers_listed where ${named} limit :most)`, { merchant: merchantId, search: patternOf(search), most }))[0]?.n ?? 0,
  owedBy: (customerIds: readonly CustomerId[]): Promise<OwedRow[]> =>
    db.rows(
      `select customerId, currency, sum(owed) owed, count(*) openCount from (${open('invoices i')} and i.customer_id in (select value from json_each(:customers))) where owed > 0 group by customerId, currency order by currency`,
      { merchant: merchantId, customers: JSON.stringify(customerIds) }),
  customer: async (id: string): Promise<{ id: CustomerId; name: string; archivedAt: number | null } | null> =>
    (await db.rows<{ id: CustomerId; name: string; archivedAt: number | null }>(`select id, name, archived_at archivedAt from customers where merchant_id = ? and id = ?`, [merchantId, id]))[0] ?? null,
  /** The company's day on which a customer last looked at each of these invoices. */
  viewedOn: (ids: readonly InvoiceId[]): Promise<{ id: InvoiceId; day: LocalDate }[]> =>
    db.rows(
      `select e.invoice_id id, substr(max(e.key), 8) day from json_each(?2) w cross join document_events e on e.merchant_id = ?1 and e.invoice_id = w.value and e.key > 'viewed:' and e.key < 'viewed;' group by e.invoice_id`,
      [merchantId, JSON.stringify(ids)]),
  /** What each payment was put against. */
  invoicesOf: (paymentIds: readonly PaymentId[]): Promise<{ paymentId: PaymentId; number: string | null; amount: Minor }[]> =>
    db.rows(
      `select a.payment_id paymentId, i.number, a.amount from allocations a join invoices i on i.merchant_id = a.merchant_id and i.id = a.invoice_id
       where a.merchant_id = ? and a.payment_id in (select value from json_each(?)) order by i.due_on, i.id`,
      [merchantId, JSON.stringify(paymentIds)]),
})

const deedsOf = (merchantId: MerchantId) => ({
  /** Lets customers see these drafts; what is no draft stays as it is. */
  publish: (ids: readonly InvoiceId[], now: number): Write =>
    write(
      `update invoices set visibility = 'published', published_at = ? where merchant_id = ? and id in (select value from json_each(?)) and visibility = 'draft' and voided_at is null and archived_at is null`,
      now, merchantId, JSON.stringify(ids)),
  /** Hides an invoice here. Refused where it is hidden already, or a payment for it is under way. */
  archive: (id: InvoiceId, now: number): Write[] => [
    write(
      `update invoices set archived_at = ?, archived_reason = 'archived_here' where merchant_id = ? and id = ? and archived_at is null
       and not exists (select 1 from allocations a where a.merchant_id = invoices.merchant_id and a.invoice_id = invoices.id and a.state = 'held')`,
      now, merchantId, id),
    mustHaveChangedOne,
  ],
  /** Claims the mail of an invoice to an address. Refused where one is on its way or left less than `onceMs` ago: a second click is not a second mail. */
  claimMail: (mail: { id: string; recipient: string; customerId: CustomerId; invoiceId: InvoiceId; now: number; onceMs: number }): Write[] => [
    write(
      `insert into mails (merchant_id, id, kind, recipient, customer_id, invoice_id, state, created_at) select ?1, ?2, 'invoice', ?3, ?4, ?5, 'queued', ?6
       where not exists (select 1 from mails where merchant_id = ?1 and customer_id = ?4 and invoice_id = ?5 and recipient = ?3 and kind = 'invoice' and state <> 'refused' and created_at > ?6 - ?7)`,
      merchantId, mail.id, mail.recipient, mail.customerId, mail.invoiceId, mail.now, mail.onceMs),
    mustHaveChangedOne,
  ],
})
