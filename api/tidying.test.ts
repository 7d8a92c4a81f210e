import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { write } from '../db/sql.ts'
import { type Store, openStore } from '../db/store.ts'
import { silentLog } from './log.ts'
import { tidy } from './tidying.ts'

const dayMs = 24 * 60 * 60_000
const now = 1_795_000_000_000
let folder: string
let store: Store
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidying-'))
  store = await openStore({ url: `file:${join(folder, 'a.db')}` })
  await store.commit(store.control.merchants.create({ id: 'mer_1', name: 'One', publishableKey: 'pk_1', now: 1 }))
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

const effect = (id: string, state: string, createdAt: number, doneAt: number | null) =>
  write(`insert into outbox (merchant_id, id, lane, kind, payload, state, run_at, created_at, done_at) values ('mer_1', ?, ?, 'k', '{}', ?, ?, ?, ?)`, id, id, state, createdAt, createdAt, doneAt)
const event = (id: string, state: string, receivedAt: number, doneAt: number | null) =>
  write(`insert into inbox (source, owner, event_id, body, state, received_at, done_at) values ('stripe', '', ?, '{}', ?, ?, ?)`, id, state, receivedAt, doneAt)

function ids(table: string, column: string): unknown[] {
  const database = new DatabaseSync(join(folder, 'a.db'), { readOnly: true })
  const rows = database.prepare(`select ${column} id from ${table} order by id`).all()
  database.close()
  return rows.map(row => row['id'])
}

test('what ended 90 days ago is dropped; what ended later, and what never ended, stays however old it is', async () => {
  const old = now - 100 * dayMs
  await store.commit(
    effect('a-done', 'done', old, now - 91 * dayMs), effect('b-done-late', 'done', old, now - 89 * dayMs), effect('c-blocked', 'blocked', old, old), effect('d-dead', 'dead', old, old), effect('e-ready', 'ready', old, null),
    event('a-done', 'done', old, now - 91 * dayMs), event('b-ignored', 'ignored', old, now - 91 * dayMs), event('c-late', 'done', old, now - 89 * dayMs), event('d-dead', 'dead', old, old), event('e-waiting', 'received', old, null),
  )
  await tidy({ store, clock: { now: () => now }, log: silentLog })
  expect(ids('outbox', 'id')).toEqual(['b-done-late', 'c-blocked', 'd-dead', 'e-ready'])
  expect(ids('inbox', 'event_id')).toEqual(['c-late', 'd-dead', 'e-waiting'])
})

test('a long walk is made in steps and passes what stays', async () => {
  const rows = Array.from({ length: 5_000 }, (_, i) => effect(`e${String(i).padStart(5, '0')}`, i % 100 === 0 ? 'blocked' : 'done', now - 200 * dayMs + i, now - 100 * dayMs))
  await store.commit(rows)
  await store.commit(effect('young', 'done', now - dayMs, now - dayMs))
  await tidy({ store, clock: { now: () => now }, log: silentLog })
  expect(ids('outbox', 'id')).toHaveLength(51)
})

test('codes, windows, sessions and changes are dropped once they have run out', async () => {
  const session = (tokenHash: string, expiresAt: number) => store.merchant('mer_1').sessions.addSession({ tokenHash, customerIds: [], email: null, via: 'server', createdAt: expiresAt - dayMs, expiresAt })
  await store.commit(
    session('old', now - 31 * dayMs), session('ended', now - 29 * dayMs), session('live', now + dayMs),
    write(`insert into rate_limits (key, window_at, count) values ('old', ?, 1), ('new', ?, 1)`, now - 2 * dayMs, now),
    write(`insert into changes (merchant_id, customer_id, kind, at) values ('mer_1', 'old', 'k', ?), ('mer_1', 'new', 'k', ?)`, now - 2 * dayMs, now),
  )
  await tidy({ store, clock: { now: () => now }, log: silentLog })
  expect(ids('sessions', 'token_hash')).toEqual(['ended', 'live'])
  expect(ids('rate_limits', 'key')).toEqual(['new'])
  expect(ids('changes', 'customer_id')).toEqual(['new'])
})
