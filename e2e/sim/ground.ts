import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { readConfig } from '../../api/config.ts'
import { createLog } from '../../api/log.ts'
import { restoreFile } from '../../db/restore.ts'
import { type CompanyPart, generateCompany } from '../company/generate.ts'
import { createClock } from '../emulators/kit/clock.ts'
import type { Random } from '../emulators/kit/random.ts'
import { type Outside, startOutside } from '../outside.ts'
import { freePort } from '../ports.ts'
import { type Engine, type Row, openDatabase, openReader, readOnce } from './database.ts'
import { startFleet } from './fleet.ts'
import { startFront } from './front.ts'
import { type MortalNode, startSimulatedNode } from './node.ts'
import type { Plant } from './plants.ts'
import { startProcessNode } from './process-node.ts'

export type GroundOptions = {
  /** Which company. */
  variant: number
  random: Random
  nodes: number
  engine: Engine
  /** Real processes, really killed. */
  processes: boolean
  companies: 1 | 2
  plant: Plant | null
  /** Where it goes on from: files of an earlier world and its time. At the very start when null. */
  from: { folder: string; at: number } | null
  /** Keeps what the outside systems hold in files. */
  keep?: boolean
}
export type Ground = Awaited<ReturnType<typeof startGround>>

/** Schedules do not fail for want of a disk that is quick to sync; what a kill leaves on one is the torture test's matter. */
export const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
/** A Friday afternoon in Duluth: every schedule begins there. */
const beginsAt = Date.parse('2026-11-20T18:15:00Z')
const sealingKeys = `sim:${randomBytes(32).toString('base64')}`
const patienceMs = 800
const waitsMs = 31_000
/** What is carried out in one round may owe something to the next. */
const roundsOfRest = 2
const graceMs = 24 * 60 * 60_000

/** What one schedule is played on: the systems outside, a database, and nodes that may die, behind one address. */
export async function startGround(options: GroundOptions) {
  const { random, processes, from } = options
  const folder = mkdtempSync(join(memory, 'quittance-sim-'))
  if (from) cpSync(from.folder, folder, { recursive: true })
  const path = join(folder, 'quittance.db')
  const apiUrl = `http://127.0.0.1:${await freePort()}`
  const clock = createClock(from?.at ?? beginsAt)
  const outside = await startOutside({ apiUrl, clock, ...outsideOf(options, folder) })
  // Whether Intuit still takes a token that was replaced is not known for sure: both may be.
  const grace = random.chance(0.5) ? graceMs : 0
  outside.quickbooks.configure({ graceMs: grace })
  const database = await openDatabase(options.engine, path)
  const environment = { ...outside.environment, HOST: '127.0.0.1', TRUSTED_PROXIES: '127.0.0.1', DATA_DIR: folder, SEALING_KEYS: sealingKeys, LOG_LEVEL: 'info', DATABASE_URL: database.url }
  const said: string[] = []
  const write = (line: string) => void said.push(line)
  const log = createLog('info', { write })
  const rows = async (sql: string): Promise<Row[]> => {
    if (database.look) return database.look(sql)
    return processes ? readOnce(path, sql) : ((await fleet.alive()[0]?.look(sql)) ?? [])
  }
  const begin = async (): Promise<MortalNode> =>
    processes
      ? startProcessNode({ environment, port: await freePort(), clock, write, isBusy: () => isBusy(rows, clock.now()) })
      : startSimulatedNode({ config: readConfig(environment), clock, log, around: client => (options.plant?.around ?? same)(database.client ?? client), change: options.plant?.change })
  const fleet = startFleet(options.nodes, begin)
  await fleet.revive()
  for (const node of fleet.all()) await node.watch()
  const front = await startFront(Number(new URL(apiUrl).port), () => fleet.alive()[random.int(0, fleet.alive().length - 1)])
  const settle = async (): Promise<void> => {
    for (let round = 0; round < roundsOfRest; ) {
      for (const node of fleet.all()) node.poke()
      if (await Promise.race([quiet(fleet.all(), outside), wait(patienceMs, false)])) round += 1
      // Somebody waits for time to pass, e.g. for the lease of a node that died.
      else clock.advance(waitsMs)
    }
  }
  const stopOutside = async () => {
    await front.close()
    await outside.close()
  }
  let restored = 0
  let reader: ReturnType<typeof openReader> | null = null
  return {
    random, clock, outside, apiUrl, folder, environment, said, rows, processes, fleet, databaseFaults: database.faults, graceMs: grace,
    /** Lets everybody carry out what is due. */
    settle,
    /** Time passes for everybody, and everybody looks what is due. */
    pass: async (ms: number): Promise<void> => {
      clock.advance(ms)
      await settle()
    },
    /** Copies the database while it is in use; false where nobody has it, or it is a server's. */
    backUp: async (to: string): Promise<boolean> => {
      const [node] = fleet.alive()
      if (!node || options.engine !== 'file') return false
      await node.copy(to)
      return true
    },
    /** Puts a copy in the database's place, as a person does after a disaster. */
    restore: async (copy: string): Promise<void> => {
      await fleet.stop()
      await restoreFile(database.url, copy, `sim-${restored++}`, () => {})
      await fleet.revive()
    },
    /** Reads the database once nobody has it open any more. */
    read: (sql: string): Row[] => (reader ??= openReader(path)).read(sql),
    closeDatabase: database.close,
    stopOutside,
    close: async () => {
      reader?.close()
      await stopOutside()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function quiet(nodes: readonly MortalNode[], { stripe, quickbooks }: Outside): Promise<true> {
  await Promise.all(nodes.map(node => node.idle()))
  await stripe.settled()
  await quickbooks.deliveries.idle()
  return true
}

const same = <T>(value: T): T => value

function outsideOf({ variant, companies, from, keep }: GroundOptions, folder: string) {
  return {
    seed: variant + 1, unlimited: true, company: companyOf(variant), secondCompany: companies === 2, webhookFormat: variant % 2 ? 'classic' : 'cloudevents',
    ...(keep || from ? { dataDir: join(folder, 'outside') } : {}),
  } as const
}

/** Whether a node would find something to carry out now, or is at it. */
async function isBusy(rows: (sql: string) => Promise<Row[]>, now: number): Promise<boolean> {
  const [row] = await rows(
    `select count(*) n from outbox o where (o.state = 'ready' and o.run_at <= ${now} and not exists (select 1 from outbox b where b.lane = o.lane and b.state = 'leased' and b.lease_until >= ${now}))
     or (o.state = 'leased' and o.lease_until >= ${now} and o.lease_until - ${now} > 89000)`)
  return Number(row?.['n'] ?? 0) > 0
}

const told = new Map<number, CompanyPart[]>()

/** A few companies serve all schedules: making them takes longer than loading them. */
function companyOf(variant: number): CompanyPart[] {
  const known = told.get(variant) ?? [...generateCompany({ seed: variant + 1, invoices: 50, asOf: new Date(beginsAt).toISOString().slice(0, 10) })].map(part => ({ entity: part.entity, objects: [...part.objects] }))
  told.set(variant, known)
  return known
}
