import { and, eq, sql } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { checkouts, payments, postings } from '../schema/index.ts'
import type { StoredFailure, StoredMethod } from '../schema/payments.ts'
import { once, type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { AllocationState, CheckoutId, Currency, CustomerId, InvoiceId, MerchantId, Minor, PaymentId, PaymentState } from '../values.ts'

export type PaymentRow = typeof payments.$inferSelect
export type CheckoutRow = typeof checkouts.$inferSelect
export type PostingRow = typeof postings.$inferSelect
export type AllocationRow = { invoiceId: InvoiceId; amount: Minor; state: AllocationState; number: string | null; qboId: string | null; customerQboId: string | null }
export type LedgerEntry = { ledgerAccount: string; amount: Minor; currency: Currency }

/** When a payment's money came in, or its attempt began where nobody noted it; `of` is what a statement calls the table. Written as the index `payments_by_capture` has it. */
export const captureTime = (of = 'payments') => `case when ${of}.captured_at is null then ${of}.created_at else ${of}.captured_at end`

export type NewPayment = Pick<PaymentRow, 'id' | 'checkoutId' | 'customerId' | 'currency' | 'amount' | 'provider' | 'stripeAccount' | 'confirmationToken' | 'providerCustomerRef' | 'reference' | 'createdAt' | 'holdUntil' | 'payerAddress'>

const findPayment = once(orm => orm.select().from(payments).where(and(eq(payments.merchantId, sql.placeholder('merchant')), eq(payments.id, sql.placeholder('id')))).prepare())
const findByHash = once(orm => orm.select().from(checkouts).where(eq(checkouts.tokenHash, sql.placeholder('hash'))).prepare())
const findCheckout = once(orm => orm.select().from(checkouts).where(and(eq(checkouts.merchantId, sql.placeholder('merchant')), eq(checkouts.id, sql.placeholder('id')))).prepare())

/** The payments of one merchant: checkouts, attempts, and what they are put against. */
export const paymentQueries = (db: Db, merchantId: MerchantId) => ({ ...checkoutsOf(db, merchantId), ...attemptsOf(db, merchantId) })

const checkoutsOf = (db: Db, merchantId: MerchantId) => ({
  createCheckout: (checkout: Omit<CheckoutRow, 'merchantId'>): Write =>
    write(
      `insert into checkouts (merchant_id, id, token_hash, customer_id, currency, lines, payer_email, return_url, grant_hash, created_at, expires_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      merchantId, checkout.id, checkout.tokenHash, checkout.customerId, checkout.currency, JSON.stringify(checkout.lines), checkout.payerEmail, checkout.returnUrl, checkout.grantHash, checkout.createdAt, checkout.expiresAt),
  /** Asks for other amounts than before, after the payer has seen that they changed. */
  repriceCheckout: (id: CheckoutId, lines: CheckoutRow['lines']): Write =>
    write(`update checkouts set lines = ? where merchant_id = ? and id = ?`, JSON.stringify(lines), merchantId, id),
  /** How many pay pages a link or session has asked for since then. */
  checkoutsSince: async (grantHash: string, since: number): Promise<number> =>
    (await db.rows<{ n: number }>(`select count(*) n from checkouts where merchant_id = ? and grant_hash = ? and created_at > ?`, [merchantId, grantHash, since]))[0]?.n ?? 0,
  checkout: async (id: CheckoutId): Promise<CheckoutRow | null> =>
    (await findCheckout(db).all({ merchant: merchantId, id }))[0] ?? null,
})

const attemptsOf = (db: Db, merchantId: MerchantId) => ({
  find: async (id: PaymentId): Promise<PaymentRow | null> => (await findPayment(db).all({ merchant: merchantId, id }))[0] ?? null,
  findByRef: async (provider: string, ref: string): Promise<PaymentRow | null> =>
    (await db.orm.select().from(payments).where(and(eq(payments.merchantId, merchantId), eq(payments.provider, provider), eq(payments.providerRef, ref))))[0] ?? null,
  findByReference: async (reference: string): Promise<PaymentRow | null> =>
    (await db.orm.select().from(payments).where(and(eq(payments.merchantId, merchantId), eq(payments.reference, reference))))[0] ?? null,
  /** The attempt that a checkout came to last. */
  latestOf: async (checkoutId: CheckoutId): Promise<PaymentRow | null> => {
    const [row] = await db.rows<{ id: PaymentId }>(`select id from payments where merchant_id = ? and checkout_id = ? order by created_at desc, id desc limit 1`, [merchantId, checkoutId])
    return row ? ((await db.orm.select().from(payments).where(and(eq(payments.merchantId, merchantId), eq(payments.id, row.id))))[0] ?? null) : null
  },
  /** Open attempts on any of these invoices. */
  openOn: (invoiceIds: readonly InvoiceId[]): Promise<{ id: PaymentId; customerId: CustomerId }[]> =>
    db.rows(
      `select distinct p.id, p.customer_id customerId from allocations a join payments p on p.merchant_id = a.merchant_id and p.id = a.payment_id
       where a.merchant_id = ? and a.state = 'held' and a.invoice_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(invoiceIds)]),
  /** What QuickBooks holds of payments that these invoices' balances there already account for. */
  reflectedOn: (invoiceIds: readonly InvoiceId[]): Promise<{ paymentId: PaymentId; qboId: string }[]> =>
    db.rows(
      `select distinct o.payment_id paymentId, o.qbo_id qboId from allocations a join postings o on o.merchant_id = a.merchant_id and o.payment_id = a.payment_id where a.merchant_id = ? and a.state = 'reflected' and o.qbo_id is not null and a.invoice_id in (select value from json_each(?))`,
      [merchantId, JSON.stringify(invoiceIds)]),
  allocations: (paymentId: PaymentId): Promise<AllocationRow[]> =>
    db.rows(
      `select a.invoice_id invoiceId, a.amount, a.state, i.number, i.qbo_id qboId, c.qbo_id customerQboId from allocations a
       join invoices i on i.merchant_id = a.merchant_id and i.id = a.invoice_id join customers c on c.merchant_id = i.merchant_id and c.id = i.customer_id
       where a.merchant_id = ? and a.payment_id = ? order by i.due_on, i.id`,
      [merchantId, paymentId]),

  /** Reserves: the attempt and its part of each invoice. Refused where an invoice has an open attempt, owes less, or cannot be paid. */
  reserve: (payment: NewPayment, parts: readonly { invoiceId: InvoiceId; amount: Minor }[]): Write[] => [
    write(
      `insert into payments (merchant_id, id, checkout_id, customer_id, currency, amount, state, provider, stripe_account, confirmation_token, provider_customer_ref, reference, created_at, hold_until, payer_address)
       values (?, ?, ?, ?, ?, cast(? as integer), 'reserved', ?, ?, ?, ?, ?, ?, ?, ?)`,
      merchantId, payment.id, payment.checkoutId, payment.customerId, payment.currency, payment.amount, payment.provider, payment.stripeAccount,
      payment.confirmationToken, payment.providerCustomerRef, payment.reference, payment.createdAt, payment.holdUntil, payment.payerAddress),
    ...parts.flatMap(part => [
      write(
        `insert into allocations (merchant_id, payment_id, invoice_id, amount, state)
         select i.merchant_id, ?, i.id, cast(? as integer), 'held' from invoices i
         where i.merchant_id = ? and i.id = ? and i.customer_id = ? and i.currency = ? and i.visibility = 'published' and i.voided_at is null and i.archived_at is null
           and i.balance - (select coalesce(sum(a.amount), 0) from allocations a where a.merchant_id = i.merchant_id and a.invoice_id = i.id and a.state = 'captured') >= cast(? as integer)`,
        payment.id, part.amount, merchantId, part.invoiceId, payment.customerId, payment.currency, part.amount),
      mustHaveChangedOne,
    ]),
  ],
  /** Moves an attempt on; refused unless it stands in one of the states named. */
  move: (id: PaymentId, from: readonly PaymentState[], to: { state: PaymentState; providerRef: string | null; method: StoredMethod | null; failure: StoredFailure | null; fee: Minor | null; holdUntil: number | null; capturedAt: number | null; endedAt: number | null }): Write[] => [
    write(
      `update payments set state = ?, provider_ref = coalesce(?, provider_ref), method = coalesce(?, method), failure = ?, fee = coalesce(cast(? as integer), fee), hold_until = coalesce(?, hold_until),
         captured_at = coalesce(?, captured_at), ended_at = ?, unknown_since = null, version = version + 1
       where merchant_id = ? and id = ? and state in (select value from json_each(?))`,
      to.state, to.providerRef, to.method && JSON.stringify(to.method), to.failure && JSON.stringify(to.failure), to.fee, to.holdUntil, to.capturedAt, to.endedAt, merchantId, id, JSON.stringify(from)),
    mustHaveChangedOne,
  ],
  /** Notes that nobody knows how the provider's call ended. */
  doubt: (id: PaymentId, since: number): Write =>
    write(`update payments set unknown_since = coalesce(unknown_since, ?) where merchant_id = ? and id = ? and state in ('reserved', 'needs_action', 'processing')`, since, merchantId, id),
  moveAllocations: (paymentId: PaymentId, from: readonly AllocationState[], to: AllocationState): Write =>
    write(`update allocations set state = ? where merchant_id = ? and payment_id = ? and state in (select value from json_each(?))`, to, merchantId, paymentId, JSON.stringify(from)),
  /** Writes a fact into the ledger; refused when it stands there already. */
  enter: (factKey: string, paymentId: PaymentId, entries: readonly LedgerEntry[], at: number): Write[] =>
    entries.map((entry, position) =>
      write(
        `insert into ledger_entries (merchant_id, fact_key, position, payment_id, ledger_account, amount, currency, at) values (?, ?, ?, ?, ?, cast(? as integer), ?, ?)`,
        merchantId, factKey, position, paymentId, entry.ledgerAccount, entry.amount, entry.currency, at)),

  providerCustomer: async (customerId: CustomerId, provider: string): Promise<string | null> =>
    (await db.rows<{ ref: string }>(`select ref from provider_customers where merchant_id = ? and customer_id = ? and provider = ?`, [merchantId, customerId, provider]))[0]?.ref ?? null,
  rememberProviderCustomer: (customerId: CustomerId, provider: string, ref: string): Write =>
    write(`insert into provider_customers (merchant_id, customer_id, provider, ref) values (?, ?, ?, ?) on conflict do nothing`, merchantId, customerId, provider, ref),

  page: (before: { at: number; id: string } | null, most: number) =>
    db.rows<{ id: PaymentId; createdAt: number; capturedAt: number | null; customerName: string; amount: Minor; currency: Currency; state: PaymentState; reference: string; method: string | null; postingState: PostingRow['state'] | null; postingQboId: string | null; postingProblem: string | null; unapplied: Minor | null }>(
      `select p.id, p.created_at createdAt, p.captured_at capturedAt, c.name customerName, p.amount, p.currency, p.state, p.reference, p.method,
         o.state postingState, o.qbo_id postingQboId, o.problem postingProblem, o.unapplied
       from payments p join customers c on c.merchant_id = p.merchant_id and c.id = p.customer_id left join postings o on o.merchant_id = p.merchant_id and o.payment_id = p.id
       where p.merchant_id = ?1 and (?2 is null or p.created_at < ?2 or (p.created_at = ?2 and p.id < ?3)) order by p.created_at desc, p.id desc limit ?4`,
      [merchantId, before?.at ?? null, before?.id ?? null, most]),
})

export const paymentControl = (db: Db) => ({
  checkoutByHash: async (hash: string): Promise<CheckoutRow | null> => (await findByHash(db).all({ hash }))[0] ?? null,
})
