import * as fc from 'fast-check'
import { type Components, type Schema, fitting } from './schema.ts'

type Media = Record<string, { schema: Schema }>
type Parameter = { name: string; in: 'path' | 'query'; required?: boolean; schema: Schema }
export type Operation = { method: string; path: string; parameters: Parameter[]; body: Schema | null; responses: Record<string, { content?: Media }> }
export type Description = { operations: Operation[]; known: Components }
export type Wanted = {
  operation: Operation
  caller: string
  path: string
  method: string
  headers: Record<string, string>
  body: string | Uint8Array | null
  /** What was done to it after it was right; empty for a request that is as described. */
  mutations: string[]
  /** False where it may no longer be this operation that is asked. */
  isDescribed: boolean
}

type Written = { paths: Record<string, Record<string, { parameters?: Parameter[]; requestBody?: { content: Media }; responses: Operation['responses'] }>>; components: { schemas: Components } }

/** The operations of an OpenAPI description. */
export function readDescription(written: unknown): Description {
  const { paths, components } = written as Written
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({ method: method.toUpperCase(), path, parameters, body: requestBody?.content['application/json']?.schema ?? null, responses })))
  return { operations, known: components.schemas }
}

const odd: readonly unknown[] = [null, true, 0, -1, 0.1, 1e21, Number.MAX_SAFE_INTEGER, '', ' ', '\u0000', '\uD800', '\u202E', 'ÿ'.repeat(300), 'x'.repeat(10_000), [], {}, [[[[]]]], { __proto__: null, constructor: 1 }, '1 or 1=1', '%00', '../..', '<script>', '𒐫', '٣', '1e3', '0x10', 'NaN']
const oddPaths: readonly string[] = ['%00', '..%2F..', '%E0%A4%A', '%27%20or%201=1--', 'x'.repeat(5_000), '%F0%9F%92%A9', '.', '..', '%2e%2e', '%0d%0aset-cookie:a=b', ' ', ';', '*']
const oddHeaders: readonly [string, string][] = [
  ['accept-language', 'x-\u00ff;q=9,,*;q=1e9'], ['accept-language', 'en-'.repeat(400)], ['authorization', 'Bearer'], ['authorization', 'Bearer \u00ff'.repeat(50)], ['authorization', 'Basic YTpi'],
  ['content-type', 'application/json; charset=utf-16'], ['content-type', 'text/plain'], ['content-type', 'multipart/form-data'], ['content-type', ''], ['content-encoding', 'gzip'], ['origin', 'null'], ['origin', 'https://elsewhere.example'],
  ['x-forwarded-for', '1.2.3, ::ffff:1.2.3.4, %'], ['cookie', 'quittance=%E0%A4%A; __Host-quittance=x; ;=;'], ['range', 'bytes=0-'], ['if-none-match', '*'], ['x-http-method-override', 'DELETE'], ['transfer-encoding', 'chunked'],
]

/** Requests of every operation: a third of them as described, the rest mutated. `named` offers values for a field, `callers` names who might ask. */
export function requestsOf({ operations, known }: Description, named: (field: string, path: string) => readonly unknown[], callers: (path: string) => readonly string[]): fc.Arbitrary<Wanted> {
  return fc.gen().map(value => {
    const draw: Draw = arb => value(() => arb)
    const operation = draw(fc.constantFrom(...operations))
    const offered = (field: string) => named(field, operation.path)
    const given = operation.parameters.flatMap(each => (each.required || draw(fc.boolean()) ? { ...each, value: String(draw(fitting(each.schema, known, offered, each.name))).toWellFormed() } : []))
    const inPath = (name: string) => encodeURIComponent(given.find(each => each.in === 'path' && each.name === name)?.value ?? '') || 'x'
    const query = new URLSearchParams(given.filter(each => each.in === 'query').map(each => [each.name, each.value]))
    const wanted: Wanted = {
      operation, caller: draw(fc.constantFrom(...callers(operation.path))), method: operation.method, headers: operation.body ? { 'content-type': 'application/json' } : {},
      path: operation.path.replaceAll(/\{\w+\}/g, name => inPath(name.slice(1, -1))) + (query.size > 0 ? `?${query}` : ''),
      body: operation.body ? JSON.stringify(draw(fitting(operation.body, known, offered))) : null, mutations: [], isDescribed: true,
    }
    const count = draw(fc.constantFrom(0, 1, 1, 2, 3))
    for (let i = 0; i < count; i++) mutate(wanted, draw)
    return wanted
  })
}

type Draw = <T>(arb: fc.Arbitrary<T>) => T

function mutate(wanted: Wanted, draw: Draw): void {
  const pick = <T>(values: readonly T[]): T => draw(fc.constantFrom(...values))
  const kinds = ['query', 'path', 'header', 'caller', ...(wanted.body === null ? ['a body', 'method'] : ['field', 'field', 'field', 'without', 'with', 'raw', 'raw'])] as const
  const kind = pick(kinds)
  wanted.mutations.push(kind)
  switch (kind) {
    case 'query': {
      const [path = '', query = ''] = wanted.path.split('?')
      const name = pick([...wanted.operation.parameters.filter(each => each.in === 'query').map(each => each.name), 'unknown'])
      wanted.path = `${path}?${query}${query ? '&' : ''}${name}=${pick([...odd.filter(value => typeof value !== 'object').map(value => encodeURIComponent(String(value).toWellFormed())), '%E0%A4%A', '%00', '+', ''])}`
      return
    }
    case 'path': {
      const parts = wanted.path.split('/')
      parts[pick([...parts.keys()].slice(2))] = pick(oddPaths)
      wanted.path = parts.join('/')
      wanted.isDescribed = false
      return
    }
    case 'header': {
      const [name, value] = pick(oddHeaders)
      wanted.headers[name] = value
      return
    }
    case 'caller': {
      wanted.headers['authorization'] = `Bearer ${pick(['lnk_', 'ses_', 'qk_', 'mst_', ''])}${'a'.repeat(pick([0, 9, 43, 190, 4_000]))}`
      return
    }
    case 'method': {
      wanted.method = pick(['PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'HEAD', 'PROPFIND'])
      wanted.isDescribed = false
      return
    }
    case 'a body':
    case 'raw': {
      const bad = pick(['', 'null', '[]', '{', '{"a":', '['.repeat(20_000), '{"a":1e999}', '"\\ud800"', `{"a":"${'x'.repeat(70_000)}"}`, String(wanted.body).slice(0, -2), `${String(wanted.body)}}`, '{"__proto__":{"a":1}}'])
      wanted.body = pick([bad, bad, new Uint8Array([...Buffer.from(bad.slice(0, 1_000)), 0xff, 0xfe, 0xc0, 0])])
      if (wanted.method === 'GET') wanted.body = null
      return
    }
    case 'field':
    case 'with':
    case 'without': {
      if (typeof wanted.body !== 'string') return
      wanted.body = changed(wanted.body, kind, pick)
    }
  }
}

/** The JSON with one of its parts replaced, taken out, or beside something that nobody knows. */
function changed(text: string, how: 'field' | 'with' | 'without', pick: <T>(values: readonly T[]) => T): string {
  if (!/^[[{]/.test(text)) return text
  const whole: unknown = JSON.parse(/[\]}]$/.test(text) && isJson(text) ? text : '{}')
  const holders: Record<string, unknown>[] = []
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return
    holders.push(value as Record<string, unknown>)
    Object.values(value).forEach(visit)
  }
  visit(whole)
  const holder = pick(holders)
  const names = Object.keys(holder)
  if (how === 'with' || names.length === 0) holder[pick(['unknown', '', 'constructor', 'id', 'merchantId'])] = pick(odd)
  else if (how === 'without') delete holder[pick(names)]
  else holder[pick(names)] = pick(odd)
  return JSON.stringify(whole)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
}
