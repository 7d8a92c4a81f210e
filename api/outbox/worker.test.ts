import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Store, openStore } from '../../db/store.ts'
import { mustHaveChangedOne, write } from '../../db/sql.ts'
import { silentLog } from '../log.ts'
import { type JobHandler, type Worker, startWorker } from './worker.ts'

const leaseMs = 90_000
let folder: string
let store: Store
let workers: Worker[]
let offsetMs: number
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'worker-'))
  offsetMs = 0
  workers = []
  store = await openStore({ url: `file:${join(folder, 'a.db')}`, clockOffsetMs: () => offsetMs })
  await store.commit(store.control.merchants.create({ id: 'mer_1', name: 'One', publishableKey: 'pk_1', now: 1 }))
})
afterEach(async () => {
  vi.useRealTimers()
  await Promise.all(workers.map(worker => worker.stop()))
  await store.close()
  rmSync(folder, { recursive: true })
})

function work(handler: JobHandler, readsOnly: readonly string[] = []): Worker {
  const worker = startWorker({ store, log: silentLog, clock: { now: () => Date.now() + offsetMs }, pass: async () => {} }, { post_payment: handler }, readsOnly)
  workers.push(worker)
  return worker
}
const owe = () => store.commit(store.merchant('mer_1').outbox.add({ id: 'post:pay_1', lane: 'qbo:1', kind: 'post_payment', payload: {} }))
const stateOf = async () => (await store.merchant('mer_1').outbox.find('post:pay_1'))?.state
const cards = async () => (await store.merchant('mer_1').cards.listOpen()).map(card => [card.key, card.kind])

/** Lets every pause between tries pass until the effect is no longer tried. */
async function untilParked(worker: Worker): Promise<void> {
  for (let i = 0; i < 40 && (await stateOf()) === 'ready'; i += 1) {
    await worker.idle()
    offsetMs += 31 * 60_000
  }
}

test('an effect that fails again and again in a way that nobody foresaw is put before a person, and runs again when they say so', async () => {
  let broken = true
  const worker = work(async () => {
    if (broken) throw new TypeError('unforeseen')
    return { kind: 'done' }
  })
  await owe()
  await untilParked(worker)
  expect(await stateOf()).toBe('blocked')
  expect(await cards()).toEqual([['stuck:post:pay_1', 'effect_stuck']])
  broken = false
  await store.commit(store.merchant('mer_1').outbox.release('post:pay_1'))
  await worker.idle()
  expect(await stateOf()).toBe('done')
})

test('an effect whose end the database refuses again and again is put before a person, and none of its writes are kept', async () => {
  const worker = work(async () => ({ kind: 'done', writes: [write(`update merchants set name = 'changed' where id = 'mer_1'`), write(`update merchants set name = 'n' where id = 'nobody'`), mustHaveChangedOne] }))
  await owe()
  await untilParked(worker)
  expect(await stateOf()).toBe('dead')
  expect(await cards()).toEqual([['stuck:post:pay_1', 'effect_stuck']])
  expect((await store.merchant('mer_1').self.find())?.name).toBe('One')
})

test('whoever lost the lease can no longer end the effect: what they did late is not written', async () => {
  const answers: (() => void)[] = []
  const started: string[] = []
  const worker = work(async job => {
    const mine = `by try ${job.attempts}`
    started.push(mine)
    await new Promise<void>(resolve => answers.push(resolve))
    return { kind: 'done', writes: [write(`update merchants set name = ? where id = 'mer_1'`, mine)] }
  })
  await owe()
  await until(() => started.length === 1)
  offsetMs += leaseMs + 1_000
  worker.poke()
  await until(() => started.length === 2)
  answers[1]?.()
  await until(async () => (await stateOf()) === 'done')
  answers[0]?.()
  await worker.idle()
  expect((await store.merchant('mer_1').self.find())?.name).toBe('by try 2')
  expect(await stateOf()).toBe('done')
})

test('an effect that is owed for later begins when it is due: nobody has to wait for a poll', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  let isBegun = false
  const worker = work(async () => {
    isBegun = true
    return { kind: 'done' }
  })
  await worker.idle()
  await store.commit(store.merchant('mer_1').outbox.add({ id: 'read:1', lane: 'qbo:1', kind: 'post_payment', payload: {}, delayMs: 200 }))
  await new Promise(resolve => setImmediate(resolve))
  await worker.idle()
  expect(isBegun).toBe(false)
  offsetMs += 200
  vi.advanceTimersByTime(200)
  await until(() => isBegun)
})

test('what a process that died had claimed is taken over once its lease has run out, and not before', async () => {
  await owe()
  await store.control.outbox.claim('a process that died', leaseMs, 1)
  const tries: number[] = []
  const worker = work(async job => {
    tries.push(job.attempts)
    return { kind: 'done' }
  })
  await worker.idle()
  expect(tries).toEqual([])
  offsetMs += leaseMs + 1_000
  await worker.idle()
  expect(tries).toEqual([2])
  expect(await stateOf()).toBe('done')
})

test('what does not end within the time of a stop is given back as though it had not been tried; what it does later is not written', async () => {
  const { worker, finish } = await workThatHangs()
  await worker.stop(20)
  expect(await store.merchant('mer_1').outbox.find('post:pay_1')).toMatchObject({ state: 'ready', attempts: 0, problem: null })
  const tries: number[] = []
  const other = work(async job => {
    tries.push(job.attempts)
    return { kind: 'done', writes: [write(`update merchants set name = 'by the other' where id = 'mer_1'`)] }
  })
  await other.idle()
  // A call of the first may still be on its way outside.
  expect(tries).toEqual([])
  offsetMs += 30_000
  await other.idle()
  expect(tries).toEqual([1])
  finish()
  await worker.idle()
  expect((await store.merchant('mer_1').self.find())?.name).toBe('by the other')
  expect(await stateOf()).toBe('done')
})

test('what only reads is begun anew by another process at once', async () => {
  const { worker, finish } = await workThatHangs(['post_payment'])
  await worker.stop(20)
  const other = work(async () => ({ kind: 'done' }))
  await other.idle()
  expect(await stateOf()).toBe('done')
  finish()
})

/** A worker in the middle of an effect. */
async function workThatHangs(readsOnly: readonly string[] = []): Promise<{ worker: Worker; finish(): void }> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isBegun = false
  const worker = work(async () => {
    isBegun = true
    await promise
    return { kind: 'done', writes: [write(`update merchants set name = 'too late' where id = 'mer_1'`)] }
  }, readsOnly)
  await owe()
  await until(() => isBegun)
  return { worker, finish: resolve }
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(resolve => setImmediate(resolve))
}
