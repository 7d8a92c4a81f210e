import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Books, World } from '../world.ts'
import { demandSecret, identify, versionOf, type Caller } from './auth.ts'
import { expandAnswer } from './expand.ts'
import { envelope, invalid, StripeFailure } from './failure.ts'
import { readForm, type FormFields } from './form.ts'
import { onlyOnce, type SavedAnswer } from './idempotency.ts'
import { readParams } from './params.ts'

export type StripeApp = Hono<{ Bindings: HttpBindings }>

/** A request that has been let in: its parameters are checked, its merchant is known. */
export type Call<P> = { params: P; id: string; caller: Caller; books: Books; version: string; request: { id: string; idempotency_key: string | null }; header(name: string): string | undefined; remoteAddress: string | null }

export type Route<S extends z.ZodType> = {
  method: 'GET' | 'POST' | 'DELETE'
  /** May end in or hold `:id`. */
  path: string
  /** `any` lets a browser in with the publishable key. */
  key: 'secret' | 'any'
  params: S
  /** Parameters that Stripe takes and this sandbox does not carry. */
  alsoReal?: readonly string[]
  /** Throws StripeFailure for a refusal. */
  run(call: Call<z.output<S>>): object | Promise<object>
}

/** Mounts one endpoint with everything that all of Stripe's endpoints share: keys, versions, parameters, idempotency, headers, error envelope. */
export function mount<S extends z.ZodType>(app: StripeApp, world: World, route: Route<S>): void {
  app.on(route.method, route.path, async c => {
    const requestId = world.newId('req', 14)
    try {
      const body = route.method === 'POST' ? await readBody(c) : new URL(c.req.url).search.slice(1)
      const { key: bodyKey, ...fields } = readForm(body)
      const caller = identify(c, world, typeof bodyKey === 'string' ? bodyKey : undefined)
      if (route.key === 'secret') demandSecret(caller)
      const version = versionOf(c)
      const params = readParams(route.params, fields, route.alsoReal)
      const idempotencyKey = route.method === 'POST' ? c.req.header('idempotency-key') : undefined
      const call: Call<z.output<S>> = {
        params,
        caller,
        version,
        id: c.req.param('id') ?? '',
        books: world.books(caller.accountId),
        request: { id: requestId, idempotency_key: idempotencyKey ?? null },
        header: name => c.req.header(name),
        remoteAddress: c.env.incoming?.socket.remoteAddress ?? null,
      }
      const path = new URL(c.req.url).pathname
      const answer = await onlyOnce(world, { key: idempotencyKey, accountId: caller.accountId, path, body }, () => execute(world, route, call, fields))
      return send(c, answer, { version, accountId: caller.accountId, idempotencyKey, requestId })
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error
      return send(c, failed(error, requestId, world), { requestId })
    }
  })
}

/** The answer for an address that Stripe does not have. */
export function unknownAddress(c: Context, world: World): Response {
  const path = new URL(c.req.url).pathname
  const failure = new StripeFailure(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${c.req.method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.` })
  return refusal(c, world, failure)
}

/** A refusal outside any endpoint, in Stripe's envelope. */
export function refusal(c: Context, world: World, failure: StripeFailure): Response {
  const requestId = world.newId('req', 14)
  return send(c, failed(failure, requestId, world), { requestId })
}

async function execute<S extends z.ZodType>(world: World, route: Route<S>, call: Call<z.output<S>>, fields: FormFields): Promise<SavedAnswer> {
  const requestId = call.request.id
  try {
    const object = await route.run(call)
    return { status: 200, body: expandAnswer(object, fields['expand'], call.books), requestId }
  } catch (error) {
    if (error instanceof StripeFailure) return failed(error, requestId, world)
    throw error
  }
}

function failed(error: StripeFailure, requestId: string, world: World): SavedAnswer {
  return { status: error.status, body: envelope(error.body, requestId, world.nowS()), requestId }
}

async function readBody(c: Context): Promise<string> {
  const type = c.req.header('content-type') ?? ''
  const body = await c.req.text()
  if (body !== '' && !type.startsWith('application/x-www-form-urlencoded')) {
    throw invalid(`Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you have any questions, we can help at https://support.stripe.com/.`)
  }
  return body
}

type Sent = { requestId: string; version?: string; accountId?: string; idempotencyKey?: string | undefined }

function send(c: Context, answer: SavedAnswer & { replayed?: boolean }, sent: Sent): Response {
  c.header('Request-Id', sent.requestId)
  if (sent.version !== undefined) c.header('Stripe-Version', sent.version)
  if (sent.accountId !== undefined && c.req.header('stripe-account') !== undefined) c.header('Stripe-Account', sent.accountId)
  if (sent.idempotencyKey !== undefined) c.header('Idempotency-Key', sent.idempotencyKey)
  if (answer.replayed) {
    c.header('Idempotent-Replayed', 'true')
    c.header('Original-Request', answer.requestId)
  }
  // A browser's calls come from the merchant's own page.
  c.header('Access-Control-Allow-Origin', '*')
  c.header('Access-Control-Expose-Headers', 'Request-Id, Stripe-Version, Idempotent-Replayed')
  c.header('Cache-Control', 'no-cache, no-store')
  c.header('Content-Type', 'application/json')
  return c.body(JSON.stringify(answer.body, null, 2), answer.status as ContentfulStatusCode)
}
