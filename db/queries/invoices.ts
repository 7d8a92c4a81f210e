import { and, eq, sql } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { documentEvents, invoices } from '../schema/index.ts'
import { type Ordered, type Slice, slices, textEnd } from '../slices.ts'
import { once, type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { Currency, CustomerId, InvoiceId, LocalDate, MerchantId, Minor, Origin, Visibility } from '../values.ts'

/** An invoice as lists show it: the mirror's figures with what is on its way here. */
export type ListedInvoice = {
  id: InvoiceId
  qboId: string | null
  origin: Origin
  customerId: CustomerId
  customerName: string
  number: string | null
  issuedOn: LocalDate
  dueOn: LocalDate | null
  currency: Currency
  total: Minor
  balance: Minor
  held: Minor
  captured: Minor
  emailStatus: string
  visibility: Visibility
  voidedAt: number | null
  archivedAt: number | null
  sentAt: number | null
  /** How the money on its way is coming, e.g. `card`; null where none is. */
  heldMethod: string | null
  /** What the list is sorted by, as text, for the next page's cursor. */
  sortKey: string | number | null
}
export type InvoiceRowFull = typeof invoices.$inferSelect

export type ListFilter = 'open' | 'overdue' | 'processing' | 'paid' | 'all' | 'draft' | 'archived' | 'due_soon' | 'partly_paid' | 'void'
export type ListSort = { by: 'due' | 'issued' | 'amount' | 'number'; descending: boolean }
export type ListQuery = {
  /** Null means every customer: the merchant's own view. */
  customerIds: readonly CustomerId[] | null
  /** These alone, e.g. the one of a link of that scope. */
  invoiceIds?: readonly InvoiceId[] | null
  filter: ListFilter
  search: string | null
  sort: ListSort
  after: { key: string | number | null; id: string } | null
  most: number
  today: LocalDate
  /** Only what customers may see. */
  publishedOnly: boolean
}
export type Counts = { open: number; overdue: number; processing: number; paid: number; all: number; draft: number; archived: number }
export type Totals = { currency: Currency; owed: number; overdue: number; openCount: number; overdueCount: number }

const captured = `(select coalesce(sum(a.amount), 0) from allocations a where a.merchant_id = i.merchant_id and a.invoice_id = i.id and a.state = 'captured')`
// An attempt that waits for the payer's own bank is not money on its way: they may have left, and may begin anew.
const held = `(select coalesce(sum(a.amount), 0) from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id
  where a.merchant_id = i.merchant_id and a.invoice_id = i.id and a.state = 'held' and p.state in ('reserved', 'processing'))`
const columns = `i.id, i.qbo_id qboId, i.origin, i.customer_id customerId, i.number, i.issued_on issuedOn, i.due_on dueOn, i.currency, i.total, i.balance,
    ${held} held, ${captured} captured, i.email_status emailStatus, i.visibility, i.voided_at voidedAt, i.archived_at archivedAt, i.sent_at sentAt, i.rowid place`
const listed = [
  'id', 'qboId', 'origin', 'customerId', 'customerName', 'number', 'issuedOn', 'dueOn', 'currency', 'total', 'balance', 'held', 'captured', 'emailStatus', 'visibility', 'voidedAt', 'archivedAt', 'sentAt', 'heldMethod', 'sortKey',
] as const satisfies readonly (keyof ListedInvoice)[]
/** Their names alone: customers have a balance of their own, which the conditions do not mean. */
const namesOfCustomers = `(select id, name from customers where merchant_id = :merchant)`
const conditions: Record<ListFilter, string> = {
  open: `visibility = 'published' and voidedAt is null and balance - captured > 0`,
  overdue: `visibility = 'published' and voidedAt is null and balance - captured - held > 0 and dueOn < :today`,
  processing: `visibility = 'published' and voidedAt is null and held > 0`,
  paid: `visibility = 'published' and voidedAt is null and balance - captured <= 0`,
  void: `voidedAt is not null`,
  draft: `visibility = 'draft' and voidedAt is null`,
  due_soon: `visibility = 'published' and voidedAt is null and balance - captured - held > 0 and dueOn >= :today and julianday(dueOn) - julianday(:today) <= 7`,
  partly_paid: `visibility = 'published' and voidedAt is null and balance - captured > 0 and balance - captured < total`,
  archived: `archivedAt is not null`,
  all: `1`,
}
/** Where the rows of a merchant's own list are found, so that the few of a kind are not looked for among a million. What is said here follows from the filter's condition. */
const narrowed: Partial<Record<ListFilter, { index?: string; where?: string }>> = {
  open: { where: 'i.balance > 0' },
  overdue: { where: 'i.balance > 0' },
  due_soon: { where: 'i.balance > 0' },
  partly_paid: { where: 'i.balance > 0' },
  processing: { index: 'sqlite_autoindex_invoices_1', where: `i.id in (select a.invoice_id from payments p indexed by payments_open cross join allocations a on a.merchant_id = p.merchant_id and a.payment_id = p.id where p.merchant_id = :merchant and p.state in ('reserved', 'needs_action', 'processing') and p.state <> 'needs_action')` },
  draft: { index: 'invoices_drafts', where: `i.visibility = 'draft'` },
  void: { index: 'invoices_void', where: 'i.voided_at is not null' },
  archived: { index: 'invoices_archived', where: 'i.archived_at is not null' },
}
/** Numbers of digits alone sort as numbers, "999" before "1000"; all others as text. */
const numbered = `case when number glob '*[^0-9]*' or length(number) > 18 then number else substr('000000000000000000' || number, -18) end`
const sortColumns = { due: 'dueOn', issued: 'issuedOn', amount: '(balance - captured)', number: numbered } as const

/** A part of a merchant's invoices, as an index leads through them. */
type Sliced = { ordered?: Ordered; slice?: Slice }
type CountQuery = Pick<ListQuery, 'customerIds' | 'invoiceIds' | 'publishedOnly' | 'filter' | 'search' | 'today' | 'most'>

const isOpen = 'balance > 0 and archived_at is null'
const byIssue: Ordered = { table: 'invoices', index: 'invoices_by_issue', column: 'issued_on' }
const openByIssue: Ordered = { table: 'invoices', index: 'invoices_open_by_issue', column: 'issued_on', where: isOpen }
const openByDue: Ordered = { table: 'invoices', index: 'invoices_open', column: 'due_on', where: isOpen }
const orders: Partial<Record<ListFilter, Ordered>> = { all: byIssue, paid: byIssue, open: openByIssue, partly_paid: openByIssue, overdue: openByDue, due_soon: openByDue }

/** How all of a merchant's invoices are gone through, of which a list or a word may hold but a few; null where an index leads to these, or the order is another. */
function orderOf({ customerIds, invoiceIds, filter }: CountQuery, by?: ListSort['by']): Ordered | null {
  const ordered = (customerIds === null && !invoiceIds && orders[filter]) || null
  return by === undefined || by === (ordered === openByDue ? 'due' : 'issued') ? ordered : null
}

const findFull = once(orm => orm.select().from(invoices).where(and(eq(invoices.merchantId, sql.placeholder('merchantId')), eq(invoices.id, sql.placeholder('id')))).prepare())

/** Invoices of one merchant, as their readers see them. */
export const invoiceQueries = (db: Db, merchantId: MerchantId) => ({ ...listsOf(db, merchantId), ...documentsOf(db, merchantId) })

/** What each list is made of: whose rows, one page of them, and their count. */
const pagesOf = (db: Db, merchantId: MerchantId) => {
  const scope = (query: Pick<ListQuery, 'customerIds' | 'invoiceIds' | 'publishedOnly'> & Sliced & { archived?: boolean; filter?: ListFilter }) => {
    const rare: NonNullable<(typeof narrowed)[ListFilter]> = (query.customerIds === null && !query.invoiceIds && query.filter && narrowed[query.filter]) || {}
    const index = query.ordered?.index ?? rare.index
    return `select ${columns} from invoices i ${index ? `indexed by ${index}` : ''} where i.merchant_id = :merchant ${rare.where ? `and ${rare.where}` : ''}
     ${query.ordered ? `and i.${query.ordered.column} >= :from and i.${query.ordered.column} < :before` : ''} ${query.customerIds ? `and i.customer_id in (select value from json_each(:customers))` : ''} ${query.invoiceIds ? 'and i.id in (select value from json_each(:invoices))' : ''}
     ${query.publishedOnly ? `and i.visibility = 'published'` : ''} ${query.archived ? '' : 'and i.archived_at is null'}`
  }
  const args = (query: Pick<ListQuery, 'customerIds' | 'invoiceIds'> & Sliced & { today?: string }) => ({
    merchant: merchantId,
    ...query.slice,
    ...(query.customerIds ? { customers: JSON.stringify(query.customerIds) } : {}),
    ...(query.invoiceIds ? { invoices: JSON.stringify(query.invoiceIds) } : {}),
    ...(query.today ? { today: query.today } : {}),
  })
  const page = (query: ListQuery & Sliced): Promise<ListedInvoice[]> => {
    const column = sortColumns[query.sort.by]
    const [direction, beyond] = query.sort.descending ? ['desc', '<'] : ['asc', '>']
    // Rows that are equal come in the order in which they were stored, as every index holds them.
    // Nothing sorts before everything else in both directions, so that a page can go on behind it.
    const isNeverEmpty = query.sort.by === 'issued' || orderOf(query, query.sort.by) === openByDue
    const key = isNeverEmpty ? column : `coalesce(${column}, '')`
    return db.wideRows<ListedInvoice>(listed,
      `with seen as (${scope({ ...query, archived: query.filter === 'archived' })})
       select seen.*, c.name customerName, ${key} sortKey,
         (select json_extract(p.method, '$.kind') from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id
          where a.merchant_id = :merchant and a.invoice_id = seen.id and a.state = 'held') heldMethod
       from seen join ${namesOfCustomers} c on c.id = seen.customerId
       where ${conditions[query.filter]}
         ${query.search ? `and (seen.number like :search escape '\\' or c.name like :search escape '\\')` : ''}
         ${query.after ? `and (${key} ${beyond} :afterKey or (${key} = :afterKey and place ${beyond} (select rowid from invoices where merchant_id = :merchant and id = :afterId)))` : ''}
       order by ${key} ${direction}, place ${direction} limit :most`,
      named({
        ...args(query),
        ...(conditions[query.filter].includes(':today') ? { today: query.today } : {}),
        ...(query.search ? { search: `%${query.search.replace(/[\\%_]/g, '\\$&')}%` } : {}),
        ...(query.after ? { afterKey: query.after.key ?? '', afterId: query.after.id } : {}),
        most: query.most,
      }, !conditions[query.filter].includes(':today')))
  }
  const countOf = async (query: CountQuery & Sliced): Promise<number> => {
    const [row] = await db.rows<{ n: number }>(
      `with seen as (${scope({ ...query, archived: query.filter === 'archived' })})
       select count(*) n from (select 1 from seen ${query.search ? `join ${namesOfCustomers} c on c.id = seen.customerId` : ''}
       where ${conditions[query.filter]} ${query.search ? `and (seen.number like :search escape '\\' or c.name like :search escape '\\')` : ''} limit :most)`,
      named({ ...args(query), today: query.today, most: query.most, ...(query.search ? { search: `%${query.search.replace(/[\\%_]/g, '\\$&')}%` } : {}) }, !conditions[query.filter].includes(':today')))
    return row?.n ?? 0
  }
  return { scope, args, page, countOf }
}

/** Many at once: pages, counts, totals. */
const listsOf = (db: Db, merchantId: MerchantId) => {
  const { scope, args, page, countOf } = pagesOf(db, merchantId)
  return {
    list: async (query: ListQuery): Promise<ListedInvoice[]> => {
      const ordered = orderOf(query, query.sort.by)
      if (!ordered) return page(query)
      const { descending } = query.sort
      const after = query.after && String(query.after.key)
      const first = query.filter === 'due_soon' ? query.today : ''
      const whole = { from: (!descending && after) || first, before: descending && after ? `${after}${textEnd}` : textEnd }
      const found: ListedInvoice[] = []
      for await (const slice of slices(db, merchantId, ordered, whole, { descending })) {
        found.push(...(await page({ ...query, ordered, slice, most: query.most - found.length })))
        if (found.length === query.most) break
      }
      return found
    },
    /** How many a list holds that is asked for page by page; `most` where it holds as many or more. */
    count: async (query: CountQuery): Promise<number> => {
      const ordered = orderOf(query)
      if (!ordered) return countOf(query)
      let count = 0
      for await (const slice of slices(db, merchantId, ordered, { from: '', before: textEnd })) {
        count += await countOf({ ...query, ordered, slice, most: query.most - count })
        if (count === query.most) break
      }
      return count
    },
    /** The day on which each of these was last paid, where one was. */
    paidOn: async (ids: readonly InvoiceId[]): Promise<Map<InvoiceId, LocalDate>> => {
      if (ids.length === 0) return new Map()
      const rows = await db.rows<{ id: InvoiceId; on: LocalDate }>(
        // The list leads each join, or the reading begins with every payment of the merchant.
        `select i.id, max(p.paid_on) "on" from json_each(?2) v cross join invoices i on i.merchant_id = ?1 and i.id = v.value
           cross join qbo_payment_lines l on l.merchant_id = ?1 and l.txn_type = 'Invoice' and l.txn_qbo_id = i.qbo_id
           cross join qbo_payments p on p.merchant_id = ?1 and p.qbo_id = l.payment_qbo_id and p.state = 'live' group by i.id`,
        [merchantId, JSON.stringify(ids)])
      return new Map(rows.map(row => [row.id, row.on]))
    },
    counts: async (query: Pick<ListQuery, 'customerIds' | 'invoiceIds' | 'publishedOnly' | 'today'>): Promise<Counts> => {
      const [row] = await db.rows<Counts>(
        `with seen as (${scope({ ...query, archived: true })})
         select ${(['open', 'overdue', 'processing', 'paid', 'draft'] as const).map(name => `count(*) filter (where archivedAt is null and ${conditions[name]}) ${name}`).join(', ')},
           count(*) filter (where archivedAt is null) "all", count(*) filter (where archivedAt is not null) archived from seen`,
        named(args(query)))
      return row ?? { open: 0, overdue: 0, processing: 0, paid: 0, all: 0, draft: 0, archived: 0 }
    },
    totals: (query: Pick<ListQuery, 'customerIds' | 'invoiceIds' | 'publishedOnly' | 'today'>): Promise<Totals[]> =>
      db.rows<Totals>(
        `with seen as (${scope(query)} and i.balance > 0)
         select currency, sum(balance - captured) owed, count(*) openCount,
           coalesce(sum(balance - captured) filter (where ${conditions.overdue}), 0) overdue, count(*) filter (where ${conditions.overdue}) overdueCount
         from seen where ${conditions.open} group by currency order by owed desc`,
        named(args(query))),
  }
}

/** One at a time, with what belongs to it; and what is written about it. */
const documentsOf = (db: Db, merchantId: MerchantId) => ({
  /** The credits that no invoice has used yet: credit memos and payments with money left. */
  credits: (customerIds: readonly CustomerId[]) =>
    db.rows<{ id: string; kind: 'credit_memo' | 'unapplied_payment'; number: string | null; on: LocalDate; remaining: Minor; currency: Currency }>(
      `select id, 'credit_memo' kind, number, issued_on "on", remaining, currency from credit_memos indexed by credit_memos_by_customer where merchant_id = ?1 and customer_id in (select value from json_each(?2)) and state = 'live' and remaining > 0
       union all select qbo_id, 'unapplied_payment', reference, paid_on, unapplied, currency from qbo_payments indexed by qbo_payments_by_customer where merchant_id = ?1 and customer_id in (select value from json_each(?2)) and state = 'live' and unapplied > 0
       order by "on"`,
      [merchantId, JSON.stringify(customerIds)]),
  lastPaidOn: async (customerIds: readonly CustomerId[]): Promise<LocalDate | null> =>
    (await db.rows<{ on: LocalDate | null }>(
      `select max(paid_on) "on" from qbo_payments indexed by qbo_payments_by_customer where merchant_id = ? and customer_id in (select value from json_each(?)) and state = 'live' and total > 0`, [merchantId, JSON.stringify(customerIds)]))[0]?.on ?? null,
  full: async (id: InvoiceId): Promise<InvoiceRowFull | null> => (await findFull(db).all({ merchantId, id }))[0] ?? null,
  /** What was put against an invoice, oldest first. */
  applied: (qboId: string) =>
    db.rows<{ kind: 'payment' | 'credit'; on: LocalDate; reference: string | null; amount: Minor; paymentId: string | null }>(
      `select case when p.total = 0 then 'credit' else 'payment' end kind, p.paid_on "on", p.reference, l.amount, p.payment_id paymentId
       from qbo_payment_lines l join qbo_payments p on p.merchant_id = l.merchant_id and p.qbo_id = l.payment_qbo_id
       where l.merchant_id = ? and l.txn_type = 'Invoice' and l.txn_qbo_id = ? and p.state = 'live' order by p.paid_on, p.qbo_id`,
      [merchantId, qboId]),
  /** Payments taken here that QuickBooks does not show yet. */
  capturedHere: (id: InvoiceId) =>
    db.rows<{ at: number; reference: string; amount: Minor; method: string | null }>(
      `select p.captured_at at, p.reference, a.amount, p.method from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id
       where a.merchant_id = ? and a.invoice_id = ? and a.state = 'captured' order by p.captured_at`,
      [merchantId, id]),
  history: (id: InvoiceId) => db.orm.select().from(documentEvents).where(and(eq(documentEvents.merchantId, merchantId), eq(documentEvents.invoiceId, id))).orderBy(documentEvents.at, sql`${documentEvents.kind} <> 'created'`, documentEvents.id),
  isNoted: async (id: InvoiceId, key: string): Promise<boolean> => (await db.rows(`select 1 from document_events where merchant_id = ? and invoice_id = ? and key = ?`, [merchantId, id, key])).length > 0,
  names: (entity: string, qboIds: readonly string[]) =>
    db.rows<{ qboId: string; name: string }>(`select qbo_id qboId, name from list_entries where merchant_id = ? and entity = ? and qbo_id in (select value from json_each(?))`, [merchantId, entity, JSON.stringify(qboIds)]),

  note: (event: { id: string; invoiceId: InvoiceId; key: string; kind: string; facts: Record<string, unknown>; at: number }): Write =>
    write(
      `insert into document_events (merchant_id, id, invoice_id, key, kind, facts, at) select ?, ?, id, ?, ?, ?, ? from invoices where merchant_id = ? and id = ? on conflict do nothing`,
      merchantId, event.id, event.key, event.kind, JSON.stringify(event.facts), event.at, merchantId, event.invoiceId),
  /** Lets the customer see a draft. Refused unless it is one. */
  publish: (id: InvoiceId, now: number): Write[] => [
    write(`update invoices set visibility = 'published', published_at = ? where merchant_id = ? and id = ? and visibility = 'draft'`, now, merchantId, id),
    mustHaveChangedOne,
  ],
  sent: (id: InvoiceId, now: number): Write => write(`update invoices set sent_at = ? where merchant_id = ? and id = ?`, now, merchantId, id),
  archive: (id: InvoiceId, reason: string, now: number): Write =>
    write(`update invoices set archived_at = ?, archived_reason = ? where merchant_id = ? and id = ? and archived_at is null`, now, reason, merchantId, id),
})

/** The driver refuses names that the statement does not hold. */
function named(values: Record<string, unknown>, withoutToday = false): Record<string, unknown> {
  const { today, ...rest } = values
  return withoutToday || today === undefined ? rest : values
}
