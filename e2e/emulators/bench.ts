import { Hono } from 'hono'
import type { FaultRequest } from './kit/faults.ts'
import { listen } from './kit/server.ts'

export const startMs = Date.parse('2026-11-20T18:15:00Z')

export type Answer = { status: number; headers: Record<string, string>; body: unknown }
export type Received = { body: string; isGenuine: boolean }
export type Http = ReturnType<typeof httpOf>

/** Plain HTTP to one emulator, as its callers and its controls speak it. JSON comes parsed, anything else as text. */
export function httpOf(url: string, authorization = '') {
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> => {
    const type = body === undefined ? {} : { 'content-type': body instanceof URLSearchParams ? 'application/x-www-form-urlencoded' : 'application/json' }
    const response = await fetch(url + path, {
      method,
      headers: { accept: 'application/json', authorization, ...type, ...headers },
      body: body === undefined ? null : body instanceof URLSearchParams ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return { status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? (JSON.parse(text) as unknown) : text }
  }
  return {
    ask,
    state: async <T>(query = ''): Promise<T> => (await ask('GET', `/_emulator/state${query}`)).body as T,
    order: (fault: FaultRequest) => ask('POST', '/_emulator/faults', fault),
    /** How many faults wait for their call. */
    waiting: async () => ((await ask('GET', '/_emulator/faults')).body as { waiting: unknown[] }).waiting.length,
    letGo: () => ask('DELETE', '/_emulator/faults'),
    advance: (advanceMs: number) => ask('POST', '/_emulator/clock', { advanceMs }),
  }
}

/** An app's address for webhooks: it keeps what comes, and takes only what is signed as it should be. */
export async function startReceiver(isSigned: (headers: Headers, body: string) => boolean) {
  const received: Received[] = []
  const app = new Hono()
  app.post('/hooks', async c => {
    const body = await c.req.text()
    const isGenuine = isSigned(c.req.raw.headers, body)
    received.push({ body, isGenuine })
    return c.body(null, isGenuine ? 200 : 401)
  })
  const { url, close } = await listen(app)
  return { url: `${url}/hooks`, received, close }
}
