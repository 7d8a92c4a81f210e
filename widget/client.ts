import type { InvoiceFilter, InvoiceRow, InvoiceSort, Problem } from '../api/domain/views.ts'
import type { Session } from './session.ts'

/** What went wrong, as the API said it, or `offline` where no answer came. */
export type Trouble = { code: string; detail: string; retryAfterS: number; invoices: InvoiceRow[] }
export type Answer<T> = { value: T } | { trouble: Trouble }
export type ListAsk = { filter: InvoiceFilter; sort: InvoiceSort; q: string; limit: number; cursor?: string }
export type Client = {
  origin: string
  locale: string
  session: Session
  /** Sends with the token, and once more with a new one where it was refused. Never throws. */
  send(method: string, path: string, body?: string): Promise<Answer<Response>>
  /** The same, with the answer read as JSON of this shape; the widget trusts its own API's types. One that says what the last one said is the same object. */
  json<T>(method: string, path: string, body?: string): Promise<Answer<T>>
  /** `fetch` as it was when the script arrived. */
  fetch: typeof fetch
}

const timeoutMs = 20_000
const retryAfterDefaultS = 10

// A page may replace these later (old libraries patch fetch and Array.prototype.toJSON); ours are taken while they are whole.
const earlyFetch = globalThis.fetch.bind(globalThis)
const { parse } = JSON

export function createClient(options: { origin: string; locale: string; session: Session; fetch?: typeof fetch }): Client {
  const { origin, session, fetch = earlyFetch } = options
  const locale = readable(options.locale)
  let last: { content: string; value: unknown } = { content: '', value: undefined }
  const client: Client = {
    origin,
    locale,
    session,
    fetch,
    async send(method, path, body) {
      const attempt = async (token: string | null) =>
        fetch(origin + path, {
          method,
          credentials: 'omit',
          signal: AbortSignal.timeout(timeoutMs),
          headers: { ...(token && { authorization: `Bearer ${token}` }), ...(body && { 'content-type': 'application/json' }) },
          ...(body && { body }),
        })
      try {
        const token = await session.token()
        let response = await attempt(token)
        // The page may have held this token for hours: ask its server for another, once.
        const renewed = response.status === 401 && token ? await session.renew(token) : null
        if (renewed) response = await attempt(renewed)
        return response.ok ? { value: response } : { trouble: await troubleOf(response) }
      } catch (error) {
        return noAnswer(error)
      }
    },
    async json<T>(method: string, path: string, body?: string): Promise<Answer<T>> {
      const answer = await client.send(method, path, body)
      if ('trouble' in answer) return answer
      try {
        const content = await answer.value.text()
        if (content !== last.content) last = { content, value: content ? parse(content) : undefined }
        return { value: last.value as T }
      } catch (error) {
        return noAnswer(error)
      }
    },
  }
  return client
}

/** A language that Intl reads: a page may name any, and a system something like "en-US@posix", at which Intl throws. */
function readable(locale: string): string {
  return /^[a-zA-Z]{2,3}(-[a-zA-Z\d]{2,8}){0,2}$/.test(locale) ? locale : 'en'
}

/** The query of a list, first page or later. */
export function listQuery({ limit, ...ask }: ListAsk, locale: string): string {
  return `?${new URLSearchParams({ ...ask, limit: `${limit}`, locale }).toString()}`
}

function noAnswer(error: unknown): { trouble: Trouble } {
  return { trouble: { code: 'offline', detail: String(error), retryAfterS: 0, invoices: [] } }
}

async function troubleOf(response: Response): Promise<Trouble> {
  const problem = await response.text().then(content => parse(content) as Partial<Problem>).catch((): Partial<Problem> => ({}))
  return {
    code: problem.type?.split('/').at(-1) ?? (response.status === 401 ? 'unauthorized' : response.status === 429 ? 'rate-limited' : 'unavailable'),
    detail: problem.detail ?? '',
    retryAfterS: Number(response.headers.get('retry-after')) || retryAfterDefaultS,
    invoices: problem.invoices ?? [],
  }
}
