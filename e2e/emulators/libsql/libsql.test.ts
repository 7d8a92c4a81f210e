import { type Client, createClient } from '@libsql/client'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type HranaServer, startHranaServer } from './index.ts'

let server: HranaServer
let client: Client
beforeEach(async () => {
  server = await startHranaServer({ authToken: 'letmein' })
  client = createClient({ url: server.url, authToken: 'letmein' })
  await client.execute('create table t (id text primary key, n integer, constraint small check (n < 100 or n > 1000))')
})
afterEach(async () => {
  client.close()
  await server.close()
})

const ids = async () => (await client.execute('select id from t order by id')).rows.map(row => row['id'])
const state = async () => (await fetch(`${server.url}/_emulator/state`)).json()
const pipeline = (requests: object[], baton?: string) =>
  fetch(`${server.url}/v2/pipeline`, { method: 'POST', headers: { authorization: 'Bearer letmein', 'content-type': 'application/json' }, body: JSON.stringify({ baton, requests }) })

test('values come back as they went in, whole numbers beyond 2^53 too', async () => {
  const exact = createClient({ url: server.url, authToken: 'letmein', intMode: 'bigint' })
  const { rows, columns } = await exact.execute({ sql: 'select ? as a, ? as b, ? as c, ? as d, ? as e', args: [9_007_199_254_740_993n, 1.5, 'ß', new Uint8Array([1, 2, 3]), null] })
  expect(columns).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(rows[0]?.['a']).toBe(9_007_199_254_740_993n)
  expect(rows[0]?.['b']).toBe(1.5)
  expect(rows[0]?.['c']).toBe('ß')
  expect([...new Uint8Array(rows[0]?.['d'] as ArrayBuffer)]).toEqual([1, 2, 3])
  expect(rows[0]?.['e']).toBeNull()
  expect((await exact.execute({ sql: 'select :x as x', args: { x: 'named' } })).rows[0]?.['x']).toBe('named')
  exact.close()
})

test('a batch is written whole or not at all, and says what it changed', async () => {
  const [first, second] = await client.batch([{ sql: 'insert into t values (?, 1), (?, 2)', args: ['a', 'b'] }, { sql: 'update t set n = n + 1 where id = ? returning n', args: ['b'] }], 'write')
  expect(first?.rowsAffected).toBe(2)
  expect(second?.rows[0]?.['n']).toBe(3)
  expect((await client.batch(['update t set n = 9', 'select changes() as c'], 'write'))[1]?.rows[0]?.['c']).toBe(2)
  await expect(client.batch([`insert into t values ('c', 3)`, `insert into t values ('a', 4)`], 'write')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT', message: expect.stringContaining('UNIQUE constraint failed: t.id') })
  expect(await ids()).toEqual(['a', 'b'])
})

test('a text with two statements, a broken rule and an unknown table are refused in the server’s words', async () => {
  await expect(client.execute('select 1; select 2')).rejects.toMatchObject({ code: 'SQL_MANY_STATEMENTS' })
  await expect(client.execute(`insert into t values ('a', 500)`)).rejects.toMatchObject({ message: expect.stringContaining('SQLite error: CHECK constraint failed: small') })
  await expect(client.execute('select * from nowhere')).rejects.toMatchObject({ message: expect.stringContaining('no such table: nowhere') })
  await client.executeMultiple(`insert into t values ('a', 1); insert into t values ('b', 1);`)
  expect(await ids()).toEqual(['a', 'b'])
})

test('some servers name the broken rule more closely', async () => {
  const closer = await startHranaServer({ extendedCodes: true })
  const other = createClient({ url: closer.url })
  await other.execute('create table t (id text primary key)')
  await expect(other.batch([`insert into t values ('a'), ('a')`], 'write')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT_PRIMARYKEY' })
  other.close()
  await closer.close()
})

test('foreign keys are the stream’s own matter', async () => {
  await client.execute('create table child (id text references t (id))')
  await client.execute('pragma foreign_keys = on')
  await client.execute(`insert into child values ('orphan')`)
  const tx = await client.transaction('write')
  await tx.commit()
  const results = await client.batch(['commit', 'pragma foreign_keys = on', 'begin immediate', 'pragma foreign_keys'], 'deferred')
  expect(results[3]?.rows[0]?.[0]).toBe(1)
})

test('whoever gives no token or a wrong one is refused', async () => {
  const stranger = createClient({ url: server.url })
  await expect(stranger.execute('select 1')).rejects.toMatchObject({ code: 'SERVER_ERROR' })
  stranger.close()
})

test('a writer who dawdles keeps the lock until somebody waits, then loses it and is told', async () => {
  const slow = await client.transaction('write')
  await slow.execute(`insert into t values ('slow', 1)`)
  server.clock.advance(6_000)
  const quick = client.execute(`insert into t values ('quick', 1)`)
  await quick
  await expect(slow.execute(`insert into t values ('late', 1)`)).rejects.toMatchObject({ code: 'TRANSACTION_TIMEOUT' })
  slow.close()
  expect(await ids()).toEqual(['quick'])
})

test('writers queue: the next begins when the one before has committed', async () => {
  const first = await client.transaction('write')
  await first.execute(`insert into t values ('1', 1)`)
  const second = client.execute(`insert into t select '2', count(*) from t`)
  await expect.poll(state).toMatchObject({ waiting: 1 })
  await first.commit()
  await second
  expect((await client.execute(`select n from t where id = '2'`)).rows[0]?.['n']).toBe(1)
})

test('a stream that lies idle for ten seconds expires and its work is undone', async () => {
  const idle = await client.transaction('write')
  await idle.execute(`insert into t values ('idle', 1)`)
  server.clock.advance(10_000)
  await expect(idle.commit()).rejects.toMatchObject({ code: 'STREAM_EXPIRED' })
  expect(await ids()).toEqual([])
  expect(await state()).toMatchObject({ streams: 0, writing: false })
})

test('a baton is good for one request, and one that was never given out for none', async () => {
  const first = (await (await pipeline([{ type: 'get_autocommit' }])).json()) as { baton: string; results: unknown }
  expect(first.results).toEqual([{ type: 'ok', response: { type: 'get_autocommit', is_autocommit: true } }])
  const second = (await (await pipeline([{ type: 'execute', stmt: { sql: 'begin' } }, { type: 'get_autocommit' }], first.baton)).json()) as { baton: string; results: object[] }
  expect(second.results[1]).toMatchObject({ response: { is_autocommit: false } })
  const again = await pipeline([{ type: 'close' }], first.baton)
  expect([again.status, await again.text()]).toEqual([400, 'Received a baton that has already been used'])
  expect((await pipeline([{ type: 'close' }], 'made.up')).status).toBe(400)
  expect(((await (await pipeline([{ type: 'close' }], second.baton)).json()) as { baton: unknown }).baton).toBeNull()
})

test('an answer can be lost after the commit and a call before it, told apart by nothing but the rows', async () => {
  server.faults.queue({ kind: 'lose-answer', match: { body: 'insert' } })
  await expect(client.batch([`insert into t values ('lost answer', 1)`], 'write')).rejects.toThrow('fetch failed')
  server.faults.queue({ kind: 'refuse', match: { body: 'insert' } })
  await expect(client.batch([`insert into t values ('lost call', 1)`], 'write')).rejects.toThrow('fetch failed')
  expect(await ids()).toEqual(['lost answer'])
})

test('a snapshot is a whole copy of what was committed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'snapshot-'))
  const open = await client.transaction('write')
  await open.execute(`insert into t values ('not yet', 1)`)
  server.snapshot(join(folder, 'copy.db'))
  await open.rollback()
  const copy = new DatabaseSync(join(folder, 'copy.db'))
  expect(copy.prepare('select count(*) as n from t').get()).toEqual({ n: 0 })
  copy.close()
  rmSync(folder, { recursive: true })
})
