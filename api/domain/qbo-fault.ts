/**
 * What a refusal of QuickBooks means for us.
 * `transient` ask again · `throttled` ask again after the pause · `stale` read afresh, then once more · `auth` the grant is not taken ·
 * `paused` the company's subscription or books are locked · `gone` the object does not exist or is inactive · `person` somebody must decide ·
 * `ours` our request was wrong · `unknown` a write of which nobody knows whether it was carried out.
 */
export type FaultClass = 'transient' | 'throttled' | 'stale' | 'auth' | 'paused' | 'gone' | 'person' | 'ours' | 'unknown'

/** Intuit's error codes (developer.intuit.com, "Error codes" and "Common errors") by what they ask of us. */
const classByCode: Readonly<Record<string, FaultClass>> = {
  100: 'auth', 110: 'auth', 120: 'auth', 3100: 'auth', 3200: 'auth', 3202: 'auth',
  140: 'paused', 150: 'paused', 5020: 'paused', 6190: 'paused',
  130: 'transient', 10000: 'transient', 3001: 'throttled',
  5010: 'stale',
  10200: 'person',
  610: 'gone', 620: 'gone', 2500: 'gone', 6250: 'gone',
  2000: 'ours', 2010: 'ours', 2030: 'ours', 2130: 'ours', 2170: 'ours', 4000: 'ours', 4001: 'ours', 4002: 'ours', 6070: 'ours', 10100: 'ours', 1040: 'ours',
}

/**
 * Names the class of a refusal. `code` is Intuit's own, with or without leading zeros; empty where the body held none.
 * A code that nobody knows is shown to a person, in Intuit's words, rather than tried for ever.
 */
export function classOfFault(fault: { status: number; code: string; isWrite: boolean }): FaultClass {
  const code = fault.code.replace(/^0+(?=\d)/, '')
  if (fault.status === 429) return 'throttled'
  const known = classByCode[code]
  if (known === 'transient' || (known === undefined && fault.status >= 500)) return fault.isWrite ? 'unknown' : 'transient'
  if (known) return known
  if (fault.status === 401 || fault.status === 403) return 'auth'
  return code === '' ? 'ours' : 'person'
}

export type FoundFault = { code: string; message: string; detail: string; element: string | null }

/**
 * Finds Intuit's fault in an answer: `Fault` or the gateway's lower-case `fault`, at the top or one level below,
 * because an HTTP 200 may carry one too. Null where there is none.
 */
export function findFault(body: unknown): FoundFault | null {
  if (!isRecord(body)) return null
  const top = faultOf(body)
  if (top) return top
  for (const value of Object.values(body))
    for (const part of Array.isArray(value) ? value : [value]) {
      const below = isRecord(part) ? faultOf(part) : null
      if (below) return below
    }
  return null
}

function faultOf(part: Record<string, unknown>): FoundFault | null {
  const fault = part['Fault'] ?? part['fault']
  if (!isRecord(fault)) return null
  const errors = fault['Error'] ?? fault['error']
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined
  if (!isRecord(first)) return { code: '', message: text(fault['type']) || 'a fault without an error', detail: '', element: null }
  const message = text(first['Message'] ?? first['message'])
  return {
    code: text(first['code']) || (/errorCode=0*(\d+)/.exec(message)?.[1] ?? ''),
    message,
    detail: text(first['Detail'] ?? first['detail']),
    element: text(first['element']) || null,
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
