import pino from 'pino'
import type { Log } from './ports.ts'
import { currentTrace } from './trace.ts'

const secretKeys = new Set(['authorization', 'cookie', 'token', 'accessToken', 'refreshToken', 'clientSecret', 'secret', 'password', 'code', 'email', 'to', 'body'])

/** What gives itself away by its shape, inside whatever text it stands in: our own tokens (ids are shorter), vendors' keys, codes and tokens, signed tokens, e-mail addresses. */
const secretShapes: readonly (readonly [RegExp, string])[] = [
  [/(lnk|ses|chk|mst|qk|qst|brw)_[\w-]{40,}/g, '$1_…'],
  [/((?:sk|rk)_(?:test|live)|whsec)_\w{8,}/g, '$1_…'],
  // Words end in “re_” too; a JSON escape before it is no part of a word.
  [/(?<=^|\W|\\[bfnrt]|\\u[0-9a-f]{4})re_\w{8,}/g, 're_…'],
  [/_secret_\w+/g, '_secret_…'],
  // Intuit's codes and refresh tokens. The 26 letters of an id are left to chance and may begin like a code, which is longer.
  [/AB11[\w-]{23,}/g, 'AB11…'],
  [/RT1-[\w-]{16,}/g, 'RT1-…'],
  [/Bearer [\w.~+/=-]+/g, 'Bearer …'],
  [/eyJ[\w-]{8,}\.[\w.-]+/g, 'eyJ…'],
  // What JSON writes with a backslash before an address is no part of it.
  [/(\\u[0-9a-f]{4}|\\.)?[\w.+-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/gi, '$1…@…'],
]

/** Whether one of them may be there at all: most lines are passed on after this one look. */
const mayHoldSecret = /(?:lnk|ses|chk|mst|qk|qst|brw|sk_test|sk_live|rk_test|rk_live|whsec|re|secret)_|AB11|RT1-|Bearer |eyJ|@|%40/

/** Lines gather while the last ones are written, so that a slow reader of the log holds up nobody. At an exit all are written; what a kill loses are lines, no facts. */
const standardOutput = () => pino.destination({ dest: 1, sync: false })

/** JSON lines on standard output, or wherever `destination` takes them. Secrets are left out by the names of their fields and by their shape, even where somebody passes them. */
export function createLog(level: string, destination: { write(line: string): void } = standardOutput()): Log {
  return pino({
    level, base: null, timestamp: isoTime(),
    // The trace itself must not take up the fields of one line.
    mixin: () => ({ ...currentTrace() }),
    formatters: { log: fields => withoutSecrets(fields, 1) },
    serializers: { err: (error: Error) => withoutSecrets({ ...pino.stdSerializers.err(error) }, 0) },
    hooks: { streamWrite: line => (mayHoldSecret.test(line) ? secretShapes.reduce((text, [shape, instead]) => text.replaceAll(shape, instead), line) : line) },
  }, destination)
}

/** As pino writes it; many lines are of one millisecond. */
function isoTime(): () => string {
  let at = 0
  let text = ''
  return () => {
    const now = Date.now()
    if (now === at) return text
    at = now
    return (text = `,"time":"${new Date(now).toISOString()}"`)
  }
}

/** The fields that may be written, and of the objects among them likewise, so many levels down. */
function withoutSecrets(fields: Readonly<Record<string, unknown>>, levels: number): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const name in fields) if (!secretKeys.has(name)) kept[name] = levels > 0 && isPlain(fields[name]) ? withoutSecrets(fields[name], levels - 1) : fields[name]
  return kept
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Error)
}

/** For tests that do not read the log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }
