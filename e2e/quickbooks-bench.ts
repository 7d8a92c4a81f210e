import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Hono } from 'hono'
import { type Store, openStore } from '../db/store.ts'
import type { MerchantId } from '../db/values.ts'
import { readConfig } from '../api/config.ts'
import { startMeter } from '../api/connection/meter.ts'
import type { Context } from '../api/context.ts'
import { newId, newToken } from '../api/ids.ts'
import { startHub } from '../api/live/hub.ts'
import { silentLog } from '../api/log.ts'
import { createMailer } from '../api/mail/resend.ts'
import { createMetrics } from '../api/metrics/metrics.ts'
import { startWorker } from '../api/outbox/worker.ts'
import type { Log } from '../api/ports.ts'
import { createAccounting } from '../api/qbo/client.ts'
import { createIntuitOAuth } from '../api/qbo/oauth.ts'
import { createIntuitWebhook } from '../api/qbo/webhook.ts'
import { quickbooksHook, quickbooksRoutes } from '../api/routes/quickbooks.ts'
import { reconcileBooksJob } from '../api/reconcile/jobs.ts'
import { syncJobs } from '../api/sync/handlers.ts'
import { createVault } from '../api/vault.ts'
import { generateCompany } from './company/generate.ts'
import { loadCompany } from './company/load.ts'
import { createClock } from './emulators/kit/clock.ts'
import { listen } from './emulators/kit/server.ts'
import type { EntityName } from './emulators/quickbooks/books/entities.ts'
import { type QuickBooksOptions, startQuickBooksEmulator } from './emulators/quickbooks/index.ts'
import { type ConsentAnswer, walkConsent } from './emulators/quickbooks/oauth/walkConsent.ts'
import { freePort } from './ports.ts'

export const benchRealm = '9341452130411111'
export const otherRealm = '9341452130422222'
const person = 'avery@alderandfinch.example'

export type BenchOptions = Pick<QuickBooksOptions, 'limits' | 'graceMs' | 'refreshRotation' | 'webhookFormat'> & { invoices?: number; log?: Log; /** Reads QuickBooks without the worker carrying anything out. */ asleep?: boolean }
export type Bench = Awaited<ReturnType<typeof startQuickBooksBench>>
export type Json = Record<string, unknown> & { Id: string }

/** The part of the product that reads QuickBooks, over real HTTP with an emulated Intuit, on one clock. */
export async function startQuickBooksBench(options: BenchOptions = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-books-'))
  const clock = createClock(Date.parse('2026-11-20T18:15:00Z'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const limits = { perMinuteRealm: 1e6, perSecondApp: 1e6, ...options.limits }
  const quickbooks = await startQuickBooksEmulator({ ...options, clock, limits, redirectUris: [`${url}/quickbooks/callback`], webhookUrl: `${url}/hooks/quickbooks` })
  const asOf = new Date(clock.now()).toISOString().slice(0, 10)
  loadCompany(quickbooks.books, benchRealm, generateCompany({ seed: 1, invoices: options.invoices ?? 60, asOf }))
  quickbooks.books.createCompany(otherRealm, { name: 'Second Company', country: 'US' })
  const store = await openStore({ url: `file:${join(folder, 'bench.db')}`, clockOffsetMs: () => clock.now() - Date.now() })
  const log = options.log ?? silentLog
  const meter = startMeter(store, clock, log)
  const ctx = await contextOf({ url, port, quickbooks, store, log, clock, meter })
  const worker = options.asleep ? null : startWorker(ctx, { ...syncJobs(ctx), reconcile_books: reconcileBooksJob(ctx) })
  const app = new Hono().use(async (c, next) => {
    c.set('requestId', newId('req', clock.now()))
    await next()
  })
  app.route('/', quickbooksRoutes(ctx))
  app.route('/', quickbooksHook(ctx))
  const server = await listen(app, port)
  const members = await signUp(ctx, 'avery@alderandfinch.example')

  const settled = async () => {
    for (let i = 0; i < 3; i++) {
      await quickbooks.deliveries.idle()
      // Past the moment in which a burst is gathered.
      clock.advance(500)
      await worker?.idle()
    }
  }
  const control = async (path: string, body: object): Promise<Json> => {
    const answer = await fetch(`${quickbooks.url}/_emulator/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as Json
  }
  return {
    ...members,
    url, ctx, store, clock, quickbooks, worker, settled, control,
    merchant: store.merchant(members.merchantId),
    /** Goes through Intuit's consent as a person would; answers where the browser ends up. */
    connect: (answer: Partial<ConsentAnswer> = {}, cookie = members.cookie) => connect(url, cookie, answer),
    /** A person at work in QuickBooks' own screens. */
    async inQuickBooks(entity: EntityName, operation: 'create' | 'update' | 'delete' | 'void', body: object, realmId = benchRealm): Promise<Json> {
      return (await control('person', { realmId, entity, operation, body }))[entity] as Json
    },
    /** How many reads Intuit has counted, by call. */
    reads: async (realmId = benchRealm): Promise<{ corePlus: number; calls: Record<string, number> }> => {
      const state = (await (await fetch(`${quickbooks.url}/_emulator/state`)).json()) as { meter: Record<string, { corePlus: number; calls: Record<string, number> }> }
      return state.meter[realmId] ?? { corePlus: 0, calls: {} }
    },
    fault: (fault: object) => control('faults', fault),
    signUp: (email: string) => signUp(ctx, email),
    close: async () => {
      ctx.hub.stop()
      await worker?.stop()
      await meter.stop()
      await server.close()
      await quickbooks.close()
      await store.close()
      clock.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

type Parts = { url: string; port: number; quickbooks: Awaited<ReturnType<typeof startQuickBooksEmulator>>; store: Store; log: Log; clock: ReturnType<typeof createClock>; meter: ReturnType<typeof startMeter> }

async function contextOf({ url, port, quickbooks, store, log, clock, meter }: Parts): Promise<Context> {
  const config = readConfig({
    PORT: String(port), PUBLIC_URL: url, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, QUICKBOOKS_API_URL: quickbooks.url, INTUIT_DISCOVERY_URL: quickbooks.discoveryUrl,
    INTUIT_CLIENT_ID: quickbooks.app.clientId, INTUIT_CLIENT_SECRET: quickbooks.app.clientSecret, INTUIT_WEBHOOK_VERIFIER: quickbooks.app.verifierToken, RESEND_API_KEY: 're_none', MAIL_FROM: 'a@b.example', LOG_LEVEL: 'silent',
  })
  return {
    config, store, clock, log, metrics: createMetrics(clock), lifetime: { isStopping: false },
    vault: createVault(config.sealingKeys),
    intuit: createIntuitOAuth({ ...config.intuit, clock }),
    intuitWebhook: createIntuitWebhook(config.intuit.webhookVerifier),
    accounting: createAccounting({ apiUrl: config.intuit.apiUrl, timeoutMs: 10_000, perSecondMax: 1000, clock, log, meter: meter.count }),
    stripe: null,
    mailer: createMailer(config.mail),
    hub: await startHub(store, log, config.eventStreamsMax),
    pass: async () => {},
  }
}

async function signUp(ctx: Context, email: string): Promise<{ merchantId: MerchantId; cookie: string }> {
  const now = ctx.clock.now()
  const merchantId = newId('mer', now)
  const memberId = newId('mem', now)
  const token = newToken('mses')
  const merchant = ctx.store.merchant(merchantId)
  await ctx.store.commit(
    ctx.store.control.merchants.create({ id: merchantId, name: 'Alder & Finch', publishableKey: newToken('pk'), now }),
    merchant.self.addMember({ id: memberId, email, name: null, intuitSub: null, now }),
    merchant.sessions.addMemberSession({ tokenHash: ctx.vault.hash(token), memberId, createdAt: now, expiresAt: now + 365 * 86_400_000 }))
  return { merchantId, cookie: `quittance=${token}` }
}

async function connect(url: string, cookie: string, answer: Partial<ConsentAnswer>): Promise<string> {
  const asked = await fetch(`${url}/console/connect`, { redirect: 'manual', headers: { cookie } })
  const back = await walkConsent(asked.headers.get('location') ?? '', { as: person, realmId: benchRealm, ...answer })
  const ended = await fetch(back, { redirect: 'manual', headers: { cookie } })
  return ended.headers.get('location') ?? `${ended.status}`
}
