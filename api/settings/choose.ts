import type { LedgerAccountView, SettingsView } from '../domain/console-views.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { settingsOf } from '../domain/settings.ts'
import { beginDate, startImport } from '../sync/imports.ts'

export type SettingsChange = { [Name in keyof SettingsView]?: SettingsView[Name] | undefined }
export type ChooseOutcome = { kind: 'chosen' } | { kind: 'refused'; field: keyof SettingsView; message: string }

/** Keeps what the merchant chose. An earlier begin date also brings over what is now within it. */
export const chooseSettings = (ctx: Context) => async (merchantId: MerchantId, change: SettingsChange): Promise<ChooseOutcome> => {
  const merchant = ctx.store.merchant(merchantId)
  const { recordingAccountId } = change
  if (recordingAccountId && !(await ledgerAccounts(ctx, merchantId)).some(account => account.id === recordingAccountId))
    return { kind: 'refused', field: 'recordingAccountId', message: 'is no active bank account or other current asset in QuickBooks' }
  const before = settingsOf(await merchant.self.chosenSettings()).extractBeginDate
  const now = ctx.clock.now()
  await ctx.store.commit(merchant.self.chooseSettings(change, now), merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'settings', now }))
  if (change.extractBeginDate !== undefined && change.extractBeginDate !== before) await bringOver(ctx, merchantId, before)
  return { kind: 'chosen' }
}

/** The ledger accounts in which a payment may be recorded (AP2). */
export async function ledgerAccounts(ctx: Context, merchantId: MerchantId): Promise<LedgerAccountView[]> {
  const accounts = await ctx.store.merchant(merchantId).lists.active('Account')
  return accounts.flatMap(({ qboId, name, type }) => {
    const [kind = ''] = (type ?? '').split('/')
    return recordable.includes(kind) ? [{ id: qboId, name, type: kind }] : []
  })
}

const recordable: readonly string[] = ['Bank', 'Other Current Asset']

async function bringOver(ctx: Context, merchantId: MerchantId, before: string | null): Promise<void> {
  const connection = await ctx.store.merchant(merchantId).connection.find()
  if (connection?.state !== 'connected') return
  const zone = connection.timeZone ?? 'UTC'
  const begin = await beginDate(ctx, merchantId, connection.connectedAt, zone)
  if (before !== null && begin >= before) return
  const started = await startImport(ctx)(merchantId, 'full')
  if (started.kind !== 'started') ctx.log.info({ merchant: merchantId, outcome: started.kind }, 'the begin date moved while another import was under way; the next import takes it up')
}
