import { entities, entityNamed } from '../books/entities.ts'
import { isObject, objectsAt, textAt, type JsonObject } from '../books/json.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { faultOf } from './faults.ts'
import type { CallKind } from './meter.ts'
import { ok, read, timeOf, wrote, type AccountingParts, type Answer, type Call } from './parts.ts'
import { runQuery } from './query/run.ts'
import { shownAlone } from './shown.ts'
import { bodyOf, carryOut, checkRequestId, remembered } from './writes.ts'

const itemsMax = 30
const requestIdMax = 36
const bIdMax = 10

/** Up to 30 independent writes and queries in one call. What fails fails alone: its item carries the Fault and the call is HTTP 200. */
export async function batch(parts: AccountingParts, call: Call): Promise<Answer> {
  const body = await bodyOf(call)
  const items = objectsAt(body, 'BatchItemRequest')
  const unknown = Object.keys(body).find(key => key !== 'BatchItemRequest')
  if (unknown !== undefined) throw refuse.unknownProperty(`Unrecognized field "${unknown}" (class com.intuit.schema.finance.v3.IntuitBatchRequest)`)
  if (items.length === 0) throw refuse.missing('BatchItemRequest')
  if (items.length > itemsMax) {
    throw new Refusal({ code: '1040', message: 'Maximum number of batch items exceeded', detail: `The batch has ${items.length} items; at most ${itemsMax} are allowed` })
  }
  const requestId = call.query['requestid']
  if (requestId !== undefined) {
    checkRequestId(requestId, requestIdMax)
    for (const item of items) checkRequestId(textAt(item, 'bId') ?? '', bIdMax)
  }
  const before = remembered(parts, call)
  if (before) return before
  const kinds: CallKind[] = []
  const answers = items.map(item => answerTo(parts, call, item, kinds))
  const answer = { BatchItemResponse: answers, time: timeOf(parts) }
  if (requestId !== undefined) parts.books.remember(call.realmId, requestId, answer)
  return ok(answer, ...kinds)
}

function answerTo(parts: AccountingParts, call: Call, item: JsonObject, kinds: CallKind[]): JsonObject {
  const bId = textAt(item, 'bId')
  try {
    if (bId === undefined) throw refuse.missing('bId')
    const done = typeof item['Query'] === 'string' ? queried(parts, call, item['Query']) : written(parts, call, item)
    kinds.push(done.kind)
    return { ...done.body, bId }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { ...faultOf(error), ...(bId === undefined ? {} : { bId }) }
  }
}

function queried(parts: AccountingParts, call: Call, query: string): { body: JsonObject; kind: CallKind } {
  const answer = runQuery(parts.books, call.realmId, query)
  return { body: { QueryResponse: answer.QueryResponse }, kind: read(`query ${answer.entity}`) }
}

function written(parts: AccountingParts, call: Call, item: JsonObject): { body: JsonObject; kind: CallKind } {
  const key = Object.keys(item).find(name => entities[name as keyof typeof entities] !== undefined)
  const entity = key === undefined ? undefined : entityNamed(key)
  const body = key === undefined ? undefined : item[key]
  if (!entity || !isObject(body)) throw refuse.unknownProperty('Unrecognized entity of a batch item: it')
  const operation = textAt(item, 'operation')
  if (operation === undefined) throw refuse.missing('operation')
  const options = textAt(item, 'optionsData')
  const done = carryOut(parts, call, entity, { body, query: { operation, ...(options === undefined ? {} : { include: options }) } })
  const object = done.object['status'] === 'Deleted' ? done.object : shownAlone(parts, call, entity, done.object)
  return { body: { [entity.name]: object }, kind: wrote(`${done.operation} ${entity.name}`) }
}
