import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono, type Context, type MiddlewareHandler } from 'hono'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import type { Clock } from './clock.ts'
import { faultSchema, type Faults } from './faults.ts'

/** The vendor's own words for the two refusals that can be ordered for any call. */
export type VendorShapes = { throttled(c: Context): Response; unauthorized(c: Context): Response }

export type EmulatorParts = {
  name: string
  clock: Clock
  faults: Faults
  shapes: VendorShapes
  /** Mounts the vendor's own routes. */
  routes(app: Hono<{ Bindings: HttpBindings }>): void
  /** What the outside system holds, as JSON, for `GET /_emulator/state`. */
  state(query: Record<string, string>): unknown
  /** Starts over: back to what the emulator held when it was created. */
  reset(): void | Promise<void>
}

export type RunningServer = { url: string; port: number; close(): Promise<void> }

/**
 * An emulator as an app: the vendor's routes behind the fault gate, and the control routes
 * `GET /_emulator/state`, `GET|POST|DELETE /_emulator/faults`, `POST /_emulator/reset`, `POST /_emulator/clock {"advanceMs": n}`.
 */
export function createEmulator(parts: EmulatorParts): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/_emulator/state', c => c.json(parts.state(c.req.query()) as object))
  app.get('/_emulator/faults', c => c.json({ waiting: parts.faults.waiting() }))
  app.delete('/_emulator/faults', c => {
    parts.faults.clear()
    return c.json({ waiting: [] })
  })
  app.post('/_emulator/faults', async c => {
    const asked: unknown = await c.req.json()
    const parsed = z.array(faultSchema).safeParse(Array.isArray(asked) ? asked : [asked])
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400)
    for (const fault of parsed.data) parts.faults.queue(fault)
    return c.json({ waiting: parts.faults.waiting() }, 201)
  })
  app.post('/_emulator/reset', async c => {
    parts.faults.clear()
    await parts.reset()
    return c.json({ reset: true })
  })
  app.post('/_emulator/clock', async c => {
    const parsed = z.strictObject({ advanceMs: z.number().int().min(0) }).safeParse(await c.req.json())
    if (!parsed.success) return c.json({ error: z.prettifyError(parsed.error) }, 400)
    parts.clock.advance(parsed.data.advanceMs)
    return c.json({ now: new Date(parts.clock.now()).toISOString() })
  })
  app.use(faultGate(parts.faults, parts.shapes))
  parts.routes(app)
  return app
}

function faultGate(faults: Faults, shapes: VendorShapes): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    const url = new URL(c.req.url)
    const body = faults.waiting().some(waiting => waiting.match.body !== undefined) ? { body: await c.req.text() } : {}
    const fault = faults.take({ method: c.req.method, path: url.pathname + url.search, ...body })
    switch (fault?.kind) {
      case undefined:
        return next()
      case 'refuse':
        return breakConnection(c)
      case 'lose-answer':
        await next()
        return breakConnection(c)
      case 'delay':
        await faults.pause(fault.ms)
        return c.env.incoming.socket.destroyed ? breakConnection(c) : next()
      case 'delay-answer':
        await next()
        await faults.pause(fault.ms)
        return
      case 'throttle':
        return shapes.throttled(c)
      case 'unauthorized':
        return shapes.unauthorized(c)
      case 'html-500':
        return c.html(`<html><head><title>${fault.status} Service Error</title></head><body><h1>Service Error</h1></body></html>`, fault.status as 500)
      case 'answer':
        return c.json(fault.body as object, fault.status as 500)
      case 'lose':
      case 'duplicate':
      case 'hold':
      case 'forge':
        return next()
    }
  }
}

function breakConnection(c: Context<{ Bindings: HttpBindings }>): Response {
  c.env.incoming.socket.destroy()
  c.res = RESPONSE_ALREADY_SENT
  return RESPONSE_ALREADY_SENT
}

/** Longer than any test is quiet: a connection that ends just as it is used again would be a fault that nobody asked for. */
const idleMs = 600_000

/** Listens on `port` (0 takes a free one) of `host` and says where. Throws what `listen` throws, e.g. EADDRINUSE. */
export async function listen(app: Pick<Hono<{ Bindings: HttpBindings }>, 'fetch'>, port = 0, host = '127.0.0.1'): Promise<RunningServer> {
  const server = createAdaptorServer({ fetch: app.fetch, hostname: host, serverOptions: { keepAliveTimeout: idleMs } })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    port: address.port,
    url: `http://${host}:${address.port}`,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
