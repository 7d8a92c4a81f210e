import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Clock } from '../../kit/clock.ts'
import type { Books } from '../books/books.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { throttled, type Authorize } from '../oauth/gateway.ts'
import { mountControls } from './controls.ts'
import { faultOf } from './faults.ts'
import { mountFiles } from './files.ts'
import { createMeter } from './meter.ts'
import { timeOf, type AccountingParts, type Answer, type Call } from './parts.ts'
import { route } from './route.ts'
import { accountingState } from './state.ts'
import { createThrottle, type Limits } from './throttle.ts'

export type MountedAccounting = {
  /** For `GET /_emulator/state`: companies with their counts, the meter, the limits; with `realm` and `entity` the rows themselves. */
  state(query: Record<string, string>): object
  /** Back to the books as they were loaded; the meter and the throttle begin anew. */
  reset(): void
  /** Lifts or lowers Intuit's limits. */
  setLimits(limits: Partial<Limits>): void
}

/**
 * Mounts Intuit's Accounting API v3 at `/v3/company/:realmId`, the addresses that attachments are fetched from, and the control routes of
 * the books (`/_emulator/merge`, `/_emulator/company`, `/_emulator/person`, `/_emulator/limits`). Answers as minor version 75, whatever is asked.
 */
export function mountAccounting(
  app: Hono<{ Bindings: HttpBindings }>,
  given: { books: Books; clock: Clock; authorize: Authorize; limits?: Partial<Limits> | undefined },
): MountedAccounting {
  const meter = createMeter()
  const throttle = createThrottle(given.clock, given.limits)
  const parts: AccountingParts = { books: given.books, clock: given.clock, authorize: given.authorize, meter, throttle }
  mountFiles(app, parts)
  mountControls(app, parts)
  app.all('/v3/company/:realmId/*', async c => {
    const realmId = c.req.param('realmId')
    const caller = parts.authorize(c, realmId)
    if (caller instanceof Response) return caller
    const path = new URL(c.req.url).pathname.split('/').slice(4).map(decodeURIComponent)
    if (!throttle.admits({ realmId, appId: caller.appId, isBatch: path[0] === 'batch' }) || overBudget(parts, realmId, c.req.method, path)) return throttled(c)
    const call: Call = { c, realmId, appId: caller.appId, user: caller.user, path, query: c.req.query() }
    const answer = await answerTo(parts, call)
    if (answer.status < 300) for (const kind of answer.kinds) meter.count(realmId, kind)
    if (answer.body instanceof Response) return answer.body
    c.header('Content-Type', answer.status < 300 ? 'application/json;charset=utf-8' : 'application/json')
    c.header('QBO-Version', '2026.75')
    return c.body(JSON.stringify(answer.body), answer.status as 200)
  })
  return {
    state: query => accountingState(parts, query),
    reset() {
      parts.books.reset()
      meter.clear()
      throttle.clear()
    },
    setLimits: limits => Object.assign(throttle.limits, limits),
  }
}

async function answerTo(parts: AccountingParts, call: Call): Promise<Answer> {
  try {
    if (parts.books.company(call.realmId)?.status === 'reset') throw refuse.wasReset()
    return await route(parts, call)
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { ...faultOf(error), time: timeOf(parts) }, kinds: [] }
    throw error
  }
}

/** The free tier's reads of a month; writes go on. */
function overBudget(parts: AccountingParts, realmId: string, method: string, path: string[]): boolean {
  const reads = method === 'GET' || path[0] === 'query'
  return reads && parts.meter.of(realmId).corePlus >= parts.throttle.limits.readsPerMonth
}
