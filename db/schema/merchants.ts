import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, foreignKey, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { instant, json, merchantId } from '../columns.ts'
import type { MerchantId } from '../values.ts'

export const merchants = sqliteTable(
  'merchants',
  {
    id: text('id').primaryKey().$type<MerchantId>(),
    name: text('name').notNull(),
    /** Names the database that the merchant lives in; the way to more machines. */
    bucket: text('bucket').notNull().default('main'),
    publishableKey: text('publishable_key').notNull(),
    createdAt: instant('created_at').notNull(),
  },
  t => [uniqueIndex('merchants_by_publishable_key').on(t.publishableKey)],
)

/** The merchant's choices; what is absent is at its default (`api/domain/settings.ts`). */
export const settings = sqliteTable(
  'settings',
  { merchantId: merchantId(), chosen: json<Record<string, unknown>>('chosen').notNull(), updatedAt: instant('updated_at').notNull() },
  t => [primaryKey({ columns: [t.merchantId] }), ofMerchant(t.merchantId)],
)

/** A person who may sign in to the console. */
export const members = sqliteTable(
  'members',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    email: text('email').notNull(),
    name: text('name'),
    /** Intuit's `sub`: people who sign in with Intuit are linked by it, never by their e-mail address. */
    intuitSub: text('intuit_sub'),
    createdAt: instant('created_at').notNull(),
  },
  t => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(t.merchantId), uniqueIndex('members_by_email').on(t.email), uniqueIndex('members_by_sub').on(t.intuitSub)],
)

export const memberSessions = sqliteTable(
  'member_sessions',
  {
    merchantId: merchantId(),
    tokenHash: text('token_hash').notNull(),
    memberId: text('member_id').notNull(),
    createdAt: instant('created_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.tokenHash] }),
    foreignKey({ columns: [t.merchantId, t.memberId], foreignColumns: [members.merchantId, members.id] }).onDelete('cascade'),
    uniqueIndex('member_sessions_by_hash').on(t.tokenHash),
  ],
)

export const apiKeys = sqliteTable(
  'api_keys',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    name: text('name').notNull(),
    keyHash: text('key_hash').notNull(),
    lastFour: text('last_four').notNull(),
    createdAt: instant('created_at').notNull(),
    lastUsedAt: instant('last_used_at'),
    revokedAt: instant('revoked_at'),
  },
  t => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(t.merchantId), uniqueIndex('api_keys_by_hash').on(t.keyHash)],
)

/** How many calls this month went to Intuit: reads are metered there, writes are free. */
export const meters = sqliteTable(
  'meters',
  { merchantId: merchantId(), month: text('month').notNull(), reads: integer('reads').notNull(), writes: integer('writes').notNull() },
  t => [primaryKey({ columns: [t.merchantId, t.month] }), ofMerchant(t.merchantId)],
)

/** A question that only a person can answer, with what they need to answer it. */
export const cards = sqliteTable(
  'cards',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    /** Names the matter, so that the same one is asked once. */
    key: text('key').notNull(),
    kind: text('kind').notNull(),
    facts: json<Record<string, unknown>>('facts').notNull(),
    openedAt: instant('opened_at').notNull(),
    closedAt: instant('closed_at'),
    closedBy: text('closed_by'),
  },
  t => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(t.merchantId), uniqueIndex('cards_by_key').on(t.merchantId, t.key), index('cards_open').on(t.merchantId, t.closedAt), index('cards_open_by_kind').on(t.kind, t.openedAt).where(sql`closed_at is null`)],
)

export function ofMerchant(column: AnySQLiteColumn) {
  return foreignKey({ columns: [column], foreignColumns: [merchants.id] }).onDelete('cascade')
}
