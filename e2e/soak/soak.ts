import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { servedAs } from '../bench/child.ts'
import { signUpMerchant } from '../merchant.ts'
import { realmId, startOutside } from '../outside.ts'
import { freePort } from '../ports.ts'
import { asker } from '../world.ts'
import { type Done, type Town, liveStep, stepsPerHour } from './load.ts'
import type { Look, Told } from './product.ts'
import type { Sample } from './verdict.ts'

export type SoakOptions = { hours: number; invoices?: number; /** A bug that is planted, to see it caught. */ plant?: 'memory' | 'handles'; onSample?(sample: Sample): void }
export type Soaked = { hours: number; samples: Sample[]; done: Done; seconds: number }

/**
 * Runs the product in a process of its own, as it is served, on an embedded file, under a steady load while everybody's clock moves. The clock stands still
 * while a step is carried out and jumps six minutes after it, so that no call seems to take minutes.
 */
export async function soak({ hours, invoices = 500, plant, onSample }: SoakOptions): Promise<Soaked> {
  const beganAt = performance.now()
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'soak-'))
  const outside = await startOutside({ unlimited: true, invoices, apiUrl })
  const { flags, environment } = servedAs()
  const env = { ...process.env, ...environment, ...outside.environment, PORT: String(port), DATA_DIR: dataDir, SEALING_KEYS: `soak:${randomBytes(32).toString('base64')}`, LOG_LEVEL: 'info', SOAK_PLANT: plant ?? '' }
  const child = fork(resolve(import.meta.dirname, 'product.ts'), { env, execArgv: [...flags, '--expose-gc'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const tell = (more: Partial<Told> = {}) => void child.send({ offsetMs: outside.clock.now() - Date.now(), ...more })
  const look = async (): Promise<Look> => {
    await Promise.all([outside.stripe.settled(), outside.quickbooks.deliveries.idle()])
    const answered = once(child, 'message') as Promise<[Look]>
    tell({ look: true })
    return (await answered)[0]
  }
  const samples: Sample[] = []
  const done: Done = { requests: 0, payments: 0, changes: 0, streams: 0, refused: {} }
  try {
    tell()
    await once(child, 'message')
    const merchant = await signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url })
    const { books } = outside.quickbooks
    const idsOf = (entity: 'Customer' | 'Invoice') => [...books.list(realmId, entity)].flatMap(row => (row['Active'] === false ? [] : String(row['Id'])))
    const town: Town = { outside, merchant, apiUrl, done, customers: idsOf('Customer'), invoices: idsOf('Invoice').slice(0, 500), ...asker(apiUrl, merchant.apiKey) }
    for (let step = 1; step <= hours * stepsPerHour; step += 1) {
      await liveStep(town, step)
      const found = await look()
      const sample = { hour: step / stepsPerHour, ...found }
      samples.push(sample)
      onSample?.(sample)
      outside.clock.advance(60 * 60_000 / stepsPerHour)
      tell()
    }
    return { hours, samples, done, seconds: Math.round((performance.now() - beganAt) / 1000) }
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    await outside.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}
