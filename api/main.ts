import { type ServerType, serve } from '@hono/node-server'
import { once } from 'node:events'
import { databasePath } from '../db/client.ts'
import { type StoreOptions, openStore } from '../db/store.ts'
import { createApp } from './app.ts'
import { type Config, readConfig } from './config.ts'
import { startMeter } from './connection/meter.ts'
import type { Context } from './context.ts'
import { serveControl } from './control/serve.ts'
import type { CrashPoint } from './domain/crash-points.ts'
import { jobHandlers, startTidying } from './jobs.ts'
import { startHub } from './live/hub.ts'
import { createLog } from './log.ts'
import { createMailer } from './mail/resend.ts'
import { type Worker, startWorker } from './outbox/worker.ts'
import { loadAssets } from './pages/assets.ts'
import type { Clock, Log } from './ports.ts'
import { oweReconciliation } from './reconcile/jobs.ts'
import { beginRecovery } from './reconcile/recovery.ts'
import { createStripeProvider } from './providers/stripe/provider.ts'
import { createAccounting } from './qbo/client.ts'
import { createIntuitOAuth } from './qbo/oauth.ts'
import { createIntuitWebhook } from './qbo/webhook.ts'
import { createVault } from './vault.ts'

export type RunningApi = { url: string; port: number; context: Context; worker: Worker; stop(): Promise<void> }
/** One process's worth of the product, before it listens: several of them may share a database. */
export type Node = { app: ReturnType<typeof createApp>; context: Context; worker: Worker; stop(end?: () => Promise<void>): Promise<void> }
/** What tests put in place of the machine's own: another time, another log, a slower or faster pace, an end in the middle. */
export type Given = { clock?: Clock & { offsetMs?: () => number }; log?: Log; quickBooksPerSecondMax?: number; pass?: (point: CrashPoint) => Promise<void>; around?: StoreOptions['around'] }

const quickBooksTimeoutMs = 30_000
const drainMs = 10_000

/** Puts the product together from its settings and serves it. */
export async function startApi(config: Config, given: Given = {}): Promise<RunningApi> {
  const node = await startNode(config, given)
  const server = await listen(node.app, config)
  const port = portOf(server)
  const path = databasePath(config.database.url)
  const stopControl = path === null ? async () => {} : await serveControl(node.context, path)
  node.context.log.info({ url: config.publicUrl, port }, 'ready')
  const end = async () => {
    await stopControl()
    await close(server)
  }
  return { url: config.publicUrl, port, context: node.context, worker: node.worker, stop: () => node.stop(end) }
}

/** Puts the product together from its settings and begins its work. */
export async function startNode(config: Config, given: Given = {}): Promise<Node> {
  const assets = await loadAssets(config.widgetDir)
  const { context, close } = await openContext(config, given)
  await beginRecovery(context)
  await oweReconciliation(context)
  const worker = startWorker(context, jobHandlers(context))
  const stopTidying = startTidying(context)
  return {
    app: createApp(context, assets), context, worker,
    /** `end` is waited for while requests that are under way can still be carried out. */
    stop: async (end = async () => {}) => {
      stopTidying()
      context.hub.stop()
      await end()
      await worker.stop()
      await close()
    },
  }
}

/** Puts together what every verb is given, and begins nothing: for commands. */
export async function openContext(config: Config, given: Given = {}): Promise<{ context: Context; close(): Promise<void> }> {
  const log = given.log ?? createLog(config.logLevel)
  const clock = given.clock ?? { now: () => Date.now() }
  const store = await openStore({ ...config.database, ...(given.clock?.offsetMs ? { clockOffsetMs: given.clock.offsetMs } : {}), ...(given.around ? { around: given.around } : {}) })
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
    pass: given.pass ?? (async () => {}),
  }
  return {
    context,
    close: async () => {
      context.hub.stop()
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
