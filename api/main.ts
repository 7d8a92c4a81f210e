import { type ServerType, serve } from '@hono/node-server'
import { once } from 'node:events'
import { openStore } from '../db/store.ts'
import { createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { startMeter } from './connection/meter.ts'
import type { Context } from './context.ts'
import { jobHandlers, startTidying } from './jobs.ts'
import { startHub } from './live/hub.ts'
import { createLog } from './log.ts'
import { createMailer } from './mail/resend.ts'
import { type Worker, startWorker } from './outbox/worker.ts'
import { loadAssets } from './pages/assets.ts'
import type { Clock, Log } from './ports.ts'
import { createStripeProvider } from './providers/stripe/provider.ts'
import { createAccounting } from './qbo/client.ts'
import { createIntuitOAuth } from './qbo/oauth.ts'
import { createIntuitWebhook } from './qbo/webhook.ts'
import { createVault } from './vault.ts'

export type RunningApi = { url: string; port: number; context: Context; worker: Worker; stop(): Promise<void> }

const quickBooksTimeoutMs = 30_000
const drainMs = 10_000

/** Puts the product together from its settings and serves it. The clock, the log and the pace towards QuickBooks can be given, for tests that live in another time. */
export async function startApi(config: Config, given: { clock?: Clock & { offsetMs?: () => number }; log?: Log; quickBooksPerSecondMax?: number } = {}): Promise<RunningApi> {
  const log = given.log ?? createLog(config.logLevel)
  const clock = given.clock ?? { now: () => Date.now() }
  const assets = await loadAssets(config.widgetDir)
  const store = await openStore({ ...config.database, ...(given.clock?.offsetMs ? { clockOffsetMs: given.clock.offsetMs } : {}) })
  const meter = startMeter(store, clock, log)
  const context: Context = {
    config, store, clock, log,
    vault: createVault(config.sealingKeys),
    intuit: createIntuitOAuth({ ...config.intuit, clock }),
    intuitWebhook: createIntuitWebhook(config.intuit.webhookVerifier),
    accounting: createAccounting({ apiUrl: config.intuit.apiUrl, timeoutMs: quickBooksTimeoutMs, clock, log, meter: meter.count, ...(given.quickBooksPerSecondMax ? { perSecondMax: given.quickBooksPerSecondMax } : {}) }),
    stripe: config.stripe ? createStripeProvider(config.stripe) : null,
    mailer: createMailer(config.mail),
    hub: await startHub(store, log),
  }
  const worker = startWorker(context, jobHandlers(context))
  const stopTidying = startTidying(context)
  const server = await listen(createApp(context, assets), config)
  const port = portOf(server)
  log.info({ url: config.publicUrl, port }, 'ready')
  return {
    url: config.publicUrl, port, context, worker,
    stop: async () => {
      stopTidying()
      context.hub.stop()
      await close(server)
      await worker.stop()
      await meter.stop()
      await store.close()
    },
  }
}

async function listen(app: ReturnType<typeof createApp>, config: Config): Promise<ServerType> {
  const server = serve({ fetch: app.fetch, port: config.port, hostname: config.host })
  if (!server.listening) await once(server, 'listening')
  return server
}

function portOf(server: ServerType): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

/** Takes no new request and lets those under way end; streams and whoever is too slow are cut off. */
async function close(server: ServerType): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  if (!('closeAllConnections' in server)) return void (await closed)
  server.closeIdleConnections()
  const impatient = setTimeout(() => server.closeAllConnections(), drainMs)
  await closed
  clearTimeout(impatient)
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port } = error as NodeJS.ErrnoException & { port?: number }
  return code === 'EADDRINUSE' ? `Port ${port ?? ''} is in use. Stop what listens there, or set PORT to another.` : error.message
}

if (import.meta.main) {
  try {
    const api = await startApi(readConfig())
    const stop = () => void api.stop().then(() => process.exit(0))
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exit(1)
  }
}
