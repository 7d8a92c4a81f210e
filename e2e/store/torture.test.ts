import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startWriter, torture } from './torture.ts'

test('a process that is killed while it writes loses nothing that it acknowledged and leaves no batch in part', async () => {
  const toll = await torture({ acks: 3_000, acksPerLife: 200 })
  expect(toll).toMatchObject({ lost: 0, torn: 0, integrity: 'ok' })
  expect(toll.acknowledged).toBeGreaterThanOrEqual(3_000)
  expect(toll.kills).toBeGreaterThanOrEqual(5)
}, 300_000)

test('a second process on the file is refused at once with a sentence that says what to do, until the first is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  const path = join(folder, 'a.db')
  const first = startWriter(path, 'first')
  await once(first.stdout ?? first, 'data')
  const second = startWriter(path, 'second')
  let said = ''
  second.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const [code] = await once(second, 'close')
  expect(code).toBe(1)
  expect(said).toMatch(/a\.db is in use by another process.*DATABASE_URL/)
  expect(first.exitCode).toBeNull()
  const gone = once(first, 'exit')
  first.kill('SIGKILL')
  await gone
  const third = startWriter(path, 'third')
  await once(third.stdout ?? third, 'data')
  const over = once(third, 'close')
  third.kill('SIGKILL')
  await over
  rmSync(folder, { recursive: true })
})
