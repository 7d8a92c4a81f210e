import type { MerchantId } from '../../db/values.ts'
import type { Write } from '../../db/client.ts'
import type { Context } from '../context.ts'
import { isMailKnown } from '../domain/payment.ts'
import { windowMs } from '../domain/reconcile.ts'
import { newId } from '../ids.ts'
import { serviceMerchant } from '../letters/queue.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import { dayMs, laneOf } from '../sync/jobs.ts'
import { reconcile } from './reconcile.ts'

const cardKey = 'recovering'
/** What was begun this long before the copy was taken may have ended after it. */
const beforeMs = 2 * dayMs

/**
 * To be called before any work begins: where the database is an old copy, everybody in it is compared with provider and QuickBooks from the time of the copy on,
 * and until that has ended no money is taken and none is posted, because what the copy owes may have been carried out since.
 */
export async function beginRecovery(ctx: Context): Promise<void> {
  const takenAt = await ctx.store.control.recovery.copyTakenAt()
  if (takenAt === null) return
  const now = ctx.clock.now()
  const since = Math.max(takenAt, now - windowMs)
  const merchants = (await ctx.store.control.merchants.all()).filter(({ id }) => id !== serviceMerchant)
  const writes = await Promise.all(merchants.map(({ id }) => beginFor(ctx, id, since, now)))
  const letters = isMailKnown(takenAt, now) ? [] : [ctx.store.merchant(serviceMerchant).recovery.dropLetters(now)]
  const outcome = await ctx.store.commit(...writes, letters, ctx.store.control.recovery.forgetCopy())
  if (outcome.kind === 'refused') throw new Error(`The recovery of an old copy could not be begun: ${outcome.rule}`)
  ctx.log.warn({ takenAt: new Date(takenAt).toISOString(), merchants: merchants.length }, 'this database is a copy: payments wait until all that happened since has been found again')
}

async function beginFor(ctx: Context, merchantId: MerchantId, since: number, now: number): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const realmId = (await merchant.connection.find())?.realmId
  return [
    ...merchant.recovery.begin(since, now),
    ...(isMailKnown(since, now) ? [] : [merchant.recovery.dropLetters(now)]),
    merchant.outbox.wake({ id: jobOf(merchantId), lane: realmId ? laneOf(realmId) : jobOf(merchantId), kind: 'recover', payload: {} }),
    merchant.cards.open({ id: newId('crd', now), key: cardKey, kind: 'recovering', facts: { since }, now }),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
  ]
}

/** Compares one merchant over the time that the copy does not know; ends the recovery once every side has answered. */
export const recover = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const merchant = ctx.store.merchant(job.merchantId)
  const open = await merchant.recovery.underWay()
  if (!open) return { kind: 'done' }
  const { findings, problem } = await reconcile(ctx)(job.merchantId, { since: open.since - beforeMs, books: 'all' })
  if (problem !== null) return { kind: 'retry', problem }
  const now = ctx.clock.now()
  const connection = await merchant.connection.find()
  ctx.log.warn({ merchant: job.merchantId, found: findings.length, mended: findings.filter(each => each.mended).length }, 'what happened since the copy was taken has been found again; payments go on')
  return {
    kind: 'done',
    writes: [
      merchant.recovery.end(now),
      merchant.cards.close(cardKey, 'recovery', now),
      ...(connection ? merchant.outbox.releaseLane(laneOf(connection.realmId)) : []),
      merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
    ],
  }
}

function jobOf(merchantId: MerchantId): string {
  return `recover:${merchantId}`
}
