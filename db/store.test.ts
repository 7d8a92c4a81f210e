import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Store, openStore } from './store.ts'
import { mustHaveChangedOne, write } from './sql.ts'

let folder: string
let store: Store
let offsetMs = 0
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-'))
  offsetMs = 0
  store = await openStore({ url: `file:${join(folder, 'a.db')}`, clockOffsetMs: () => offsetMs })
  await store.commit(['mer_1', 'mer_2'].map(id => store.control.merchants.create({ id: id as 'mer_1', name: id, publishableKey: `pk_${id}`, now: 1 })))
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const job = (id: string, lane = 'a') => ({ id, lane, kind: 'k', payload: { id } })

test('a second process on the file is refused at once with a sentence that says what to do', async () => {
  await expect(openStore({ url: `file:${join(folder, 'a.db')}` })).rejects.toThrow(/in use by another process.*DATABASE_URL/)
})

test('a batch is written whole or not at all', async () => {
  const { outbox } = store.merchant('mer_1')
  const outcome = await store.commit(outbox.add(job('x')), write(`update merchants set name = 'n' where id = 'nobody'`), mustHaveChangedOne)
  expect(outcome).toEqual({ kind: 'refused', rule: 'guard: the row had moved on' })
  expect(await outbox.find('x')).toBeNull()
})

test('an effect is owed once, however often its fact is written', async () => {
  const { outbox } = store.merchant('mer_1')
  await store.commit(outbox.add(job('x')), outbox.add(job('x')))
  expect(await store.control.outbox.claim('me', 1000, 9)).toHaveLength(1)
})

test('one effect at a time is carried out per lane, in the order in which they are due', async () => {
  const { outbox } = store.merchant('mer_1')
  await store.commit(outbox.add(job('1')), outbox.add({ ...job('2'), delayMs: 5 }), outbox.add(job('3', 'b')))
  offsetMs = 1_000
  expect((await store.control.outbox.claim('me', 60_000, 9)).map(j => j.id).toSorted()).toEqual(['1', '3'])
  expect(await store.control.outbox.claim('me', 60_000, 9)).toEqual([])
})

test('a lease that ran out is taken over, and its former holder can no longer end the effect', async () => {
  await store.commit(store.merchant('mer_1').outbox.add(job('x')))
  const [slow] = await store.control.outbox.claim('slow', 1_000, 1)
  offsetMs = 2_000
  const [quick] = await store.control.outbox.claim('quick', 60_000, 1)
  expect(slow && quick).toBeTruthy()
  if (!slow || !quick) return
  expect(quick.attempts).toBe(2)
  expect((await store.commit(store.control.outbox.end(slow, 'slow', { state: 'done', problem: null }))).kind).toBe('refused')
  expect((await store.commit(store.control.outbox.end(quick, 'quick', { state: 'done', problem: null }))).kind).toBe('committed')
})

test('a recurring effect that is woken while it runs is not run twice at once', async () => {
  const { outbox } = store.merchant('mer_1')
  await store.commit(outbox.wake(job('x')))
  const [running] = await store.control.outbox.claim('me', 60_000, 1)
  await store.commit(outbox.wake(job('x')))
  expect(await store.control.outbox.claim('me', 60_000, 1)).toEqual([])
  if (running) await store.commit(store.control.outbox.end(running, 'me', { state: 'done', problem: null }))
  await store.commit(outbox.wake(job('x')))
  expect(await store.control.outbox.claim('me', 60_000, 1)).toHaveLength(1)
})

test('a recurring effect counts only the attempts since it last went well, so failures of long ago never add up', async () => {
  const { outbox } = store.merchant('mer_1')
  await store.commit(outbox.wake(job('woken')), outbox.wake(job('again', 'b')))
  const round = async (failed: boolean) => {
    const jobs = await store.control.outbox.claim('me', 60_000, 9)
    const ready = { state: 'ready', problem: null, delayMs: 0, failed } as const
    for (const running of jobs) await store.commit(store.control.outbox.end(running, 'me', !failed && running.id === 'woken' ? { state: 'done', problem: null } : ready))
    await store.commit(outbox.wake(job('woken')))
    offsetMs += 10
    return Object.fromEntries(jobs.map(running => [running.id, running.attempts]))
  }
  expect(await round(true)).toEqual({ woken: 1, again: 1 })
  expect(await round(false)).toEqual({ woken: 2, again: 2 })
  expect(await round(true)).toEqual({ woken: 1, again: 1 })
  expect(await round(true)).toEqual({ woken: 2, again: 2 })
})

test('a payment cannot point at another merchant’s invoice or customer: the database itself refuses', async () => {
  await store.commit(
    write(`insert into customers (merchant_id, id, qbo_id, qbo_updated_at, name, currency, balance, active) values ('mer_1', 'cus_1', '1', 0, 'A', 'USD', 0, 1)`),
  )
  const outcome = await store.commit(
    write(`insert into links (merchant_id, id, token_hash, customer_id, scope, created_at, expires_at) values ('mer_2', 'lnk_1', 'h', 'cus_1', 'customer', 0, 0)`),
  )
  expect(outcome).toEqual({ kind: 'refused', rule: 'FOREIGN KEY constraint failed' })
})

test('an amount that is not whole is refused by the database itself', async () => {
  const outcome = await store.commit(
    write(`insert into customers (merchant_id, id, qbo_id, qbo_updated_at, name, currency, balance, active) values ('mer_1', 'cus_1', '1', 0, 'A', 'USD', 10.5, 1)`),
  )
  expect(outcome.kind).toBe('refused')
})

test('every table of a merchant begins its key with the merchant', async () => {
  // Facts of no merchant: who the merchants are, what comes before any is known, and what the database says of itself.
  const shared = new Set(['merchants', 'oauth_states', 'inbox', 'changes', 'sign_in_codes', 'rate_limits', 'operations', 'copies'])
  const { connect } = await import('./client.ts')
  const other = await connect(`file:${join(folder, 'b.db')}`, { timeoutMs: 1000 })
  const { migrate } = await import('./migrate.ts')
  await migrate(other.client)
  const tables = await other.client.execute(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'`)
  const names = tables.rows.map(row => String(row['name'])).filter(name => !shared.has(name))
  expect(names.length).toBeGreaterThan(20)
  for (const name of names) {
    const columns = await other.client.execute(`select name from pragma_table_info('${name}') where pk = 1`)
    expect({ name, first: columns.rows[0]?.['name'] }).toEqual({ name, first: 'merchant_id' })
  }
  await other.close()
})

test('the ledger only grows', async () => {
  const { connect } = await import('./client.ts')
  const other = await connect(`file:${join(folder, 'c.db')}`, { timeoutMs: 1000 })
  const { migrate } = await import('./migrate.ts')
  await migrate(other.client)
  await other.client.execute('pragma foreign_keys = off')
  await other.client.execute(`insert into ledger_entries (merchant_id, fact_key, position, payment_id, ledger_account, amount, currency, at) values ('m', 'f', 0, 'p', 'a', 1, 'USD', 0)`)
  expect(await other.commit([write(`update ledger_entries set amount = 2`)])).toEqual({ kind: 'refused', rule: 'the ledger is append-only' })
  expect(await other.commit([write(`delete from ledger_entries`)])).toEqual({ kind: 'refused', rule: 'the ledger is append-only' })
  await other.close()
})
