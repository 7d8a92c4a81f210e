import { readConfig } from '../api/config.ts'
import { startApi } from '../api/main.ts'

/** The API as a process of its own that can be killed like any other. Its parent, which forked it, tells it how far its clock is ahead. */
let offsetMs = 0
process.on('message', (message: unknown) => {
  offsetMs = Number(message)
})
await startApi(readConfig(), { clock: { now: () => Date.now() + offsetMs, offsetMs: () => offsetMs }, quickBooksPerSecondMax: 1_000 })
process.send?.('ready')
