import { isObject, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'

/** One place where the emulator does not do what was recorded. `at` names it the same way on every run. */
export type Difference = { at: string; recorded: string; answered: string }

/** Members whose value belongs to the moment or to the row, so that only its kind can be compared. */
export type Volatile = (path: string) => boolean

const shownMax = 100

/** Compares two JSON values member by member. Names of array positions are left out of `at`, so that one difference in many rows is one. */
export function compareJson(where: string, recorded: Json | undefined, answered: Json | undefined, isVolatile: Volatile): Difference[] {
  const found = new Map<string, Difference>()
  const tell = (kind: string, path: string, was: Json | undefined, is: Json | undefined) => {
    const at = `${where}: ${kind} ${path}`
    if (!found.has(at)) found.set(at, { at, recorded: show(was), answered: show(is) })
  }
  walk(recorded, answered, '', { tell, isVolatile })
  return [...found.values()]
}

type Walk = { tell(kind: string, path: string, was: Json | undefined, is: Json | undefined): void; isVolatile: Volatile }

function walk(was: Json | undefined, is: Json | undefined, path: string, walker: Walk): void {
  if (was === undefined && is === undefined) return
  if (is === undefined) return walker.tell('lacks', path, was, is)
  if (was === undefined) return walker.tell('adds', path, was, is)
  if (kindOf(was) !== kindOf(is)) return walker.tell('other kind', path, was, is)
  if (Array.isArray(was) && Array.isArray(is)) {
    if (was.length !== is.length) walker.tell('other length', path, was.length, is.length)
    for (const [index, each] of was.entries()) if (index < is.length) walk(each, is[index], `${path}[]`, walker)
    return
  }
  if (isObject(was) && isObject(is)) {
    for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) walk(was[key], is[key], path === '' ? key : `${path}.${key}`, walker)
    return
  }
  if (was !== is && !walker.isVolatile(path)) walker.tell('other value', path, was, is)
}

function kindOf(value: Json): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
}

function show(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value)
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text
}

/** Which members of a JSON value there are, by kind: values do not matter. */
export function compareShape(where: string, recorded: Json, answered: Json): Difference[] {
  return compareJson(where, recorded, answered, () => true)
}

/** The properties of an object that a schema does not know. */
export function unknownProperties(where: string, object: JsonObject, known: Readonly<Record<string, unknown>>): Difference[] {
  return Object.keys(object)
    .filter(key => known[key] === undefined)
    .map(key => ({ at: `${where}: unknown to the schema ${key}`, recorded: show(object[key]), answered: 'nothing' }))
}
