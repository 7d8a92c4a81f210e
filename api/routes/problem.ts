import type { Context as HonoContext } from 'hono'
import type { InvoiceRow, Problem } from '../domain/views.ts'

/** Every way a request is refused: its status and its title. `/docs` tells readers the same. */
const problems = {
  'unauthorized': [401, 'Please sign in'],
  'expired': [401, 'This link or session has ended'],
  'invalid-code': [401, 'That code is not right'],
  'forbidden': [403, 'Not allowed'],
  'not-found': [404, 'Not found'],
  'balance-changed': [409, 'The amounts have changed'],
  'already-paying': [409, 'A payment is already open'],
  'conflict': [409, 'This cannot be done now'],
  'checkout-expired': [410, 'This payment page has ended'],
  'invalid-request': [400, 'The request is not right'],
  'too-large': [413, 'The request is too large'],
  'rate-limited': [429, 'Too many requests'],
  'internal': [500, 'Something went wrong here'],
  'unavailable': [503, 'Not available now'],
} as const
export type ProblemCode = keyof typeof problems

type Extra = { invoices?: InvoiceRow[]; faults?: { field: string; message: string }[]; retryAfterS?: number }

/** The only place where a refusal becomes HTTP (RFC 9457). `detail` says what happened and what to do next. */
export function problem(c: HonoContext, code: ProblemCode, detail: string, extra: Extra = {}): Response {
  const [status, title] = problems[code]
  const { retryAfterS, ...told } = extra
  const body: Problem = { type: `/problems/${code}`, title, status, detail, instance: new URL(c.req.url).pathname.replace(/^\/(i|pay)\/[^/]+/, '/$1/…'), requestId: c.get('requestId') ?? '', ...told }
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...(retryAfterS ? { 'retry-after': String(retryAfterS) } : {}) })
}

/** Every refusal, for the developers' page. */
export function allProblems(): { code: string; status: number; title: string }[] {
  return Object.entries(problems).map(([code, [status, title]]) => ({ code, status, title }))
}
