import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { currency, flag, instant, localDate, merchantId, minor, wholeAmount } from '../columns.ts'
import type { CustomerId } from '../values.ts'
import { ofMerchant } from './merchants.ts'

/** The mirror of QuickBooks' customers. */
export const customers = sqliteTable(
  'customers',
  {
    merchantId: merchantId(),
    id: text('id').notNull().$type<CustomerId>(),
    qboId: text('qbo_id'),
    syncToken: text('sync_token'),
    qboUpdatedAt: instant('qbo_updated_at').notNull(),
    name: text('name').notNull(),
    email: text('email'),
    parentQboId: text('parent_qbo_id'),
    currency: currency(),
    /** As QuickBooks states it, to be compared with what the invoices add up to. */
    balance: minor('balance'),
    active: flag('active'),
    archivedAt: instant('archived_at'),
    archivedReason: text('archived_reason'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofMerchant(t.merchantId),
    uniqueIndex('customers_by_qbo_id').on(t.merchantId, t.qboId),
    index('customers_listed').on(t.merchantId, sql`archived_at is not null`, sql`lower(name)`, t.id).where(sql`archived_reason is not 'merged_in_quickbooks'`),
    index('customers_by_parent').on(t.merchantId, t.parentQboId).where(sql`parent_qbo_id is not null`),
    wholeAmount('customers_balance_whole', t.balance),
  ],
)

/** The addresses that QuickBooks knows a customer by, in lower case: a sign-in code goes to no other. */
export const customerEmails = sqliteTable(
  'customer_emails',
  { merchantId: merchantId(), email: text('email').notNull(), customerId: text('customer_id').notNull().$type<CustomerId>() },
  t => [
    primaryKey({ columns: [t.merchantId, t.email, t.customerId] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }).onDelete('cascade'),
    // With the address, or SQLite would rather go through all addresses of the merchant.
    index('customer_emails_of_customer').on(t.merchantId, t.customerId, t.email),
  ],
)

/** QuickBooks' short lists: items, terms, ledger accounts, payment methods, tax codes and rates. */
export const listEntries = sqliteTable(
  'list_entries',
  {
    merchantId: merchantId(),
    entity: text('entity').notNull(),
    qboId: text('qbo_id').notNull(),
    name: text('name').notNull(),
    type: text('type'),
    active: flag('active'),
    qboUpdatedAt: instant('qbo_updated_at').notNull(),
  },
  t => [primaryKey({ columns: [t.merchantId, t.entity, t.qboId] }), ofMerchant(t.merchantId)],
)

/** Payments as QuickBooks holds them, whoever took them. */
export const qboPayments = sqliteTable(
  'qbo_payments',
  {
    merchantId: merchantId(),
    qboId: text('qbo_id').notNull(),
    syncToken: text('sync_token').notNull(),
    qboUpdatedAt: instant('qbo_updated_at').notNull(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    currency: currency(),
    total: minor('total'),
    unapplied: minor('unapplied'),
    paidOn: localDate('paid_on').notNull(),
    reference: text('reference'),
    state: text('state').notNull().$type<'live' | 'void' | 'deleted'>(),
    /** Our own payment, where this is its posting. */
    paymentId: text('payment_id'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.qboId] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
    index('qbo_payments_by_customer').on(t.merchantId, t.customerId),
    index('qbo_payments_by_reference').on(t.merchantId, t.reference),
    index('qbo_payments_own').on(t.merchantId, t.paymentId).where(sql`payment_id is not null`),
    index('qbo_payments_unclaimed').on(t.merchantId, t.reference).where(sql`payment_id is null`),
    index('qbo_payments_by_day').on(t.merchantId, t.paidOn),
    wholeAmount('qbo_payments_total_whole', t.total),
    wholeAmount('qbo_payments_unapplied_whole', t.unapplied),
  ],
)

/** What a QuickBooks payment was put against. A line to a credit memo says which credit was used. */
export const qboPaymentLines = sqliteTable(
  'qbo_payment_lines',
  {
    merchantId: merchantId(),
    paymentQboId: text('payment_qbo_id').notNull(),
    position: integer('position').notNull(),
    txnType: text('txn_type').notNull(),
    txnQboId: text('txn_qbo_id').notNull(),
    amount: minor('amount'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.paymentQboId, t.position] }),
    foreignKey({ columns: [t.merchantId, t.paymentQboId], foreignColumns: [qboPayments.merchantId, qboPayments.qboId] }).onDelete('cascade'),
    index('qbo_payment_lines_by_txn').on(t.merchantId, t.txnType, t.txnQboId),
    wholeAmount('qbo_payment_lines_amount_whole', t.amount),
  ],
)

export const creditMemos = sqliteTable(
  'credit_memos',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    qboId: text('qbo_id').notNull(),
    syncToken: text('sync_token').notNull(),
    qboUpdatedAt: instant('qbo_updated_at').notNull(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    currency: currency(),
    number: text('number'),
    issuedOn: localDate('issued_on').notNull(),
    total: minor('total'),
    remaining: minor('remaining'),
    state: text('state').notNull().$type<'live' | 'void' | 'deleted'>(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
    uniqueIndex('credit_memos_by_qbo_id').on(t.merchantId, t.qboId),
    index('credit_memos_by_customer').on(t.merchantId, t.customerId),
    wholeAmount('credit_memos_total_whole', t.total),
    wholeAmount('credit_memos_remaining_whole', t.remaining),
  ],
)
