import * as fc from 'fast-check'
import { createApp } from '../../api/app.ts'
import { loadAssets } from '../../api/pages/assets.ts'
import { payerOf } from '../flows/payer.ts'
import { rowsOf } from '../flows/rows.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'
import { type Wanted, readDescription, requestsOf } from './requests.ts'
import { misfit } from './schema.ts'
import { forgedWebhooks } from './webhooks.ts'

/** One request that was answered otherwise than is promised. */
export type Finding = { seed: number; what: string; request: string }
export type Fuzzed = { sent: number; ms: number; statuses: Record<string, number>; findings: Finding[] }
export type FuzzOptions = { count: number; from: number; onProgress?: (done: number, total: number) => void }

type App = ReturnType<typeof createApp>
type Grants = { callers: Record<string, Record<string, string>>; values: Record<string, readonly unknown[]> }

const findingsMax = 20
const renewEvery = 250
const seedsAtOnce = 500
/** What would take the ground from under all that follows. */
const notByStaff = ['POST /v1/merchant/disconnect', 'DELETE /v1/merchant/session']

/**
 * Asks the API `count` times, as its own description says and otherwise; seed `from + i` makes the i-th request, which rests on what those before it left behind.
 * No answer may be a failure of the server, and each must be described: its status, its type and its body.
 */
export async function fuzzRequests({ count, from, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const world = await startWorld({ invoices: 60 })
  try {
    const app = await appOf(world)
    const description = readDescription(await (await app.request('/openapi.json')).json())
    let grants = await renewed(world)
    const arbitrary = requestsOf(description, (field, path) => grants.values[`${path} ${field}`] ?? grants.values[field] ?? [], path => [...Object.keys(grants.callers), ...usual(path), ...usual(path)])
    return await each({ count, from, ...(onProgress ? { onProgress } : {}) }, async seed => {
      if ((seed - from) % renewEvery === 0) grants = await renewed(world)
      const [wanted] = fc.sample(arbitrary, { seed, numRuns: 1 })
      if (!wanted) throw new Error('nothing was generated')
      const caller = notByStaff.includes(`${wanted.operation.method} ${wanted.operation.path}`) ? {} : grants.callers[wanted.caller]
      const answer = await app.fetch(requestOf(world.apiUrl, wanted, caller ?? {}), cameFrom(seed))
      const what = await wrongWith(answer, wanted, description.known)
      return { status: answer.status, ...(what ? { what, request: told(wanted) } : {}) }
    })
  } finally {
    await world.close()
  }
}

/** Sends `count` webhooks that are not Intuit's or Stripe's own: none may be taken, and none may be a failure of the server. */
export async function fuzzWebhooks({ count, from, onProgress }: FuzzOptions): Promise<Fuzzed> {
  const world = await startWorld({ invoices: 60 })
  try {
    const app = await appOf(world)
    const { outside, merchant } = world
    const arbitrary = forgedWebhooks({ verifier: outside.quickbooks.app.verifierToken, stripe: outside.stripe.webhookSecret }, realmId, merchant.merchantId, () => outside.clock.now())
    await world.settled()
    const before = rowsOf(world)['inbox']
    const fuzzed = await each({ count, from, ...(onProgress ? { onProgress } : {}) }, async seed => {
      const [forged] = fc.sample(arbitrary, { seed, numRuns: 1 })
      if (!forged) throw new Error('nothing was generated')
      const answer = await app.fetch(new Request(`${world.apiUrl}/hooks/${forged.system}`, { method: 'POST', headers: forged.headers, body: forged.body }), cameFrom(seed))
      await answer.arrayBuffer()
      const what = answer.status < 400 ? `a webhook with a wrong ${forged.wrong} was taken` : answer.status >= 500 ? 'a failure of the server' : null
      return { status: answer.status, ...(what ? { what, request: `${forged.system}, ${forged.wrong}` } : {}) }
    })
    if (rowsOf(world)['inbox'] !== before) fuzzed.findings.push({ seed: from, what: 'something was kept in the inbox', request: 'all of them' })
    return fuzzed
  } finally {
    await world.close()
  }
}

async function appOf(world: World): Promise<App> {
  return createApp(world.api.context, await loadAssets(world.api.context.config.widgetDir))
}

async function each({ count, from, onProgress }: FuzzOptions, send: (seed: number) => Promise<{ status: number; what?: string; request?: string }>): Promise<Fuzzed> {
  const fuzzed: Fuzzed = { sent: 0, ms: 0, statuses: {}, findings: [] }
  const began = performance.now()
  for (let seed = from; seed < from + count && fuzzed.findings.length < findingsMax; seed++) {
    const { status, what, request = '' } = await send(seed)
    fuzzed.sent++
    fuzzed.statuses[status] = (fuzzed.statuses[status] ?? 0) + 1
    if (what) fuzzed.findings.push({ seed, what, request })
    if (fuzzed.sent % seedsAtOnce === 0) {
      onProgress?.(fuzzed.sent, count)
      // Lets the worker and the emulators have their turn.
      await new Promise(resolve => setImmediate(resolve))
    }
  }
  fuzzed.ms = performance.now() - began
  return fuzzed
}

/** Who is let in: asked as these more often than as anybody. */
function usual(path: string): readonly string[] {
  return path.startsWith('/v1/merchant') || path === '/v1/sessions' ? ['key', 'console', 'key', 'console'] : ['session', 'link', 'alone', 'session']
}

/** Rights that still stand, and names of things that are there. */
async function renewed(world: World): Promise<Grants> {
  const payer = await payerOf(world)
  const { list, customers } = await payer.portal()
  const call = world.merchant.call as <T>(method: string, path: string, body?: object) => Promise<T>
  const [focus] = list.invoices
  const links = `/v1/merchant/customers/${focus?.customerId}/links`
  const [link, alone, spare] = [await call<{ url: string }>('POST', links, {}), await call<{ url: string }>('POST', links, { invoiceId: focus?.id, scope: 'invoice' }), await call<{ link: { id: string } }>('POST', links, {})]
  const key = await call<{ id: string }>('POST', '/v1/merchant/api-keys', { name: 'For a while' })
  const bearer = (url: string) => ({ authorization: `Bearer ${url.split('/').at(-1) ?? ''}` })
  const invoices = list.invoices.map(row => row.id)
  const customerIds = customers.map(row => row.id)
  return {
    callers: { nobody: {}, session: bearer(payer.token), link: bearer(link.url), alone: bearer(alone.url), key: bearer(world.merchant.apiKey), console: { cookie: world.merchant.cookie, origin: world.apiUrl } },
    values: {
      'merchant': [world.merchant.publishableKey, 'pk_nobody1'], 'key': [world.merchant.publishableKey], 'email': ['pat@harbourcoffee.example', 'nobody@unknown.example'], 'code': ['123456'],
      // A few may go, and some always stay.
      '/v1/merchant/invoices/{id}/archive id': invoices.slice(12, 13),
      'id': [...invoices, ...customerIds, spare.link.id, key.id], '/v1/invoices/{id} id': invoices, '/v1/merchant/customers/{id}/links id': customerIds, '/v1/merchant/links/{id} id': [spare.link.id], '/v1/merchant/api-keys/{id} id': [key.id],
      'invoiceId': invoices, 'ids': invoices, 'cursor': [list.nextCursor ?? 'bnVsbA'], 'q': ['harbour', '%', ''], 'locale': ['de', 'en-US', 'ar'], 'returnUrl': [`${world.outside.site.url}/account`], 'quickBooksId': ['1', '3'],
    },
  }
}

function requestOf(origin: string, { path, method, headers, body }: Wanted, caller: Record<string, string>): Request {
  return new Request(`${origin}${path}`, { method, headers: { ...caller, ...headers }, ...(body === null || method === 'GET' || method === 'HEAD' ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }) })
}

/** Each from a network address of its own, for limits by address are tried elsewhere. */
function cameFrom(seed: number): object {
  return { incoming: { socket: { remoteAddress: `10.${(seed >> 16) & 255}.${(seed >> 8) & 255}.${seed & 255}` } } }
}

async function wrongWith(answer: Response, { operation, isDescribed, mutations }: Wanted, known: Parameters<typeof misfit>[2]): Promise<string | null> {
  const type = answer.headers.get('content-type')?.split(';')[0] ?? null
  const text = type?.includes('json') ? await answer.text() : (await answer.arrayBuffer()) && ''
  if (answer.status >= 500) return `${answer.status}: ${text}`
  if (!isDescribed) return null
  const response = operation.responses[answer.status]
  if (!response) return `${answer.status} is not described: ${text}`
  if (mutations.length === 0 && answer.status === 400 && text.includes('could not be read')) return `what is as described was not read: ${text}`
  const media = type === null ? undefined : response.content?.[type]
  if (!media) return response.content || type !== null ? `the type ${type} is not described for ${answer.status}` : null
  const found = type?.includes('json') ? misfit(JSON.parse(text), media.schema, known) : null
  return found ? `${answer.status}: ${found}` : null
}

function told({ method, path, caller, headers, body, mutations }: Wanted): string {
  return `${method} ${path.slice(0, 200)} as ${caller}, ${mutations.join(', ') || 'as described'}, ${JSON.stringify(headers)} ${String(body).slice(0, 300)}`
}
