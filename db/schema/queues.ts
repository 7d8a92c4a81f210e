import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { instant, json, merchantId } from '../columns.ts'
import type { InboxState, OutboxState } from '../values.ts'
import { ofMerchant } from './merchants.ts'

/** Events received, word for word, before anything is decided. */
export const inbox = sqliteTable(
  'inbox',
  {
    source: text('source').notNull().$type<'quickbooks' | 'stripe'>(),
    /** Intuit's realm or the provider's own name for whose event it is; empty where there is but one. */
    owner: text('owner').notNull(),
    eventId: text('event_id').notNull(),
    body: text('body').notNull(),
    state: text('state').notNull().$type<InboxState>(),
    receivedAt: instant('received_at').notNull(),
    doneAt: instant('done_at'),
    attempts: integer('attempts').notNull().default(0),
    problem: text('problem'),
  },
  t => [primaryKey({ columns: [t.source, t.owner, t.eventId] }), index('inbox_waiting').on(t.source, t.receivedAt).where(sql`state = 'received'`)],
)

/** Effects still to perform outside. Written in the batch of the fact that caused them. */
export const outbox = sqliteTable(
  'outbox',
  {
    merchantId: merchantId(),
    /** Derived from the fact, so that one fact causes one effect. */
    id: text('id').notNull(),
    /** Effects of one lane go one after another, e.g. all that goes to one realm. */
    lane: text('lane').notNull(),
    kind: text('kind').notNull(),
    payload: json<Record<string, unknown>>('payload').notNull(),
    state: text('state').notNull().$type<OutboxState>(),
    runAt: instant('run_at').notNull(),
    leaseOwner: text('lease_owner'),
    leaseUntil: instant('lease_until'),
    /** Grows with each claim: an answer that comes after the lease was lost is refused. */
    fence: integer('fence').notNull().default(0),
    attempts: integer('attempts').notNull().default(0),
    problem: text('problem'),
    createdAt: instant('created_at').notNull(),
    doneAt: instant('done_at'),
    /** The request that owed it, or that owed the effect which owed it: what log lines are joined by. */
    cause: text('cause'),
  },
  t => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    ofMerchant(t.merchantId),
    index('outbox_due').on(t.runAt).where(sql`state in ('ready', 'leased')`),
    index('outbox_lane').on(t.lane).where(sql`state = 'leased'`),
    index('outbox_lane_order').on(t.lane, t.runAt, t.createdAt, t.id).where(sql`state in ('ready', 'leased')`),
    index('outbox_parked').on(t.kind).where(sql`state in ('blocked', 'dead')`),
  ],
)

/** A counter that open pages follow: each row says that something a customer may see is different. Old rows are dropped. */
export const changes = sqliteTable(
  'changes',
  {
    seq: integer('seq').primaryKey({ autoIncrement: true }),
    merchantId: text('merchant_id').notNull(),
    /** Empty where it concerns the merchant's console alone. */
    customerId: text('customer_id').notNull(),
    invoiceId: text('invoice_id'),
    kind: text('kind').notNull(),
    at: instant('at').notNull(),
  },
  t => [index('changes_by_time').on(t.at)],
)

/** Mail that went out: to whom, about what, and how it ended. */
export const mails = sqliteTable(
  'mails',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    kind: text('kind').notNull(),
    recipient: text('recipient').notNull(),
    customerId: text('customer_id'),
    invoiceId: text('invoice_id'),
    state: text('state').notNull().$type<'queued' | 'sent' | 'refused'>(),
    ref: text('ref'),
    problem: text('problem'),
    createdAt: instant('created_at').notNull(),
  },
  t => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(t.merchantId), index('mails_by_customer').on(t.merchantId, t.customerId)],
)

/** Batches sent to a database server: which were written, and which were given up because no answer came. Old rows are dropped. */
export const operations = sqliteTable('operations', {
  id: text('id').primaryKey(),
  outcome: text('outcome').notNull().$type<'written' | 'abandoned'>(),
  at: instant('at').notNull(),
}, t => [index('operations_by_time').on(t.at)])
