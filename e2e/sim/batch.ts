import { promisify } from 'node:util'
import { type Played, playSeed } from './play.ts'
import { plants } from './plants.ts'

/** Plays a batch of schedules, a few at a time, and tells its parent of each. */
const [from = 1, seeds = 1] = process.argv.slice(2, 4).map(Number)
const name = process.argv[4]
const plant = plants.find(one => one.name === name) ?? null
if (name && !plant) throw new Error(`No bug is called ${name}; there are ${plants.map(one => one.name).join(', ')}.`)

/** While one schedule waits, another can go on. */
const atOnce = 3
const tell = promisify((one: Played, done: (error: Error | null) => void) => void process.send?.(one, undefined, undefined, done))
let next = from
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < from + seeds) {
      const seed = next++
      await tell(await playSeed(seed, plant).catch((error: unknown) => cutShort(seed, error)))
    }
  }),
)
process.exit(0)

/** A schedule that could not be played to its end has failed, and the others go on. */
function cutShort(seed: number, error: unknown): Played {
  const why = error instanceof Error ? `${error.stack ?? error.message}${error.cause ? `, because of ${String(error.cause)}` : ''}` : String(error)
  return { seed, ground: 'not played to its end', violations: [why], died: [], diary: [], facts: { charges: 0, clicks: 0, acts: 0 } }
}
