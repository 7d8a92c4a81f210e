import type { Context } from '../context.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import { homeCurrency } from './apply.ts'
import { windowWrites } from './changes.ts'
import { resultOfFailure } from './failure.ts'
import { importWrites, lookBackMs } from './imports.ts'
import { sweepMs } from './jobs.ts'
import { readWindow } from './window.ts'

/**
 * Closes, every quarter of an hour, the gaps that lost events leave: one read of everything since the cursor, with overlap.
 * After too long a silence Intuit no longer tells what was deleted; then everything is read anew and the ids are compared.
 */
export const sweepChanges = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { connection, imports } = ctx.store.merchant(job.merchantId)
  const since = Date.parse((await connection.cursor('changes')) ?? '')
  if (Number.isNaN(since) || since < ctx.clock.now() - lookBackMs) {
    const running = (await imports.latest())?.state === 'running'
    return { kind: 'again', afterMs: sweepMs, writes: running ? [] : await importWrites(ctx, job.merchantId, 'full') }
  }
  const home = await homeCurrency(ctx, job.merchantId)
  const window = await readWindow(ctx, job.merchantId, home, since, [])
  if (!window.ok) return resultOfFailure(ctx, job.merchantId, window.failure)
  const writes = await windowWrites(ctx, job.merchantId, home, window.value, { since, merges: [] })
  return writes.ok ? { kind: 'again', afterMs: sweepMs, writes: writes.value } : resultOfFailure(ctx, job.merchantId, writes.failure)
}
