import type { Write } from '../../db/client.ts'
import type { PaymentRow } from '../../db/queries/payments.ts'
import type { PostedRow } from '../../db/queries/reconcile.ts'
import type { MerchantId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import { zero } from '../domain/money.ts'
import { postingJob } from '../domain/posting.ts'
import { type Finding, driftKeys, judgeBooks, paymentOfKey } from '../domain/reconcile.ts'
import type { QboAnswer, QboFailure, QboObject } from '../ports.ts'
import { missingCard, parkedCard } from '../posting/cards.ts'
import { compareWritten } from '../posting/compare.ts'
import { applyObjects } from '../sync/apply-objects.ts'
import { idsMax, whereIn } from '../sync/complete.ts'
import type { Gone } from '../sync/incoming.ts'
import { laneOf } from '../sync/jobs.ts'
import { amountAt } from '../sync/mapping.ts'
import { refAt, textAt } from '../sync/read-object.ts'
import type { Compared } from './report.ts'

export type ComparedBooks = { kind: 'compared'; compared: Compared; asked: number } | { kind: 'failed'; failure: QboFailure }
const pageMax = 1000

/**
 * Us → QuickBooks (J3) and QuickBooks → us (J4): each paid payment is one live Payment there with its reference, amount, customer and invoices, or a card is open.
 * Reads are metered, so QuickBooks is asked in one question for a hundred payments, and unless `all` are wanted only about those
 * that stand otherwise than when it was last asked. Nothing is ever written, voided or deleted there.
 */
export async function compareBooks(ctx: Context, merchantId: MerchantId, since: number, wanted: 'changed' | 'all', onCount: (asked: number, of: number) => void): Promise<ComparedBooks> {
  const { reconcile } = ctx.store.merchant(merchantId)
  const rows = await reconcile.posted(since)
  const owed = await oweAgain(ctx, merchantId, rows)
  const asked = rows.filter(row => (row.state === 'posted' && (wanted === 'all' || !row.compared)) || (row.state === 'blocked' && wanted === 'all'))
  const live = await readLive(ctx, merchantId, asked, onCount)
  if (!live.ok) return { kind: 'failed', failure: live.failure }
  const found: Finding[] = []
  for (const row of asked) {
    const answer = await compareOne(ctx, merchantId, row, live.value.get(row.reference) ?? [])
    if (!answer.ok) return { kind: 'failed', failure: answer.failure }
    found.push(...answer.value)
  }
  await ctx.store.commit(reconcile.noteCompared(asked.map(row => row.id)))
  const parked = await stillAsked(ctx, merchantId, rows.filter(row => (row.state === 'blocked' || row.state === 'diverged') && !found.some(finding => finding.mended && finding.key === driftKeys.posting(row.id))))
  const looked = new Set<string>(asked.map(row => row.id))
  const strangers = await unknownPostings(ctx, merchantId)
  return {
    kind: 'compared', asked: asked.length,
    compared: { findings: [...owed, ...found, ...parked, ...strangers], covers: key => key.startsWith('drift:unknown:') || (/^drift:(twice|differs):/.test(key) && looked.has(paymentOfKey(key) ?? '')) },
  }
}

/** A paid payment whose posting is owed by nobody: it is owed again, and QuickBooks is looked at first. */
async function oweAgain(ctx: Context, merchantId: MerchantId, rows: readonly PostedRow[]): Promise<Finding[]> {
  const merchant = ctx.store.merchant(merchantId)
  const left = rows.filter(row => row.state === null || (row.state === 'waiting' && !row.owed))
  if (left.length === 0) return []
  const connection = await merchant.connection.find()
  const now = ctx.clock.now()
  await ctx.store.commit(left.flatMap(({ id, state }) => [
    state === null ? merchant.postings.owe(id, now) : merchant.postings.sending(id, now),
    merchant.outbox.wake({ id: postingJob(id), lane: connection ? laneOf(connection.realmId) : `payment:${id}`, kind: 'post_payment', payload: { paymentId: id } }),
  ]))
  return left.map(({ id, reference }) => ({ rule: 'J3', key: driftKeys.posting(id), about: reference, text: 'nobody owed its way into QuickBooks any more; it is owed again', mended: true }))
}

/** All that QuickBooks holds under these references and that was not voided, by reference. */
async function readLive(ctx: Context, merchantId: MerchantId, rows: readonly PostedRow[], onCount: (asked: number, of: number) => void): Promise<QboAnswer<Map<string, QboObject[]>>> {
  const live = new Map<string, QboObject[]>()
  for (let from = 0; from < rows.length; from += idsMax) {
    const where = whereIn('PaymentRefNum', rows.slice(from, from + idsMax).map(row => row.reference))
    const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.page(at, { entity: 'Payment', where, orderBy: 'Id', start: 1, max: pageMax }))
    if (!answer.ok) return answer
    for (const object of answer.value) {
      const reference = textAt(object, 'PaymentRefNum') ?? ''
      if (Number(textAt(object, 'TotalAmt') ?? 0) > 0) live.set(reference, [...(live.get(reference) ?? []), object])
    }
    onCount(Math.min(from + idsMax, rows.length), rows.length)
  }
  return { ok: true, value: live, intuitTid: null }
}

async function compareOne(ctx: Context, merchantId: MerchantId, row: PostedRow, live: readonly QboObject[]): Promise<QboAnswer<Finding[]>> {
  const merchant = ctx.store.merchant(merchantId)
  const payment = await merchant.payments.find(row.id)
  if (!payment) return done([])
  const seen = live.map(object => ({ qboId: object.Id, amount: amountAt(object, 'TotalAmt', payment.currency) ?? zero }))
  switch (judgeBooks({ state: row.state ?? '', qboId: row.qboId, amount: payment.amount }, seen)) {
    case 'agrees':
      return row.state === 'posted' ? differences(ctx, payment, live.find(object => object.Id === row.qboId)) : done([])
    case 'twice': {
      const mirrored = await keepInMirror(ctx, merchantId, live)
      if (!mirrored.ok) return mirrored
      const text = `QuickBooks holds it ${live.length} times`
      const facts = { paymentId: row.id, reference: row.reference, amount: payment.amount, currency: payment.currency, count: live.length, qboIds: live.map(object => object.Id) }
      return done([{ rule: 'J4', key: driftKeys.twice(row.id), about: row.reference, text, mended: false, card: { kind: 'posting_twice', facts } }])
    }
    case 'adopt': {
      await ctx.store.commit(merchant.postings.unblock(row.id, ctx.clock.now()), merchant.outbox.release(postingJob(row.id)))
      return done([{ rule: 'J4', key: driftKeys.posting(row.id), about: row.reference, text: 'it waited for a person, and QuickBooks holds it after all; it is adopted', mended: true }])
    }
    case 'gone':
      return seekGone(ctx, payment, row)
  }
}

/** What we had posted does not show under its reference. It is read by its address: somebody may have changed the reference, voided or deleted it. */
async function seekGone(ctx: Context, payment: PaymentRow, row: PostedRow): Promise<QboAnswer<Finding[]>> {
  const { merchantId } = payment
  const merchant = ctx.store.merchant(merchantId)
  const read = await callQuickBooks(ctx, merchantId, at => ctx.accounting.read(at, 'Payment', row.qboId ?? ''))
  if (!read.ok && read.failure.class !== 'gone') return read
  const gone: Gone[] = read.ok || row.qboId === null ? [] : [{ entity: 'Payment', qboId: row.qboId, at: ctx.clock.now() }]
  const mirrored = await keepInMirror(ctx, merchantId, read.ok ? [read.value] : [], gone)
  if (!mirrored.ok) return mirrored
  const isLive = read.ok && (amountAt(read.value, 'TotalAmt', payment.currency) ?? zero) > 0
  if (isLive) return differences(ctx, payment, read.value)
  // The mirror may never have known it for ours.
  if ((await merchant.postings.find(payment.id))?.state === 'posted') await ctx.store.commit(undo(ctx, payment))
  return done([{ rule: 'J3', key: driftKeys.posting(payment.id), about: payment.reference, text: `it was ${read.ok ? 'voided' : 'deleted'} in QuickBooks`, mended: false }])
}

function undo(ctx: Context, payment: PaymentRow): Write[] {
  const { postings, mirrorSettle } = ctx.store.merchant(payment.merchantId)
  return [postings.diverge(payment.id, 'It was deleted in QuickBooks.'), mirrorSettle.unreflect(payment.id), missingCard(ctx, payment, ctx.clock.now())]
}

/** What differs is kept in the mirror as it was seen, so that its next change is noticed without a read. */
async function keepInMirror(ctx: Context, merchantId: MerchantId, objects: readonly QboObject[], gone: readonly Gone[] = []): Promise<QboAnswer<null>> {
  const writes = await applyObjects(ctx, merchantId, [{ entity: 'Payment', objects }], gone)
  if (!writes.ok) return writes
  await ctx.store.commit(writes.value)
  return { ...writes, value: null }
}

async function differences(ctx: Context, payment: PaymentRow, held: QboObject | undefined): Promise<QboAnswer<Finding[]>> {
  if (!held) return done([])
  const allocations = await ctx.store.merchant(payment.merchantId).payments.allocations(payment.id)
  // After a merge the invoices, and the payment with them, belong to the customer that was kept.
  const there = refAt(held, 'CustomerRef')
  const payee = allocations.some(a => a.customerQboId === there) ? there : (allocations[0]?.customerQboId ?? null)
  const text = compareWritten(payment, payee, allocations, held)
  if (text === null) return done([])
  const mirrored = await keepInMirror(ctx, payment.merchantId, [held])
  if (!mirrored.ok) return mirrored
  // Of another amount the mirror has asked already.
  if ((await ctx.store.merchant(payment.merchantId).postings.find(payment.id))?.state !== 'posted') return done([{ rule: 'J3', key: driftKeys.posting(payment.id), about: payment.reference, text, mended: false }])
  const facts = { paymentId: payment.id, reference: payment.reference, amount: payment.amount, currency: payment.currency, differs: text }
  return done([{ rule: 'J3', key: driftKeys.differs(payment.id, textAt(held, 'SyncToken') ?? '0'), about: payment.reference, text, mended: false, card: { kind: 'posting_differs', facts } }])
}

/** What QuickBooks refused waits for a person, whose card must be there; what somebody undid there waits only until they have decided. */
async function stillAsked(ctx: Context, merchantId: MerchantId, rows: readonly PostedRow[]): Promise<Finding[]> {
  const merchant = ctx.store.merchant(merchantId)
  const open = new Set((await merchant.cards.listOpen()).map(card => card.key))
  for (const row of rows.filter(each => each.state === 'blocked' && !open.has(driftKeys.posting(each.id)))) {
    const payment = await merchant.payments.find(row.id)
    if (payment) await ctx.store.commit(parkedCard(ctx, payment, '', row.problem ?? ''))
  }
  return rows.flatMap((row): Finding[] => {
    if (row.state === 'diverged' && !open.has(driftKeys.posting(row.id))) return []
    return [{ rule: 'J3', key: driftKeys.posting(row.id), about: row.reference, text: row.state === 'diverged' ? 'it was undone in QuickBooks, and waits for a person' : 'QuickBooks refused it, and it waits for a person', mended: false }]
  })
}

/** Payments in QuickBooks that name a payment of ours which is not here (J4). */
async function unknownPostings(ctx: Context, merchantId: MerchantId): Promise<Finding[]> {
  const rows = await ctx.store.merchant(merchantId).reconcile.unknownPostings()
  return rows.map(row => ({
    rule: 'J4', key: driftKeys.unknown(row.qboId), about: row.reference, text: 'QuickBooks holds a payment of ours that is not here', mended: false,
    card: { kind: 'posting_unknown', facts: { qboId: row.qboId, reference: row.reference, amount: row.total, currency: row.currency } },
  }))
}

function done(value: Finding[]): QboAnswer<Finding[]> {
  return { ok: true, value, intuitTid: null }
}
