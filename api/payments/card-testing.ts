import type { CardTries, CardTry } from '../../db/queries/card-tries.ts'
import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'

/**
 * Whoever has stolen cards tries them out on small payments. These figures let a payer mistype and change cards, and make
 * trying useless: refusals of one invoice in a day, cards of one customer in a day, tries from one network address in an hour.
 */
export const cardTriesMost: CardTries = { invoice: 5, customer: 3, address: 10 }
/** More refusals than `refused` in the window, and more than half of all attempts: no merchant's customers pay like that. */
const breaker = { windowMs: 10 * 60_000, refused: 20, share: 0.5 }

/** The matter of the card that stops the payments of a merchant for as long as it is open. */
export const cardTestingKey = 'card_testing'
/** What a payer is told meanwhile. */
export const pausedText = 'Online payment is paused. Please try again later or contact us.'

export type TriesProblem = { detail: string; retryAfterS: number }

/** Why no further card may be tried here now; null where one may. */
export async function triesProblem(ctx: Context, merchantId: MerchantId, asked: CardTry): Promise<TriesProblem | null> {
  const tries = await ctx.store.merchant(merchantId).cardTries.count(asked)
  if (tries.invoice >= cardTriesMost.invoice) return { detail: 'Too many payments for this invoice were refused. You were not charged. Try again tomorrow, or ask the business that sent it for another way to pay.', retryAfterS: 3_600 }
  if (tries.customer >= cardTriesMost.customer) return { detail: 'Too many cards were tried here today. You were not charged. Try again tomorrow, or ask the business for another way to pay.', retryAfterS: 3_600 }
  if (tries.address >= cardTriesMost.address) return { detail: 'Too many payments from your network were refused. You were not charged. Try again in an hour.', retryAfterS: 3_600 }
  return null
}

/** After a refusal: a card that stops a merchant's payments, where most of many attempts are refused. */
export async function breakerWrites(ctx: Context, merchantId: MerchantId): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const known = await merchant.cards.findByKey(cardTestingKey)
  // What a person has looked at is not held against the payers who come after.
  const since = Math.max(now - breaker.windowMs, known?.closedAt ?? 0)
  const { refused, ended } = await merchant.cardTries.endedSince(since)
  if (refused <= breaker.refused || refused <= ended * breaker.share) return []
  ctx.log.error({ merchant: merchantId, refused, ended }, 'payments were stopped: most of many attempts are refused')
  return [
    merchant.cards.open({ id: newId('crd', now), key: cardTestingKey, kind: 'card_testing', facts: { refused, ended }, now }),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
  ]
}
