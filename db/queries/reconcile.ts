import type { Write } from '../client.ts'
import { captureTime } from './payments.ts'
import { allPages } from '../slices.ts'
import { type Db, write } from '../sql.ts'
import type { CheckoutId, Currency, CustomerId, InvoiceId, MerchantId, Minor, PaymentId, PaymentState, PostingState } from '../values.ts'

export type ChargedRow = { id: PaymentId; providerRef: string | null; state: PaymentState; amount: Minor; currency: Currency; reference: string; createdAt: number }
export type LedgerRow = { id: PaymentId; at: number; reference: string; state: PaymentState; amount: Minor; currency: Currency; facts: number; taken: Minor; rest: Minor }
export type PostedRow = { id: PaymentId; reference: string; at: number; state: PostingState | null; qboId: string | null; problem: string | null; owed: number; compared: number }
export type LatePart = { what: 'lease' | 'effect' | 'event'; kind: string; count: number; oldestAt: number }
export type LostPayment = { id: PaymentId; checkoutId: CheckoutId; customerId: CustomerId; currency: Currency; amount: Minor; provider: string; providerRef: string; reference: string; createdAt: number; parts: readonly { invoiceId: InvoiceId; amount: Minor }[] }

const charged = `id, provider_ref providerRef, state, amount, currency, reference, created_at createdAt`
const captured = captureTime('p')
const pageRows = 1_000

/** How a posting stands: its state, and all live payments of the mirror that carry its reference, each with its version. */
const standing = `o.state || '|' || coalesce(o.qbo_id, '') || '|' || coalesce((select group_concat(v, ',') from (
  select q.qbo_id || ':' || q.sync_token v from qbo_payments q indexed by qbo_payments_by_reference where q.merchant_id = o.merchant_id and q.reference = p.reference and q.state = 'live' order by q.qbo_id)), '')`

/** What is laid side by side: our rows as the comparison with provider and QuickBooks needs them. */
export const reconcileQueries = (db: Db, merchantId: MerchantId) => ({
  ...comparisonOf(db, merchantId),
  ...rebuildingOf(db, merchantId),
})

const comparisonOf = (db: Db, merchantId: MerchantId) => ({
  /** Payments by our id or by the provider's. */
  charged: (ids: readonly string[], provider: string, refs: readonly string[]): Promise<ChargedRow[]> =>
    db.rows(
      `select ${charged} from payments where merchant_id = ?1 and id in (select value from json_each(?2))
       union select ${charged} from payments where merchant_id = ?1 and provider = ?3 and provider_ref in (select value from json_each(?4))`,
      [merchantId, JSON.stringify(ids), provider, JSON.stringify(refs)]),
  /** Payments that count as paid and were begun since. */
  paidSince: (since: number): Promise<ChargedRow[]> =>
    allPages(pageRows, last =>
      db.rows(
        `select ${charged} from payments indexed by payments_by_time where merchant_id = ?1 and created_at >= ?2 and (created_at > ?2 or id > ?3) and state = 'succeeded' order by created_at, id limit ${pageRows}`,
        [merchantId, last?.createdAt ?? since, last?.id ?? ''])),
  /** Open attempts that nobody asks after any more. */
  unwatched: (begunBefore: number): Promise<{ id: PaymentId; reference: string }[]> =>
    db.rows(
      `select p.id, p.reference from payments p where p.merchant_id = ? and p.state in ('reserved', 'needs_action', 'processing') and p.created_at < ?
       and not exists (select 1 from outbox o where o.merchant_id = p.merchant_id and o.id = 'watch:' || p.id and o.state in ('ready', 'leased')) order by p.created_at`,
      [merchantId, begunBefore]),
  /** What the ledger holds of each payment since: how many facts, what was taken at the provider, and what its entries leave over. */
  ledger: (since: number): Promise<LedgerRow[]> =>
    allPages(pageRows, last =>
      db.rows(
        `select p.id, p.reference, p.state, p.amount, p.currency, p.created_at at, count(distinct l.fact_key) facts, coalesce(sum(iif(l.ledger_account like 'provider:%', l.amount, 0)), 0) taken, coalesce(sum(l.amount), 0) rest
         from (select * from payments indexed by payments_by_time where merchant_id = ?1 and created_at >= ?2 and (created_at > ?2 or id > ?3) order by created_at, id limit ${pageRows}) p
         left join ledger_entries l indexed by ledger_entries_by_payment on l.merchant_id = ?1 and l.payment_id = p.id group by p.created_at, p.id`,
        [merchantId, last?.at ?? since, last?.id ?? ''])),
  /** Paid payments since, with their postings: `owed` where the effect waits, `compared` where it stands as it did when QuickBooks was last asked. */
  posted: (since: number): Promise<PostedRow[]> =>
    allPages(pageRows, last =>
      db.rows(
        `select p.id, p.reference, ${captured} at, o.state, o.qbo_id qboId, o.problem, coalesce(j.state in ('ready', 'leased'), 0) owed, coalesce(o.compared = ${standing}, 0) compared
         from payments p indexed by payments_by_capture left join postings o on o.merchant_id = p.merchant_id and o.payment_id = p.id left join outbox j on j.merchant_id = p.merchant_id and j.id = 'post:' || p.id
         where p.merchant_id = ?1 and p.state = 'succeeded' and ${captured} >= ?2 and (${captured} > ?2 or p.id > ?3) order by ${captured}, p.id limit ${pageRows}`,
        [merchantId, last?.at ?? since, last?.id ?? ''])),
  /** Whether a payment came in since. */
  hasPaid: async (since: number): Promise<boolean> =>
    (await db.rows(`select 1 from payments p indexed by payments_by_capture where p.merchant_id = ? and p.state = 'succeeded' and ${captured} >= ? limit 1`, [merchantId, since])).length > 0,
  /** Notes that these stand as QuickBooks was asked about. */
  noteCompared: (ids: readonly string[]): Write =>
    write(
      `update postings as o set compared = (select ${standing} from payments p where p.merchant_id = o.merchant_id and p.id = o.payment_id) where o.merchant_id = ? and o.payment_id in (select value from json_each(?))`,
      merchantId, JSON.stringify(ids)),
  /** Live payments of QuickBooks that carry a reference of ours for which there is no payment here. */
  unknownPostings: (): Promise<{ qboId: string; reference: string; total: Minor; currency: Currency }[]> =>
    db.rows(
      `select q.qbo_id qboId, q.reference, q.total, q.currency from qbo_payments q indexed by qbo_payments_unclaimed where q.merchant_id = ?1 and q.state = 'live' and q.reference glob 'QP-????????????' and q.payment_id is null
       and not exists (select 1 from payments p where p.merchant_id = ?1 and p.reference = q.reference) order by q.qbo_id`,
      [merchantId]),
  /** What is owed and lies: leases that ran out so long ago, effects that were due before, events that were received before. */
  late: (before: { lease: number; due: number }, realmId: string): Promise<LatePart[]> =>
    db.rows(
      `select 'lease' what, kind, count(*) count, min(lease_until) oldestAt from outbox indexed by outbox_lane where merchant_id = ?1 and state = 'leased' and lease_until < ?2 group by kind
       union all select 'effect', kind, count(*), min(run_at) from outbox indexed by outbox_due where merchant_id = ?1 and state in ('ready', 'leased') and state = 'ready' and run_at < ?3 group by kind
       union all select 'event', source, count(*), min(received_at) from inbox where state = 'received' and source = 'quickbooks' and owner = ?4 and received_at < ?3 group by source`,
      [merchantId, before.lease, before.due, realmId]),
})

const rebuildingOf = (db: Db, merchantId: MerchantId) => ({
  /** Invoices by our id or by QuickBooks'. */
  invoicesBy: (ids: readonly string[], qboIds: readonly string[]): Promise<{ id: InvoiceId; qboId: string | null; customerId: CustomerId }[]> =>
    db.rows(
      `select id, qbo_id qboId, customer_id customerId from invoices where merchant_id = ?1 and id in (select value from json_each(?2))
       union select id, qbo_id, customer_id from invoices where merchant_id = ?1 and qbo_id in (select value from json_each(?3))`,
      [merchantId, JSON.stringify(ids), JSON.stringify(qboIds)]),
  /** Writes a payment anew from what the provider keeps of it. Its allocations hold nothing yet: settling it takes them. */
  rebuild: (payment: LostPayment): Write[] => [
    write(
      `insert into checkouts (merchant_id, id, token_hash, customer_id, currency, lines, grant_hash, created_at, expires_at) values (?, ?, ?, ?, ?, ?, '', ?, ?) on conflict do nothing`,
      merchantId, payment.checkoutId, `lost:${payment.checkoutId}`, payment.customerId, payment.currency, JSON.stringify(payment.parts.map(part => ({ ...part, whole: false }))), payment.createdAt, payment.createdAt),
    write(
      `insert into payments (merchant_id, id, checkout_id, customer_id, currency, amount, state, provider, provider_ref, confirmation_token, reference, created_at, hold_until)
       values (?, ?, ?, ?, ?, cast(? as integer), 'reserved', ?, ?, '', ?, ?, ?)`,
      merchantId, payment.id, payment.checkoutId, payment.customerId, payment.currency, payment.amount, payment.provider, payment.providerRef, payment.reference, payment.createdAt, payment.createdAt),
    ...payment.parts.map(part =>
      write(`insert into allocations (merchant_id, payment_id, invoice_id, amount, state) values (?, ?, ?, cast(? as integer), 'released')`, merchantId, payment.id, part.invoiceId, part.amount)),
  ],
})
