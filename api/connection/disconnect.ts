import type { Write } from '../../db/client.ts'
import type { ConnectionRow } from '../../db/queries/connections.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { dropRecurring } from '../sync/jobs.ts'
import { callQuickBooks, refreshTokenOf } from './credentials.ts'

/** Ends the connection: revoked at Intuit, tokens deleted here. Customers, invoices, links and settings stay for the next time. */
export const disconnect = (ctx: Context) => async (merchantId: MerchantId): Promise<void> => {
  const row = await ctx.store.merchant(merchantId).connection.find()
  if (!row || row.state === 'disconnected') return
  const token = refreshTokenOf(ctx, row)
  const outcome = token === null ? { kind: 'revoked' as const } : await ctx.intuit.revoke(token)
  const confirmed = outcome.kind === 'revoked' || row.state === 'needs_reconnect'
  if (!confirmed) ctx.log.warn({ merchant: merchantId, realm: row.realmId, outcome: outcome.kind }, 'Intuit did not confirm that a connection was revoked')
  await end(ctx, row, confirmed ? null : 'Disconnected here, and the tokens were deleted. QuickBooks did not confirm it: to be sure, remove the app in QuickBooks under Apps.')
}

/**
 * A person disconnected the app inside QuickBooks. Anybody may open that page, so one read proves it first.
 * Answers whether the company is disconnected.
 */
export const disconnectedAtIntuit = (ctx: Context) => async (realmId: string): Promise<boolean> => {
  const row = await ctx.store.control.connections.byRealm(realmId)
  if (!row || row.state === 'disconnected') return row !== null
  if (!(await ctx.store.control.sessions.within(`disconnected:${realmId}`, 5, 60 * 60_000, ctx.clock.now()))) return false
  const answer = await callQuickBooks(ctx, row.merchantId, at => ctx.accounting.read(at, 'CompanyInfo', realmId))
  if (answer.ok || answer.failure.class !== 'auth') return false
  await end(ctx, row, 'The company was disconnected in QuickBooks. Connect again to go on: your customers, invoices and settings are kept.')
  return true
}

async function end(ctx: Context, row: ConnectionRow, notice: string | null): Promise<void> {
  const merchant = ctx.store.merchant(row.merchantId)
  const now = ctx.clock.now()
  const run = await merchant.imports.latest()
  const stopRun: Write[] = run?.state === 'running' ? merchant.imports.end(run.id, 'failed', 'The company was disconnected. Connect again to go on.', now) : []
  await ctx.store.commit(
    merchant.connection.disconnect(now, notice), dropRecurring(ctx, row.merchantId, row.realmId), stopRun,
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'connection', now }))
  ctx.log.info({ merchant: row.merchantId, realm: row.realmId }, 'a QuickBooks company was disconnected')
}
