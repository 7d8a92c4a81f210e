import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHranaServer } from '../emulators/libsql/index.ts'
import { batchGuarantees } from './batch-guarantees.ts'
import { type Bench, openBench } from './bench.ts'
import { outboxGuarantees } from './outbox-guarantees.ts'
import { serverGuarantees } from './server-guarantees.ts'

type OpenBench = Bench & { close(): Promise<void> }

async function onFile(): Promise<OpenBench> {
  const folder = mkdtempSync(join(tmpdir(), 'store-'))
  const bench = await openBench({ url: `file:${join(folder, 'a.db')}` })
  return {
    ...bench,
    close: async () => {
      await bench.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function onServer(): Promise<OpenBench> {
  const server = await startHranaServer({ authToken: 'letmein' })
  const bench = await openBench({ url: server.url, authToken: 'letmein', pass: async ms => server.clock.advance(ms) })
  return {
    ...bench,
    close: async () => {
      await bench.close()
      await server.close()
    },
  }
}

const everywhere = [...batchGuarantees, ...outboxGuarantees]
describe.each([
  ['on the embedded file', onFile, everywhere],
  ['on a libSQL server', onServer, [...everywhere, ...serverGuarantees]],
] as const)('%s', (_engine, open, guarantees) => {
  let bench: OpenBench
  beforeAll(async () => {
    bench = await open()
  })
  afterAll(() => bench.close())
  test.each(guarantees.map(({ name, prove }) => [name, prove] as const))('%s', async (_name, prove) => expect(prove(bench)).resolves.toBeUndefined())
})
