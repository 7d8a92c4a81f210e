import type { MerchantId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import type { Currency } from '../domain/money.ts'
import type { QboAnswer, QboChange, QboEntity } from '../ports.ts'
import { writesOf } from './apply.ts'
import { completed, quoted, readByIds } from './complete.ts'
import { confirmGone } from './confirm.ts'
import { type Followed, followed } from './covered.ts'
import { type EntityObjects, type Gone, type Incoming, mergeIncoming, readObjects } from './incoming.ts'

export type Wanted = { entity: Followed; id: string }
export type Window = {
  read: Incoming
  /** Customers that are gone though nobody told us of a merge. */
  goneCustomers: Gone[]
  /** Intuit's own time of the answer, epoch ms; null where change data capture was not asked. */
  serverTime: number | null
}

/** Intuit takes so long at most to show a change that it has told of. */
export const overlapMs = 2 * 60_000
const pageMax = 1000
const hidesInactive: readonly QboEntity[] = ['Customer', 'Item', 'Account', 'Term', 'PaymentMethod']

/**
 * Reads what changed since `sinceMs` (at most 30 days back): one read for all entities. Objects that were `wanted` and are not in
 * the answer are asked for by name. Where the answer overflows, its entity is read by pages instead, each written at once.
 */
export async function readWindow(ctx: Context, merchantId: MerchantId, home: Currency, sinceMs: number, wanted: readonly Wanted[]): Promise<QboAnswer<Window>> {
  const since = new Date(sinceMs).toISOString()
  const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.changes(at, followed, since))
  if (!answer.ok) return answer
  const { changes } = answer.value
  const overflowed = changes.filter(change => change.overflow)
  for (const { entity } of overflowed) {
    const paged = await readOverflow(ctx, merchantId, home, entity, since)
    if (!paged.ok) return paged
  }
  const told = changes.filter(change => !change.overflow)
  const left = wanted.filter(({ entity, id }) => !told.some(change => change.entity === entity && (change.objects.some(object => object.Id === id) || change.deleted.some(stub => stub.id === id))))
  const named = await readNamed(ctx, merchantId, home, overflowed.length > 0 ? await notHeld(ctx, merchantId, left, sinceMs) : left)
  if (!named.ok) return named
  const stubs = changes.flatMap(stubsOf)
  const gone = await confirmGone(ctx, merchantId, stubs.filter(stub => stub.entity !== 'Customer'))
  if (!gone.ok) return gone
  const read = mergeIncoming(readObjects(told, home, gone.value), named.value)
  return { ok: true, value: { read, goneCustomers: stubs.filter(stub => stub.entity === 'Customer'), serverTime: Date.parse(answer.value.serverTime) }, intuitTid: answer.intuitTid }
}

/** Reads objects by name, entity by entity; what QuickBooks definitely does not hold is gone. */
export async function readNamed(ctx: Context, merchantId: MerchantId, home: Currency, wanted: readonly Wanted[]): Promise<QboAnswer<Incoming>> {
  const read: EntityObjects[] = []
  const absent: Gone[] = []
  for (const entity of new Set(wanted.map(want => want.entity))) {
    const ids = [...new Set(wanted.filter(want => want.entity === entity).map(want => want.id))]
    const answer = await readByIds(ctx, merchantId, entity, ids)
    if (!answer.ok) return answer
    read.push({ entity, objects: answer.value })
    absent.push(...ids.filter(id => !answer.value.some(object => object.Id === id)).map(qboId => ({ entity, qboId, at: 0 })))
  }
  const gone = await confirmGone(ctx, merchantId, absent)
  return gone.ok ? { ...gone, value: readObjects(read, home, gone.value) } : gone
}

/** All that changed in one entity, by pages in the order of change. Rows may be met twice, which changes nothing. */
async function readOverflow(ctx: Context, merchantId: MerchantId, home: Currency, entity: QboEntity, since: string): Promise<QboAnswer<null>> {
  const where = `MetaData.LastUpdatedTime >= ${quoted(since)}${hidesInactive.includes(entity) ? ' and Active in (true, false)' : ''}`
  for (let start = 1; ; start += pageMax) {
    const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.page(at, { entity, where, orderBy: 'MetaData.LastUpdatedTime', start, max: pageMax }))
    if (!answer.ok) return answer
    const whole = await completed(ctx, merchantId, readObjects([{ entity, objects: answer.value }], home), home, false)
    if (!whole.ok) return whole
    const outcome = await ctx.store.commit(await writesOf(ctx, merchantId, whole.value, 'told'))
    if (outcome.kind === 'refused') throw new Error(`a page of changes could not be written: ${outcome.rule}`)
    if (answer.value.length < pageMax) return { ok: true, value: null, intuitTid: answer.intuitTid }
  }
}

/** After an overflow was read by pages, most of what was wanted is in the mirror already. */
async function notHeld(ctx: Context, merchantId: MerchantId, wanted: readonly Wanted[], sinceMs: number): Promise<Wanted[]> {
  const { mirror } = ctx.store.merchant(merchantId)
  const ids = (entity: Followed) => wanted.filter(want => want.entity === entity).map(want => want.id)
  const rows = [
    ...(await mirror.knownInvoices(ids('Invoice'))).map(row => ({ entity: 'Invoice', ...row })),
    ...(await mirror.knownPayments(ids('Payment'))).map(row => ({ entity: 'Payment', ...row })),
    ...(await mirror.knownCredits(ids('CreditMemo'))).map(row => ({ entity: 'CreditMemo', ...row })),
    ...(await mirror.knownCustomers(ids('Customer'))).map(row => ({ entity: 'Customer', ...row })),
  ]
  return wanted.filter(want => !rows.some(row => row.entity === want.entity && row.qboId === want.id && row.updatedAt >= sinceMs))
}

function stubsOf(change: QboChange): Gone[] {
  return change.deleted.map(stub => ({ entity: change.entity, qboId: stub.id, at: Date.parse(stub.at ?? '') || 0 }))
}
