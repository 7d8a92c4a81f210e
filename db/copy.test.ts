import { closeSync, copyFileSync, existsSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CopyError } from './copy.ts'
import { restoreFile } from './restore.ts'
import { type Store, openStore } from './store.ts'

const takenAt = 1_790_000_000_000

let folder: string
let path: string
let url: string
let store: Store | null
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quittance-copy-'))
  path = join(folder, 'live.db')
  url = `file:${path}`
  store = await openStore({ url })
})
afterEach(async () => {
  await store?.close()
  rmSync(folder, { recursive: true, force: true })
})

const add = (id: string) => store?.commit(store.control.merchants.create({ id: `mer_${id}`, name: id, publishableKey: id, now: takenAt }))
const merchants = async () => (await store?.control.merchants.all())?.map(({ id }) => id).filter(id => id !== 'mer_service').toSorted((a, b) => a.localeCompare(b))
const stop = async () => {
  await store?.close()
  store = null
}
const restore = (from: string) => restoreFile(url, from, 'now', () => {})
/** Writes over the middle of a file. */
function damage(file: string): void {
  const handle = openSync(file, 'r+')
  writeSync(handle, Buffer.alloc(8_192, 0xab), 0, 8_192, 4_096)
  closeSync(handle)
}

test('a copy of a running database holds what was committed, and whoever starts on it knows since when it is old', async () => {
  await add('a')
  const backup = join(folder, 'backup.db')
  await store?.backupTo(backup, takenAt)
  await add('b')
  expect(await store?.control.recovery.copyTakenAt()).toBeNull()
  await expect(restore(backup)).rejects.toThrow('in use by another process')
  await stop()
  const progress: [number, number][] = []
  const { replaced } = await restoreFile(url, backup, 'now', (done, total) => progress.push([done, total]))
  expect(progress.at(-1)).toEqual([statSync(backup).size, statSync(backup).size])
  store = await openStore({ url })
  expect(await merchants()).toEqual(['mer_a'])
  expect(await store.control.recovery.copyTakenAt()).toBe(takenAt)
  // What was replaced is whole, and stays a database of its own.
  await stop()
  store = await openStore({ url: `file:${replaced}` })
  expect(await merchants()).toEqual(['mer_a', 'mer_b'])
})

test('a file that was copied by hand is known for a copy by the last thing in it', async () => {
  await add('a')
  await stop()
  const byHand = join(folder, 'by-hand.db')
  for (const end of ['', '-wal']) copyFileSync(path + end, byHand + end)
  expect(await restore(byHand)).toMatchObject({ takenAt })
  store = await openStore({ url })
  expect(await merchants()).toEqual(['mer_a'])
})

test('a backup that is damaged, of something else or of a newer version is refused, and nothing is changed or left behind', async () => {
  await add('a')
  const backup = join(folder, 'backup.db')
  await store?.backupTo(backup, takenAt)
  await stop()
  const [damaged, strange, newer, text] = ['damaged', 'strange', 'newer', 'text'].map(name => join(folder, `${name}.bad`)) as [string, string, string, string]
  copyFileSync(backup, damaged)
  damage(damaged)
  new DatabaseSync(strange).exec('create table things (a)')
  copyFileSync(backup, newer)
  new DatabaseSync(newer).exec(`insert into __drizzle_migrations (hash, created_at) values ('later', 9999999999999)`)
  writeFileSync(text, 'not a database, and long enough not to be taken for an empty one'.repeat(20))
  const before = readFileSync(path)
  const files = readdirSync(folder).filter(name => !name.endsWith('-wal') && !name.endsWith('-shm'))
  for (const [from, why] of [[damaged, 'damaged'], [strange, 'no data of this product'], [newer, 'newer version'], [text, 'not a database'], [join(folder, 'nowhere'), 'no such file']] as const) {
    const outcome = await restore(from).catch((error: unknown) => error)
    expect(outcome).toBeInstanceOf(CopyError)
    expect(String(outcome)).toContain(why)
  }
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(readdirSync(folder).filter(name => !name.endsWith('-wal') && !name.endsWith('-shm'))).toEqual(expect.arrayContaining(files))
  expect(existsSync(`${path}.partial`)).toBe(false)
  expect(readdirSync(folder).some(name => name.includes('replaced'))).toBe(false)
})
