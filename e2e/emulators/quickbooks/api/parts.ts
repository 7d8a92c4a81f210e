import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { Clock } from '../../kit/clock.ts'
import type { Books } from '../books/books.ts'
import type { JsonObject } from '../books/json.ts'
import { stampWithMs } from '../books/times.ts'
import type { Authorize } from '../oauth/gateway.ts'
import type { CallKind, Meter } from './meter.ts'
import type { Throttle } from './throttle.ts'

/** What every handler of the Accounting API works with. */
export type AccountingParts = { books: Books; clock: Clock; authorize: Authorize; meter: Meter; throttle: Throttle }

/** One admitted call. */
export type Call = {
  c: Context<{ Bindings: HttpBindings }>
  realmId: string
  appId: string
  user: string
  /** The rest of the path, e.g. `['invoice', '12', 'pdf']`. */
  path: string[]
  query: Record<string, string>
}

/** A handler's answer before it is written; `kinds` are what the meter counts when it is 2xx. */
export type Answer = { status: number; body: JsonObject | Response; kinds: CallKind[] }

export function ok(body: JsonObject | Response, ...kinds: CallKind[]): Answer {
  return { status: 200, body, kinds }
}

export function read(name: string): CallKind {
  return { class: 'corePlus', name }
}

export function wrote(name: string): CallKind {
  return { class: 'core', name }
}

/** The answer's `time` member: Intuit's own clock, with thousandths. */
export function timeOf(parts: { clock: Clock }): string {
  return stampWithMs(parts.clock.now())
}
