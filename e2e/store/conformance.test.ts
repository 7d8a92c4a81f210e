import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connect } from '../../db/client.ts'
import { type HranaServer, startHranaServer } from '../emulators/libsql/index.ts'
import { proveConformance } from './conformance.ts'

let server: HranaServer
let lines: string[]
beforeEach(async () => {
  server = await startHranaServer({ extendedCodes: true, foreignKeys: true })
  lines = []
})
afterEach(() => server.close())

const bench = () => ({ url: server.url, pass: async (ms: number) => server.clock.advance(ms), print: (line: string) => void lines.push(line) })
const tables = async () => {
  const { client, close } = await connect(server.url, { timeoutMs: 10_000 })
  const { rows } = await client.execute(`select name from sqlite_master where name not like 'sqlite_%'`)
  await close()
  return rows.map(row => row['name'])
}

test('a server that keeps every guarantee passes with a line for each, and its database is empty again', async () => {
  expect(await proveConformance(bench())).toBe(0)
  expect(lines.filter(line => line.startsWith('✓')).length).toBeGreaterThan(15)
  expect(lines.at(-1)).toMatch(/All \d+ guarantees hold/)
  expect(await tables()).toEqual([])
})

test('a guarantee that does not hold is counted and named with its reason', async () => {
  const broken = { name: 'water is dry', prove: () => Promise.reject(new Error('it is wet')) }
  expect(await proveConformance({ ...bench(), guarantees: [broken] })).toBe(1)
  expect(lines).toEqual(['✗ water is dry: it is wet', '\n1 of 1 guarantees do not hold.'])
})

test('a database with anything in it is refused with a sentence and left as it is', async () => {
  const { client, close } = await connect(server.url, { timeoutMs: 10_000 })
  await client.execute('create table precious (id text)')
  await close()
  const run = promisify(execFile)(process.execPath, [join(import.meta.dirname, 'conformance.ts'), '--url', server.url])
  await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('This database is not empty (it holds precious…)') })
  expect(await tables()).toEqual(['precious'])
})
