import type { Write } from '../../db/client.ts'
import type { CardRow } from '../../db/queries/cards.ts'
import type { MerchantId, PaymentId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { postingJob } from '../domain/posting.ts'
import { cardWords } from '../present/cards.ts'
import { createFormat, localDay } from '../present/format.ts'
import { importWrites } from '../sync/imports.ts'
import { laneOf } from '../sync/jobs.ts'

export type ActOutcome = { kind: 'done' } | { kind: 'refused'; code: 'not-found' | 'conflict'; detail: string }

/** Does what a person chose on a card. `by` names who did. A card that is closed already takes no second deed. */
export const actOnCard = (ctx: Context) => async (merchantId: MerchantId, id: string, action: string, by: string): Promise<ActOutcome> => {
  const merchant = ctx.store.merchant(merchantId)
  const card = await merchant.cards.find(id)
  if (!card) return { kind: 'refused', code: 'not-found', detail: 'There is no such card.' }
  if (card.closedAt !== null) return { kind: 'done' }
  const plain = createFormat({ locale: 'en-US', today: '2000-01-01', timeZone: 'UTC', spellCurrency: false })
  if (!cardWords(card, plain).actions.some(offered => offered.name === action)) return { kind: 'refused', code: 'not-found', detail: 'This card has no such action.' }
  if (action === 'import' && (await merchant.connection.find())?.state !== 'connected') return { kind: 'refused', code: 'conflict', detail: 'Connect QuickBooks first. Nothing was done.' }
  const now = ctx.clock.now()
  const outcome = await ctx.store.commit(await deedOf(ctx, merchantId, card, action, by), merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }))
  if (outcome.kind === 'refused') return { kind: 'refused', code: 'conflict', detail: 'Things have moved on since this card was written. Nothing was done; look at it again.' }
  ctx.log.info({ merchant: merchantId, card: card.id, kind: card.kind, action, by }, 'a person acted on a card')
  return { kind: 'done' }
}

async function deedOf(ctx: Context, merchantId: MerchantId, card: CardRow, action: string, by: string): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const paymentId = String(card.facts['paymentId'] ?? '') as PaymentId
  switch (action) {
    case 'retry':
      if (card.kind === 'effect_stuck') return [merchant.outbox.release(String(card.facts['jobId'])), merchant.cards.close(card.key, by, now)]
      return [merchant.postings.unblock(paymentId, now), merchant.outbox.releaseWith(postingJob(paymentId), { byHand: null })]
    case 'recorded':
      // It is looked for in QuickBooks, and ends there as what is found.
      return [merchant.postings.unblock(paymentId, now), merchant.outbox.releaseWith(postingJob(paymentId), { byHand: true }), merchant.cards.close(card.key, by, now)]
    case 'post_today': {
      const zone = (await merchant.connection.find())?.timeZone ?? 'UTC'
      return [merchant.postings.unblock(paymentId, now), merchant.outbox.releaseWith(postingJob(paymentId), { paidOn: localDay(now, zone), byHand: null })]
    }
    case 'post_again': {
      const connection = await merchant.connection.find()
      const lane = connection ? laneOf(connection.realmId) : `payment:${paymentId}`
      return [...merchant.postings.again(paymentId, now), merchant.outbox.wake({ id: postingJob(paymentId), lane, kind: 'post_payment', payload: { paymentId } }), merchant.cards.close(card.key, by, now)]
    }
    case 'import':
      return [...(await importWrites(ctx, merchantId, 'full')), merchant.cards.close(card.key, by, now)]
    default:
      return [merchant.cards.close(card.key, by, now)]
  }
}
