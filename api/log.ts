import pino from 'pino'
import type { Log } from './ports.ts'
import { currentTrace } from './trace.ts'

const secretKeys = ['authorization', 'cookie', 'token', 'accessToken', 'refreshToken', 'clientSecret', 'secret', 'password', 'code', 'email', 'to', 'body']

/** What gives itself away by its shape, inside whatever text it stands in: our own tokens (ids are shorter), vendors' keys, signed tokens, e-mail addresses. */
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/(lnk|ses|chk|mst|qk|qst|brw)_[\w-]{40,}/g, '$1_…'],
  [/((?:sk|rk)_(?:test|live)|whsec)_\w{8,}/g, '$1_…'],
  // Words end in “re_” too; a JSON escape before it is no part of a word.
  [/(?<=^|\W|\\[bfnrt]|\\u[0-9a-f]{4})re_\w{8,}/g, 're_…'],
  [/_secret_\w+/g, '_secret_…'],
  [/Bearer [\w.~+/=-]+/g, 'Bearer …'],
  [/eyJ[\w-]{8,}\.[\w.-]+/g, 'eyJ…'],
  // What JSON writes with a backslash before an address is no part of it.
  [/(\\u[0-9a-f]{4}|\\.)?[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/gi, '$1…@…'],
]

/** JSON lines on standard output, or wherever `destination` takes them. Secrets are left out by the names of their fields and by their shape, even where somebody passes them. */
export function createLog(level: string, destination: { write(line: string): void } = pino.destination(1)): Log {
  return pino({
    level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: secretKeys.flatMap(key => [key, `*.${key}`]), remove: true },
    // The trace itself must not take up the fields of one line.
    mixin: () => ({ ...currentTrace() }),
    hooks: { streamWrite: line => secretShapes.reduce((text, [shape, instead]) => text.replaceAll(shape, instead), line) },
  }, destination)
}

/** For tests that do not read the log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
