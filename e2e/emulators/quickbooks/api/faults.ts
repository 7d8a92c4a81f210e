import type { JsonObject } from '../books/json.ts'
import type { Refusal } from '../books/refusal.ts'

/** One error of a Fault, as QuickBooks writes it; `element` is there where QuickBooks names one, be it empty. */
export function faultOf(refusal: Refusal): JsonObject {
  const error: JsonObject = { Message: refusal.message, Detail: refusal.detail, code: refusal.code }
  if (refusal.element !== undefined) error['element'] = refusal.element
  return { Fault: { Error: [error], type: refusal.type } }
}
