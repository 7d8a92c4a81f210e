import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Client, openFile } from './embedded.ts'

let folder: string
let path: string
let client: Client
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-'))
  path = join(folder, 'a.db')
  client = openFile(path, ['pragma journal_mode = wal', 'pragma foreign_keys = on'])
  await client.execute('create table notes (id integer primary key, word text unique, size integer)')
})
afterEach(async () => {
  await client.close()
  rmSync(folder, { recursive: true })
})

const insert = (word: string, size: number | bigint = 1) => ({ sql: 'insert into notes (word, size) values (?, ?)', args: [word, size] })
/** What another program finds in the file. */
function found(): string[] {
  const other = new Database(path)
  try {
    return (other.prepare('select word from notes order by id').raw().all() as [string][]).map(([word]) => word)
  } finally {
    other.close()
  }
}

test('after another program’s lock has refused a write, everything acknowledged is in the file, however it was written', async () => {
  const add = { sql: 'insert into notes (word, size) values (?, ?) returning id', args: ['before', 1] }
  await client.execute(add)
  await client.batch([insert('in a batch')], 'write')
  const other = new Database(path)
  other.exec('begin immediate')
  for (const refused of [() => client.execute({ ...add, args: ['refused', 1] }), () => client.batch([insert('refused')], 'write'), () => client.batch([insert('refused')], 'deferred'), () => client.execute(insert('refused'))])
    await expect(refused()).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  other.exec('rollback')
  await client.execute({ ...add, args: ['after', 1] })
  await client.execute(insert('later'))
  await client.batch([insert('last')], 'write')
  expect(found()).toEqual(['before', 'in a batch', 'after', 'later', 'last'])
  other.exec(`insert into notes (word, size) values ('theirs', 1)`)
  other.close()
  expect((await client.execute('select count(*) n from notes')).rows[0]?.['n']).toBe(6)
  await expect(client.execute('insert into missing values (1)')).rejects.toMatchObject({ code: 'SQLITE_ERROR' })
  await expect(client.execute('pragma foreign_keys')).resolves.toMatchObject({ rows: [{ foreign_keys: 1 }] })
})

test('a refused write and a finished read leave nothing begun: the log can be folded into the file whole', async () => {
  await client.batch([insert('one'), insert('two'), insert('three')], 'write')
  await client.execute('select * from notes limit 1')
  await expect(client.batch([insert('four'), insert('one')], 'write')).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT', extendedCode: 'SQLITE_CONSTRAINT_UNIQUE', message: 'SQLITE_CONSTRAINT: UNIQUE constraint failed: notes.word' })
  await expect(client.execute({ sql: 'insert into notes (word) values (?) returning id', args: ['two'] })).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT' })
  expect((await client.execute('pragma wal_checkpoint(truncate)')).rows[0]).toMatchObject({ busy: 0, log: 0 })
  expect(found()).toEqual(['one', 'two', 'three'])
})

test('a statement said again sees what changed meanwhile: its values, the rows, and the table itself', async () => {
  const all = 'select * from notes where size >= :least'
  await client.batch([insert('one', 1), insert('two', 2)], 'write')
  expect((await client.execute({ sql: all, args: { least: 2 } })).rows.map(row => ({ ...row }))).toEqual([{ id: 2, word: 'two', size: 2 }])
  await client.execute(`alter table notes add column colour text default 'red'`)
  const { columns, rows } = await client.execute({ sql: all, args: { least: 1 } })
  expect(columns).toEqual(['id', 'word', 'size', 'colour'])
  expect(rows.map(row => Array.from(row))).toEqual([[1, 'one', 1, 'red'], [2, 'two', 2, 'red']])
})

test('of two columns of one name the first is meant, and rows can be read by number', async () => {
  const [row] = (await client.execute('select 1 a, 2 a, null b')).rows
  expect([row?.['a'], row?.[0], row?.[1], row?.[2], row?.length]).toEqual([1, 1, 2, null, 3])
})

test('what JavaScript cannot hold exactly is refused, not rounded', async () => {
  await client.execute(insert('large', 2n ** 53n + 1n))
  await expect(client.execute('select size from notes')).rejects.toThrow('hold exactly')
  await expect(client.execute({ sql: 'select ?', args: [Infinity] })).rejects.toThrow('finite')
  await expect(client.execute({ sql: 'select ?', args: [undefined as never] })).rejects.toThrow('undefined')
})

test('a closed file says so', async () => {
  await client.close()
  await expect(client.execute('select 1')).rejects.toThrow('closed')
})

test('a file that cannot be opened for a while is opened again when it can', async () => {
  await client.batch([insert('before')], 'write')
  const other = new Database(path)
  other.exec('begin immediate')
  await expect(client.execute(insert('refused'))).rejects.toMatchObject({ code: 'SQLITE_BUSY' })
  other.exec('rollback')
  other.close()
  renameSync(folder, `${folder}-away`)
  for (let tries = 0; tries < 3; tries++) await expect(client.execute('select 1')).rejects.toThrow('Unable to open')
  renameSync(`${folder}-away`, folder)
  await client.execute(insert('after'))
  expect(found()).toEqual(['before', 'after'])
})

test('the version grows with whatever is written, however it is said, and stays for what is only read or comes to nothing', async () => {
  const grows = async (work: () => Promise<unknown>) => {
    const before = client.version?.() ?? 0
    await work()
    return (client.version?.() ?? 0) > before
  }
  await client.execute(insert('one'))
  const writing = [insert('two'), { sql: `insert into notes (word) values ('three') returning id`, args: [] }, `with words as (select 'four' word) insert into notes (word) select word from words`, `update notes set size = 2 where word = 'one' returning id`, `delete from notes where word = 'two'`]
  for (const statement of writing) expect([statement, await grows(() => client.execute(statement))]).toEqual([statement, true])
  expect(await grows(() => client.batch([insert('five')], 'write'))).toBe(true)
  const reading = ['select * from notes', 'with all_notes as (select * from notes) select count(*) from all_notes', `update notes set size = 2 where word = 'nobody' returning id`, `delete from notes where word = 'nobody'`, 'pragma foreign_keys', `insert into notes (word) values ('one') on conflict do nothing`]
  for (const statement of reading) expect([statement, await grows(() => client.execute(statement))]).toEqual([statement, false])
})

describe('a large batch, whose commit waits for the disk on another thread', () => {
  const long = 'm'.repeat(100_000)
  beforeEach(async () => {
    await client.execute('create table parents (id integer primary key)')
    await client.execute('create table children (word text, parent integer references parents (id) deferrable initially deferred)')
  })

  test('lets the loop go on meanwhile, and whoever calls comes after it, in their order', async () => {
    const count = async () => (await client.execute('select count(*) n from notes')).rows[0]?.['n']
    let isWritten = false
    const written = client.batch([insert(long)], 'write').then(() => (isWritten = true))
    const meanwhile = new Promise<boolean>(resolve => setImmediate(() => resolve(isWritten)))
    const [between, , , last] = await Promise.all([count(), client.batch([insert('another')], 'write'), client.batch([insert(`${long}!`)], 'write'), count(), written])
    expect([await meanwhile, between, last]).toEqual([false, 1, 3])
    expect(found()).toEqual([long, 'another', `${long}!`])
  })

  test('is in the file before it is acknowledged, and closing waits for it', async () => {
    const written = client.batch([insert(long)], 'write').then(found)
    await client.close()
    expect(found()).toEqual([long])
    expect(await written).toEqual([long])
    await expect(client.batch([insert(`${long}!`)], 'write')).rejects.toThrow('closed')
  })

  test('that is refused at its commit leaves nothing, nothing begun, and no harm to who comes after', async () => {
    const orphan = { sql: 'insert into children values (?, 7)', args: [long] }
    const refused = client.batch([insert('with the orphan'), orphan], 'write')
    const after = client.batch([insert('after')], 'write')
    await expect(refused).rejects.toMatchObject({ code: 'SQLITE_CONSTRAINT', extendedCode: 'SQLITE_CONSTRAINT_FOREIGNKEY' })
    await after
    expect(found()).toEqual(['after'])
    expect((await client.execute('pragma wal_checkpoint(truncate)')).rows[0]).toMatchObject({ busy: 0, log: 0 })
  })
})
