import { and, eq } from 'drizzle-orm'
import type { Write } from '../client.ts'
import { postings } from '../schema/index.ts'
import { type Db, mustHaveChangedOne, write } from '../sql.ts'
import type { MerchantId, Minor, PaymentId } from '../values.ts'
import type { PostingRow } from './payments.ts'

/** The writing of captured payments into QuickBooks. */
export const postingQueries = (db: Db, merchantId: MerchantId) => ({
  find: async (paymentId: PaymentId): Promise<PostingRow | null> =>
    (await db.orm.select().from(postings).where(and(eq(postings.merchantId, merchantId), eq(postings.paymentId, paymentId))))[0] ?? null,
  /** `sentSince` where it may have reached QuickBooks already: it is looked for there first. */
  owe: (paymentId: PaymentId, sentSince: number | null = null): Write =>
    write(`insert into postings (merchant_id, payment_id, generation, state, unapplied, first_sent_at) values (?, ?, 1, 'waiting', 0, ?)`, merchantId, paymentId, sentSince),
  /** Notes, before the call, that from now on the request may have reached QuickBooks. */
  sending: (paymentId: PaymentId, now: number): Write => write(`update postings set first_sent_at = coalesce(first_sent_at, ?) where merchant_id = ? and payment_id = ?`, now, merchantId, paymentId),
  posted: (paymentId: PaymentId, posted: { qboId: string; syncToken: string; unapplied: Minor; now: number }): Write[] => [
    write(
      `update postings set state = 'posted', qbo_id = ?, sync_token = ?, unapplied = cast(? as integer), posted_at = coalesce(posted_at, ?), problem = null
       where merchant_id = ? and payment_id = ? and state <> 'diverged' and (qbo_id is null or qbo_id = ?)`,
      posted.qboId, posted.syncToken, posted.unapplied, posted.now, merchantId, paymentId, posted.qboId),
    mustHaveChangedOne,
  ],
  block: (paymentId: PaymentId, problem: string): Write => write(`update postings set state = 'blocked', problem = ? where merchant_id = ? and payment_id = ? and state in ('waiting', 'blocked')`, problem, merchantId, paymentId),
  /**
   * A person has seen that QuickBooks refused, and asks for another try. QuickBooks is looked at first, for they may have recorded it there meanwhile;
   * and the try has a key of its own, for under the old one the refusal might be repeated.
   */
  unblock: (paymentId: PaymentId, now: number): Write =>
    write(
      `update postings set state = 'waiting', problem = null, generation = generation + 1, first_sent_at = coalesce(first_sent_at, ?) where merchant_id = ? and payment_id = ? and state = 'blocked'`,
      now, merchantId, paymentId),
  /** QuickBooks definitely did not carry it out: the next try is another request. */
  renew: (paymentId: PaymentId): Write => write(`update postings set generation = generation + 1 where merchant_id = ? and payment_id = ? and state = 'waiting'`, merchantId, paymentId),
  /** A person has recorded the money in QuickBooks in their own way. */
  byHand: (paymentId: PaymentId, now: number): Write => write(`update postings set state = 'by_hand', posted_at = ?, problem = null where merchant_id = ? and payment_id = ? and state = 'waiting'`, now, merchantId, paymentId),
  /** QuickBooks no longer holds what was posted, or holds something else. */
  diverge: (paymentId: PaymentId, problem: string): Write => write(`update postings set state = 'diverged', problem = ? where merchant_id = ? and payment_id = ?`, problem, merchantId, paymentId),
  /** A person asked for the posting anew, having seen that QuickBooks does not hold it. */
  again: (paymentId: PaymentId, now: number): Write[] => [
    write(
      `update postings set state = 'waiting', generation = generation + 1, qbo_id = null, sync_token = null, first_sent_at = ?, posted_at = null, problem = null
       where merchant_id = ? and payment_id = ? and state = 'diverged'`,
      now, merchantId, paymentId),
    mustHaveChangedOne,
  ],
})
