import { readConfig } from '../../../api/config.ts'
import { newId } from '../../../api/ids.ts'
import { startApi } from '../../../api/main.ts'
import { stepsOf } from '../../../api/sync/import-plan.ts'
import { laneOf } from '../../../api/sync/jobs.ts'
import type { MerchantId } from '../../../db/values.ts'
import { announce, obey } from '../child.ts'
import { startProfile } from '../profile.ts'
import { watchSpent } from './spent.ts'

/** The product as it is served, in a process that also tells how much memory it held at most and where its time went. Limits towards QuickBooks are Intuit's, not ours, and are lifted. */
let offsetMs = 0
const api = await startApi(readConfig(), { clock: { now: () => Date.now() + offsetMs, offsetMs: () => offsetMs }, quickBooksPerSecondMax: 1_000_000 })
let peakBytes = 0
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss())
}, 20).unref()
let endProfile: Awaited<ReturnType<typeof startProfile>> | null = null
obey({
  peak: () => peakBytes,
  clock: ({ aheadMs }: { aheadMs: number }) => {
    offsetMs = aheadMs
  },
  paying: watchSpent(({ method, url = '' }) => method === 'POST' && url.startsWith('/pay/')),
  idle: () => api.worker.idle(),
  load,
  profile: async () => {
    endProfile = await startProfile()
  },
  places: () => endProfile?.(),
})
process.once('SIGTERM', () => void api.stop().then(() => process.exit(0)))
announce({ url: api.url })

/** Reads the whole company, dated from `begin`, and says in how many milliseconds. */
async function load({ merchantId, begin }: { merchantId: MerchantId; begin: string }): Promise<number> {
  const { store, clock } = api.context
  const merchant = store.merchant(merchantId)
  const realmId = (await merchant.connection.find())?.realmId ?? ''
  const importId = newId('imp', clock.now())
  const beganAt = performance.now()
  await store.commit(
    merchant.imports.start({ id: importId, kind: 'first_load', steps: stepsOf('first_load', { begin, since: null }), now: clock.now() }),
    merchant.outbox.add({ id: `import:${importId}`, lane: laneOf(realmId), kind: 'import_step', payload: { importId, realmId } }),
  )
  while ((await merchant.imports.find(importId))?.state === 'running') await new Promise(resolve => setTimeout(resolve, 20))
  const ended = await merchant.imports.find(importId)
  if (ended?.state !== 'done') throw new Error(`the load ended as ${ended?.state ?? 'nothing'}: ${ended?.problem ?? ''}`)
  return performance.now() - beganAt
}
