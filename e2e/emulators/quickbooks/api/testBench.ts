import type { HttpBindings } from '@hono/node-server'
import type { Hono } from 'hono'
import { createClock, type Clock } from '../../kit/clock.ts'
import { createFaults } from '../../kit/faults.ts'
import { createEmulator, listen } from '../../kit/server.ts'
import { openBooks, type Change } from '../books/books.ts'
import type { EntityName } from '../books/entities.ts'
import type { JsonObject } from '../books/json.ts'
import { starterRows } from '../books/starter.ts'
import { throttled, unauthorized } from '../oauth/gateway.ts'
import { mountAccounting, type MountedAccounting } from './mount.ts'
import type { Limits } from './throttle.ts'

export const realm = '9341000000000001'
const unlimited: Partial<Limits> = { perMinuteRealm: 1e9, perSecondApp: 1e9, batchPerMinuteApp: 1e9, batchPerMinuteRealm: 1e9 }

export type BenchAnswer = { status: number; headers: Headers; body: JsonObject; text: string }
export type AccountingBench = Awaited<ReturnType<typeof startAccounting>>

/** The Accounting API over HTTP with one company in trade, behind a gateway that lets everybody in. */
export async function startAccounting(options: { limits?: Partial<Limits>; clock?: Clock; path?: string; currency?: string; country?: string } = {}) {
  const clock = options.clock ?? createClock(Date.parse('2026-11-20T18:15:00Z'))
  const books = openBooks({ clock, ...(options.path === undefined ? {} : { path: options.path }) })
  const changes: Change[] = []
  books.onChange(change => changes.push(change))
  if (!books.company(realm)) {
    books.createCompany(realm, { name: 'Alder & Finch', ...(options.country === undefined ? {} : { country: options.country }) })
    for (const [entity, objects] of starterRows({ currency: 'USD' }, clock.now())) books.load(realm, entity, objects)
  }
  let accounting: MountedAccounting | undefined
  const app = createEmulator({
    name: 'quickbooks',
    clock,
    faults: createFaults(),
    shapes: { throttled, unauthorized: c => unauthorized(c, clock, 'Token expired') },
    routes: (routes: Hono<{ Bindings: HttpBindings }>) => {
      accounting = mountAccounting(routes, { books, clock, authorize: () => ({ appId: 'app', user: 'Avery Alder' }), limits: options.limits ?? unlimited })
    },
    state: query => accounting?.state(query) ?? {},
    reset: () => accounting?.reset(),
  })
  const server = await listen(app)
  const call = async (method: string, path: string, body?: string | FormData | object): Promise<BenchAnswer> => {
    const raw = typeof body === 'string' || body instanceof FormData || body === undefined
    const response = await fetch(`${server.url}${path}`, { method, headers: { accept: 'application/json', ...(raw ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }) })
    const text = await response.text()
    const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
    return { status: response.status, headers: response.headers, text, body: isJson ? (JSON.parse(text) as JsonObject) : {} }
  }
  return {
    url: server.url,
    clock,
    books,
    changes,
    call,
    get: (path: string) => call('GET', `/v3/company/${realm}/${path}`),
    post: (path: string, body?: string | FormData | object) => call('POST', `/v3/company/${realm}/${path}`, body),
    query: (text: string) => call('GET', `/v3/company/${realm}/query?query=${encodeURIComponent(text)}`),
    control: (path: string, body: object) => call('POST', `/_emulator/${path}`, body),
    /** Writes and gives back the object; throws where the answer is no success. */
    async made(entity: EntityName, body: object, query = ''): Promise<JsonObject> {
      const answer = await call('POST', `/v3/company/${realm}/${entity.toLowerCase()}${query}`, body)
      if (answer.status !== 200) throw new Error(`${entity}: ${answer.text}`)
      return answer.body[entity] as JsonObject
    },
    setLimits: (limits: Partial<Limits>) => accounting?.setLimits(limits),
    async close() {
      await server.close()
      books.close()
    },
  }
}

/** The code of the one error in a Fault. */
export function faultCode(answer: BenchAnswer): string | undefined {
  const fault = answer.body['Fault'] as { Error: { code: string }[] } | undefined
  return fault?.Error[0]?.code
}

export const invoiceFor = (customerId: string, amount: number): object => ({
  CustomerRef: { value: customerId },
  Line: [{ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } }],
})

export const payment = (customerId: string, total: number, lines: [string, number][], type = 'Invoice'): object => ({
  CustomerRef: { value: customerId },
  TotalAmt: total,
  Line: lines.map(([id, amount]) => ({ Amount: amount, LinkedTxn: [{ TxnId: id, TxnType: type }] })),
})
