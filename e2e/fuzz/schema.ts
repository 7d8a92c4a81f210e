import * as fc from 'fast-check'

/** As much of JSON Schema 2020-12 as the API's description uses. */
export type Schema = {
  $ref?: string
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: unknown[]
  const?: unknown
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
}
export type Components = Record<string, Schema>

/** Where a value is not as its schema says; null where it is. */
export function misfit(value: unknown, schema: Schema, known: Components, at = '$'): string | null {
  if (schema.$ref) return misfit(value, referred(schema, known), known, at)
  const branches = schema.anyOf ?? schema.oneOf
  if (branches && branches.every(branch => misfit(value, branch, known, at) !== null)) return `${at} is none of what it may be`
  for (const part of schema.allOf ?? []) {
    const found = misfit(value, part, known, at)
    if (found) return found
  }
  if (schema.enum && !schema.enum.includes(value)) return `${at} is ${JSON.stringify(value)}, which is not listed`
  if ('const' in schema && value !== schema.const) return `${at} is not ${JSON.stringify(schema.const)}`
  const types = schema.type === undefined ? [] : [schema.type].flat()
  if (types.length > 0 && !types.some(type => isOf(type, value))) return `${at} is no ${types.join(' or ')}`
  if (typeof value === 'string' && schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) return `${at} does not match ${schema.pattern}`
  if (Array.isArray(value)) return firstMisfit(value.map((item, i) => [item, schema.items, `${at}[${i}]`]), known)
  return typeof value === 'object' && value !== null ? misfitOfObject(value as Record<string, unknown>, schema, known, at) : null
}

function misfitOfObject(value: Record<string, unknown>, { required = [], properties = {}, additionalProperties: more }: Schema, known: Components, at: string): string | null {
  const missing = required.find(name => !(name in value))
  if (missing) return `${at}.${missing} is missing`
  const strange = more === false ? Object.keys(value).find(name => !(name in properties)) : undefined
  if (strange) return `${at}.${strange} is not described`
  return firstMisfit(Object.entries(value).map(([name, part]) => [part, properties[name] ?? (typeof more === 'object' ? more : undefined), `${at}.${name}`]), known)
}

function firstMisfit(parts: readonly (readonly [unknown, Schema | undefined, string])[], known: Components): string | null {
  for (const [part, schema, at] of parts) {
    const found = schema ? misfit(part, schema, known, at) : null
    if (found) return found
  }
  return null
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null': return value === null
    case 'array': return Array.isArray(value)
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'integer': return Number.isInteger(value)
    default: return typeof value === type
  }
}

function referred(schema: Schema, known: Components): Schema {
  const found = known[schema.$ref?.split('/').at(-1) ?? '']
  if (!found) throw new Error(`the description names ${schema.$ref ?? ''} and does not hold it`)
  return found
}

/** Values that are as the schema says; `named` offers values that mean something for a field. */
export function fitting(schema: Schema, known: Components, named: (field: string) => readonly unknown[], field = ''): fc.Arbitrary<unknown> {
  if (schema.$ref) return fitting(referred(schema, known), known, named, field)
  const offered = named(field)
  const plain = plainly(schema, known, named, field)
  return offered.length > 0 ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...offered) }, { weight: 1, arbitrary: plain }) : plain
}

function plainly(schema: Schema, known: Components, named: (field: string) => readonly unknown[], field: string): fc.Arbitrary<unknown> {
  const branches = schema.anyOf ?? schema.oneOf
  if (branches) return fc.oneof(...branches.map(branch => fitting(branch, known, named, field)))
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if ('const' in schema) return fc.constant(schema.const)
  const types = schema.type === undefined ? ['string'] : [schema.type].flat()
  return fc.oneof(...types.map(type => ofType(type, schema, known, named, field)))
}

function ofType(type: string, schema: Schema, known: Components, named: (field: string) => readonly unknown[], field: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'null': return fc.constant(null)
    case 'boolean': return fc.boolean()
    case 'integer': return fc.integer({ min: schema.minimum ?? (schema.exclusiveMinimum ?? -1_000) + 1, max: schema.maximum ?? 2 ** 40 })
    case 'number': return fc.double({ noNaN: true, noDefaultInfinity: true })
    case 'array': return fc.array(fitting(schema.items ?? {}, known, named, field), { minLength: schema.minItems ?? 0, maxLength: Math.min(schema.maxItems ?? 5, 5) })
    case 'object': return fc.record(Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, part]) => [name, fitting(part, known, named, name)])), { requiredKeys: schema.required ?? [] })
    case 'string': return schema.pattern ? fc.stringMatching(new RegExp(schema.pattern, 'u')) : schema.format === 'uri' ? fc.webUrl() : fc.string({ unit: 'grapheme', minLength: schema.minLength ?? 0, maxLength: Math.min(schema.maxLength ?? 40, 40) })
    default: throw new Error(`no values of the type ${type} are made here`)
  }
}
