import { demoCustomer } from '../../company/demo.ts'
import { metered, sentInvoice } from '../../flows/payer.ts'
import { type World, startWorld } from '../../world.ts'
import type { Bench } from '../bench.ts'

const burst = 25
const idleHours = 6
const sweepMs = 15 * 60_000

/** What Intuit counts, by its own meter: reads for a burst of changes, and reads while nothing happens. */
export const meteredReads: Bench = {
  name: 'metered-reads',
  plans: [
    { id: 'metered-burst', what: `metered reads for a burst of ${burst} changes`, floorIs: null, unit: 'reads', target: { kind: 'at-most', value: 1 } },
    { id: 'metered-idle', what: `metered reads in ${idleHours} idle hours`, floorIs: 'the sweeps that fall into them', unit: 'reads', target: { kind: 'ratio-at-most', value: 1 } },
  ],
  limit: 'A burst is gathered and read at once. The sweep is what finds a change whose event was lost. Once a night the comparison with QuickBooks adds two reads, which fall into one round of four.',
  async open() {
    const world = await startWorld()
    await world.settled()
    return {
      async round() {
        const before = (await metered(world)).reads
        for (let i = 0; i < burst; i++) sentInvoice(world, demoCustomer.id, 100 + i)
        await world.settled()
        const reads = (await metered(world)).reads - before
        return { 'metered-burst': { ours: reads, floor: null }, 'metered-idle': await idle(world) }
      },
      close: () => world.close(),
    }
  },
}

export async function idle(world: World): Promise<{ ours: number; floor: number }> {
  const before = (await metered(world)).reads
  const sweeps = (idleHours * 3_600_000) / sweepMs
  for (let i = 0; i < sweeps; i++) {
    world.outside.clock.advance(sweepMs)
    await world.settled()
  }
  return { ours: (await metered(world)).reads - before, floor: sweeps }
}
