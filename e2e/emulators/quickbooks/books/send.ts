import type { EntityName } from './entities.ts'
import { objectAt, textAt, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { stamp } from './times.ts'
import { bumped, type Work } from './work.ts'

/** Marks a transaction as e-mailed to `sendTo`, or to its own BillEmail; a payment has none, so it must be told. Throws a Refusal. */
export function send(work: Work, entity: EntityName, id: string, sendTo: string | undefined): JsonObject {
  if (work.company.status === 'lapsed') throw refuse.lapsed()
  const standing = work.find(entity, id)
  if (!standing) throw refuse.notFound()
  const address = sendTo ?? textAt(objectAt(standing, 'BillEmail'), 'Address')
  if (address === undefined) throw entity === 'Payment' ? refuse.missing('sendTo') : refuse.business('You must specify an email address to send this transaction to.')
  if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address) || address.length > 100) throw refuse.business(`The email address ${address} is not valid.`)
  const delivered: JsonObject =
    entity === 'Payment' ? {} : { EmailStatus: 'EmailSent', BillEmail: { Address: address }, DeliveryInfo: { DeliveryType: 'Email', DeliveryTime: stamp(work.nowMs) } }
  work.save(entity, bumped(work, { ...standing, ...delivered }))
  work.rows.run('insert into sent values (?, ?, ?, ?, ?, ?)', work.realm, stamp(work.nowMs).slice(0, 10), entity, id, address, work.nowMs)
  work.announce(entity, id, 'Emailed')
  work.settle()
  return work.find(entity, id) ?? standing
}
