import type { InvoiceFilter, InvoiceRow, PortalView, Problem } from '../../api/domain/views.ts'
import { countsOf, detailOf, matching, portalView } from './invoices.ts'

export type FakeApi = {
  /** Answers as the API does; give it to a client in place of `fetch`, or put a server in front of it. */
  fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  rows: InvoiceRow[]
  view: Partial<PortalView>
  /** Tokens that are let in. */
  tokens: Set<string>
  /** What the next calls to paths that begin so are refused with; `offline` breaks the line. */
  trouble: Map<string, { status: number; code: string; detail?: string; retryAfterS?: number; invoices?: InvoiceRow[] } | 'offline'>
  /** Every request that came: method, path with query, body. */
  asked: { method: string; path: string; body: unknown; token: string | null }[]
  checkoutBase: string
  /** Tells every open event stream. */
  publish: (invoices: string[], said: string[]) => void
}

/** The customer's side of the contract over invoices in memory, for tests and stories. */
export function fakeApi(rows: readonly InvoiceRow[]): FakeApi {
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const encoder = new TextEncoder()
  const api: FakeApi = {
    rows: [...rows], view: {}, tokens: new Set(['lnk_good', 'ses_good']), trouble: new Map(), asked: [], checkoutBase: 'http://api.test',
    publish(invoices, said) {
      const message = encoder.encode(`event: changed\ndata: ${JSON.stringify({ version: 2, invoices, said })}\n\n`)
      for (const stream of streams) stream.enqueue(message)
    },
    async fetch(input, init) {
      const request = input instanceof Request ? input : new Request(new URL(String(input), 'http://api.test'), init)
      const url = new URL(request.url)
      const content = request.body ? await request.text() : ''
      const token = request.headers.get('authorization')?.replace('Bearer ', '') ?? null
      api.asked.push({ method: request.method, path: url.pathname + url.search, body: content ? JSON.parse(content) : null, token })
      const trouble = [...api.trouble].find(([path]) => url.pathname.startsWith(path))?.[1]
      if (trouble === 'offline') throw new TypeError('Failed to fetch')
      if (trouble) return problem(trouble.status, trouble.code, trouble)
      return answer(api, request.method, url, content, token, streams)
    },
  }
  return api
}

function answer(api: FakeApi, method: string, url: URL, content: string, token: string | null, streams: Set<ReadableStreamDefaultController<Uint8Array>>): Response {
  const path = url.pathname
  const body = content ? (JSON.parse(content) as Record<string, string>) : {}
  if (path.startsWith('/v1/merchants/')) return json({ merchant: portalView([]).merchant })
  if (path === '/v1/sign-in/codes') return json({}, 202)
  if (path === '/v1/sign-in/sessions') return body['code'] === '123456' ? json({ token: 'ses_good', expiresAt: '2026-11-22T00:00:00Z' }, 201) : problem(401, 'invalid-code')
  if (!token || !api.tokens.has(token)) return problem(401, token ? 'expired' : 'unauthorized')
  if (path === '/v1/sessions/current') return new Response(null, { status: 204 })
  if (path === '/v1/events') return eventStream(streams)
  const filter = (url.searchParams.get('filter') ?? 'open') as InvoiceFilter
  const limit = Number(url.searchParams.get('limit') ?? 50)
  if (path === '/v1/portal') return json(portalView(api.rows, api.view, filter, limit))
  if (path === '/v1/checkouts') return json({ url: `${api.checkoutBase}/pay/chk_1`, frameUrl: `${api.checkoutBase}/pay/chk_1?frame=${encodeURIComponent(api.checkoutBase)}`, expiresAt: '2026-11-22T00:00:00Z' }, 201)
  if (path === '/v1/invoices') {
    const rows = matching(api.rows, filter, url.searchParams.get('q') ?? '')
    const from = Number(url.searchParams.get('cursor') ?? 0)
    return json({ invoices: rows.slice(from, from + limit), nextCursor: from + limit < rows.length ? String(from + limit) : null, counts: countsOf(api.rows) })
  }
  if (path.endsWith('/views')) return new Response(null, { status: 204 })
  if (path.endsWith('/pdf')) return new Response('%PDF-1.4', { headers: { 'content-type': 'application/pdf' } })
  const row = api.rows.find(invoice => path === `/v1/invoices/${invoice.id}`)
  return row && method === 'GET' ? json(detailOf(row)) : problem(404, 'not-found')
}

function eventStream(streams: Set<ReadableStreamDefaultController<Uint8Array>>): Response {
  let own: ReadableStreamDefaultController<Uint8Array> | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      own = controller
      streams.add(controller)
      controller.enqueue(new TextEncoder().encode(': here\n\n'))
    },
    cancel() {
      if (own) streams.delete(own)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })
}

function problem(status: number, code: string, more: { detail?: string; retryAfterS?: number; invoices?: InvoiceRow[] } = {}): Response {
  const content: Problem = {
    type: `https://quittance.example/problems/${code}`, title: code, status, detail: more.detail ?? '', instance: '/', requestId: 'req_1', ...(more.invoices && { invoices: more.invoices }),
  }
  return new Response(JSON.stringify(content), { status, headers: { 'content-type': 'application/problem+json', 'retry-after': String(more.retryAfterS ?? 5) } })
}
