import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { QboAnswer } from '../ports.ts'
import { confirmGone } from './confirm.ts'
import type { Gone } from './incoming.ts'
import { refAt } from './read-object.ts'

export type Merge = { goneQboId: string; keptQboId: string }

/**
 * A customer is never deleted in QuickBooks, only merged into another, and its documents then name the other without saying so.
 * Where no event told which, one of its documents is asked. Customers without documents are simply gone.
 */
export async function findMerges(ctx: Context, merchantId: MerchantId, told: readonly Merge[], stubs: readonly Gone[]): Promise<QboAnswer<{ merges: Merge[]; gone: Gone[] }>> {
  const untold = stubs.filter(stub => !told.some(merge => merge.goneQboId === stub.qboId))
  const confirmed = await confirmGone(ctx, merchantId, untold)
  if (!confirmed.ok) return confirmed
  const found = { merges: [...told], gone: [] as Gone[] }
  for (const stub of confirmed.value) {
    const document = await ctx.store.merchant(merchantId).mirror.documentOf(stub.qboId)
    const answer = document ? await callQuickBooks(ctx, merchantId, at => ctx.accounting.read(at, document.entity, document.qboId)) : null
    if (answer && !answer.ok && answer.failure.class !== 'gone') return answer
    const keptQboId = answer?.ok ? refAt(answer.value, 'CustomerRef') : null
    if (keptQboId !== null && keptQboId !== stub.qboId) found.merges.push({ goneQboId: stub.qboId, keptQboId })
    else found.gone.push(stub)
  }
  return { ok: true, value: found, intuitTid: null }
}

/** To stand behind the writes that bring in the customer that was kept. */
export function mergeWrites(ctx: Context, merchantId: MerchantId, merges: readonly Merge[]): Write[] {
  const { mirrorSettle } = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  return merges.flatMap(merge => [...mirrorSettle.mergeCustomers(merge.goneQboId, merge.keptQboId, now), ...mirrorSettle.tell([], [merge.goneQboId, merge.keptQboId], now)])
}
