import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { createRandom } from '../emulators/kit/random.ts'
import { memory, startGround } from './ground.ts'
import { type SimMerchant, comeIn } from './merchant.ts'
import { people } from './people.ts'

/** A world in which the merchants have connected and everything is loaded, put by for many schedules to go on from. */
export type Beginning = { folder: string; at: number; merchants: Omit<SimMerchant, 'call'>[] }

const putBy = new Map<string, Promise<Beginning>>()

/** The beginning for a company and a number of merchants; made once in this process. */
export function beginningFor(variant: number, companies: 1 | 2): Promise<Beginning> {
  const key = `${variant}/${companies}`
  const known = putBy.get(key) ?? make(variant, companies)
  putBy.set(key, known)
  return known
}

async function make(variant: number, companies: 1 | 2): Promise<Beginning> {
  const folder = mkdtempSync(`${memory}/quittance-beginning-`)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const ground = await startGround({ variant, random: createRandom(variant), nodes: 1, engine: 'file', processes: false, companies, plant: null, from: null, keep: true })
  const merchants: Beginning['merchants'] = []
  for (const person of people.slice(0, companies)) {
    const { call: _, ...merchant } = await comeIn(ground, person, null)
    merchants.push(merchant)
  }
  await ground.pass(1_000)
  await ground.fleet.stop()
  const at = ground.clock.now()
  await ground.stopOutside()
  cpSync(ground.folder, folder, { recursive: true })
  rmSync(ground.folder, { recursive: true, force: true })
  return { folder, at, merchants }
}
