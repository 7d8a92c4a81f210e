import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { settingsOf } from '../domain/settings.ts'

/**
 * The ledger account where payments are recorded: the merchant's choice (AP2), else Undeposited Funds. Null where that is not active
 * in QuickBooks: money is never put silently where nobody chose to have it.
 */
export async function depositTo(ctx: Context, merchantId: MerchantId): Promise<string | null> {
  const merchant = ctx.store.merchant(merchantId)
  const chosen = settingsOf(await merchant.self.chosenSettings()).recordingAccountId
  const accounts = await merchant.lists.active('Account')
  const found = accounts.find(account => (chosen ? account.qboId === chosen : account.type?.endsWith('/UndepositedFunds')))
  return found?.qboId ?? null
}
