import { entities, entityNames, type EntityName } from './entities.ts'
import type { JsonObject } from './json.ts'
import { nameJoiner } from './references.ts'
import type { Rows } from './rows.ts'
import { countOf, pageOf, type Selection } from './select.ts'

/** What can be asked of the books. Objects come as the API shows them, with the names of today in their references. */
export function readsOf(rows: Rows) {
  const joined = (realmId: string, entity: EntityName, found: Record<string, unknown>[]): JsonObject[] => {
    const join = nameJoiner(rows, realmId)
    return found.map(row => join(entity, bodyOf(row)))
  }
  return {
    read: (realmId: string, entity: EntityName, id: string): JsonObject | undefined =>
      joined(realmId, entity, rows.all('select body from row where realm = ? and entity = ? and id = ?', realmId, entity, id))[0],
    /** Every object of an entity, inactive ones included, lowest id first, one at a time. */
    *list(realmId: string, entity: EntityName): Generator<JsonObject> {
      const join = nameJoiner(rows, realmId)
      for (const row of rows.iterate('select body from row where realm = ? and entity = ? order by seq', realmId, entity)) yield join(entity, bodyOf(row))
    },
    counts: (realmId: string): Record<string, number> =>
      Object.fromEntries(entityNames.map(entity => [entity, Number(rows.all('select count(*) as total from row where realm = ? and entity = ?', realmId, entity)[0]?.['total'])])),
    page(realmId: string, selection: Selection): JsonObject[] {
      const statement = pageOf(realmId, selection, entities[selection.entity].kind !== 'list')
      return joined(realmId, selection.entity, rows.all(statement.sql, ...statement.values))
    },
    total(realmId: string, selection: Selection): number {
      const statement = countOf(realmId, selection)
      return Number(rows.all(statement.sql, ...statement.values)[0]?.['total'])
    },
    /** What changed at or after an instant, oldest first, and the ids of what was deleted since. */
    changes(realmId: string, entity: EntityName, sinceMs: number, limit: number): { objects: JsonObject[]; gone: { id: string; at: number }[] } {
      const found = rows.all('select body from row where realm = ? and entity = ? and updated >= ? order by updated, seq limit ?', realmId, entity, sinceMs, limit)
      const gone = rows.all('select id, at from gone where realm = ? and entity = ? and at >= ? order by at limit ?', realmId, entity, sinceMs, Math.max(0, limit - found.length))
      return { objects: joined(realmId, entity, found), gone: gone.map(row => ({ id: String(row['id']), at: Number(row['at']) })) }
    },
    /** E-mails sent by a company on the Pacific calendar day of `day`. */
    sentOn: (realmId: string, day: string): number => Number(rows.all('select count(*) as total from sent where realm = ? and day = ?', realmId, day)[0]?.['total']),
    /** The answer that was given to a `requestid` before, if any. */
    replayed(realmId: string, key: string): { body: unknown } | undefined {
      const found = rows.all('select body from replay where realm = ? and key = ?', realmId, key)[0]
      return found && { body: JSON.parse(String(found['body'])) as unknown }
    },
    file(realmId: string, id: string): Uint8Array<ArrayBuffer> | undefined {
      const content = rows.all('select content from file where realm = ? and id = ?', realmId, id)[0]?.['content']
      return content instanceof Uint8Array ? new Uint8Array(content) : undefined
    },
  }
}

function bodyOf(row: Record<string, unknown>): JsonObject {
  return JSON.parse(String(row['body'])) as JsonObject
}
