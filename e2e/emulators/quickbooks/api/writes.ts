import type { Entity, Operation } from '../books/entities.ts'
import { isObject, type JsonObject } from '../books/json.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { ok, wrote, type AccountingParts, type Answer, type Call } from './parts.ts'

const requestIdMax = 50

/** The request's JSON object; anything else is refused with 2010 as by Intuit's parser. */
export async function bodyOf(call: Call): Promise<JsonObject> {
  const parsed = parseJson(await call.c.req.text())
  if (!isObject(parsed)) throw refuse.unknownProperty('failed to parse json object; a property')
  return parsed
}

/** Carries out one write, alone or in a batch, and says what it was. */
export function carryOut(
  parts: AccountingParts,
  call: { realmId: string; user: string },
  entity: Entity,
  asked: { body: JsonObject; query: Record<string, string> },
): { operation: Operation; object: JsonObject } {
  const operation = operationOf(asked.query, asked.body)
  const allowDuplicateNumber = (asked.query['include'] ?? '').toLowerCase().includes('allowduplicatedocnum')
  return { operation, object: parts.books.write(call.realmId, { entity: entity.name, operation, body: asked.body, user: call.user, allowDuplicateNumber }) }
}

/** The answer that this `requestid` got before: nothing is written twice, whatever the second request says. */
export function remembered(parts: AccountingParts, call: Call): Answer | undefined {
  const requestId = call.query['requestid']
  if (requestId === undefined) return undefined
  checkRequestId(requestId, requestIdMax)
  const before = parts.books.replayed(call.realmId, requestId)
  return before && ok(before.body as JsonObject, wrote('replay'))
}

/** Throws the fault 2130 where a request id is empty or too long. */
export function checkRequestId(requestId: string, max: number): void {
  if (requestId.length > 0 && requestId.length <= max) return
  throw new Refusal({ code: '2130', message: 'Invalid Request Id Format', detail: `Invalid Request Id Format : the request id must have 1 to ${max} characters. Supplied length:${requestId.length}` })
}

function operationOf(query: Record<string, string>, body: JsonObject): Operation {
  const asked = query['operation']?.toLowerCase()
  const voids = (query['include'] ?? '').toLowerCase() === 'void'
  switch (asked) {
    case undefined:
      return body['Id'] === undefined && body['SyncToken'] === undefined ? 'create' : 'update'
    case 'create':
    case 'delete':
    case 'void':
      return asked
    case 'update':
      return voids ? 'void' : 'update'
    default:
      throw refuse.unsupported(asked)
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
