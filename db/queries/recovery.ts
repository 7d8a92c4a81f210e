import type { Write } from '../client.ts'
import { type Db, write } from '../sql.ts'
import type { MerchantId } from '../values.ts'

export type Recovery = { since: number; beganAt: number }

/** One merchant whose rows came from an old copy of the database. */
export const recoveryQueries = (db: Db, merchantId: MerchantId) => ({
  /** The recovery that has not ended; null where the rows are to be trusted. */
  underWay: async (): Promise<Recovery | null> =>
    (await db.rows<Recovery>(`select since, began_at beganAt from recoveries where merchant_id = ? and ended_at is null`, [merchantId]))[0] ?? null,
  /** From here on the rows are old. A posting that was owed then may have been carried out since: QuickBooks is looked at first. */
  begin: (since: number, now: number): Write[] => [
    write(
      `insert into recoveries (merchant_id, since, began_at) values (?, ?, ?)
       on conflict (merchant_id) do update set since = iif(recoveries.ended_at is null, min(recoveries.since, excluded.since), excluded.since), began_at = excluded.began_at, ended_at = null`,
      merchantId, since, now),
    write(`update postings set first_sent_at = coalesce(first_sent_at, ?) where merchant_id = ? and state = 'waiting'`, since, merchantId),
  ],
  /** Letters that were owed so long ago that the mail service no longer knows whether it carried them. */
  dropLetters: (owedBefore: number): Write =>
    write(`delete from outbox where merchant_id = ? and kind = 'send_mail' and state in ('ready', 'leased') and created_at < ?`, merchantId, owedBefore),
  end: (now: number): Write => write(`update recoveries set ended_at = ? where merchant_id = ? and ended_at is null`, now, merchantId),
})

export const recoveryControl = (db: Db) => ({
  /** When the file that we live on was copied; null where it is no copy. */
  copyTakenAt: async (): Promise<number | null> => (await db.rows<{ at: number | null }>(`select min(taken_at) at from copies`))[0]?.at ?? null,
  /** The file is a copy no longer; to stand behind what was concluded from it. */
  forgetCopy: (): Write => write(`delete from copies`),
})
