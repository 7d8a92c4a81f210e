import { fromDecimal, type Minor } from './amounts.ts'

/** One of Intuit's JSON objects, of which anything may be missing. */
export type Fields = { readonly [name: string]: unknown }

/** Takes a parsed JSON value for an object. Throws a TypeError otherwise. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`not a JSON object: ${JSON.stringify(value)}`)
  return value as Fields
}

/** The objects in the array under `name`; none where there is no array. */
export function listAt(fields: Fields, name: string): Fields[] {
  const value = fields[name]
  return Array.isArray(value) ? value.map(fieldsOf) : []
}

/** The object under `name`, or an empty one. */
export function partAt(fields: Fields, name: string): Fields {
  const value = fields[name]
  return value === undefined || value === null ? {} : fieldsOf(value)
}

export function textAt(fields: Fields, name: string): string | undefined {
  const value = fields[name]
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The id in a reference: `{"CustomerRef": {"value": "7"}}` → "7". */
export function refAt(fields: Fields, name: string): string | undefined {
  return textAt(partAt(fields, name), 'value')
}

/** The amount under `name` in minor units, 0 where it is missing. Throws a RangeError that says which field is wrong. */
export function amountAt(fields: Fields, name: string, currency: string): Minor {
  const value = fields[name]
  if (value === undefined || value === null) return 0
  try {
    return fromDecimal(value, currency)
  } catch (error) {
    throw new RangeError(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
