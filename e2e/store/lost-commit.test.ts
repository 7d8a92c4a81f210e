import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Connection, connect } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { type Store, openStore } from '../../db/store.ts'
import { write } from '../../db/sql.ts'
import { type HranaServer, startHranaServer } from '../emulators/libsql/index.ts'
import { holdWriteLock } from './write-lock.ts'

let server: HranaServer
let db: Connection
/** What was waited for, in milliseconds; no test waits. */
let waits: number[]
let whenWaiting: (ms: number) => Promise<void>
type Batch = Connection['client']['batch']
let sent: Parameters<Batch>[]
/** Sends a batch past everything that is under test. */
let sendPlainly: Batch

beforeEach(async () => {
  server = await startHranaServer()
  waits = []
  sent = []
  whenWaiting = async () => {}
  db = await open(10_000)
  await migrate(db.client)
  await db.client.execute('create table t (id text)')
})
afterEach(async () => {
  await db.close()
  await server.close()
})

const open = (timeoutMs: number) =>
  connect(server.url, {
    timeoutMs,
    wait: async ms => {
      waits.push(ms)
      await whenWaiting(ms)
    },
    around: client => {
      sendPlainly = client.batch.bind(client)
      client.batch = async (...args: Parameters<Batch>) => {
        sent.push(args)
        return sendPlainly(...args)
      }
      return client
    },
  })
/** Does the work with a connection that soon loses patience. */
async function hastily(work: () => Promise<void>): Promise<void> {
  const patient = db
  db = await open(300)
  await work()
  await db.close()
  db = patient
}
const put = (id: string) => db.commit([write('insert into t values (?)', id)])
const ids = async () => (await db.client.execute('select id from t')).rows.map(row => row['id'])
const outcomes = async () => (await db.client.execute('select outcome from operations order by outcome')).rows.map(row => row['outcome'])
/** The answer to a call of the client's: its texts are stored, the batch is answered, the stream closed. */
const pipelineOf = (texts: number, batch: object) => ({
  baton: null, base_url: null,
  results: [...Array.from({ length: texts }, () => ({ type: 'ok', response: { type: 'store_sql' } })), batch, { type: 'ok', response: { type: 'close' } }],
})
const batches = { body: 'operations' }

test('a batch whose answer was lost after the commit is known to be written, and is written once', async () => {
  server.faults.queue({ kind: 'lose-answer', match: batches })
  expect(await put('a')).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a'])
})

test('a batch that never reached the server is sent again, and is written once', async () => {
  server.faults.queue({ kind: 'refuse', match: batches })
  expect(await put('a')).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a'])
  expect(await outcomes()).toEqual(['abandoned', 'written'])
})

test('a server that hangs before or after the commit is not waited for longer than the timeout', async () => {
  await hastily(async () => {
    server.faults.queue({ kind: 'delay', ms: 60_000, match: batches })
    expect(await put('a')).toEqual({ kind: 'committed' })
    server.faults.queue({ kind: 'delay-answer', ms: 60_000, match: batches })
    expect(await put('b')).toEqual({ kind: 'committed' })
  })
  expect(await ids()).toEqual(['a', 'b'])
  server.faults.clear()
})

test('a proxy’s error page says nothing about the batch, so the database is asked', async () => {
  server.faults.queue({ kind: 'html-500', status: 502, match: batches })
  expect(await put('a')).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a'])
})

test('answers to the question may be lost too', async () => {
  server.faults.queue({ kind: 'lose-answer', times: 3, match: batches })
  expect(await put('a')).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a'])
  server.faults.queue({ kind: 'refuse', match: batches })
  server.faults.queue({ kind: 'lose-answer', times: 2, match: batches })
  expect(await put('b')).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a', 'b'])
  expect(waits).toEqual([0, 1_000, 6_000, 0, 1_000, 6_000])
})

test('where nobody can say, the caller is told so by name', async () => {
  server.faults.queue({ kind: 'lose-answer', times: 4, match: batches })
  await expect(put('a')).rejects.toMatchObject({ name: 'CommitUnknown', message: expect.stringMatching(/did not say whether it wrote operation [\w-]+/) })
  server.faults.queue({ kind: 'refuse', times: 4, match: batches })
  await expect(put('b')).rejects.toMatchObject({ name: 'CommitUnknown' })
  expect(await ids()).toEqual(['a'])
})

test('a batch that waits in the server’s queue when its caller gives up is found out and not written twice', async () => {
  await hastily(async () => {
    const letGo = await holdWriteLock(server.url)
    whenWaiting = async ms => {
      if (ms === 1_000) await letGo()
    }
    expect(await put('a')).toEqual({ kind: 'committed' })
  })
  expect(await ids()).toEqual(['a'])
})

test('a batch that was given up and arrives late after all is refused', async () => {
  server.faults.queue({ kind: 'refuse', match: batches })
  sent = []
  await put('a')
  const [late] = sent
  expect(late).toBeDefined()
  if (late) await expect(sendPlainly(...late)).rejects.toThrow('UNIQUE constraint failed: operations.id')
  expect(await ids()).toEqual(['a'])
})

test('a call that something on the way delivers twice is written once and counts as written', async () => {
  const again = await connect(server.url, {
    timeoutMs: 300,
    around: client => {
      const once = client.batch.bind(client)
      client.batch = async (...args: Parameters<Batch>) => {
        if (JSON.stringify(args).includes("'written'")) await once(...args)
        return once(...args)
      }
      return client
    },
  })
  expect(await again.commit([write('insert into t values (?)', 'a')])).toEqual({ kind: 'committed' })
  expect(await ids()).toEqual(['a'])
  await again.close()
})

test('a broken rule is an answer and nothing is sent again', async () => {
  sent = []
  expect(await db.commit([write('insert into t values (?)', 'a'), write('insert into must select 2')])).toEqual({ kind: 'refused', rule: 'guard: the row had moved on' })
  await expect(db.commit([write('insert into nowhere values (1)')])).rejects.toThrow('no such table')
  expect([sent.length, await ids()]).toEqual([2, []])
})

test('a batch that the server was too busy for is sent again', async () => {
  const refusal = { type: 'error', error: { message: 'Server cannot handle additional transactions', code: 'TRANSACTION_BUSY' } }
  server.faults.queue({ kind: 'answer', status: 200, match: batches, body: pipelineOf(5, refusal) })
  expect(await put('a')).toEqual({ kind: 'committed' })
  expect([await ids(), await outcomes()]).toEqual([['a'], ['written']])
})

test('reads are asked again once, and a read that hangs is not waited for', async () => {
  await put('a')
  for (const kind of ['lose-answer', 'refuse'] as const) {
    server.faults.queue({ kind, match: { body: 'select id' } })
    expect(await ids()).toEqual(['a'])
  }
  server.faults.queue({ kind: 'delay', ms: 60_000, times: 2, match: { body: 'select id' } })
  await hastily(async () => expect(ids()).rejects.toThrow(/timeout/i))
  server.faults.clear()
  server.faults.queue({ kind: 'lose-answer', match: { body: 'returning' } })
  await expect(db.client.execute(`insert into t values ('b') returning id`)).rejects.toThrow('fetch failed')
  expect(await ids()).toEqual(['a', 'b'])
})

test('foreign keys are kept in every batch, whatever the server does by itself', async () => {
  for (const foreignKeys of [true, false]) {
    const other = await startHranaServer({ foreignKeys })
    const connection = await connect(other.url, { timeoutMs: 1_000 })
    await migrate(connection.client)
    const orphan = write(`insert into links (merchant_id, id, token_hash, customer_id, scope, created_at, expires_at) values ('m', 'l', 'h', 'c', 'customer', 0, 0)`)
    expect(await connection.commit([orphan])).toEqual({ kind: 'refused', rule: 'FOREIGN KEY constraint failed' })
    await connection.close()
    await other.close()
  }
})

test('a server that does not keep foreign keys is refused with a sentence, and so is one that does not answer', async () => {
  const none = { cols: [], rows: [], affected_row_count: 0, last_insert_rowid: null }
  const zero = { ...none, cols: [{ name: 'foreign_keys', decltype: null }], rows: [[{ type: 'integer', value: '0' }]] }
  const result = { step_results: [none, none, none, none, zero, none, null], step_errors: Array.from({ length: 7 }, () => null) }
  server.faults.queue({ kind: 'answer', status: 200, match: { body: 'foreign_keys' }, body: pipelineOf(4, { type: 'ok', response: { type: 'batch', result } }) })
  await expect(connect(server.url, { timeoutMs: 1_000 })).rejects.toThrow(/does not keep foreign keys, which hold merchants apart/)
  const gone = await startHranaServer()
  await gone.close()
  await expect(connect(gone.url, { timeoutMs: 1_000 })).rejects.toThrow(/gives no good answer \(fetch failed\).*DATABASE_URL/)
})

test('rows of old operations are dropped, and the embedded file has none', async () => {
  await put('a')
  await sendPlainly([`update operations set at = at - 90000000`], 'write')
  const store: Store = await openStore({ url: server.url })
  await store.commit(store.control.operations.drop())
  expect(await outcomes()).toEqual(['written'])
  await store.close()
  const file = await connect('file::memory:', { timeoutMs: 1_000 })
  await migrate(file.client)
  await file.commit([write(`insert into rate_limits values ('k', 0, 1)`)])
  expect((await file.client.execute('select * from operations')).rows).toEqual([])
  await file.close()
})
