/** What a JSON text can hold. */
export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = { [key: string]: Json }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under `key`, or an empty one. */
export function objectAt(owner: JsonObject, key: string): JsonObject {
  const value = owner[key]
  return isObject(value) ? value : {}
}

/** The objects in the array under `key`; none when there is no array. */
export function objectsAt(owner: JsonObject, key: string): JsonObject[] {
  const value = owner[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The text under `key`; numbers and booleans are written out, as Intuit's parser does; undefined when absent or empty. */
export function textAt(owner: JsonObject, key: string): string | undefined {
  const value = owner[key]
  if (typeof value === 'string') return value === '' ? undefined : value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

/** The id that a reference under `key` points to: `{"CustomerRef": {"value": "1"}}` → "1". */
export function refAt(owner: JsonObject, key: string): string | undefined {
  return textAt(objectAt(owner, key), 'value')
}

/** Intuit's parser takes `true` and `"true"` alike. */
export function flagAt(owner: JsonObject, key: string): boolean {
  return owner[key] === true || owner[key] === 'true'
}
