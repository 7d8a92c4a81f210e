import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { currency, instant, json, merchantId, minor, wholeAmount } from '../columns.ts'
import type { AllocationState, CheckoutId, CustomerId, InvoiceId, Minor, PaymentId, PaymentState, PostingState } from '../values.ts'
import { customers } from './customers.ts'
import { invoices } from './invoices.ts'

/** What a payer chose to pay, and the right to pay it until it expires. */
export const checkouts = sqliteTable(
  'checkouts',
  {
    merchantId: merchantId(),
    id: text('id').notNull().$type<CheckoutId>(),
    tokenHash: text('token_hash').notNull(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    currency: currency(),
    lines: json<{ invoiceId: InvoiceId; amount: Minor; whole: boolean }[]>('lines').notNull(),
    payerEmail: text('payer_email'),
    returnUrl: text('return_url'),
    /** The session or link that asked: when it is revoked, so is this. */
    grantHash: text('grant_hash').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
    uniqueIndex('checkouts_by_hash').on(t.tokenHash),
    index('checkouts_by_grant').on(t.merchantId, t.grantHash, t.createdAt),
    index('checkouts_by_customer').on(t.merchantId, t.customerId),
  ],
)

export type StoredMethod = { kind: string; brand: string | null; last4: string | null; funding: string | null }
export type StoredFailure = { code: string; declineCode: string | null; retryable: boolean; payerText: string }

/** One attempt to pay: its id is born in the payer's browser and stored before the provider is called. */
export const payments = sqliteTable(
  'payments',
  {
    merchantId: merchantId(),
    id: text('id').notNull().$type<PaymentId>(),
    checkoutId: text('checkout_id').notNull().$type<CheckoutId>(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    currency: currency(),
    amount: minor('amount'),
    state: text('state').notNull().$type<PaymentState>(),
    provider: text('provider').notNull(),
    stripeAccount: text('stripe_account'),
    providerRef: text('provider_ref'),
    /** What the provider was asked with, kept so that the very same question can be repeated. */
    confirmationToken: text('confirmation_token').notNull(),
    providerCustomerRef: text('provider_customer_ref'),
    /** The keyed hash of the network address that it came from: card testers are counted by it. */
    payerAddress: text('payer_address'),
    /** At most 21 characters: what QuickBooks shows as the payment's reference. */
    reference: text('reference').notNull(),
    method: json<StoredMethod>('method'),
    failure: json<StoredFailure>('failure'),
    fee: integer('fee').$type<Minor>(),
    /** Since when nobody knows how the provider's call ended. */
    unknownSince: instant('unknown_since'),
    createdAt: instant('created_at').notNull(),
    holdUntil: instant('hold_until').notNull(),
    capturedAt: instant('captured_at'),
    endedAt: instant('ended_at'),
    version: integer('version').notNull().default(1),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
    foreignKey({ columns: [t.merchantId, t.checkoutId], foreignColumns: [checkouts.merchantId, checkouts.id] }),
    uniqueIndex('payments_by_provider_ref').on(t.merchantId, t.provider, t.providerRef),
    uniqueIndex('payments_by_reference').on(t.merchantId, t.reference),
    index('payments_by_time').on(t.merchantId, t.createdAt),
    // As `captureTime` says it: without a comma, at which drizzle would cut the expression.
    index('payments_by_capture').on(t.merchantId, sql`case when captured_at is null then created_at else captured_at end`).where(sql`state = 'succeeded'`),
    index('payments_by_customer').on(t.merchantId, t.customerId),
    index('payments_of_checkout').on(t.merchantId, t.checkoutId, t.createdAt),
    index('payments_tried_by_customer').on(t.merchantId, t.customerId, t.createdAt).where(sql`state in ('reserved', 'failed')`),
    index('payments_tried_by_address').on(t.payerAddress, t.createdAt).where(sql`state in ('reserved', 'failed')`),
    index('payments_open').on(t.state, t.holdUntil).where(sql`state in ('reserved', 'needs_action', 'processing')`),
    wholeAmount('payments_amount_whole', t.amount),
    check('payments_amount_positive', sql`${t.amount} > 0`),
  ],
)

/** The part of a payment that is put against one invoice. */
export const allocations = sqliteTable(
  'allocations',
  {
    merchantId: merchantId(),
    paymentId: text('payment_id').notNull().$type<PaymentId>(),
    invoiceId: text('invoice_id').notNull().$type<InvoiceId>(),
    amount: minor('amount'),
    state: text('state').notNull().$type<AllocationState>(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.paymentId, t.invoiceId] }),
    foreignKey({ columns: [t.merchantId, t.paymentId], foreignColumns: [payments.merchantId, payments.id] }),
    foreignKey({ columns: [t.merchantId, t.invoiceId], foreignColumns: [invoices.merchantId, invoices.id] }),
    // One open attempt per invoice, whatever the tab, the device or the provider.
    uniqueIndex('allocations_one_open').on(t.merchantId, t.invoiceId).where(sql`state = 'held'`),
    index('allocations_by_invoice').on(t.merchantId, t.invoiceId, t.state),
    index('allocations_captured').on(t.merchantId).where(sql`state = 'captured'`),
    wholeAmount('allocations_amount_whole', t.amount),
    check('allocations_amount_positive', sql`${t.amount} > 0`),
  ],
)

/** Our append-only record; the entries of one fact sum to zero per currency. */
export const ledgerEntries = sqliteTable(
  'ledger_entries',
  {
    merchantId: merchantId(),
    /** e.g. `pay_…:captured`; a fact is written once. */
    factKey: text('fact_key').notNull(),
    position: integer('position').notNull(),
    paymentId: text('payment_id').notNull().$type<PaymentId>(),
    ledgerAccount: text('ledger_account').notNull(),
    amount: minor('amount'),
    currency: currency(),
    at: instant('at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.factKey, t.position] }),
    foreignKey({ columns: [t.merchantId, t.paymentId], foreignColumns: [payments.merchantId, payments.id] }),
    index('ledger_entries_by_payment').on(t.merchantId, t.paymentId),
    wholeAmount('ledger_entries_amount_whole', t.amount),
  ],
)

/** The writing of one captured payment into QuickBooks. */
export const postings = sqliteTable(
  'postings',
  {
    merchantId: merchantId(),
    paymentId: text('payment_id').notNull().$type<PaymentId>(),
    /** Rises only when QuickBooks was seen not to hold the payment and a person asked for it again. */
    generation: integer('generation').notNull(),
    state: text('state').notNull().$type<PostingState>(),
    qboId: text('qbo_id'),
    syncToken: text('sync_token'),
    /** Money that found no open invoice in QuickBooks and stands there as the customer's credit. */
    unapplied: minor('unapplied'),
    /** Since when the request may have reached QuickBooks. */
    firstSentAt: instant('first_sent_at'),
    postedAt: instant('posted_at'),
    problem: text('problem'),
    /** How it stood when it was last compared with QuickBooks itself; what stands the same is not read again. */
    compared: text('compared'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.paymentId] }),
    foreignKey({ columns: [t.merchantId, t.paymentId], foreignColumns: [payments.merchantId, payments.id] }),
    uniqueIndex('postings_by_qbo_id').on(t.merchantId, t.qboId),
  ],
)

/** The customer at the payment provider. */
export const providerCustomers = sqliteTable(
  'provider_customers',
  { merchantId: merchantId(), customerId: text('customer_id').notNull().$type<CustomerId>(), provider: text('provider').notNull(), ref: text('ref').notNull() },
  t => [
    primaryKey({ columns: [t.merchantId, t.customerId, t.provider] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
  ],
)
