import { type CrashPoint, crashPoints } from '../../api/domain/crash-points.ts'
import { createRandom } from '../emulators/kit/random.ts'
import { type Act, consoleActs, deskActs, payerActs } from './acts.ts'
import { beginningFor } from './beginning.ts'
import { checkAll } from './check.ts'
import { startGround } from './ground.ts'
import type { CrashOrder } from './node.ts'
import type { Plant } from './plants.ts'
import { quiesce, recover } from './quiesce.ts'
import { type Scene, openScene } from './scene.ts'
import { troubles } from './troubles.ts'

export type Played = { /** On what it was played, in words. */ ground: string; seed: number; violations: string[]; died: string[]; diary: string[]; facts: { charges: number; clicks: number; acts: number } }

const points = Object.keys(crashPoints) as CrashPoint[]
const all: Record<string, Act> = { ...payerActs, ...deskActs, ...consoleActs, ...troubles }
/** How often each thing happens, beside the others. */
const weights: Record<keyof typeof payerActs | keyof typeof deskActs | keyof typeof consoleActs | Exclude<keyof typeof troubles, 'databaseFails'>, number> = {
  payOne: 9, paySeveral: 5, payPart: 3, payDeclined: 2, payTwice: 2, payInTwoTabs: 3, leaveAtBank: 2, giveUp: 2, lookAgain: 3, pry: 1,
  newInvoice: 4, typePayment: 3, reprice: 2, voidInvoice: 1, deleteInvoice: 1, undoPosting: 1, chooseAddress: 3,
  stripeFails: 3, stripeEvents: 3, quickBooksFails: 3, quickBooksEvents: 2, postingFails: 3, quickBooksRefuses: 1, storm: 1, mailFails: 1,
  tokensExpire: 1, stall: 1.5, forge: 3, someTime: 4, dayWithoutQuickBooks: 0.3, backUp: 1, restore: 1, nodesComeBack: 3,
}
const bag = Object.entries(weights).flatMap(([name, weight]) => Array.from({ length: Math.ceil(weight * 10) }, () => name)) as [string, ...string[]]

/** What leads a node to a crash point, where paying and posting alone do not. */
const towards: Partial<Record<CrashPoint, readonly string[]>> = {
  T1: ['tokensExpire', 'payOne'], T3: ['tokensExpire', 'payOne'], T4: ['tokensExpire', 'payOne'],
  C5: ['payOne', 'payTwice', 'payOne'], Q3: ['payOne', 'someTime', 'payOne'], Q5: ['payOne', 'someTime', 'payOne'], G1: ['giveUp', 'giveUp'], S3: ['newInvoice', 'someTime', 'newInvoice', 'someTime'], W2: ['payOne', 'someTime'], M1: ['payOne', 'someTime', 'payOne'], Q7: ['payOne', 'someTime'],
}
const whileConnecting = ['K1', 'K2', 'S1'] as const satisfies readonly CrashPoint[]
const whileServing = points.filter(point => !whileConnecting.some(other => other === point))
/** Every so many schedules are played with real processes, really killed. */
const processesEach = 60
/** Every so many schedules begin where no merchant has come yet; the others go on where one is connected. */
const fromTheStartEach = 4
const variants = 4

/** Plays one schedule from its seed and checks, when everything has come to rest, what the outside systems and the database hold. */
export async function playSeed(seed: number, plant: Plant | null = null): Promise<Played> {
  const random = createRandom(seed * 7919 + 17)
  const processes = plant === null && seed % processesEach === processesEach - 1
  const nodes = !plant?.needsSeveral && random.chance(0.5) ? 1 : random.int(2, 4)
  const engine = nodes === 1 ? 'file' : processes || random.chance(0.06) ? 'server' : 'shared'
  const companies = random.chance(0.15) ? 2 : 1
  const connects = seed % fromTheStartEach === 0
  const atConnect: CrashOrder | null = connects ? { point: whileConnecting[Math.floor(seed / fromTheStartEach) % whileConnecting.length] ?? 'K1', passes: 1 } : null
  const variant = seed % variants
  const beginning = connects ? null : await beginningFor(variant, companies)
  const ground = await startGround({ variant, random, nodes, engine, processes, companies, plant, from: beginning })
  try {
    const scene = await openScene(ground, companies, beginning, atConnect)
    const acts = await playActs(scene, seed, plant?.leads ?? [])
    await quiesce(scene)
    const checked = await checkAll(scene)
    const where = `${nodes} ${processes ? 'processes' : 'nodes'} on ${engine === 'file' ? 'a file' : engine === 'server' ? 'a server' : 'a shared connection'}, ${companies} companies, grace of ${ground.graceMs / 3_600_000} h, ${beginning ? 'connected' : 'from the start'}`
    return { seed, ground: where, violations: checked.violations, died: ground.fleet.died, diary: scene.diary, facts: { charges: checked.charges, clicks: scene.payers.clicks.size, acts } }
  } finally {
    await ground.close()
  }
}

/** Two deaths are ordered in each schedule, in turn at every point, with what leads a node there; where the troubles kept it from dying, again at the end, once those are over. */
async function playActs(scene: Scene, seed: number, leads: readonly string[]): Promise<number> {
  const { random, fleet } = scene.ground
  const parts: string[][] = Array.from({ length: random.int(3, 6) }, () => [random.pick(bag)])
  const ordered = [seed, seed + Math.floor(whileServing.length / 2)].map(turn => whileServing[turn % whileServing.length] ?? 'Q1')
  for (const point of ordered) parts.splice(random.int(0, parts.length), 0, deathAt(point))
  let acts = 0
  const play = async (names: readonly string[]) => {
    for (const name of names) {
      if (scene.ground.databaseFaults && random.chance(0.3)) await carryOut(scene, 'databaseFails')
      await carryOut(scene, name)
      if (random.chance(0.5)) await scene.ground.settle()
      if (fleet.alive().length === 0 || (fleet.alive().length < fleet.all().length && random.chance(0.5))) await fleet.revive()
    }
    acts += names.length
  }
  await play([...parts.flat(), ...leads])
  for (const point of [...ordered, ...ordered]) {
    if (fleet.died.includes(point)) continue
    await recover(scene)
    await play(deathAt(point))
  }
  return acts
}

const deathAt = (point: CrashPoint): string[] => ['newInvoice', `die at ${point}`, ...(towards[point] ?? ['payOne', 'payOne'])]

async function carryOut(scene: Scene, name: string): Promise<void> {
  const { ground, diary } = scene
  if (name.startsWith('die at ')) {
    const order = { point: name.slice(7) as CrashPoint, passes: ground.random.chance(0.9) ? 1 : 2 }
    for (const node of ground.fleet.all()) node.arm(order)
    diary.push(`${name}, at pass ${order.passes}`)
    return
  }
  const before = ground.fleet.died.length
  const said = await all[name]?.(scene)
  diary.push(`${name}: ${said}${ground.fleet.died.length > before ? `, died at ${ground.fleet.died.slice(before).join()}` : ''}`)
}
