import { sql } from 'drizzle-orm'
import { foreignKey, index, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { currency, instant, json, localDate, merchantId, minor, wholeAmount } from '../columns.ts'
import type { CustomerId, InvoiceId, Minor, Origin, Visibility } from '../values.ts'
import { customers } from './customers.ts'

export type StoredLine = {
  kind: 'item' | 'group' | 'note' | 'subtotal' | 'discount' | 'shipping'
  /** The item by QuickBooks' id; its name is joined, never trusted from the invoice. */
  itemQboId: string | null
  name: string | null
  description: string | null
  quantity: string | null
  unitPrice: string | null
  amount: Minor | null
  lines: StoredLine[]
}

/** The parts of an invoice that only its own page shows, as the origin states them. */
export type InvoiceBody = {
  lines: StoredLine[]
  subtotal: Minor
  discount: Minor | null
  shipping: Minor | null
  taxes: { rateQboId: string | null; name: string | null; amount: Minor }[]
  billTo: string[]
  termQboId: string | null
  memo: string | null
}

/** What is owed. The origin owns header and lines and never changes. */
export const invoices = sqliteTable(
  'invoices',
  {
    merchantId: merchantId(),
    id: text('id').notNull().$type<InvoiceId>(),
    origin: text('origin').notNull().$type<Origin>(),
    qboId: text('qbo_id'),
    syncToken: text('sync_token'),
    qboUpdatedAt: instant('qbo_updated_at').notNull(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    number: text('number'),
    issuedOn: localDate('issued_on').notNull(),
    dueOn: localDate('due_on'),
    currency: currency(),
    total: minor('total'),
    balance: minor('balance'),
    deposit: minor('deposit'),
    tax: minor('tax'),
    billEmail: text('bill_email'),
    emailStatus: text('email_status').notNull(),
    visibility: text('visibility').notNull().$type<Visibility>(),
    publishedAt: instant('published_at'),
    sentAt: instant('sent_at'),
    voidedAt: instant('voided_at'),
    archivedAt: instant('archived_at'),
    archivedReason: text('archived_reason'),
    createdAt: instant('created_at').notNull(),
    body: json<InvoiceBody>('body').notNull(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }),
    uniqueIndex('invoices_by_qbo_id').on(t.merchantId, t.qboId),
    // The customer's list is the page that everybody waits for.
    index('invoices_of_customer').on(t.merchantId, t.customerId, t.dueOn),
    index('invoices_open').on(t.merchantId, t.dueOn).where(sql`balance > 0 and archived_at is null`),
    index('invoices_open_by_issue').on(t.merchantId, t.issuedOn).where(sql`balance > 0 and archived_at is null`),
    index('invoices_drafts').on(t.merchantId, t.issuedOn).where(sql`visibility = 'draft'`),
    // The rare ones among a million, which a merchant looks for.
    index('invoices_void').on(t.merchantId, t.issuedOn).where(sql`voided_at is not null`),
    index('invoices_archived').on(t.merchantId, t.issuedOn).where(sql`archived_at is not null`),
    index('invoices_by_issue').on(t.merchantId, t.issuedOn),
    wholeAmount('invoices_total_whole', t.total),
    wholeAmount('invoices_balance_whole', t.balance),
    wholeAmount('invoices_deposit_whole', t.deposit),
    wholeAmount('invoices_tax_whole', t.tax),
  ],
)

/** What happened to a document, in order; rows are only added. */
export const documentEvents = sqliteTable(
  'document_events',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    invoiceId: text('invoice_id').notNull().$type<InvoiceId>(),
    /** Names the fact, so that the same one is written once. */
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    facts: json<Record<string, unknown>>('facts').notNull(),
    at: instant('at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.invoiceId], foreignColumns: [invoices.merchantId, invoices.id] }).onDelete('cascade'),
    uniqueIndex('document_events_by_key').on(t.merchantId, t.invoiceId, t.key),
  ],
)
