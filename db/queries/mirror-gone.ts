import type { Write } from '../client.ts'
import { write } from '../sql.ts'
import type { MerchantId } from '../values.ts'
import { archivedBy } from './mirror-rows.ts'

type Gone = { qboId: string; at: number }

/** The rows that are named in an object of times by QuickBooks' ids. */
const among = `merchant_id = ?1 and qbo_id in (select key from json_each(?2))`
const later = `qbo_updated_at = max(qbo_updated_at, json_extract(?2, '$."' || qbo_id || '"'))`
const atById = (gone: readonly Gone[]) => JSON.stringify(Object.fromEntries(gone.map(({ qboId, at }) => [qboId, at])))

/** What QuickBooks no longer holds. Nothing is deleted here: it is archived, or says that it is gone. */
export const goneQueries = (merchantId: MerchantId) => ({
  archiveInvoices: (gone: readonly Gone[], now: number): Write =>
    write(`update invoices set archived_at = ?3, archived_reason = '${archivedBy.deletion}', ${later} where ${among} and archived_at is null`, merchantId, atById(gone), now),
  archiveCustomers: (gone: readonly Gone[], now: number): Write =>
    write(`update customers set active = 0, archived_at = ?3, archived_reason = '${archivedBy.deletion}', ${later} where ${among} and archived_at is null`, merchantId, atById(gone), now),
  deletePayments: (gone: readonly Gone[]): Write => write(`update qbo_payments set state = 'deleted', ${later} where ${among}`, merchantId, atById(gone)),
  deleteCredits: (gone: readonly Gone[]): Write => write(`update credit_memos set state = 'deleted', ${later} where ${among}`, merchantId, atById(gone)),
  /** After a merge everything of the customer that is gone belongs to the one that was kept; the links and sessions of either go on working. */
  mergeCustomers: (goneQboId: string, keptQboId: string, now: number): Write[] => {
    const ids = `(select id from customers where merchant_id = ?1 and qbo_id = ?2)`
    const kept = `(select id from customers where merchant_id = ?1 and qbo_id = ?3)`
    const move = (table: string) => write(`update ${table} set customer_id = ${kept} where merchant_id = ?1 and customer_id = ${ids}`, merchantId, goneQboId, keptQboId)
    return [
      ...['invoices', 'credit_memos', 'qbo_payments', 'payments', 'checkouts', 'links'].map(move),
      write(`update or ignore provider_customers set customer_id = ${kept} where merchant_id = ?1 and customer_id = ${ids}`, merchantId, goneQboId, keptQboId),
      write(`update or ignore customer_emails set customer_id = ${kept} where merchant_id = ?1 and customer_id = ${ids}`, merchantId, goneQboId, keptQboId),
      write(`delete from customer_emails where merchant_id = ?1 and customer_id = ${ids}`, merchantId, goneQboId),
      write(
        `update sessions set customer_ids = (select json_group_array(distinct iif(value = ${ids}, ${kept}, value)) from json_each(sessions.customer_ids))
         where merchant_id = ?1 and ${ids} in (select value from json_each(sessions.customer_ids))`,
        merchantId, goneQboId, keptQboId),
      write(`update customers set parent_qbo_id = ?3 where merchant_id = ?1 and parent_qbo_id = ?2`, merchantId, goneQboId, keptQboId),
      write(`update customers set active = 0, balance = 0, archived_at = coalesce(archived_at, ?4), archived_reason = '${archivedBy.merge}' where merchant_id = ?1 and qbo_id = ?2 and ?3 is not null`, merchantId, goneQboId, keptQboId, now),
    ]
  },
})
