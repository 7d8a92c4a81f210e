import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { setTimeout as wait } from 'node:timers/promises'
import type { GetEmailResponseSuccess } from 'resend'
import type { Clock } from '../kit/clock.ts'
import { parseEmail, wrongSchedule, type EmailRequest } from './email.ts'
import { answerError, resendError, type ResendError } from './errors.ts'
import type { IdempotencyKeys } from './idempotency.ts'
import type { Mailbox, Message } from './mailbox.ts'
import type { RateLimit } from './rate-limit.ts'

type App = Hono<{ Bindings: HttpBindings }>

export type ResendParts = {
  clock: Clock
  mailbox: Mailbox
  keys: IdempotencyKeys
  limit: RateLimit
  perSecond: number
  /** May do everything. */
  apiKey: string
  /** May only send. */
  sendingKey: string
  domains: readonly string[] | undefined
  /** How long sending takes, in machine time; a second request under the same key conflicts meanwhile. */
  processingMs: number
}

const batchMax = 100

/** Mounts Resend's calls about e-mails; every other path below the root is not found in Resend's words. */
export function mountResend(app: App, parts: ResendParts): void {
  app.use(limitAndAuthorize(parts))
  app.post('/emails', async c => sendOnce(c, parts, body => sendOne(parts, body, keyOf(c))))
  app.post('/emails/batch', async c => sendOnce(c, parts, body => sendBatch(parts, body, keyOf(c), c.req.header('x-batch-validation') === 'permissive')))
  app.get('/emails/:id', c => withMessage(c, parts, message => c.json(described(message))))
  app.patch('/emails/:id', async c => {
    const body: unknown = await readJson(c)
    const scheduledAt = typeof body === 'object' && body !== null && 'scheduled_at' in body && typeof body.scheduled_at === 'string' ? body.scheduled_at : undefined
    if (scheduledAt === undefined) return answerError(c, resendError('missing_required_field', 'Missing `scheduled_at` field.'))
    const wrong = wrongSchedule(scheduledAt, parts.clock.now())
    if (wrong) return answerError(c, wrong)
    return withMessage(c, parts, ({ id }) => whenScheduled(c, id, parts.mailbox.reschedule(id, Date.parse(scheduledAt)), 'update'))
  })
  app.post('/emails/:id/cancel', c => withMessage(c, parts, ({ id }) => whenScheduled(c, id, parts.mailbox.cancel(id), 'cancel')))
  app.all('/emails/*', c => answerError(c, resendError('method_not_allowed', 'Method is not allowed for the requested path.')))
  app.all('/emails', c => answerError(c, resendError('method_not_allowed', 'Method is not allowed for the requested path.')))
  app.notFound(c => answerError(c, resendError('not_found', 'The requested endpoint does not exist.')))
}

function limitAndAuthorize({ limit, perSecond, apiKey, sendingKey }: ResendParts): MiddlewareHandler {
  return async (c, next) => {
    const key = /^Bearer (\S+)$/.exec(c.req.header('authorization') ?? '')?.[1]
    if (key === undefined) return answerError(c, missingKey)
    if (key !== apiKey && key !== sendingKey) return answerError(c, resendError('invalid_api_key', 'API key is invalid.'))
    const { allowed, headers } = limit.count()
    if (!allowed) return answerThrottled(c, headers, perSecond)
    for (const [name, value] of Object.entries(headers)) c.header(name, value)
    const sends = c.req.method === 'POST' && ['/emails', '/emails/batch'].includes(c.req.path)
    if (key === sendingKey && !sends) return answerError(c, resendError('restricted_api_key', 'This API key is restricted to only send emails.'))
    return next()
  }
}

export const missingKey = resendError('missing_api_key', 'Missing API key in the authorization header.')

/** Resend's 429, with the headers that say when to come back. */
export function answerThrottled(c: Context, headers: Record<string, string>, perSecond: number): Response {
  for (const [name, value] of Object.entries(headers)) c.header(name, value)
  const message = `Too many requests. You can only make ${perSecond} requests per second. See rate limit response headers for more information. Or contact support to increase rate limit.`
  return answerError(c, resendError('rate_limit_exceeded', message))
}

async function sendOnce(c: Context, parts: ResendParts, send: (body: unknown) => object | ResendError): Promise<Response> {
  const body = await readJson(c)
  if (body === undefined) return answerError(c, resendError('validation_error', 'The request body is not valid JSON.', 400))
  const key = keyOf(c)
  const earlier = key === undefined ? undefined : parts.keys.begin(key, body)
  if (earlier) return 'error' in earlier ? answerError(c, earlier.error) : c.json(earlier.answer)
  if (parts.processingMs > 0) await wait(parts.processingMs)
  const answer = send(body)
  if (key !== undefined) parts.keys.settle(key, body, isError(answer) ? undefined : answer)
  return isError(answer) ? answerError(c, answer) : c.json(answer)
}

function sendOne({ mailbox, clock, domains }: ResendParts, body: unknown, key: string | undefined): { id: string } | ResendError {
  const request = parseEmail(body, clock.now(), domains)
  return isError(request) ? request : { id: mailbox.accept(request, key).id }
}

/** A strict batch goes out whole or not at all; a permissive one leaves out what is wrong and says so. */
function sendBatch({ mailbox, clock, domains }: ResendParts, body: unknown, key: string | undefined, permissive: boolean): object | ResendError {
  if (!Array.isArray(body)) return resendError('validation_error', 'The request body must be an array of emails.')
  if (body.length === 0 || body.length > batchMax) return resendError('validation_error', `A batch holds 1 to ${batchMax} emails.`)
  const requests = body.map(each => parseEmail(each, clock.now(), domains))
  const errors = requests.flatMap((request, index) => (isError(request) ? [{ index, message: request.message }] : []))
  const first = requests.find(isError)
  if (first && !permissive) return first
  const data = requests.flatMap(request => (isError(request) ? [] : [{ id: mailbox.accept(request, key).id }]))
  return permissive ? { data, errors } : { data }
}

function withMessage(c: Context, { mailbox }: ResendParts, use: (message: Message) => Response): Response {
  const id = c.req.param('id') ?? ''
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return answerError(c, resendError('invalid_parameter', 'The `id` must be a valid UUID.'))
  const message = mailbox.read(id)
  return message ? use(message) : answerError(c, resendError('not_found', 'Email not found'))
}

function whenScheduled(c: Context, id: string, done: boolean, verb: 'update' | 'cancel'): Response {
  return done ? c.json({ object: 'email', id }) : answerError(c, resendError('validation_error', `Cannot ${verb} an email that is not scheduled.`))
}

function described(message: Message): GetEmailResponseSuccess {
  const listed = (addresses: string[]) => (addresses.length > 0 ? addresses : null)
  return {
    object: 'email',
    id: message.id,
    message_id: message.messageId,
    to: message.to,
    from: message.from,
    created_at: new Date(message.createdAtMs).toISOString(),
    subject: message.subject,
    html: message.html ?? null,
    text: message.text ?? null,
    bcc: listed(message.bcc),
    cc: listed(message.cc),
    reply_to: listed(message.reply_to),
    last_event: message.lastEvent,
    scheduled_at: message.scheduledAtMs === undefined ? null : new Date(message.scheduledAtMs).toISOString(),
    tags: message.tags,
  }
}

function isError(value: EmailRequest | ResendError | object): value is ResendError {
  return 'statusCode' in value
}

function keyOf(c: Context): string | undefined {
  return c.req.header('idempotency-key')
}

/** The body's value, or undefined where it is no JSON. */
async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
