import assert from 'node:assert/strict'
import { write } from '../../db/sql.ts'
import type { Bench, Guarantee } from './bench.ts'

const leaseMs = 60_000
const job = (id: string, lane = id) => ({ id, lane, kind: 'k', payload: { id } })

/** An outbox with nothing in it but what the proof puts there. */
async function fresh({ store, merchant }: Bench) {
  const id = await merchant()
  await store.commit(write('delete from outbox'))
  return { outbox: store.merchant(id).outbox, control: store.control.outbox, commit: store.commit }
}

/** What the outbox promises: owed once, in order, to one worker at a time. */
export const outboxGuarantees: readonly Guarantee[] = [
  {
    name: 'an effect is owed once, however often its fact is written',
    prove: async bench => {
      const { outbox, control, commit } = await fresh(bench)
      await commit(outbox.add(job('x')), outbox.add(job('x')))
      await commit(outbox.add(job('x')))
      assert.equal((await control.claim('me', leaseMs, 9)).length, 1)
    },
  },
  {
    name: 'one effect at a time is carried out per lane, in the order in which they are due',
    prove: async bench => {
      const { outbox, control, commit } = await fresh(bench)
      await commit(outbox.add(job('1', 'a')), outbox.add({ ...job('2', 'a'), delayMs: 5 }), outbox.add(job('3', 'b')))
      bench.later(1_000)
      assert.deepEqual((await control.claim('me', leaseMs, 9)).map(claimed => claimed.id).toSorted(), ['1', '3'])
      assert.deepEqual(await control.claim('me', leaseMs, 9), [])
    },
  },
  {
    name: 'a lease that ran out is taken over, and its former holder can no longer end the effect',
    prove: async bench => {
      const { outbox, control, commit } = await fresh(bench)
      await commit(outbox.add(job('x')))
      const [slow] = await control.claim('slow', leaseMs, 1)
      assert.deepEqual(await control.claim('quick', leaseMs, 1), [])
      bench.later(leaseMs + 1_000)
      const [quick] = await control.claim('quick', leaseMs, 1)
      assert.ok(slow && quick)
      assert.equal(quick.attempts, 2)
      assert.equal((await commit(control.end(slow, 'slow', { state: 'done', problem: null }))).kind, 'refused')
      assert.equal((await commit(control.end(quick, 'quick', { state: 'done', problem: null }))).kind, 'committed')
    },
  },
  {
    name: 'a recurring effect that is woken while it runs is not run twice at once',
    prove: async bench => {
      const { outbox, control, commit } = await fresh(bench)
      await commit(outbox.wake(job('x')))
      const [running] = await control.claim('me', leaseMs, 1)
      assert.ok(running)
      await commit(outbox.wake(job('x')))
      assert.deepEqual(await control.claim('me', leaseMs, 1), [])
      await commit(control.end(running, 'me', { state: 'done', problem: null }))
      await commit(outbox.wake(job('x')))
      assert.equal((await control.claim('me', leaseMs, 1)).length, 1)
    },
  },
  {
    name: 'a recurring effect counts only the attempts since it last went well, so failures of long ago never add up',
    prove: async bench => {
      const { outbox, control, commit } = await fresh(bench)
      await commit(outbox.wake(job('woken')), outbox.wake(job('again')))
      const round = async (failed: boolean) => {
        const jobs = await control.claim('me', leaseMs, 9)
        const ready = { state: 'ready', problem: null, delayMs: 0, failed } as const
        for (const running of jobs) await commit(control.end(running, 'me', !failed && running.id === 'woken' ? { state: 'done', problem: null } : ready))
        await commit(outbox.wake(job('woken')))
        bench.later(10)
        return Object.fromEntries(jobs.map(running => [running.id, running.attempts]))
      }
      assert.deepEqual([await round(true), await round(false), await round(true), await round(true)], [{ woken: 1, again: 1 }, { woken: 2, again: 2 }, { woken: 1, again: 1 }, { woken: 2, again: 2 }])
    },
  },
]
