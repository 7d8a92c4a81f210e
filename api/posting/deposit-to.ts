import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { settingsOf } from '../domain/settings.ts'

/** The ledger account where payments are recorded: the merchant's choice (AP2), else Undeposited Funds; null where QuickBooks has neither. */
export async function depositTo(ctx: Context, merchantId: MerchantId): Promise<string | null> {
  const merchant = ctx.store.merchant(merchantId)
  const chosen = settingsOf(await merchant.self.chosenSettings()).recordingAccountId
  const accounts = await merchant.lists.active('Account')
  if (chosen && accounts.some(account => account.qboId === chosen)) return chosen
  return accounts.find(account => account.type === 'UndepositedFunds')?.qboId ?? accounts.find(account => account.name === 'Undeposited Funds')?.qboId ?? null
}
