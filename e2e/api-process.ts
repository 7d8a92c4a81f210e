import { readConfig } from '../api/config.ts'
import type { CrashPoint } from '../api/domain/crash-points.ts'
import { startApi } from '../api/main.ts'

/** What its parent tells it: how far its clock is ahead, and where it is to die. */
export type Told = { offsetMs: number; order?: { point: CrashPoint; passes: number } | null }

/** The API as a process of its own that can be killed like any other, by itself at a crash point or by its parent, which forked it. */
let told: Told = { offsetMs: 0 }
let passed = 0
const api = startWhenTold()
process.on('message', (message: Told) => {
  if (message.order !== undefined) passed = 0
  told = { ...told, ...message }
  void api.then(running => running.worker.poke())
})
// Whoever forked it is gone, and nobody else would end it.
process.once('disconnect', () => process.exit(1))
process.once('SIGTERM', () => void api.then(running => running.stop()).then(() => process.exit(0)))
await api
process.send?.('ready')

async function startWhenTold() {
  return startApi(readConfig(), { clock: { now: () => Date.now() + told.offsetMs, offsetMs: () => told.offsetMs }, quickBooksPerSecondMax: 1_000, pass: dieWhereOrdered })
}

async function dieWhereOrdered(point: CrashPoint): Promise<void> {
  if (told.order?.point !== point || ++passed < told.order.passes) return
  process.kill(process.pid, 'SIGKILL')
  await new Promise(() => {})
}
