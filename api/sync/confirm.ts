import type { MerchantId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { QboAnswer } from '../ports.ts'
import { readByIds } from './complete.ts'
import type { Gone } from './incoming.ts'

/**
 * Which of these QuickBooks really does not hold any more. Change data capture has named objects as deleted that had just been
 * changed, so nothing that is live in the mirror goes without one read of its own: by its address where it is one, by name where there are several.
 */
export async function confirmGone(ctx: Context, merchantId: MerchantId, stubs: readonly Gone[]): Promise<QboAnswer<Gone[]>> {
  const confirmed: Gone[] = []
  for (const entity of new Set(stubs.map(stub => stub.entity))) {
    const live = await liveOf(ctx, merchantId, stubs.filter(stub => stub.entity === entity))
    const [only] = live
    if (!only) continue
    if (live.length === 1) {
      const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.read(at, entity, only.qboId))
      if (!answer.ok && answer.failure.class !== 'gone') return answer
      if (!answer.ok) confirmed.push(only)
      continue
    }
    const answer = await readByIds(ctx, merchantId, entity, live.map(stub => stub.qboId))
    if (!answer.ok) return answer
    confirmed.push(...live.filter(stub => !answer.value.some(object => object.Id === stub.qboId)))
  }
  return { ok: true, value: confirmed, intuitTid: null }
}

/** Those that are live in the mirror; a stub without a time takes that of the row. */
async function liveOf(ctx: Context, merchantId: MerchantId, stubs: readonly Gone[]): Promise<Gone[]> {
  const { mirror } = ctx.store.merchant(merchantId)
  const ids = stubs.map(stub => stub.qboId)
  const rows = await (async () => {
    switch (stubs[0]?.entity) {
      case 'Invoice':
        return (await mirror.knownInvoices(ids)).filter(row => row.archivedReason !== 'deleted_in_quickbooks')
      case 'Payment':
        return (await mirror.knownPayments(ids)).filter(row => row.state !== 'deleted')
      case 'CreditMemo':
        return (await mirror.knownCredits(ids)).filter(row => row.state !== 'deleted')
      case 'Customer':
        return (await mirror.knownCustomers(ids)).filter(row => row.archivedReason === null || row.archivedReason === 'inactive_in_quickbooks')
      default:
        return []
    }
  })()
  return stubs.flatMap(stub => {
    const row = rows.find(known => known.qboId === stub.qboId)
    return row ? [{ ...stub, at: Math.max(stub.at, row.updatedAt) }] : []
  })
}
