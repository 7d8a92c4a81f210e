import type { EntityName } from './entities.ts'
import type { JsonObject } from './json.ts'
import { mergeCustomers } from './merge.ts'
import { nameJoiner } from './references.ts'
import { refuse } from './refusal.ts'
import type { Rows } from './rows.ts'
import { send } from './send.ts'
import { beginWork, type Change, type Company, type Work } from './work.ts'
import { write, type Order } from './write.ts'

export type WriteParts = { companyOf(realmId: string): Company | undefined; now(): number; tell(change: Change): void }

/** What can be done to the books; each is kept whole or throws a Refusal, and listeners hear of it afterwards. */
export function writesOf(rows: Rows, parts: WriteParts) {
  const working = <T>(realmId: string, carryOut: (work: Work) => T): T => {
    const company = parts.companyOf(realmId)
    if (!company) throw refuse.notFound()
    const work = beginWork(rows, company, parts.now())
    const done = rows.atomic(() => carryOut(work))
    for (const change of work.changes) parts.tell(change)
    return done
  }
  return {
    /** One write by the API or by a person. */
    write(realmId: string, order: Order): JsonObject {
      const done = working(realmId, work => write(work, order))
      return nameJoiner(rows, realmId)(order.entity, done)
    },
    send(realmId: string, entity: EntityName, id: string, sendTo: string | undefined): JsonObject {
      const sent = working(realmId, work => send(work, entity, id, sendTo))
      return nameJoiner(rows, realmId)(entity, sent)
    },
    merge: (realmId: string, keepId: string, goneId: string): JsonObject => working(realmId, work => mergeCustomers(work, keepId, goneId)),
    /** Keeps the answer to a `requestid`; the first one stays. */
    remember: (realmId: string, key: string, body: object): void => rows.run('insert or ignore into replay values (?, ?, ?, ?)', realmId, key, parts.now(), JSON.stringify(body)),
    keepFile: (realmId: string, id: string, content: Uint8Array): void => rows.run('insert or replace into file values (?, ?, ?)', realmId, id, content),
  }
}
