import type { Write } from '../../db/client.ts'
import type { ImportRow } from '../../db/queries/imports.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { ImportView } from '../domain/console-views.ts'
import { settingsOf } from '../domain/settings.ts'
import { newId } from '../ids.ts'
import { localDay } from '../present/format.ts'
import { stepsOf } from './import-plan.ts'
import { importView } from './import-view.ts'
import { laneOf } from './jobs.ts'

export type ImportKind = ImportRow['kind']
export type StartedImport = { kind: 'started' | 'running'; view: ImportView } | { kind: 'refused'; problem: string }

const backfillMs = 90 * 24 * 60 * 60_000
/** Change data capture looks back 30 days; a day is left for the reading itself. */
export const lookBackMs = 29 * 24 * 60 * 60_000
/** Clocks differ and commits lag: a run that takes what changed begins this much earlier than the last one ended. */
const overlapMs = 10 * 60_000

/** Starts a run that reads much of QuickBooks; answers the one under way where there is one. */
export const startImport = (ctx: Context) => async (merchantId: MerchantId, kind: ImportKind): Promise<StartedImport> => {
  const merchant = ctx.store.merchant(merchantId)
  const connection = await merchant.connection.find()
  if (connection?.state !== 'connected') return { kind: 'refused', problem: 'Connect QuickBooks first.' }
  const outcome = await ctx.store.commit(await importWrites(ctx, merchantId, kind))
  const row = await merchant.imports.latest()
  if (!row) throw new Error('an import was committed and is not there')
  // A run that was parked after repeated failures goes on when a person asks again.
  if (outcome.kind === 'refused') await ctx.store.commit(merchant.outbox.release(`import:${row.id}`))
  return { kind: outcome.kind === 'committed' ? 'started' : 'running', view: importView(row, ctx.clock.now()) }
}

/** The latest run, as the console shows it; null before the first. */
export const currentImport = (ctx: Context) => async (merchantId: MerchantId): Promise<ImportView | null> => {
  const row = await ctx.store.merchant(merchantId).imports.latest()
  return row && importView(row, ctx.clock.now())
}

/** A run and the effect that carries it out, for the caller's own batch; the batch is refused while another run is under way. */
export async function importWrites(ctx: Context, merchantId: MerchantId, kind: ImportKind, realm?: { realmId: string; timeZone: string | null }): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const connection = await merchant.connection.find()
  const realmId = realm?.realmId ?? connection?.realmId ?? ''
  const now = ctx.clock.now()
  const id = newId('imp', now)
  const begin = await beginDate(ctx, merchantId, connection?.connectedAt ?? now, realm?.timeZone ?? connection?.timeZone ?? 'UTC')
  const steps = stepsOf(kind, { begin, since: await sinceLast(ctx, merchantId) })
  return [
    ...merchant.imports.start({ id, kind, steps, now }),
    merchant.outbox.add({ id: `import:${id}`, lane: laneOf(realmId), kind: 'import_step', payload: { importId: id, realmId } }),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'import', now }),
  ]
}

/** The merchant's extract begin date, or 90 days before the connection was made. */
export async function beginDate(ctx: Context, merchantId: MerchantId, connectedAt: number, timeZone: string): Promise<string> {
  const { extractBeginDate } = settingsOf(await ctx.store.merchant(merchantId).self.chosenSettings())
  return extractBeginDate ?? localDay(connectedAt - backfillMs, timeZone)
}

/** From where "everything since last time" begins; null where that is too long ago to be told what was deleted. */
async function sinceLast(ctx: Context, merchantId: MerchantId): Promise<string | null> {
  const cursor = Date.parse((await ctx.store.merchant(merchantId).connection.cursor('changes')) ?? '')
  if (Number.isNaN(cursor) || cursor < ctx.clock.now() - lookBackMs) return null
  return new Date(cursor - overlapMs).toISOString()
}
