import type { Context } from '../context.ts'
import { windowMs } from '../domain/reconcile.ts'
import { serviceMerchant } from '../letters/queue.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import { localDay } from '../present/format.ts'
import { resultOfFailure } from '../sync/failure.ts'
import { dayMs, reconcileJob, reconcileMs } from '../sync/jobs.ts'
import { compareBooks } from './books.ts'
import { reconcileCharges } from './reconcile.ts'
import { report } from './report.ts'

const recentMs = 2 * dayMs
/** The day of the last run that looked back on the whole window. */
const cursor = 'reconciled'

/** Owes what recurs: the provider for all merchants at once, and the books of each connected company. What is owed already stays as it is. */
export async function oweReconciliation(ctx: Context): Promise<void> {
  const connected = await ctx.store.control.connections.connected()
  await ctx.store.commit(
    ctx.store.merchant(serviceMerchant).outbox.add({ id: 'reconcile:provider', lane: 'reconcile:provider', kind: 'reconcile_charges', payload: {}, delayMs: reconcileMs }),
    ...connected.map(({ merchantId, realmId }) => ctx.store.merchant(merchantId).outbox.add(reconcileJob(realmId))),
  )
}

/** Every ten minutes what the provider holds of the last two days, and once a day what it holds of the last forty. Reading it is free. */
export const reconcileChargesJob = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { connection } = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  const today = localDay(now, 'UTC')
  const isFirst = (await connection.cursor(cursor)) !== today
  const problem = await reconcileCharges(ctx)(now - (isFirst ? windowMs : recentMs))
  if (problem !== null) return { kind: 'retry', problem, afterMs: reconcileMs }
  return { kind: 'again', afterMs: reconcileMs, writes: isFirst ? [connection.moveCursor(cursor, today, now)] : [] }
}

/**
 * The books of one company. Only what stands otherwise than when QuickBooks was last asked costs a read; once a day, where money came in since
 * the day before, QuickBooks is asked about the whole window. An idle company costs none.
 */
export const reconcileBooksJob = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { connection, reconcile } = ctx.store.merchant(job.merchantId)
  const now = ctx.clock.now()
  const today = localDay(now, 'UTC')
  const isFirst = (await connection.cursor(cursor)) !== today
  const isBusy = isFirst && (await reconcile.hasPaid(now - dayMs))
  const books = await compareBooks(ctx, job.merchantId, now - windowMs, isBusy ? 'all' : 'changed', () => {})
  if (books.kind === 'failed') return resultOfFailure(ctx, job.merchantId, books.failure)
  await report(ctx, job.merchantId, [books.compared])
  return { kind: 'again', afterMs: reconcileMs, writes: isFirst ? [connection.moveCursor(cursor, today, now)] : [] }
}
