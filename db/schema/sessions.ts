import { foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { instant, json, merchantId } from '../columns.ts'
import type { CustomerId, InvoiceId, LinkId } from '../values.ts'
import { customers } from './customers.ts'
import { ofMerchant } from './merchants.ts'

/** What a customer was mailed: opaque, stored hashed, repeatable, expiring, revocable. */
export const links = sqliteTable(
  'links',
  {
    merchantId: merchantId(),
    id: text('id').notNull().$type<LinkId>(),
    tokenHash: text('token_hash').notNull(),
    customerId: text('customer_id').notNull().$type<CustomerId>(),
    /** The invoice that it was mailed for. */
    invoiceId: text('invoice_id').$type<InvoiceId>(),
    scope: text('scope').notNull().$type<'customer' | 'invoice'>(),
    email: text('email'),
    /** The merchant's own look at what the customer sees: pays nothing, counts as no view. */
    preview: integer('preview', { mode: 'boolean' }).notNull().default(false),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    foreignKey({ columns: [t.merchantId, t.customerId], foreignColumns: [customers.merchantId, customers.id] }).onDelete('cascade'),
    uniqueIndex('links_by_hash').on(t.tokenHash),
    index('links_by_customer').on(t.merchantId, t.customerId),
  ],
)

/** A payer's short-lived right to see the customers of one address, or the one that the merchant's server named. */
export const sessions = sqliteTable(
  'sessions',
  {
    merchantId: merchantId(),
    tokenHash: text('token_hash').notNull(),
    customerIds: json<CustomerId[]>('customer_ids').notNull(),
    email: text('email'),
    via: text('via').notNull().$type<'code' | 'server'>(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    revokedAt: instant('revoked_at'),
  },
  t => [primaryKey({ columns: [t.merchantId, t.tokenHash] }), ofMerchant(t.merchantId), uniqueIndex('sessions_by_hash').on(t.tokenHash)],
)

/** A six-digit code that was mailed. `audience` is the merchant for a payer, `console` for a merchant's member. */
export const signInCodes = sqliteTable(
  'sign_in_codes',
  {
    audience: text('audience').notNull(),
    email: text('email').notNull(),
    codeHash: text('code_hash').notNull(),
    attempts: integer('attempts').notNull().default(0),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  t => [primaryKey({ columns: [t.audience, t.email] })],
)

/** How often something was tried in the window that began at `windowAt`. */
export const rateLimits = sqliteTable(
  'rate_limits',
  { key: text('key').primaryKey(), windowAt: instant('window_at').notNull(), count: integer('count').notNull() },
)
