import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import { instant, json, merchantId } from '../columns.ts'
import type { ConnectionState } from '../values.ts'
import { ofMerchant } from './merchants.ts'

/** The grant of one QuickBooks company. The tokens are sealed and bound to this row. */
export const connections = sqliteTable(
  'connections',
  {
    merchantId: merchantId(),
    realmId: text('realm_id').notNull(),
    state: text('state').notNull().$type<ConnectionState>(),
    scopes: text('scopes').notNull(),
    sealedAccess: text('sealed_access'),
    sealedRefresh: text('sealed_refresh'),
    /** The refresh token before this one: Intuit may still take it for some hours after a lost answer. */
    sealedPrevious: text('sealed_previous'),
    accessExpiresAt: instant('access_expires_at'),
    refreshExpiresAt: instant('refresh_expires_at'),
    hardExpiresAt: instant('hard_expires_at'),
    /** Grows with each new pair of tokens. */
    tokenVersion: integer('token_version').notNull().default(0),
    leaseOwner: text('lease_owner'),
    leaseUntil: instant('lease_until'),
    companyName: text('company_name'),
    country: text('country'),
    homeCurrency: text('home_currency'),
    timeZone: text('time_zone'),
    preferences: json<Record<string, unknown>>('preferences'),
    notice: text('notice'),
    connectedAt: instant('connected_at').notNull(),
    disconnectedAt: instant('disconnected_at'),
    lastChangeAt: instant('last_change_at'),
  },
  t => [primaryKey({ columns: [t.merchantId] }), ofMerchant(t.merchantId), uniqueIndex('connections_by_realm').on(t.realmId)],
)

/** How far a reading of QuickBooks has got. */
export const cursors = sqliteTable(
  'cursors',
  { merchantId: merchantId(), name: text('name').notNull(), value: text('value').notNull(), updatedAt: instant('updated_at').notNull() },
  t => [primaryKey({ columns: [t.merchantId, t.name] }), ofMerchant(t.merchantId)],
)

/**
 * One kind of record of a run. `pages` are read page by page; `needed` are older payments and credits of the customers whose
 * balance does not add up without them; `missing` asks about rows of the mirror that the run has not met.
 */
export type ImportStepRow = {
  entity: string
  source: 'pages' | 'needed' | 'missing'
  where: string | null
  done: number
  total: number | null
  state: 'waiting' | 'running' | 'done' | 'failed'
  /** Where the next page begins, from 1. */
  nextStart: number
  /** For `needed` the customers and for `missing` the rows still to be asked about; null until they are known. */
  ids: string[] | null
}

/** A run that reads much of QuickBooks; its steps say where to go on after a stop. */
export const imports = sqliteTable(
  'imports',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    kind: text('kind').notNull().$type<'first_load' | 'since_last' | 'customers' | 'full'>(),
    state: text('state').notNull().$type<'running' | 'done' | 'failed'>(),
    steps: json<ImportStepRow[]>('steps').notNull(),
    problem: text('problem'),
    startedAt: instant('started_at').notNull(),
    progressAt: instant('progress_at').notNull(),
    finishedAt: instant('finished_at'),
  },
  t => [primaryKey({ columns: [t.merchantId, t.id] }), ofMerchant(t.merchantId), index('imports_by_start').on(t.merchantId, t.startedAt)],
)

/** What a full run has met so far; its rows go when the run ends. */
export const importSeen = sqliteTable(
  'import_seen',
  { merchantId: merchantId(), importId: text('import_id').notNull(), entity: text('entity').notNull(), qboId: text('qbo_id').notNull() },
  t => [primaryKey({ columns: [t.merchantId, t.importId, t.entity, t.qboId] }), ofMerchant(t.merchantId)],
)

/** A consent that was asked for and has not come back; each is good once. */
export const oauthStates = sqliteTable(
  'oauth_states',
  {
    stateHash: text('state_hash').primaryKey(),
    purpose: text('purpose').notNull().$type<'connect' | 'sign_in'>(),
    /** The console session that asked, so that nobody else's browser can answer. */
    sessionHash: text('session_hash'),
    merchantId: text('merchant_id'),
    expiresAt: instant('expires_at').notNull(),
  },
)
