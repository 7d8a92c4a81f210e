import { invalid } from './failure.ts'

/** A decoded parameter: text, a list or named fields. */
export type FormValue = string | FormValue[] | { [name: string]: FormValue }
export type FormFields = { [name: string]: FormValue }

const nestingMax = 8
const fieldsMax = 1000

/**
 * Reads a form body or a query in Stripe's bracket notation: `a[b]=1`, `a[]=1`, `a[0][b]=1`.
 * Throws a 400 where a name is malformed, too deep, or used in two shapes.
 */
export function readForm(text: string): FormFields {
  const root: Branch = new Map()
  const fields = [...new URLSearchParams(text)]
  if (fields.length > fieldsMax) throw invalid(`You passed more than ${fieldsMax} parameters.`)
  for (const [name, value] of fields) plant(root, pathOf(name), value, name)
  return Object.fromEntries([...root].map(([name, branch]) => [name, valueOf(branch)]))
}

type Branch = Map<string, Branch | string>

function pathOf(name: string): string[] {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name)
  if (!match) throw invalid(`Invalid parameter name: ${name}`, { param: name })
  const [, head = '', tail = ''] = match
  const path = [head, ...[...tail.matchAll(/\[([^[\]]*)\]/g)].map(part => part[1] ?? '')]
  if (path.length > nestingMax) throw invalid(`The parameter ${head} is nested too deeply.`, { param: name })
  return path
}

function plant(branch: Branch, path: readonly string[], value: string, name: string): void {
  const [first = '', ...rest] = path
  const key = first === '' ? String(branch.size) : first
  if (rest.length === 0) {
    if (branch.get(key) instanceof Map) throw invalid(`Invalid parameter: ${name}`, { param: name })
    branch.set(key, value)
    return
  }
  const next = branch.get(key) ?? new Map<string, Branch | string>()
  if (typeof next === 'string') throw invalid(`Invalid parameter: ${name}`, { param: name })
  branch.set(key, next)
  plant(next, rest, value, name)
}

function valueOf(branch: Branch | string): FormValue {
  if (typeof branch === 'string') return branch
  const keys = [...branch.keys()]
  if (keys.every(key => /^\d+$/.test(key))) return [...branch.values()].map(valueOf)
  return Object.fromEntries([...branch].map(([key, value]) => [key, valueOf(value)]))
}
