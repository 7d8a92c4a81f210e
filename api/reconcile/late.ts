import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { type Finding, driftKeys } from '../domain/reconcile.ts'
import { changesJob, wakeChanges } from '../sync/jobs.ts'
import type { Compared } from './report.ts'

/** Ten times the worker's lease: whoever held it is long gone, and nobody has taken over. */
const leaseLateMs = 15 * 60_000
const dueLateMs = 60 * 60_000

/** What is owed and lies (J7). Events of QuickBooks are read again; the rest says that this product does not run as it should. */
export async function compareQueues(ctx: Context, merchantId: MerchantId): Promise<Compared> {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const realmId = (await merchant.connection.find())?.realmId ?? ''
  const parts = await merchant.reconcile.late({ lease: now - leaseLateMs, due: now - dueLateMs }, realmId)
  const isUnread = parts.some(part => part.what === 'event') && !['ready', 'leased'].includes((await merchant.outbox.find(changesJob(realmId)))?.state ?? '')
  if (isUnread) await ctx.store.commit(wakeChanges(ctx, merchantId, realmId))
  const findings = parts.map(({ what, kind, count, oldestAt }): Finding => {
    const mended = what === 'event' && isUnread
    const text = what === 'event' ? `${count} events of QuickBooks have waited for over an hour` : `${count} owed effects of the kind ${kind} ${what === 'lease' ? 'were left by whoever carried them out' : 'are over an hour late'}`
    return { rule: 'J7', key: driftKeys.late(what, kind), about: kind, text, mended, ...(mended ? {} : { card: { kind: 'work_late', facts: { what, effect: kind, count, oldestAt } } }) }
  })
  return { findings, covers: key => key.startsWith('drift:late:') }
}
