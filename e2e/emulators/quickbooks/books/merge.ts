import { amount, cents } from './amounts.ts'
import { isObject, refAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { entities, entityNames } from './entities.ts'
import { isBelow, renameChildren } from './lists.ts'
import { bumped, moveAncestors, type Work } from './work.ts'

/**
 * Joins two customers into one, as a person does in QuickBooks' own screens by giving one the other's name: transactions and jobs
 * move to `keepId` without a new SyncToken, and `goneId` vanishes. The only event is Merge. Throws a Refusal (610) where one is missing.
 */
export function mergeCustomers(work: Work, keepId: string, goneId: string): JsonObject {
  const keep = work.find('Customer', keepId)
  const gone = work.find('Customer', goneId)
  if (!keep || !gone || keepId === goneId) throw refuse.notFound()
  if (refAt(keep, 'CurrencyRef') !== refAt(gone, 'CurrencyRef')) throw refuse.business('Customers with different currencies cannot be merged.')
  if (isBelow(work, keep, goneId) || isBelow(work, gone, keepId)) throw refuse.business('A customer cannot be merged with its own job.')
  moveAncestors(work, gone, -cents(gone['BalanceWithJobs']))
  const now = work.find('Customer', keepId) ?? keep
  const own = cents(gone['Balance'])
  const withJobs = cents(gone['BalanceWithJobs'])
  work.rows.put(
    work.realm,
    'Customer',
    bumped(work, { ...now, Balance: amount(cents(now['Balance']) + own), BalanceWithJobs: amount(cents(now['BalanceWithJobs']) + withJobs) }),
    work.nowMs,
  )
  moveAncestors(work, now, withJobs)
  for (const entity of entityNames) repoint(work, entity, { keepId, goneId })
  renameChildren(work, entities.Customer, work.find('Customer', keepId) ?? now)
  work.rows.remove(work.realm, 'Customer', goneId, work.nowMs)
  work.announce('Customer', keepId, 'Merge', goneId)
  return work.find('Customer', keepId) ?? now
}

function repoint(work: Work, entity: (typeof entityNames)[number], ids: { keepId: string; goneId: string }): void {
  const column = entity === 'Customer' ? 'parent' : 'customer'
  for (const row of work.rows.all(`select body from row where realm = ? and entity = ? and ${column} = ?`, work.realm, entity, ids.goneId)) {
    const object = JSON.parse(String(row['body'])) as JsonObject
    const key = entity === 'Customer' ? 'ParentRef' : 'CustomerRef'
    const ref = object[key]
    if (isObject(ref) && textAt(ref, 'value') === ids.goneId) work.rows.put(work.realm, entity, { ...object, [key]: { ...ref, value: ids.keepId } }, work.nowMs)
  }
}
