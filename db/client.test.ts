import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from './client.ts'

test('batches that are given within one moment share a transaction, and closing waits until all are written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-'))
  const begun: number[] = []
  const { client, commit, close } = await connect(`file:${join(folder, 'a.db')}`, {
    timeoutMs: 0,
    around: inner => ({ ...inner, batch: (statements, mode) => (begun.push(statements.length), inner.batch(statements, mode)) }),
  })
  await client.execute('create table notes (id integer primary key)')
  const outcomes = Array.from({ length: 100 }, (_, id) => commit([{ sql: 'insert into notes values (?)', args: [id] }]))
  await close()
  expect(await Promise.all(outcomes)).toEqual(outcomes.map(() => ({ kind: 'committed' })))
  expect(begun).toEqual([64, 36])
  const again = await connect(`file:${join(folder, 'a.db')}`, { timeoutMs: 0 })
  expect((await again.client.execute('select count(*) n from notes')).rows[0]).toMatchObject({ n: 100 })
  await again.close()
  rmSync(folder, { recursive: true })
})
