import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { PaymentGate } from '../present/invoice.ts'
import { cardTestingKey, pausedText } from './card-testing.ts'

/** What a payer is told while an old copy of the database is brought up to date. */
export const recoveringText = 'Online payment is paused for a few minutes while recent payments are checked. You were not charged. Please try again soon.'

/** Whether a merchant's customers can pay here now, and if not, why, in the customer's words. */
export async function paymentGate(ctx: Context, merchantId: MerchantId): Promise<PaymentGate> {
  if (!ctx.stripe) return { enabled: false, whyNot: 'Online payment is not set up for these invoices.' }
  const standing = await ctx.store.merchant(merchantId).connection.standing(cardTestingKey)
  // Without QuickBooks a balance cannot be read afresh, and no card is charged on an old one.
  if (standing?.state !== 'connected') return { enabled: false, whyNot: pausedText }
  // An invoice may have been paid in the time that an old copy of the database does not know.
  if (standing.recovering) return { enabled: false, whyNot: recoveringText }
  if (standing.stopped) return { enabled: false, whyNot: pausedText }
  return { enabled: true, whyNot: null }
}
