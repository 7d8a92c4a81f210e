import { playSeed } from './play.ts'
import { plants } from './plants.ts'

/** Plays a batch of schedules, a few at a time, and tells its parent of each. */
const [from = 1, seeds = 1] = process.argv.slice(2, 4).map(Number)
const name = process.argv[4]
const plant = plants.find(one => one.name === name) ?? null
if (name && !plant) throw new Error(`No bug is called ${name}; there are ${plants.map(one => one.name).join(', ')}.`)

/** While one schedule waits, another can go on. */
const atOnce = 3
let next = from
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    while (next < from + seeds) {
      const seed = next++
      const played = await playSeed(seed, plant).catch((cause: unknown) => {
        throw new Error(`Schedule ${seed} could not be played to its end. Replay: npm run sim -- --seeds 1 --from ${seed}${name ? ` --plant ${name}` : ''}`, { cause })
      })
      process.send?.(played)
    }
  }),
)
process.exit(0)
