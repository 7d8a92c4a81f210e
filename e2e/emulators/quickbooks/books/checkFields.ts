import { isDecimal } from './amounts.ts'
import type { EntityName } from './entities.ts'
import { fields, lineFields, type Field } from './fields.ts'
import { isObject, objectAt, objectsAt, textAt, type Json, type JsonObject } from './json.ts'
import { refuse } from './refusal.ts'
import { isDate } from './times.ts'

/**
 * Holds a request's body against the schema: unknown property or wrong kind (2010), too long (2050), outside an enumeration (2170),
 * and for a company in the US characters beyond ISO-8859-1 (2040). Throws a Refusal.
 */
export function checkFields(entity: EntityName, body: JsonObject, country: string): void {
  checkAgainst(fields[entity], entity, body, '', country)
  for (const line of objectsAt(body, 'Line')) checkAgainst(lineFields, 'Line', line, 'Line.', country)
  const memo = textAt(objectAt(body, 'CustomerMemo'), 'value') ?? ''
  if (memo.length > 1000) throw refuse.tooLong('CustomerMemo', 1000, memo.length)
  for (const name of ['BillEmail', 'PrimaryEmailAddr']) {
    const address = textAt(objectAt(body, name), 'Address') ?? ''
    if (address.length > 100) throw refuse.tooLong(name, 100, address.length)
  }
}

function checkAgainst(known: Readonly<Record<string, Field>>, owner: string, body: JsonObject, prefix: string, country: string): void {
  for (const [name, value] of Object.entries(body)) {
    const field = known[name]
    if (!field) throw refuse.unknownProperty(unrecognized(owner, name, known))
    if (value === null) continue
    checkKind(field, prefix + name, value)
    if (country === 'US') checkCharacters(prefix + name, value)
  }
}

function checkKind(field: Field, name: string, value: Json): void {
  switch (field.kind) {
    case 'owned':
      return
    case 'text': {
      if (typeof value === 'object') throw notA('java.lang.String', name, value)
      const text = String(value)
      if (text.length > field.max) throw refuse.tooLong(name, field.max, text.length)
      if (field.closed && text !== '' && !field.closed.includes(text)) throw refuse.badEnumeration(name, text)
      return
    }
    case 'number':
      if (!isDecimal(value)) throw notA('java.math.BigDecimal', name, value)
      return
    case 'flag':
      if (typeof value !== 'boolean' && value !== 'true' && value !== 'false') throw notA('java.lang.Boolean', name, value)
      return
    case 'date':
      if (typeof value !== 'string' || !isDate(value.slice(0, 10))) throw notA('java.util.Date', name, value)
      return
    case 'ref':
      if (!isObject(value)) throw notA('com.intuit.schema.finance.v3.ReferenceType', name, value)
      return
    case 'object':
      if (!isObject(value)) throw notA('java.lang.Object', name, value)
      return
    case 'array':
      if (!Array.isArray(value) || !value.every(isObject)) throw notA('java.util.ArrayList', name, value)
  }
}

function checkCharacters(name: string, value: Json): void {
  if (typeof value === 'string') {
    if ([...value].some(character => (character.codePointAt(0) ?? 0) > 0xff)) throw refuse.badCharacters(name)
  } else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) checkCharacters(name, inner)
  }
}

function notA(type: string, name: string, value: Json) {
  return refuse.unknownProperty(`Can not deserialize instance of ${type} out of the value ${JSON.stringify(value).slice(0, 80)} (through reference chain: "${name}")`)
}

/** Intuit lists the properties it knows and cuts the list at about a thousand characters. */
function unrecognized(owner: string, name: string, known: Readonly<Record<string, Field>>): string {
  const names = Object.keys(known)
  const listed = names.map(each => `"${each}"`).join(', ')
  const cut = listed.length > 1000 ? `${listed.slice(0, listed.lastIndexOf(',', 1000))} [truncated]` : listed
  return `Unrecognized field "${name}" (class com.intuit.schema.finance.v3.${owner}), not marked as ignorable (${names.length} known properties: ${cut}])\n`
}
