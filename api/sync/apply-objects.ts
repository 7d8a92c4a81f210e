import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { QboAnswer } from '../ports.ts'
import { homeCurrency, writesOf } from './apply.ts'
import { completed } from './complete.ts'
import { type EntityObjects, type Gone, readObjects } from './incoming.ts'

/**
 * The writes that bring objects of QuickBooks into the mirror with all that they refer to, to stand in the caller's own batch: e.g. what
 * a posting was answered. Reads QuickBooks only for what the mirror does not hold.
 */
export async function applyObjects(ctx: Context, merchantId: MerchantId, objects: readonly EntityObjects[], gone: readonly Gone[] = []): Promise<QboAnswer<Write[]>> {
  const home = await homeCurrency(ctx, merchantId)
  const whole = await completed(ctx, merchantId, readObjects(objects, home, gone), home, true)
  return whole.ok ? { ...whole, value: await writesOf(ctx, merchantId, whole.value, 'told') } : whole
}
