import { fork } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { crashPoints } from '../../api/domain/crash-points.ts'
import type { Played } from './play.ts'

/** What `npm run sim` is asked for. */
type Wish = { from: number; seeds: number; plant: string | null; processes: number }

/** A long batch makes the worlds that schedules go on from more seldom; it is no longer, for what its dead nodes leave behind. */
const batchMax = 250
/** Where nobody watches, progress is a line for every so many schedules. */
const linesEach = 50
/** How often each crash point must have ended a node, from so many schedules on; fewer may miss one by chance. */
const deathsMin = [{ fromSeeds: 300, deaths: 20 }, { fromSeeds: 100, deaths: 2 }] as const

const wish = readWish()
const played: Played[] = []
// Whoever stops a long run is told how far it came.
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    report(wish, played)
    process.exit(1)
  })
await playAll(wish, played)
process.exitCode = report(wish, played) ? 0 : 1

function readWish(): Wish {
  const { values } = parseArgs({ options: { seeds: { type: 'string', default: '300' }, from: { type: 'string', default: '1' }, plant: { type: 'string' }, processes: { type: 'string' } } })
  const whole = (name: 'seeds' | 'from', text: string) => {
    if (!/^\d+$/.test(text)) throw new Error(`--${name} is a whole number, not ${text}`)
    return Number(text)
  }
  return { seeds: whole('seeds', values.seeds), from: whole('from', values.from), plant: values.plant ?? null, processes: Number(values.processes ?? availableParallelism()) }
}

/** Schedules are played in processes of their own, a batch each, so that what the dead nodes of one batch left in memory ends with it. */
async function playAll({ from, seeds, plant, processes }: Wish, played: Played[]): Promise<void> {
  const began = Date.now()
  // Two for each process, or the last would be waited for alone.
  const batch = Math.min(batchMax, Math.ceil(seeds / processes / 2))
  let next = from
  const tell = () => {
    if (!process.stderr.isTTY && played.length % linesEach !== 0) return
    const seconds = (Date.now() - began) / 1000
    const left = Math.round((seconds / Math.max(1, played.length)) * (seeds - played.length))
    process.stderr.write(`${process.stderr.isTTY ? '\r' : ''}${played.length} of ${seeds} schedules · ${(played.length / seconds).toFixed(1)}/s · ${left} s left · ${played.filter(one => one.violations.length > 0).length} failed${process.stderr.isTTY ? '   ' : '\n'}`)
  }
  const lane = async () => {
    while (next < from + seeds) {
      const first = next
      next = Math.min(next + batch, from + seeds)
      await playBatch(first, next - first, plant, one => {
        played.push(one)
        if (one.violations.length > 0) process.stdout.write(`${complaint(one, plant)}\n`)
        tell()
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(processes, Math.ceil(seeds / batch)) }, lane))
  if (process.stderr.isTTY) process.stderr.write('\n')
}

/** Ends when all that the batch told has been heard, which may be after its process has ended. */
function playBatch(from: number, seeds: number, plant: string | null, hear: (one: Played) => void): Promise<void> {
  const child = fork(resolve(import.meta.dirname, 'batch.ts'), [String(from), String(seeds), plant ?? ''], { execArgv: [] })
  child.on('message', message => hear(message as Played))
  return new Promise((done, fail) => child.once('close', (code, signal) => (code === 0 ? done() : fail(new Error(`The schedules from ${from} could not be played to their end (${code ?? signal}).`)))))
}

function complaint({ seed, ground, violations, diary }: Played, plant: string | null): string {
  return `\nSchedule ${seed} (${ground}) failed:\n${violations.map(line => `  - ${line}`).join('\n')}\n  What happened:\n${diary.map(line => `    ${line}`).join('\n')}\n  Replay: npm run sim -- --seeds 1 --from ${seed}${plant ? ` --plant ${plant}` : ''}`
}

/** Prints how often each crash point ended a node; false where a schedule failed or a point was not reached. */
function report({ seeds }: Wish, played: readonly Played[]): boolean {
  const deaths = new Map(Object.keys(crashPoints).map(point => [point, 0]))
  for (const point of played.flatMap(one => one.died)) deaths.set(point, (deaths.get(point) ?? 0) + 1)
  const needed = deathsMin.find(({ fromSeeds }) => seeds >= fromSeeds)?.deaths ?? 0
  const missed = [...deaths].filter(([, count]) => count < needed).map(([point]) => point)
  const failed = played.filter(one => one.violations.length > 0)
  const sum = (fact: keyof Played['facts']) => played.reduce((total, one) => total + one.facts[fact], 0)
  process.stdout.write(`deaths by crash point: ${[...deaths].map(([point, count]) => `${point} ${count}`).join(' · ')}\n`)
  process.stdout.write(`${played.length} schedules, ${sum('acts')} acts, ${sum('clicks')} attempts to pay, ${sum('charges')} charges, ${[...deaths.values()].reduce((a, b) => a + b, 0)} deaths: ${failed.length} violations\n`)
  if (missed.length > 0) process.stdout.write(`Fewer than ${needed} deaths at: ${missed.join(', ')}\n`)
  if (failed.length > 0) process.stdout.write(`Failed: ${failed.map(one => one.seed).join(', ')}\n`)
  return failed.length === 0 && missed.length === 0 && played.length === seeds
}
