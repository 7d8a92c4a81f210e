import { and, eq, sql } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { apiKeys, customerEmails, links, memberSessions, members, sessions } from '../schema/index.ts'
import { once, type Db, mustHaveChangedOne, write, writeOf } from '../sql.ts'
import type { CustomerId, InvoiceId, LinkId, MerchantId } from '../values.ts'

export type LinkRow = typeof links.$inferSelect
export type SessionRow = typeof sessions.$inferSelect

const findSession = once(orm => orm.select().from(sessions).where(eq(sessions.tokenHash, sql.placeholder('tokenHash'))).prepare())

/** Who may see what of one merchant: links, payers' sessions, API keys. */
export const sessionQueries = (db: Db, merchantId: MerchantId) => ({
  addLink: (link: { id: LinkId; tokenHash: string; customerId: CustomerId; invoiceId: InvoiceId | null; scope: 'customer' | 'invoice'; email: string | null; preview: boolean; createdAt: number; expiresAt: number }): Write =>
    writeOf(db.orm.insert(links).values({ merchantId, ...link })),
  links: (customerId: CustomerId): Promise<LinkRow[]> => db.orm.select().from(links).where(and(eq(links.merchantId, merchantId), eq(links.customerId, customerId), eq(links.preview, false))),
  revokeLink: (id: LinkId, now: number): Write[] => [
    write(`update links set revoked_at = coalesce(revoked_at, ?) where merchant_id = ? and id = ?`, now, merchantId, id),
    mustHaveChangedOne,
  ],
  addSession: (session: { tokenHash: string; customerIds: CustomerId[]; email: string | null; via: 'code' | 'server'; createdAt: number; expiresAt: number }): Write =>
    writeOf(db.orm.insert(sessions).values({ merchantId, ...session })),
  revokeSession: (tokenHash: string, now: number): Write => write(`update sessions set revoked_at = ? where merchant_id = ? and token_hash = ?`, now, merchantId, tokenHash),
  /** The live customers that QuickBooks knows by this address (in lower case). */
  customersOfEmail: async (email: string): Promise<CustomerId[]> =>
    (await db.rows<{ id: CustomerId }>(
      `select c.id from customer_emails e cross join customers c on c.merchant_id = e.merchant_id and c.id = e.customer_id
       where e.merchant_id = ? and e.email = ? and c.archived_at is null order by c.name`, [merchantId, email])).map(row => row.id),
  emailsOf: async (customerId: CustomerId): Promise<string[]> =>
    (await db.orm.select({ email: customerEmails.email }).from(customerEmails).where(and(eq(customerEmails.merchantId, merchantId), eq(customerEmails.customerId, customerId)))).map(row => row.email),
  customers: (ids: readonly CustomerId[]): Promise<{ id: CustomerId; qboId: string | null; name: string; email: string | null; currency: string }[]> =>
    db.rows(`select c.id, c.qbo_id qboId, c.name, c.email, c.currency from json_each(?2) v cross join customers c on c.merchant_id = ?1 and c.id = v.value order by c.name`, [merchantId, JSON.stringify(ids)]),
  /** Empty where there is no such customer, or none that is live. */
  liveCustomer: async (id: string): Promise<CustomerId[]> =>
    (await db.rows<{ id: CustomerId }>(`select id from customers where merchant_id = ? and id = ? and archived_at is null`, [merchantId, id])).map(row => row.id),
  customerByQboId: async (qboId: string): Promise<CustomerId | null> =>
    (await db.rows<{ id: CustomerId }>(`select id from customers where merchant_id = ? and qbo_id = ? and archived_at is null`, [merchantId, qboId]))[0]?.id ?? null,
  addApiKey: (key: { id: string; name: string; keyHash: string; lastFour: string; createdAt: number }): Write => writeOf(db.orm.insert(apiKeys).values({ merchantId, ...key })),
  apiKeys: () => db.orm.select().from(apiKeys).where(eq(apiKeys.merchantId, merchantId)),
  revokeApiKey: (id: string, now: number): Write[] => [
    write(`update api_keys set revoked_at = coalesce(revoked_at, ?) where merchant_id = ? and id = ?`, now, merchantId, id),
    mustHaveChangedOne,
  ],
  usedApiKey: (id: string, now: number): Write => write(`update api_keys set last_used_at = ? where merchant_id = ? and id = ?`, now, merchantId, id),
  addMemberSession: (session: { tokenHash: string; memberId: string; createdAt: number; expiresAt: number }): Write => writeOf(db.orm.insert(memberSessions).values({ merchantId, ...session })),
  endMemberSession: (tokenHash: string): Write => write(`delete from member_sessions where merchant_id = ? and token_hash = ?`, merchantId, tokenHash),
})

/** Finding whose a token is, before any merchant is known. */
export const sessionControl = (db: Db) => ({
  link: async (tokenHash: string): Promise<LinkRow | null> => {
    const [row] = await db.rows<Omit<LinkRow, 'preview'> & { preview: number }>(
      `select merchant_id merchantId, id, token_hash tokenHash, customer_id customerId, invoice_id invoiceId, scope, email, preview, created_at createdAt, expires_at expiresAt, revoked_at revokedAt
       from links where token_hash = ?`, [tokenHash])
    return row ? { ...row, preview: row.preview === 1 } : null
  },
  session: async (tokenHash: string): Promise<SessionRow | null> => (await findSession(db).all({ tokenHash }))[0] ?? null,
  apiKey: async (keyHash: string) => (await db.orm.select().from(apiKeys).where(eq(apiKeys.keyHash, keyHash)))[0] ?? null,
  memberSession: async (tokenHash: string) => {
    const [row] = await db.orm
      .select({ merchantId: memberSessions.merchantId, memberId: memberSessions.memberId, expiresAt: memberSessions.expiresAt, email: members.email, name: members.name })
      .from(memberSessions)
      .innerJoin(members, and(eq(members.merchantId, memberSessions.merchantId), eq(members.id, memberSessions.memberId)))
      .where(eq(memberSessions.tokenHash, tokenHash))
    return row ?? null
  },
  /** Replaces the code of an address by a new one. */
  putCode: (code: { audience: string; email: string; codeHash: string; now: number; expiresAt: number }): Write =>
    write(
      `insert into sign_in_codes (audience, email, code_hash, attempts, created_at, expires_at) values (?, ?, ?, 0, ?, ?)
       on conflict (audience, email) do update set code_hash = excluded.code_hash, attempts = 0, created_at = excluded.created_at, expires_at = excluded.expires_at`,
      code.audience, code.email, code.codeHash, code.now, code.expiresAt),
  /** Counts a try and uses the code up when it is right; true only for the right code in time, at most `attemptsMax` tries. */
  tryCode: async (code: { audience: string; email: string; codeHash: string; now: number; attemptsMax: number }): Promise<boolean> => {
    const taken = await db.rows(
      `delete from sign_in_codes where audience = ? and email = ? and code_hash = ? and expires_at > ? and attempts < ? returning 1 one`,
      [code.audience, code.email, code.codeHash, code.now, code.attemptsMax])
    if (taken.length > 0) return true
    await db.rows(`update sign_in_codes set attempts = attempts + 1 where audience = ? and email = ? returning 1 one`, [code.audience, code.email])
    return false
  },
  /** Counts one more in the window of this key, as long as it is within `most`; false where it is not, and then nothing is written. */
  within: async (key: string, most: number, windowMs: number, now: number): Promise<boolean> => {
    const counted = await db.rows(
      `insert into rate_limits (key, window_at, count) values (?1, ?2, 1) on conflict (key) do update set
         count = case when rate_limits.window_at + ?3 <= ?2 then 1 else rate_limits.count + 1 end,
         window_at = case when rate_limits.window_at + ?3 <= ?2 then ?2 else rate_limits.window_at end
       where rate_limits.count < ?4 or rate_limits.window_at + ?3 <= ?2 returning 1 one`,
      [key, now, windowMs, most])
    return counted.length > 0
  },
  dropExpired: (now: number): Write[] => [
    write(`delete from sign_in_codes where expires_at < ?`, now - 86_400_000),
    write(`delete from rate_limits where window_at < ?`, now - 86_400_000),
    write(`delete from oauth_states where expires_at < ?`, now - 86_400_000),
    write(`delete from member_sessions where expires_at < ?`, now),
  ],
})
