import type { Write } from '../../db/client.ts'
import type { NewJob } from '../../db/queries/outbox.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'

/** All that touches one company goes one after another. */
export const laneOf = (realmId: string) => `qbo:${realmId}`

/** Events come in bursts: this short wait makes one read of many. */
const gatherMs = 200
export const sweepMs = 15 * 60_000
export const dayMs = 24 * 60 * 60_000
export const reconcileMs = 10 * 60_000

/** Owes the reading of what events have announced. */
export function wakeChanges(ctx: Context, merchantId: MerchantId, realmId: string): Write {
  return ctx.store.merchant(merchantId).outbox.wake({ id: changesJob(realmId), lane: laneOf(realmId), kind: 'read_changes', payload: { realmId }, delayMs: gatherMs })
}

/** The comparison of one company's books with what was paid here. */
export function reconcileJob(realmId: string): NewJob {
  return { id: `reconcile:${realmId}`, lane: laneOf(realmId), kind: 'reconcile_books', payload: { realmId }, delayMs: reconcileMs }
}

export const changesJob = (realmId: string) => `changes:${realmId}`

/** Owes all that recurs for a connected company: the sweep for missed changes, the nightly comparison, the daily look at its settings, the comparison with what was paid here. */
export function wakeRecurring(ctx: Context, merchantId: MerchantId, realmId: string): Write[] {
  const { outbox } = ctx.store.merchant(merchantId)
  const lane = laneOf(realmId)
  return [
    outbox.wake({ id: `sweep:${realmId}`, lane, kind: 'sweep_changes', payload: { realmId } }),
    outbox.wake({ id: `compare:${realmId}`, lane, kind: 'compare_balances', payload: { realmId }, delayMs: dayMs }),
    outbox.wake({ id: `company:${realmId}`, lane, kind: 'read_company', payload: { realmId }, delayMs: dayMs }),
    outbox.wake(reconcileJob(realmId)),
    wakeChanges(ctx, merchantId, realmId),
  ]
}

/** Gives up what recurs, because the company is no longer connected. Postings stay owed. */
export function dropRecurring(ctx: Context, merchantId: MerchantId, realmId: string): Write[] {
  const { outbox } = ctx.store.merchant(merchantId)
  return [changesJob(realmId), `sweep:${realmId}`, `compare:${realmId}`, `company:${realmId}`, reconcileJob(realmId).id].map(id => outbox.drop(id))
}
