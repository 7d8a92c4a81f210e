import type { InvoiceId, MerchantId } from '../../db/values.ts'
import type { Write } from '../../db/client.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { QboAnswer, QboFailure, QboObject } from '../ports.ts'
import { applyObjects } from './apply-objects.ts'
import { readByIds } from './complete.ts'
import type { Gone } from './incoming.ts'
import { recordsAt, textAt } from './read-object.ts'

export type Fresh = { kind: 'fresh' } | { kind: 'failed'; failure: QboFailure }

/**
 * Reads these invoices of QuickBooks now and brings the mirror up to date with them, before money is asked for.
 * One read where nothing is missing; invoices that are not QuickBooks' own need none.
 */
export const readFresh = (ctx: Context) => async (merchantId: MerchantId, invoiceIds: readonly InvoiceId[]): Promise<Fresh> => {
  const { invoices } = ctx.store.merchant(merchantId)
  const rows = await Promise.all(invoiceIds.map(id => invoices.full(id)))
  const mirrored = rows.flatMap(row => (row?.qboId ? [{ qboId: row.qboId, updatedAt: row.qboUpdatedAt }] : []))
  if (mirrored.length === 0) return { kind: 'fresh' }
  const answer = await readByIds(ctx, merchantId, 'Invoice', mirrored.map(row => row.qboId))
  if (!answer.ok) return { kind: 'failed', failure: answer.failure }
  const gone: Gone[] = []
  for (const row of mirrored.filter(r => !answer.value.some(object => object.Id === r.qboId))) {
    // A query may lag behind; only a definite "not found" archives.
    const confirmed = await callQuickBooks(ctx, merchantId, at => ctx.accounting.read(at, 'Invoice', row.qboId))
    if (!confirmed.ok && confirmed.failure.class !== 'gone') return { kind: 'failed', failure: confirmed.failure }
    if (!confirmed.ok) gone.push({ entity: 'Invoice', qboId: row.qboId, at: row.updatedAt })
  }
  const writes = await applyObjects(ctx, merchantId, [{ entity: 'Invoice', objects: answer.value }], gone)
  if (!writes.ok) return { kind: 'failed', failure: writes.failure }
  const undone = await undoneWrites(ctx, merchantId, invoiceIds, answer.value)
  if (!undone.ok) return { kind: 'failed', failure: undone.failure }
  const outcome = await ctx.store.commit(writes.value, undone.value)
  if (outcome.kind === 'committed') return { kind: 'fresh' }
  return { kind: 'failed', failure: { class: 'transient', code: '', message: outcome.rule, detail: '', status: 0, intuitTid: null, retryAfterMs: null } }
}

/**
 * Somebody may have deleted or voided a payment of ours in QuickBooks a moment ago: the invoice read now asks for that money
 * again, while the event that tells why is still on its way. The payer has paid it, and it counts as paid here from now on.
 */
async function undoneWrites(ctx: Context, merchantId: MerchantId, invoiceIds: readonly InvoiceId[], read: readonly QboObject[]): Promise<QboAnswer<Write[]>> {
  const { payments, mirrorSettle } = ctx.store.merchant(merchantId)
  const linked = new Set(read.flatMap(invoice => recordsAt(invoice, 'LinkedTxn').map(link => textAt(link, 'TxnId'))))
  const writes: Write[] = []
  for (const { paymentId, qboId } of await payments.reflectedOn(invoiceIds)) {
    if (linked.has(qboId)) continue
    const held = await callQuickBooks(ctx, merchantId, at => ctx.accounting.read(at, 'Payment', qboId))
    if (!held.ok && held.failure.class !== 'gone') return held
    if (!held.ok || Number(held.value['TotalAmt']) === 0) writes.push(mirrorSettle.unreflect(paymentId))
  }
  return { ok: true, value: writes, intuitTid: null }
}
