import { eq, sql } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { merchants, members, settings } from '../schema/index.ts'
import { once, type Db, write, writeOf } from '../sql.ts'
import type { MerchantId } from '../values.ts'

const findMerchant = once(orm => orm.select().from(merchants).where(eq(merchants.id, sql.placeholder('merchantId'))).prepare())
const findChosen = once(orm => orm.select({ chosen: settings.chosen }).from(settings).where(eq(settings.merchantId, sql.placeholder('merchantId'))).prepare())

export const merchantQueries = (db: Db, merchantId: MerchantId) => ({
  find: async () => (await findMerchant(db).all({ merchantId }))[0] ?? null,
  members: () => db.orm.select().from(members).where(eq(members.merchantId, merchantId)),
  addMember: (member: { id: string; email: string; name: string | null; intuitSub: string | null; now: number }): Write =>
    writeOf(db.orm.insert(members).values({ merchantId, id: member.id, email: member.email, name: member.name, intuitSub: member.intuitSub, createdAt: member.now })),
  linkIntuitSub: (memberId: string, sub: string): Write => write(`update members set intuit_sub = ? where merchant_id = ? and id = ?`, sub, merchantId, memberId),
  rename: (name: string): Write => write(`update merchants set name = ? where id = ?`, name, merchantId),
  /** What the merchant chose; empty where everything is at its default. */
  chosenSettings: async (): Promise<Record<string, unknown>> =>
    (await findChosen(db).all({ merchantId }))[0]?.chosen ?? {},
  chooseSettings: (chosen: Record<string, unknown>, now: number): Write =>
    write(
      `insert into settings (merchant_id, chosen, updated_at) values (?, ?, ?)
       on conflict (merchant_id) do update set chosen = json_patch(settings.chosen, excluded.chosen), updated_at = excluded.updated_at`,
      merchantId, JSON.stringify(chosen), now),
  /** Counts calls to Intuit in the month (`YYYY-MM`). */
  countCalls: (month: string, reads: number, writes: number): Write =>
    write(
      `insert into meters (merchant_id, month, reads, writes) values (?, ?, ?, ?)
       on conflict (merchant_id, month) do update set reads = meters.reads + excluded.reads, writes = meters.writes + excluded.writes`,
      merchantId, month, reads, writes),
  meter: async (month: string) => {
    const [row] = await db.rows<{ reads: number; writes: number }>(`select reads, writes from meters where merchant_id = ? and month = ?`, [merchantId, month])
    return row ?? { reads: 0, writes: 0 }
  },
})

export const merchantControl = (db: Db) => ({
  create: (merchant: { id: MerchantId; name: string; publishableKey: string; now: number }): Write =>
    writeOf(db.orm.insert(merchants).values({ id: merchant.id, name: merchant.name, publishableKey: merchant.publishableKey, createdAt: merchant.now })),
  byPublishableKey: async (key: string) => (await db.orm.select().from(merchants).where(eq(merchants.publishableKey, key)))[0] ?? null,
  memberByEmail: async (email: string) => (await db.orm.select().from(members).where(eq(members.email, email)))[0] ?? null,
  memberBySub: async (sub: string) => (await db.orm.select().from(members).where(eq(members.intuitSub, sub)))[0] ?? null,
  all: () => db.orm.select({ id: merchants.id }).from(merchants),
})
