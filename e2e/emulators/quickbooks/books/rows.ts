import type { DatabaseSync } from 'node:sqlite'
import { linksOf, rowOf } from './columns.ts'
import { entities, type EntityName } from './entities.ts'
import type { JsonObject } from './json.ts'
import { openStatements, type Statements } from './statements.ts'
import { columnNames } from './tables.ts'

/** The rows of every company, without any rule of bookkeeping. Reads give the stored object, names not yet joined. */
export type Rows = Statements & {
  get(realm: string, entity: EntityName, id: string): JsonObject | undefined
  /** Writes a row; the first write after loading keeps what was there before. */
  put(realm: string, entity: EntityName, object: JsonObject, nowMs: number): void
  /** Writes a row as part of the books as they are loaded. */
  load(realm: string, entity: EntityName, object: JsonObject, nowMs: number): void
  remove(realm: string, entity: EntityName, id: string, nowMs: number): void
  /** The rows whose lines point to this one, e.g. the Payments of an Invoice. */
  linkedTo(realm: string, entity: EntityName, id: string): { entity: string; id: string }[]
  nextId(realm: string, space: string): number
  /** Keeps the counter above `value`; `loaded` says that it belongs to the books as they were loaded. */
  raise(realm: string, space: string, value: number, loaded: boolean): void
  reset(): void
}

const key = 'realm = ? and entity = ? and id = ?'
const insertRow = `insert or replace into row (${columnNames.join(', ')}) values (${columnNames.map(() => '?').join(', ')})`
const keepOriginal = `insert or ignore into original select row.*, 1 from row where ${key}`
const keepAbsence = `insert or ignore into original (${columnNames.join(', ')}, existed)
  select ?, ?, ?, 0, 0, 0, 0, 0, null, null, null, null, null, null, null, null, null, null, '', 0 where not exists (select 1 from row where ${key})`

export function openRows(db: DatabaseSync): Rows {
  const statements = openStatements(db)
  const { all, run } = statements
  const relink = (realm: string, entity: EntityName, id: string, object: JsonObject | undefined) => {
    if (entity !== 'Payment' && entity !== 'Deposit') return
    run('delete from link where realm = ? and from_entity = ? and from_id = ?', realm, entity, id)
    for (const link of object ? linksOf(object) : []) run('insert or ignore into link values (?, ?, ?, ?, ?)', realm, entity, id, link.entity, link.id)
  }
  const write = (realm: string, entity: EntityName, object: JsonObject, nowMs: number) => {
    const row = rowOf(realm, entities[entity], object, nowMs)
    run(insertRow, ...columnNames.map(name => row[name]))
    relink(realm, entity, row.id, object)
    return row.id
  }
  const keep = (realm: string, entity: EntityName, id: string) => {
    run(keepAbsence, realm, entity, id, realm, entity, id)
    run(keepOriginal, realm, entity, id)
  }
  return {
    ...statements,
    get(realm, entity, id) {
      const found = all(`select body from row where ${key}`, realm, entity, id)[0]
      return found && (JSON.parse(String(found['body'])) as JsonObject)
    },
    put(realm, entity, object, nowMs) {
      keep(realm, entity, String(object['Id']))
      write(realm, entity, object, nowMs)
    },
    load(realm, entity, object, nowMs) {
      const id = write(realm, entity, object, nowMs)
      run(`delete from original where ${key}`, realm, entity, id)
    },
    remove(realm, entity, id, nowMs) {
      keep(realm, entity, id)
      run(`delete from row where ${key}`, realm, entity, id)
      relink(realm, entity, id, undefined)
      run('insert or replace into gone values (?, ?, ?, ?)', realm, entity, id, nowMs)
    },
    linkedTo: (realm, entity, id) =>
      all('select from_entity, from_id from link where realm = ? and to_entity = ? and to_id = ? order by cast(from_id as integer)', realm, entity, id).map(row => ({
        entity: String(row['from_entity']),
        id: String(row['from_id']),
      })),
    nextId: (realm, space) => Number(all('insert into counter values (?, ?, 1, 0) on conflict do update set value = value + 1 returning value', realm, space)[0]?.['value']),
    raise: (realm, space, value, loaded) =>
      run('insert into counter values (?, ?, ?, ?) on conflict do update set value = max(value, excluded.value), base = max(base, excluded.base)', realm, space, value, loaded ? value : 0),
    reset() {
      const touched = all("select realm, entity, id, body, existed from original where entity in ('Payment', 'Deposit')")
      run('delete from row where rowid in (select row.rowid from original o join row on row.realm = o.realm and row.entity = o.entity and row.id = o.id)')
      run(`insert into row select ${columnNames.join(', ')} from original where existed = 1`)
      for (const row of touched) {
        const before = row['existed'] === 1 ? (JSON.parse(String(row['body'])) as JsonObject) : undefined
        relink(String(row['realm']), row['entity'] as EntityName, String(row['id']), before)
      }
      db.exec('delete from original; delete from gone; delete from replay; delete from sent; update counter set value = base; update company set body = base')
    },
  }
}
