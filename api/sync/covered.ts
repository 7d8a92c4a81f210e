import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { IntuitEvent, QboEntity } from '../ports.ts'

/** The entities whose changes we follow, all of them in one read of change data capture. */
export const followed = ['Customer', 'Invoice', 'CreditMemo', 'Payment', 'Item', 'Account', 'Term', 'PaymentMethod'] as const satisfies readonly QboEntity[]
export type Followed = (typeof followed)[number]
export type FollowedEvent = IntuitEvent & { entity: Followed }

export function isFollowed(event: IntuitEvent): event is FollowedEvent {
  return (followed as readonly string[]).includes(event.entity)
}

/**
 * The events that still need a read: those whose version the mirror already holds, such as echoes of our own writes, need none.
 * QuickBooks' times are whole seconds, so a version of the same second counts only where we made it ourselves.
 */
export async function uncovered(ctx: Context, merchantId: MerchantId, events: readonly FollowedEvent[]): Promise<FollowedEvent[]> {
  const { mirror } = ctx.store.merchant(merchantId)
  const idsOf = (entity: Followed) => events.filter(event => event.entity === entity).map(event => event.id)
  const held = new Map<string, Held>()
  for (const row of await mirror.knownCustomers(idsOf('Customer'))) held.set(`Customer ${row.qboId}`, { updatedAt: row.updatedAt, isOwn: false, isGone: row.archivedReason !== null })
  const own = new Set(await mirror.ownEchoes(idsOf('Invoice')))
  for (const row of await mirror.knownInvoices(idsOf('Invoice'))) held.set(`Invoice ${row.qboId}`, { updatedAt: row.updatedAt, isOwn: own.has(row.qboId), isGone: row.archivedReason === 'deleted_in_quickbooks' })
  for (const row of await mirror.knownPayments(idsOf('Payment'))) held.set(`Payment ${row.qboId}`, { updatedAt: row.updatedAt, isOwn: row.paymentId !== null, isGone: row.state === 'deleted' })
  for (const row of await mirror.knownCredits(idsOf('CreditMemo'))) held.set(`CreditMemo ${row.qboId}`, { updatedAt: row.updatedAt, isOwn: false, isGone: row.state === 'deleted' })
  return events.filter(event => !covers(held.get(`${event.entity} ${event.id}`), event))
}

type Held = { updatedAt: number; isOwn: boolean; isGone: boolean }

function covers(row: Held | undefined, event: FollowedEvent): boolean {
  if (event.operation === 'merge') return false
  // What never was here needs no deleting; what was deleted stays so.
  if (event.operation === 'delete') return !row || row.isGone
  if (!row || event.changedAt === null) return false
  const changedAt = Math.floor(event.changedAt / 1000) * 1000
  return row.updatedAt > changedAt || (row.updatedAt === changedAt && row.isOwn && event.operation !== 'void')
}
