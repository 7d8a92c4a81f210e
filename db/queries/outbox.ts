import type { Write } from '../client.ts'
import { type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { MerchantId } from '../values.ts'

export type Job = {
  merchantId: MerchantId
  id: string
  lane: string
  kind: string
  payload: Record<string, unknown>
  attempts: number
  fence: number
  createdAt: number
  /** The request that owed it, directly or by way of other effects. */
  cause: string | null
}
export type NewJob = { id: string; lane: string; kind: string; payload: Record<string, unknown>; delayMs?: number }

/** The effects of one merchant. */
export const outboxQueries = (db: Db, merchantId: MerchantId) => ({
  /** Owes an effect once: the same id again changes nothing. */
  add: (job: NewJob): Write => write(`${insert(db)} on conflict do nothing`, ...values(db, merchantId, job)),
  /** Owes a recurring effect: wakes it where it sleeps, leaves it where it runs. */
  wake: (job: NewJob): Write =>
    write(
      `${insert(db)} on conflict (merchant_id, id) do update set payload = excluded.payload, lane = excluded.lane, cause = excluded.cause, done_at = null,
        state = case when outbox.state = 'leased' then outbox.state else 'ready' end,
        attempts = case when outbox.state in ('leased', 'ready') then outbox.attempts else 0 end,
        run_at = case when outbox.state = 'ready' then min(outbox.run_at, excluded.run_at) else excluded.run_at end`,
      ...values(db, merchantId, job),
    ),
  /** Lets a parked effect run again, because a person said so. */
  release: (id: string): Write =>
    write(`update outbox set state = 'ready', run_at = ${db.clock()}, attempts = 0, problem = null where merchant_id = ? and id = ? and state in ('blocked', 'dead')`, merchantId, id),
  /** The same with something a person chose, which the effect finds in its payload. */
  releaseWith: (id: string, chosen: Record<string, unknown>): Write =>
    write(
      `update outbox set state = 'ready', run_at = ${db.clock()}, attempts = 0, problem = null, payload = json_patch(payload, ?) where merchant_id = ? and id = ? and state in ('blocked', 'dead')`,
      JSON.stringify(chosen), merchantId, id),
  /** Lets all that is parked in a lane, or waits there after a failure, run again now, e.g. when the company is connected again. */
  releaseLane: (lane: string): Write[] => [
    write(`update outbox indexed by outbox_parked set state = 'ready', run_at = ${db.clock()}, attempts = 0, problem = null where merchant_id = ? and lane = ? and state in ('blocked', 'dead')`, merchantId, lane),
    write(`update outbox indexed by outbox_lane_order set run_at = ${db.clock()}, attempts = 0, problem = null where merchant_id = ? and lane = ? and state in ('ready', 'leased') and state = 'ready' and problem is not null`, merchantId, lane),
  ],
  /** Gives up what is owed in a lane, e.g. when the company is disconnected. */
  drop: (id: string): Write => write(`delete from outbox where merchant_id = ? and id = ?`, merchantId, id),
  /** Keeps that an effect was owed and done, without what it held. */
  forget: (id: string): Write => write(`update outbox set payload = '{}' where merchant_id = ? and id = ?`, merchantId, id),
  find: async (id: string) => {
    const [row] = await db.rows<{ state: string; problem: string | null; runAt: number; attempts: number }>(
      `select state, problem, run_at runAt, attempts from outbox where merchant_id = ? and id = ?`, [merchantId, id])
    return row ?? null
  },
})

/** Effects of all merchants: claiming and ending them. */
export const outboxControl = (db: Db) => ({
  /**
   * Claims what is due, at most one effect per lane and none in a lane where one is being carried out.
   * A lease that ran out is taken over; its fence grows, so the former holder can no longer end it. Rows are looked at in the order in which
   * they are due, and only until enough are found: a long backlog costs no more than a short one.
   */
  claim: async (owner: string, leaseMs: number, most: number): Promise<Job[]> => {
    const rows = await db.rows<Omit<Job, 'payload'> & { payload: string }>(
      `update outbox set state = 'leased', lease_owner = ?, lease_until = ${db.clock()} + ?, fence = fence + 1, attempts = attempts + 1
       where rowid in (
         select o.rowid from outbox o
         where o.state in ('ready', 'leased') and o.run_at <= ${db.clock()} and (o.state = 'ready' or o.lease_until < ${db.clock()})
           and not exists (select 1 from outbox busy where busy.lane = o.lane and busy.state = 'leased' and busy.lease_until >= ${db.clock()})
           and not exists (select 1 from outbox earlier where earlier.lane = o.lane and earlier.state in ('ready', 'leased') and (earlier.run_at, earlier.created_at, earlier.id) < (o.run_at, o.created_at, o.id))
         order by o.run_at limit ?)
       returning merchant_id merchantId, id, lane, kind, payload, attempts, fence, created_at createdAt, cause`,
      [owner, leaseMs, most])
    return rows.map(row => ({ ...row, payload: JSON.parse(row.payload) as Record<string, unknown> }))
  },
  /** Keeps a long effect from being taken over. */
  extend: (job: Job, owner: string, leaseMs: number): Write[] => [
    write(`update outbox set lease_until = ${db.clock()} + ? where merchant_id = ? and id = ? and lease_owner = ? and fence = ?`, leaseMs, job.merchantId, job.id, owner, job.fence),
    mustHaveChangedOne,
  ],
  /** Ends an effect; refused when the lease was lost. One that went well and recurs counts its attempts anew. */
  end: (job: Job, owner: string, ending: { state: 'done' | 'blocked' | 'dead'; problem: string | null } | { state: 'ready'; problem: string | null; delayMs: number; failed: boolean }): Write[] => [
    ending.state === 'ready'
      ? write(
          `update outbox set state = 'ready', run_at = ${db.clock()} + ?, problem = ?, attempts = case when ? then attempts else 0 end, lease_owner = null, lease_until = null
           where merchant_id = ? and id = ? and lease_owner = ? and fence = ? and state = 'leased'`,
          ending.delayMs, ending.problem, ending.failed ? 1 : 0, job.merchantId, job.id, owner, job.fence)
      : write(
          `update outbox set state = ?, problem = ?, done_at = ${db.clock()}, lease_owner = null, lease_until = null
           where merchant_id = ? and id = ? and lease_owner = ? and fence = ? and state = 'leased'`,
          ending.state, ending.problem, job.merchantId, job.id, owner, job.fence),
    mustHaveChangedOne,
  ],
  /** Lets others carry out an effect that this holder did not end, as though it had not been tried; what the holder does later is refused. */
  giveBack: (job: Job, owner: string, delayMs: number): Write =>
    write(
      `update outbox set state = 'ready', run_at = ${db.clock()} + ?, attempts = attempts - 1, lease_owner = null, lease_until = null where merchant_id = ? and id = ? and lease_owner = ? and fence = ? and state = 'leased'`,
      delayMs, job.merchantId, job.id, owner, job.fence),
  /** How far behind the effects are: how many wait, and since when the oldest due one has. */
  backlog: async () => {
    const [row] = await db.rows<{ waiting: number; oldestDueAt: number | null; blocked: number }>(
      `select count(*) filter (where state in ('ready', 'leased')) waiting, min(run_at) filter (where state = 'ready' and run_at <= ${db.clock()}) oldestDueAt,
        (select count(*) from outbox where state in ('blocked', 'dead')) blocked from outbox where state in ('ready', 'leased')`)
    return row ?? { waiting: 0, oldestDueAt: null, blocked: 0 }
  },
  /** In how many milliseconds the next effect that is not due yet will be; null where none is owed. */
  dueInMs: async (): Promise<number | null> => {
    const [row] = await db.rows<{ dueInMs: number | null }>(`select min(run_at) - ${db.clock()} dueInMs from outbox where state in ('ready', 'leased') and run_at > ${db.clock()}`)
    return row?.dueInMs ?? null
  },
})

const insert = (db: Db) =>
  `insert into outbox (merchant_id, id, lane, kind, payload, cause, state, run_at, created_at) values (?, ?, ?, ?, ?, ?, 'ready', ${db.clock()} + ?, ${db.clock()})`
const values = (db: Db, merchantId: MerchantId, job: NewJob) => [merchantId, job.id, job.lane, job.kind, JSON.stringify(job.payload), db.cause(), job.delayMs ?? 0]
