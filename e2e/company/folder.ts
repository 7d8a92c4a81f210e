import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fieldsOf, refAt, textAt, type Fields } from './fields.ts'
import { entities, type CompanyPart, type EntityName } from './generate.ts'
import { readJsonArray } from './json-array.ts'

/** Said to the person who named the folder: which file, which object, what is wrong with it. */
export class CompanyFolderError extends Error {
  override readonly name = 'CompanyFolderError'
}

/**
 * A company kept as `DIR/<Entity>.json`, each an array of Intuit's own JSON objects, read as a stream. Missing entities are taken as empty,
 * unknown fields are kept. Throws a CompanyFolderError at once where the folder is no such folder, and while it is read where an object is unusable.
 */
export function readCompanyFolder(folder: string): Iterable<CompanyPart> {
  const path = resolve(folder)
  if (!existsSync(path) || !statSync(path).isDirectory()) throw new CompanyFolderError(`${path} is not a folder. Name one that holds Customer.json, Invoice.json and so on.`)
  const present = entities.filter(entity => existsSync(join(path, `${entity}.json`)))
  for (const file of readdirSync(path)) {
    const entity = entities.find(entity => file !== `${entity}.json` && file.toLowerCase() === `${entity}.json`.toLowerCase())
    if (entity) throw new CompanyFolderError(`${join(path, file)} has to be called ${entity}.json.`)
  }
  if (present.length === 0) throw new CompanyFolderError(`${path} holds none of ${entities.map(entity => `${entity}.json`).join(', ')}.`)
  return { [Symbol.iterator]: () => parts(path, present) }
}

function* parts(path: string, present: readonly EntityName[]): Generator<CompanyPart> {
  for (const entity of present) yield { entity, objects: { [Symbol.iterator]: () => objectsOf(path, entity) } }
}

function* objectsOf(path: string, entity: EntityName): Generator<object> {
  const file = join(path, `${entity}.json`)
  const elements = readJsonArray(file)
  for (let index = 0; ; index++) {
    const next = step(elements, file)
    if (next.done) return
    yield usable(next.value, entity, `${file}: object ${index}`)
  }
}

function step(elements: Generator, file: string): IteratorResult<unknown> {
  try {
    return elements.next()
  } catch (error) {
    throw new CompanyFolderError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** What the books cannot do without: an Id everywhere, and the customer where something is owed or paid. */
function usable(value: unknown, entity: EntityName, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new CompanyFolderError(`${where} is not a JSON object.`)
  const fields = fieldsOf(value)
  const id = textAt(fields, 'Id')
  if (id === undefined) throw new CompanyFolderError(`${where} has no Id.${entity in fields ? ` It is wrapped in "${entity}": keep the inner object alone.` : ''}`)
  const customer = fields['CustomerRef']
  if (owing.has(entity) && (typeof customer !== 'object' || customer === null || refAt(fields, 'CustomerRef') === undefined)) {
    throw new CompanyFolderError(`${where} (Id ${id}) has no CustomerRef.value.`)
  }
  return fields
}

const owing: ReadonlySet<EntityName> = new Set(['Invoice', 'Payment', 'CreditMemo'])
