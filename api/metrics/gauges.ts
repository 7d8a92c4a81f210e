import { stat } from 'node:fs/promises'
import { databasePath } from '../../db/client.ts'
import type { EffectFigure } from '../../db/queries/figures.ts'
import type { CardKind } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { measureProcess } from './process.ts'
import type { Gauge, Sample } from './registry.ts'

/** Cards that say that provider, ledger and QuickBooks do not agree. */
const driftKinds: readonly CardKind[] = ['charge_missing', 'ledger_differs', 'posting_twice', 'posting_unknown', 'posting_differs', 'posting_diverged', 'orphan_charge', 'charge_differs', 'books_differ']

/** What stands in the database and in this process now. Over all merchants: no name and no id is in it. */
export async function measure(ctx: Context): Promise<Gauge[]> {
  return [...(await ofWork(ctx)), ...(await ofDatabase(ctx)), ...(await measureProcess(ctx.metrics))]
}

async function ofWork(ctx: Context): Promise<Gauge[]> {
  const { figures, inbox } = ctx.store.control
  const now = ctx.clock.now()
  const age = (at: number | null) => (at === null ? 0 : Math.max(0, now - at) / 1000)
  const [effects, cards, calls, events, connections] = await Promise.all([figures.effects(), figures.cards(), figures.calls(months(now)), inbox.backlog(), figures.connections()])
  const ofKind = <T extends { kind: string }>(rows: readonly T[], value: (row: T) => number): Sample[] => rows.map(row => ({ labels: { kind: row.kind }, value: value(row) }))
  const effectsOf = (state: EffectFigure['state'], value: (row: EffectFigure) => number) => ofKind(effects.filter(each => each.state === state), value)
  const drift = cards.filter(card => driftKinds.some(kind => kind === card.kind))
  return [
    { name: 'quittance_outbox_waiting', help: 'Effects that are owed, by kind.', samples: effectsOf('waiting', row => row.count) },
    { name: 'quittance_outbox_age_seconds', help: 'For how long the oldest due effect has been due, by kind.', samples: effectsOf('due', row => age(row.oldestAt)) },
    { name: 'quittance_outbox_blocked', help: 'Effects that wait for a person, by kind.', samples: effectsOf('parked', row => row.count) },
    { name: 'quittance_inbox_waiting', help: 'Events that were received and not read yet.', samples: [{ value: events.waiting }] },
    { name: 'quittance_inbox_age_seconds', help: 'For how long the oldest of them has waited.', samples: [{ value: age(events.oldestAt) }] },
    { name: 'quittance_cards_open', help: 'Questions that wait for a merchant, by kind.', samples: ofKind(cards, row => row.count) },
    { name: 'quittance_cards_age_seconds', help: 'How old the oldest of them is, by kind.', samples: ofKind(cards, row => age(row.oldestAt)) },
    { name: 'quittance_drift_open', help: 'Differences between provider, ledger and QuickBooks that nobody has dealt with.', samples: [{ value: drift.reduce((sum, card) => sum + card.count, 0) }] },
    { name: 'quittance_drift_age_seconds', help: 'How old the oldest difference is.', samples: [{ value: Math.max(0, ...drift.map(card => age(card.oldestAt))) }] },
    { name: 'quittance_recoveries', help: 'Merchants that are being brought up to date after a restore.', samples: [{ value: await figures.recoveries() }] },
    { name: 'quittance_connections', help: 'Connections to QuickBooks, by state.', samples: connections.map(({ state, count }) => ({ labels: { state }, value: count })) },
    { name: 'quittance_quickbooks_reads', help: 'Reads that Intuit meters, by month, of all merchants.', samples: calls.map(({ month, reads }) => ({ labels: { month }, value: reads })) },
    { name: 'quittance_quickbooks_reads_most', help: 'The same of the one merchant with the most.', samples: calls.map(({ month, mostReads }) => ({ labels: { month }, value: mostReads })) },
    { name: 'quittance_quickbooks_writes', help: 'Writes, which cost nothing, by month.', samples: calls.map(({ month, writes }) => ({ labels: { month }, value: writes })) },
    { name: 'quittance_event_streams', help: 'Event streams that are open at this process.', samples: [{ value: ctx.hub.listening() }] },
  ]
}

async function ofDatabase(ctx: Context): Promise<Gauge[]> {
  const path = databasePath(ctx.config.database.url)
  if (path === null) return []
  return [
    { name: 'quittance_database_bytes', help: 'Size of the database file.', samples: [{ value: await sizeOf(path) }] },
    { name: 'quittance_database_wal_bytes', help: 'Size of its write-ahead log.', samples: [{ value: await sizeOf(`${path}-wal`) }] },
  ]
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(({ size }) => size, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return 0
    throw error
  })
}

/** The month of Intuit's meter and the one before. */
function months(now: number): string[] {
  const date = new Date(now)
  const before = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() - 1, 1))
  return [date, before].map(each => each.toISOString().slice(0, 7))
}
