import { classOfFault } from '../domain/qbo-fault.ts'
import type { Clock, Log, QboAnswer, QboCredentials, QboFailure } from '../ports.ts'
import type { QboRead } from './answer.ts'
import { createLimiter } from './limiter.ts'

/** Since August 2025 Intuit answers every request as this version, whatever it asks for. */
const minorVersion = '75'
const inFlightMax = 8
const perSecondMax = 8
/** Intuit's rule for a 429: leave the company alone for a minute. */
const pauseMs = 60_000

export type QboRequest = {
  at: QboCredentials
  method: 'GET' | 'POST'
  /** Below `/v3/company/<realm>/`. */
  path: string
  query?: Record<string, string>
  body?: { text: string; contentType: string }
  accept?: string
  /** A write that gets no answer may have been carried out; a read may just be repeated. */
  isWrite: boolean
}
export type RequestOptions = {
  apiUrl: string
  timeoutMs: number
  clock: Clock
  log: Log
  /** Calls a second and company; 8 where absent, below Intuit's 10. */
  perSecondMax?: number
  /** Told of each call that Intuit counts. */
  meter(realmId: string, kind: 'read' | 'write'): void
  /** Told how long each call took and how it failed, if it did. */
  onCall?(ms: number, failure: QboFailure['class'] | null): void
}
export type Reader<T> = (bytes: Uint8Array) => QboRead<T>
export type Requester = <T>(request: QboRequest, read: Reader<T>) => Promise<QboAnswer<T>>

/** The one way to QuickBooks: limits, time-out, meter, and one detector for every shape of fault. */
export function createRequester(options: RequestOptions): Requester {
  const limiter = createLimiter({ inFlightMax, perSecondMax: options.perSecondMax ?? perSecondMax })
  const pausedUntil = new Map<string, number>()
  return async (request, read) => {
    const restMs = (pausedUntil.get(request.at.realmId) ?? 0) - options.clock.now()
    if (restMs > 0) return failed({ ...noFault, class: 'throttled', message: 'QuickBooks asked for a pause', retryAfterMs: restMs })
    const asked = performance.now()
    let began = asked
    const answer = await limiter.run(request.at.realmId, () => {
      began = performance.now()
      return send(options, request, read)
    })
    if (!answer.ok && answer.failure.class === 'throttled') pausedUntil.set(request.at.realmId, options.clock.now() + (answer.failure.retryAfterMs ?? pauseMs))
    tell(options, request, answer, { ms: performance.now() - began, waitedMs: began - asked })
    return answer
  }
}

/** Intuit asks for the `intuit_tid` of a call that is reported to it, so each call's is written down, also of those that went well. */
function tell(options: RequestOptions, request: QboRequest, answer: QboAnswer<unknown>, { ms, waitedMs }: { ms: number; waitedMs: number }): void {
  options.onCall?.(ms, answer.ok ? null : answer.failure.class)
  const call = { realm: request.at.realmId, method: request.method, path: request.path, ms: Math.round(ms), waitedMs: Math.round(waitedMs) }
  if (answer.ok) return options.log.info({ ...call, intuitTid: answer.intuitTid }, 'QuickBooks answered')
  // A field called `code` is left out of every line, because codes to sign in are.
  const { message: _unsafe, detail: _private, code: fault, ...fields } = answer.failure
  options.log.warn({ ...call, ...fields, fault }, 'QuickBooks did not answer as asked')
}

const noFault: QboFailure = { class: 'unknown', code: '', message: '', detail: '', status: 0, intuitTid: null, retryAfterMs: null }
const failed = (failure: QboFailure): { ok: false; failure: QboFailure } => ({ ok: false, failure })

async function send<T>(options: RequestOptions, request: QboRequest, read: Reader<T>): Promise<QboAnswer<T>> {
  let response: Response
  let bytes: Uint8Array
  try {
    response = await fetch(addressOf(options.apiUrl, request), {
      method: request.method,
      headers: { authorization: `Bearer ${request.at.accessToken}`, accept: request.accept ?? 'application/json', ...(request.body ? { 'content-type': request.body.contentType } : {}) },
      ...(request.body ? { body: request.body.text } : {}),
      signal: AbortSignal.timeout(options.timeoutMs),
      redirect: 'error',
    })
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    return failed({ ...noFault, class: request.isWrite ? 'unknown' : 'transient', message: `no answer: ${reasonOf(error)}` })
  }
  if (response.ok) options.meter(request.at.realmId, request.isWrite ? 'write' : 'read')
  const intuitTid = response.headers.get('intuit_tid')
  const { fault, value } = read(bytes)
  if (fault || !response.ok) {
    const told = fault ?? { code: '', message: `HTTP ${response.status}`, detail: '' }
    const kind = classOfFault({ status: response.status, code: told.code, isWrite: request.isWrite })
    const retryAfterMs = kind === 'throttled' ? retryAfter(response) : null
    return failed({ class: kind, code: told.code, message: told.message, detail: told.detail, status: response.status, intuitTid, retryAfterMs })
  }
  if (value === null) return failed({ ...noFault, class: request.isWrite ? 'unknown' : 'transient', message: 'an answer that cannot be read', status: response.status, intuitTid })
  return { ok: true, value, intuitTid }
}

function addressOf(apiUrl: string, request: QboRequest): string {
  return `${apiUrl}/v3/company/${encodeURIComponent(request.at.realmId)}/${request.path}?${new URLSearchParams({ ...request.query, minorversion: minorVersion })}`
}

/** Intuit documents no Retry-After; where one comes it is followed, but never below a second. */
function retryAfter(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? Math.max(1000, seconds * 1000) : pauseMs
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'broken connection'
  const cause = error.cause instanceof Error ? error.cause.message : ''
  return error.name === 'TimeoutError' ? 'timed out' : cause || error.message
}
