import { cents } from './amounts.ts'
import type { Entity } from './entities.ts'
import { objectAt, objectsAt, refAt, textAt, type JsonObject } from './json.ts'
import { parseTime } from './times.ts'

/** One stored row: the columns that a filter may use, and Intuit's JSON object itself. */
export type Row = {
  realm: string
  entity: string
  id: string
  seq: number
  sync: number
  created: number
  updated: number
  active: number
  name: string | null
  sort: string | null
  doc: string | null
  txn_date: string | null
  due_date: string | null
  customer: string | null
  parent: string | null
  balance: number | null
  total: number | null
  ref_num: string | null
  body: string
}

/** Takes the columns out of an object. `nowMs` stands in where the object has no MetaData. */
export function rowOf(realm: string, entity: Entity, object: JsonObject, nowMs: number): Row {
  const meta = objectAt(object, 'MetaData')
  const updated = parseTime(textAt(meta, 'LastUpdatedTime') ?? '') ?? nowMs
  const id = textAt(object, 'Id') ?? ''
  const name = entity.named ? (textAt(object, entity.named) ?? null) : null
  return {
    realm,
    entity: entity.name,
    id,
    seq: Number.isFinite(Number(id)) ? Number(id) : 0,
    sync: Number(textAt(object, 'SyncToken') ?? 0),
    created: parseTime(textAt(meta, 'CreateTime') ?? '') ?? updated,
    updated,
    active: object['Active'] === false || object['Active'] === 'false' ? 0 : 1,
    name,
    sort: entity.kind === 'list' ? (textAt(object, 'FullyQualifiedName') ?? name ?? id) : null,
    doc: textAt(object, 'DocNumber') ?? null,
    txn_date: textAt(object, 'TxnDate') ?? null,
    due_date: textAt(object, 'DueDate') ?? null,
    customer: refAt(object, 'CustomerRef') ?? null,
    parent: refAt(object, 'ParentRef') ?? null,
    balance: object['Balance'] === undefined ? null : cents(object['Balance']),
    total: object['TotalAmt'] === undefined ? null : cents(object['TotalAmt']),
    ref_num: textAt(object, 'PaymentRefNum') ?? null,
    body: JSON.stringify(object),
  }
}

/** A transaction that this one is linked to by its lines, and how much of it. */
export type Link = { entity: string; id: string; amount: number }

/** What the lines of a Payment or a Deposit point to, one entry per target. */
export function linksOf(object: JsonObject): Link[] {
  const byTarget = new Map<string, Link>()
  for (const line of objectsAt(object, 'Line')) {
    for (const linked of objectsAt(line, 'LinkedTxn')) {
      const id = textAt(linked, 'TxnId')
      const entity = textAt(linked, 'TxnType')
      if (id === undefined || entity === undefined) continue
      const known = byTarget.get(`${entity} ${id}`)
      if (known) known.amount += cents(line['Amount'])
      else byTarget.set(`${entity} ${id}`, { entity, id, amount: cents(line['Amount']) })
    }
  }
  return [...byTarget.values()]
}
