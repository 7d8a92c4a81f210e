import { eq, sql } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { connections, oauthStates } from '../schema/index.ts'
import { once, type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { ConnectionState, MerchantId } from '../values.ts'

export type ConnectionRow = typeof connections.$inferSelect
export type SealedTokens = {
  sealedAccess: string
  sealedRefresh: string
  accessExpiresAt: number
  refreshExpiresAt: number
  hardExpiresAt: number | null
}

const findConnection = once(orm => orm.select().from(connections).where(eq(connections.merchantId, sql.placeholder('merchant'))).prepare())

/** The merchant's grant at Intuit. */
export const connectionQueries = (db: Db, merchantId: MerchantId) => ({
  find: async (): Promise<ConnectionRow | null> => (await findConnection(db).all({ merchant: merchantId }))[0] ?? null,
  /** Where the company's calendar is; null where it is not known. */
  timeZone: async (): Promise<string | null> => (await db.rows<{ timeZone: string | null }>(`select time_zone timeZone from connections where merchant_id = ?`, [merchantId]))[0]?.timeZone ?? null,
  /** What decides whether customers can pay now, in one read; `stoppedBy` is the key of the card that stops payments while it is open. */
  standing: async (stoppedBy: string): Promise<{ state: ConnectionState; recovering: number; stopped: number } | null> =>
    (await db.rows<{ state: ConnectionState; recovering: number; stopped: number }>(
      `select state, exists (select 1 from recoveries where merchant_id = ?1 and ended_at is null) recovering, exists (select 1 from cards where merchant_id = ?1 and key = ?2 and closed_at is null) stopped
       from connections where merchant_id = ?1`, [merchantId, stoppedBy]))[0] ?? null,
  /** Connects or reconnects; mappings and choices stay. */
  connect: (grant: { realmId: string; scopes: string; tokens: SealedTokens; now: number }): Write[] => [
    write(
      `insert into connections (merchant_id, realm_id, state, scopes, sealed_access, sealed_refresh, access_expires_at, refresh_expires_at, hard_expires_at, token_version, connected_at)
       values (?, ?, 'connected', ?, ?, ?, ?, ?, ?, 1, ?)
       on conflict (merchant_id) do update set realm_id = excluded.realm_id, state = 'connected', scopes = excluded.scopes, sealed_access = excluded.sealed_access,
         sealed_refresh = excluded.sealed_refresh, sealed_previous = null, access_expires_at = excluded.access_expires_at, refresh_expires_at = excluded.refresh_expires_at,
         hard_expires_at = excluded.hard_expires_at, token_version = connections.token_version + 1, lease_owner = null, lease_until = null, notice = null,
         connected_at = excluded.connected_at, disconnected_at = null`,
      merchantId, grant.realmId, grant.scopes, grant.tokens.sealedAccess, grant.tokens.sealedRefresh, grant.tokens.accessExpiresAt, grant.tokens.refreshExpiresAt, grant.tokens.hardExpiresAt, grant.now),
  ],
  /** Takes the right to refresh the tokens; refused while another holds it or where the tokens have moved on. */
  leaseTokens: (owner: string, version: number, leaseMs: number): Write[] => [
    write(
      `update connections set lease_owner = ?, lease_until = ${db.clock()} + ? where merchant_id = ? and token_version = ? and state = 'connected'
       and (lease_owner is null or lease_until < ${db.clock()})`,
      owner, leaseMs, merchantId, version),
    mustHaveChangedOne,
  ],
  /** Stores a new pair before it is used; refused when somebody else has stored one meanwhile. */
  storeTokens: (owner: string, version: number, tokens: SealedTokens): Write[] => [
    write(
      `update connections set sealed_previous = sealed_refresh, sealed_access = ?, sealed_refresh = ?, access_expires_at = ?, refresh_expires_at = ?, hard_expires_at = coalesce(?, hard_expires_at),
         token_version = token_version + 1, lease_owner = null, lease_until = null where merchant_id = ? and token_version = ? and lease_owner = ?`,
      tokens.sealedAccess, tokens.sealedRefresh, tokens.accessExpiresAt, tokens.refreshExpiresAt, tokens.hardExpiresAt, merchantId, version, owner),
    mustHaveChangedOne,
  ],
  releaseLease: (owner: string): Write => write(`update connections set lease_owner = null, lease_until = null where merchant_id = ? and lease_owner = ?`, merchantId, owner),
  /** Intuit takes no token of this grant any more: the merchant must connect again. */
  needReconnect: (version: number, notice: string): Write =>
    write(`update connections set state = 'needs_reconnect', notice = ?, lease_owner = null, lease_until = null where merchant_id = ? and token_version = ? and state = 'connected'`, notice, merchantId, version),
  /** Ends the grant and deletes its tokens; mappings and choices stay. */
  disconnect: (now: number, notice: string | null): Write =>
    write(
      `update connections set state = 'disconnected', sealed_access = null, sealed_refresh = null, sealed_previous = null, access_expires_at = null, refresh_expires_at = null,
         lease_owner = null, lease_until = null, token_version = token_version + 1, notice = ?, disconnected_at = ? where merchant_id = ?`,
      notice, now, merchantId),
  describe: (company: { name: string; country: string | null; homeCurrency: string | null; timeZone: string | null; preferences: Record<string, unknown> }): Write =>
    write(
      `update connections set company_name = ?, country = ?, home_currency = ?, time_zone = ?, preferences = ? where merchant_id = ?`,
      company.name, company.country, company.homeCurrency, company.timeZone, JSON.stringify(company.preferences), merchantId),
  notice: (text: string | null): Write => write(`update connections set notice = ? where merchant_id = ?`, text, merchantId),
  sawChange: (now: number): Write => write(`update connections set last_change_at = ? where merchant_id = ?`, now, merchantId),
  cursor: async (name: string): Promise<string | null> => {
    const [row] = await db.rows<{ value: string }>(`select value from cursors where merchant_id = ? and name = ?`, [merchantId, name])
    return row?.value ?? null
  },
  moveCursor: (name: string, value: string, now: number): Write =>
    write(
      `insert into cursors (merchant_id, name, value, updated_at) values (?, ?, ?, ?) on conflict (merchant_id, name) do update set value = excluded.value, updated_at = excluded.updated_at`,
      merchantId, name, value, now),
})

export const connectionControl = (db: Db) => ({
  /** Whose company this is, and whether it is connected: what each webhook asks. */
  holder: async (realmId: string): Promise<{ merchantId: MerchantId; state: ConnectionState } | null> =>
    (await db.rows<{ merchantId: MerchantId; state: ConnectionState }>(`select merchant_id merchantId, state from connections where realm_id = ?`, [realmId]))[0] ?? null,
  byRealm: async (realmId: string): Promise<ConnectionRow | null> => (await db.orm.select().from(connections).where(eq(connections.realmId, realmId)))[0] ?? null,
  connected: () => db.orm.select({ merchantId: connections.merchantId, realmId: connections.realmId }).from(connections).where(eq(connections.state, 'connected')),
  rememberState: (state: typeof oauthStates.$inferInsert): Write =>
    write(
      `insert into oauth_states (state_hash, purpose, session_hash, merchant_id, expires_at) values (?, ?, ?, ?, ?)`,
      state.stateHash, state.purpose, state.sessionHash ?? null, state.merchantId ?? null, state.expiresAt),
  /** Uses up a state: the second to come with it finds nothing. */
  takeState: async (stateHash: string, now: number) => {
    const [row] = await db.rows<{ purpose: 'connect' | 'sign_in'; sessionHash: string | null; merchantId: MerchantId | null; expiresAt: number }>(
      `delete from oauth_states where state_hash = ? returning purpose, session_hash sessionHash, merchant_id merchantId, expires_at expiresAt`, [stateHash])
    return row && row.expiresAt > now ? row : null
  },
})
