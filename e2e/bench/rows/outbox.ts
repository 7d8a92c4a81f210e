import type { Job } from '../../../api/outbox/worker.ts'
import { startWorker } from '../../../api/outbox/worker.ts'
import { silentLog } from '../../../api/log.ts'
import { type Store, openStore } from '../../../db/store.ts'
import type { Bench } from '../bench.ts'
import type { Place } from '../figures.ts'
import { bareDatabase, prepareDatabase } from '../prepared.ts'
import { startProfile } from '../profile.ts'

const jobs = 4_000
const atOnce = 16

/** Effects that do nothing, each in a lane of its own, carried out by the product's worker; and the least SQL that could do the same. */
export const outbox: Bench = {
  name: 'outbox',
  plans: [{ id: 'outbox', what: 'outbox: effects claimed and completed', floorIs: 'bare claim and complete on the bare database', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.7 } }],
  limit: 'A claim looks for the oldest effect of each free lane, and each end is guarded by lease and fence in a batch of its own.',
  async open() {
    const prepared = await prepareDatabase(20)
    const store = await openStore({ url: prepared.databaseUrl })
    const bare = await bareDatabase()
    await bare.commit([{ sql: `insert into merchants (id, name, publishable_key, created_at) values ('m', 'Bare', 'pk', 0)`, args: [] }])
    let turn = 0
    const ours = () => carryOut(store, prepared.merchantId, ++turn)
    return {
      round: async () => ({ outbox: { floor: await bareTurn(bare, ++turn), ours: await ours() } }),
      async places(): Promise<Place[]> {
        const end = await startProfile()
        await ours()
        return end()
      },
      close: async () => {
        await store.close()
        await bare.drop()
        prepared.drop()
      },
    }
  },
}

async function carryOut(store: Store, merchantId: Parameters<Store['merchant']>[0], turn: number): Promise<number> {
  const { outbox } = store.merchant(merchantId)
  await store.commit(Array.from({ length: jobs }, (_, i) => outbox.add({ id: `bench:${turn}:${i}`, lane: `bench:${i}`, kind: 'nothing', payload: { i } })))
  const all = Promise.withResolvers<void>()
  let left = jobs
  const nothing = async (_job: Job) => {
    if (--left === 0) all.resolve()
    return { kind: 'done' as const }
  }
  const beganAt = performance.now()
  const worker = startWorker({ store, clock: { now: () => Date.now() }, log: silentLog, pass: async () => {} }, { nothing })
  await all.promise
  await worker.idle()
  const seconds = (performance.now() - beganAt) / 1_000
  await worker.stop()
  return jobs / seconds
}

async function bareTurn({ client, commit }: Awaited<ReturnType<typeof bareDatabase>>, turn: number): Promise<number> {
  await commit(Array.from({ length: jobs }, (_, i) => ({
    sql: `insert into outbox (merchant_id, id, lane, kind, payload, state, run_at, created_at) values ('m', ?, ?, 'nothing', ?, 'ready', 0, 0)`, args: [`bench:${turn}:${i}`, `bench:${i}`, JSON.stringify({ i })],
  })))
  const beganAt = performance.now()
  for (;;) {
    const claimed = await client.execute({
      sql: `update outbox set state = 'leased', lease_owner = 'bare', lease_until = ?1, fence = fence + 1, attempts = attempts + 1 where rowid in (select rowid from outbox where state in ('ready', 'leased') and run_at <= ?2 and state = 'ready' order by run_at limit ${atOnce}) returning id, fence`,
      args: [Date.now() + 90_000, Date.now()],
    })
    if (claimed.rows.length === 0) return jobs / ((performance.now() - beganAt) / 1_000)
    for (const row of claimed.rows) await commit([{ sql: `update outbox set state = 'done', done_at = ?, lease_owner = null, lease_until = null where merchant_id = 'm' and id = ? and lease_owner = 'bare' and fence = ?`, args: [Date.now(), row['id'], row['fence']] }])
  }
}
