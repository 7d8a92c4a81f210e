import { createHash } from 'node:crypto'
import type { Write } from '../../db/client.ts'
import type { Context } from '../context.ts'
import type { IntuitEvent } from '../ports.ts'
import { wakeChanges } from './jobs.ts'

export type Delivery = { kind: 'events'; events: IntuitEvent[]; unreadable: number } | { kind: 'malformed'; reason: string }

/**
 * Keeps what Intuit told and owes the reading of it, in one batch; nothing is decided here. An event that was kept before changes
 * nothing. What cannot be read is kept word for word, and events of companies that nobody has connected are kept as ignored.
 */
export const receiveEvents = (ctx: Context) => async (delivery: Delivery, raw: string): Promise<void> => {
  const now = ctx.clock.now()
  const { inbox, connections } = ctx.store.control
  if (delivery.kind === 'malformed') return keepDead(ctx, raw, delivery.reason)
  if (delivery.unreadable > 0) await keepDead(ctx, raw, `${delivery.unreadable} events could not be read`)
  const writes: Write[] = []
  for (const realmId of new Set(delivery.events.map(event => event.realmId))) {
    const holder = await connections.holder(realmId)
    const events = delivery.events.filter(event => event.realmId === realmId)
    writes.push(...events.map(event => inbox.receive({ source: 'quickbooks', owner: realmId, eventId: event.key, body: JSON.stringify(event), now })))
    if (holder?.state === 'connected' || holder?.state === 'needs_reconnect') writes.push(wakeChanges(ctx, holder.merchantId, realmId))
    else writes.push(inbox.endAll('quickbooks', realmId, events.map(event => event.key), 'ignored', now))
  }
  await ctx.store.commit(writes)
}

async function keepDead(ctx: Context, raw: string, problem: string): Promise<void> {
  const { inbox } = ctx.store.control
  const now = ctx.clock.now()
  const eventId = createHash('sha256').update(raw).digest('hex')
  ctx.log.error({ bytes: raw.length, eventId, problem }, 'a webhook of Intuit could not be read; it is kept in the inbox as it came')
  await ctx.store.commit(inbox.receive({ source: 'quickbooks', owner: '', eventId, body: raw, now }), inbox.end({ source: 'quickbooks', owner: '', eventId }, 'dead', problem, now))
}
