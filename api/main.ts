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
import { jobHandlers, readingJobs } from './jobs.ts'
import { startHub } from './live/hub.ts'
import { createLog } from './log.ts'
import { createMailer } from './mail/resend.ts'
import { createMetrics, type Metrics } from './metrics/metrics.ts'
import { watchCall, watchProvider } from './metrics/watch-calls.ts'
import { type Worker, startWorker } from './outbox/worker.ts'
import { loadAssets } from './pages/assets.ts'
import type { Clock, Log, QboFailure } from './ports.ts'
import { oweReconciliation } from './reconcile/jobs.ts'
import { beginRecovery } from './reconcile/recovery.ts'
import { createStripeProvider } from './providers/stripe/provider.ts'
import { createAccounting } from './qbo/client.ts'
import { createIntuitOAuth } from './qbo/oauth.ts'
import { createIntuitWebhook } from './qbo/webhook.ts'
import { startTidying } from './tidying.ts'
import { currentCause } from './trace.ts'
import { mustFitKeys } from './sealing/fit.ts'
import { startResealing } from './sealing/reseal.ts'
import { createVault } from './vault.ts'

export type RunningApi = { url: string; port: number; context: Context; worker: Worker; stop(): Promise<void> }
/** One process's worth of the product, before it listens: several of them may share a database. */
export type Node = { app: ReturnType<typeof createApp>; context: Context; worker: Worker; stop(end?: () => Promise<void>): Promise<void> }
/** What tests put in place of the machine's own: another time, another log, a slower or faster pace, an end in the middle. */
export type Given = { clock?: Clock & { offsetMs?: () => number }; log?: Log; quickBooksPerSecondMax?: number; pass?: (point: CrashPoint) => Promise<void>; around?: StoreOptions['around']; largeFrom?: StoreOptions['largeFrom'] }

const quickBooksTimeoutMs = 30_000
/** A payment that is under way ends within this. Whoever stops the process waits longer: `docs/runbook.md`. */
const drainMs = 25_000
/** A proxy keeps a connection for a minute as a rule; whoever ends it first must not be the server, or a payment is sent into a connection that is just closing. */
const idleMs = 65_000
/** A signal that reaches the process twice, by its terminal and by npm, is one. */
const sameSignalMs = 1_000

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
  const worker = startWorker(context, jobHandlers(context), readingJobs)
  const stopTidying = startTidying(context)
  const stopResealing = startResealing(context)
  return {
    app: createApp(context, assets), context, worker,
    /** `end` is waited for while requests that are under way can still be carried out. */
    stop: async (end = async () => {}) => {
      context.lifetime.isStopping = true
      context.hub.stop()
      await Promise.all([stopTidying(), stopResealing(), end(), worker.stop(drainMs)])
      await close()
    },
  }
}

/** Puts together what every verb is given, and begins nothing: for commands. */
export async function openContext(config: Config, given: Given = {}): Promise<{ context: Context; close(): Promise<void> }> {
  const log = given.log ?? createLog(config.logLevel)
  const clock = given.clock ?? { now: () => Date.now() }
  const store = await openStore({ ...config.database, cause: currentCause, ...(given.clock?.offsetMs ? { clockOffsetMs: given.clock.offsetMs } : {}), ...(given.around ? { around: given.around } : {}), largeFrom: given.largeFrom })
  const vault = createVault(config.sealingKeys)
  await mustFitKeys(config, store, vault).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  const meter = startMeter(store, clock, log)
  const metrics = createMetrics(clock)
  const context: Context = {
    config, store, clock, log, metrics, vault, lifetime: { isStopping: false },
    intuit: createIntuitOAuth({ ...config.intuit, clock, onCall: tellIntuit(metrics, log) }),
    intuitWebhook: createIntuitWebhook(config.intuit.webhookVerifier),
    accounting: createAccounting({ apiUrl: config.intuit.apiUrl, timeoutMs: quickBooksTimeoutMs, clock, log, meter: meter.count, onCall: (ms, failure) => metrics.call('quickbooks', ms, failure, isAnswer(failure)), ...(given.quickBooksPerSecondMax ? { perSecondMax: given.quickBooksPerSecondMax } : {}) }),
    stripe: config.stripe ? watchProvider(createStripeProvider(config.stripe), metrics, log) : null,
    mailer: { send: watchCall('mail', 'send', createMailer(config.mail).send, metrics, log) },
    hub: await startHub(store, log, config.eventStreamsMax),
    pass: given.pass ?? (async () => {}),
  }
  return {
    context,
    close: async () => {
      context.hub.stop()
      metrics.stop()
      await meter.stop()
      await store.close()
    },
  }
}

/** QuickBooks was reached and said what is wrong; the other classes mean that nothing usable came. */
function isAnswer(failure: QboFailure['class'] | null): boolean {
  return failure !== 'transient' && failure !== 'unknown'
}

function tellIntuit(metrics: Metrics, log: Log) {
  return ({ call, ms, status, intuitTid }: { call: string; ms: number; status: number; intuitTid: string | null }) => {
    const failure = status === 0 ? 'unknown' : status >= 500 ? 'transient' : status >= 400 ? 'refused' : null
    metrics.call('intuit', ms, failure, status > 0 && status < 500)
    log[failure === null ? 'info' : 'warn']({ system: 'intuit', call, status, intuitTid, ms: Math.round(ms) }, 'Intuit was called')
  }
}

async function listen(app: ReturnType<typeof createApp>, config: Config): Promise<ServerType> {
  const server = serve({ fetch: app.fetch, port: config.port, hostname: config.host, serverOptions: { keepAliveTimeout: idleMs } })
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

/** The first signal lets what is under way end; a later one ends the process at once. */
function stopOnSignal({ context: { log }, stop }: RunningApi): void {
  let askedAt: number | null = null
  const onSignal = (signal: string) => {
    if (askedAt !== null) {
      if (performance.now() - askedAt > sameSignalMs) process.exit(1)
      return
    }
    askedAt = performance.now()
    log.info({ signal }, 'stopping: what is under way may end')
    stop().then(
      () => {
        log.info({}, 'stopped')
        process.exit(0)
      },
      (error: unknown) => {
        log.error({ err: error }, 'stopping failed')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

if (import.meta.main) {
  try {
    const api = await startApi(readConfig())
    stopOnSignal(api)
  } catch (error) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    process.exit(1)
  }
}
