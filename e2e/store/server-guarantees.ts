import assert from 'node:assert/strict'
import type { Connection } from '../../db/client.ts'
import { write } from '../../db/sql.ts'
import { type Bench, type Guarantee, holds } from './bench.ts'
import { holdWriteLock } from './write-lock.ts'

type Client = Connection['client']

const lockLimitMs = 5_000
const idleLimitMs = 10_000

/** Guarantees that need a server, because they need several doors or its limits. */
const onServer = (name: string, prove: (bench: Bench & { another: NonNullable<Bench['another']>; server: NonNullable<Bench['server']> }) => Promise<void>): Guarantee => ({
  name,
  prove: async bench => {
    const { another, server } = bench
    assert.ok(another && server, 'it needs a server')
    await prove({ ...bench, another, server })
  },
})

/** What a server promises beyond a file: several processes at once, and limits for whoever dawdles. */
export const serverGuarantees: readonly Guarantee[] = [
  onServer('processes that begin at once apply each migration once', async ({ store }) => {
    assert.ok(await holds(store, 'count(*) = count(distinct created_at) and count(*) > 0 from __drizzle_migrations'))
    // A migration that only moves rows would not be stopped by its own statements.
    const again = await store.commit(write('insert into __drizzle_migrations (hash, created_at) select hash, created_at from __drizzle_migrations limit 1'))
    assert.deepEqual(again, { kind: 'refused', rule: 'UNIQUE constraint failed: __drizzle_migrations.created_at' })
  }),
  onServer('what one process was told is written, another sees at once', async ({ store, another, merchant }) => {
    const other = await another()
    for (let i = 0; i < 20; i += 1) {
      const id = await merchant()
      assert.ok(await other.control.merchants.byPublishableKey(`pk_${id}`))
      await other.commit(write('update merchants set name = ? where id = ?', `renamed ${i}`, id))
      assert.equal((await store.control.merchants.byPublishableKey(`pk_${id}`))?.name, `renamed ${i}`)
    }
  }),
  onServer('four processes that work one outbox claim each effect once and leave none', async ({ store, another, merchant }) => {
    await store.commit(write('delete from outbox'))
    const { outbox } = store.merchant(await merchant())
    await store.commit(Array.from({ length: 200 }, (_, i) => outbox.add({ id: `job-${i}`, lane: `lane-${i % 50}`, kind: 'k', payload: {} })))
    const ended: string[] = []
    const work = async (owner: string) => {
      const door = await another()
      while (ended.length < 200) {
        for (const job of await door.control.outbox.claim(owner, 60_000, 5)) {
          const outcome = await door.commit(door.control.outbox.end(job, owner, { state: 'done', problem: null }))
          assert.deepEqual([job.attempts, outcome.kind], [1, 'committed'])
          ended.push(job.id)
        }
      }
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(work))
    assert.equal(new Set(ended).size, 200)
    assert.equal(ended.length, 200)
  }),
  onServer('a batch whose call or whose answer is lost on the way is found out and written once', async ({ store, another, merchant }) => {
    const id = await merchant()
    for (const moment of ['before', 'after'] as const) {
      const { around, sendLate } = losingOnce(moment)
      const door = await another(around)
      assert.equal((await door.commit(write(`insert into rate_limits values (?, 0, 1)`, `${id} ${moment}`))).kind, 'committed')
      await assert.rejects(sendLate, /UNIQUE constraint failed: operations\.id/)
      assert.ok(await holds(store, `count(*) = 1 from rate_limits where key = '${id} ${moment}'`))
    }
    await store.commit(write('delete from rate_limits where key like ?', `${id}%`))
  }),
  onServer('a writer who dawdles loses the lock to one who waits, and what it had begun is undone', async ({ store, server, merchant }) => {
    const id = await merchant()
    const letGo = await holdWriteLock(server.url, server.authToken, `update merchants set name = 'half done' where id = '${id}'`)
    const waiting = store.commit(write(`update merchants set publishable_key = publishable_key where id = ?`, id))
    await server.pass(lockLimitMs)
    assert.equal((await waiting).kind, 'committed')
    await letGo()
    assert.equal((await store.control.merchants.byPublishableKey(`pk_${id}`))?.name, id)
  }),
  onServer('a stream that lies idle is closed, and what it had begun is undone', async ({ store, server, merchant }) => {
    const id = await merchant()
    const letGo = await holdWriteLock(server.url, server.authToken, `update merchants set name = 'half done' where id = '${id}'`)
    await server.pass(idleLimitMs + 1_000)
    assert.equal(await letGo('commit'), false)
    assert.equal((await store.control.merchants.byPublishableKey(`pk_${id}`))?.name, id)
  }),
]

/** Loses the first batch that writes, before it reaches the server or after; `sendLate` lets it arrive once more. */
function losingOnce(moment: 'before' | 'after') {
  let late: (() => Promise<unknown>) | undefined
  const around = (client: Client): Client => {
    const batch = client.batch.bind(client)
    client.batch = async (...args: Parameters<Client['batch']>) => {
      if (late || !JSON.stringify(args).includes("'written'")) return batch(...args)
      late = () => batch(...args)
      if (moment === 'after') await late()
      throw new TypeError('lost on the way')
    }
    return client
  }
  return { around, sendLate: () => late?.() ?? Promise.reject(new Error('no batch was lost')) }
}
