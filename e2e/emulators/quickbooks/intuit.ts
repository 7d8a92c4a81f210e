import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { createHash } from 'node:crypto'
import { createClock, type Clock } from '../kit/clock.ts'
import { createFaults, type Faults } from '../kit/faults.ts'
import { createRandom } from '../kit/random.ts'
import { createEmulator, listen } from '../kit/server.ts'
import { openShelf } from '../kit/shelf.ts'
import { controlRoutes } from './controls.ts'
import { createAuthorize, throttled, unauthorized, type Authorize } from './oauth/gateway.ts'
import { openGrants } from './oauth/grants.ts'
import { createSigningKey } from './oauth/identity.ts'
import { mountOAuth } from './oauth/mount.ts'
import type { CompanyChoice, IntuitApp } from './oauth/parts.ts'
import { seededUsers, type IntuitUser } from './oauth/users.ts'
import { openSettings, type AppSettings, type Settings } from './settings.ts'
import { openDeliveries, type Deliveries } from './webhooks/deliveries.ts'
import type { BookChange, WebhookFormat } from './webhooks/events.ts'

export type IntuitOptions = {
  port?: number
  host?: string
  clock?: Clock
  faults?: Faults
  seed?: number
  /** Where grants, tokens and undelivered events are kept: `<dataPath>.intuit.sqlite`. Memory when absent. */
  dataPath?: string
  users?: readonly IntuitUser[]
  /** The app's redirect addresses; each must be matched exactly. */
  redirectUris?: string[]
  webhookUrl?: string
  webhookFormat?: WebhookFormat
  refreshRotation?: AppSettings['rotation']
  /** How long a replaced refresh token still works; 0 when absent. */
  graceMs?: number
  /** How long a delivery waits for its answer; Intuit's three seconds when absent. */
  webhookTimeoutMs?: number
}

/** The books as the rest of Intuit sees them. */
export type Accounting = {
  companies(): CompanyChoice[]
  onChange(listener: (change: BookChange) => void): void
  mount(app: Hono<{ Bindings: HttpBindings }>, authorize: Authorize): void
  state(query: Record<string, string>): object
  reset(): void | Promise<void>
  close(): void
}

export type RunningIntuit = {
  url: string
  discoveryUrl: string
  clock: Clock
  faults: Faults
  /** What the developer portal shows the app's owner. */
  app: IntuitApp
  users: readonly IntuitUser[]
  deliveries: Deliveries
  /** Changes the app's registration and how its refresh tokens behave. */
  configure(change: Partial<AppSettings>): void
  /** Removes the app from a company, as a person does inside QuickBooks. Answers how many grants ended. */
  disconnect(realmId: string): number
  /** Whether the app may reach the company's books now. */
  isConnected(realmId: string): boolean
  close(): Promise<void>
}

/** All of Intuit on one port: discovery, consent, tokens, the Accounting API behind its gateway, webhooks, and the control routes. */
export async function startIntuit(options: IntuitOptions, accounting: Accounting): Promise<RunningIntuit> {
  const { clock = createClock(), faults = createFaults(), seed = 1, users = seededUsers } = options
  const shelf = openShelf(options.dataPath === undefined ? undefined : `${options.dataPath}.intuit.sqlite`)
  const settings = openSettings(shelf, { redirectUris: options.redirectUris, rotation: options.refreshRotation, graceMs: options.graceMs })
  const app = registeredApp(seed, settings)
  const grants = openGrants({ shelf, clock, seed, policy: settings.current })
  const deliveries = openDeliveries({ shelf, clock, seed, faults, app, isConnected: grants.isConnected, timeoutMs: options.webhookTimeoutMs ?? 3000 })
  if (options.webhookUrl !== undefined) deliveries.setEndpoint({ url: options.webhookUrl, format: options.webhookFormat ?? 'cloudevents' })
  accounting.onChange(deliveries.tell)
  const key = await createSigningKey()
  const newTid = tids(seed, clock)
  let url = ''
  let isClosed = false
  const emulator = createEmulator({
    name: 'quickbooks',
    clock,
    faults,
    shapes: { throttled, unauthorized: c => unauthorized(c, clock, 'Token expired') },
    routes(routes) {
      // A delayed call may come through after the end, when the books are shut.
      routes.use((c, next) => (isClosed ? Promise.resolve(c.body(null, 503)) : next()))
      mountOAuth(routes, { app, grants, shelf, clock, key, users, companies: accounting.companies, url: () => url })
      accounting.mount(routes, createAuthorize({ grants, users, clock, clientId: app.clientId }))
    },
    state: query => ({
      app: { name: app.name, clientId: app.clientId, ...settings.current },
      users: users.map(({ sub, email, emailVerified }) => ({ sub, email, emailVerified })),
      grants: grants.all(),
      webhooks: { endpoint: deliveries.endpoint() ?? null, waiting: deliveries.waiting(), deliveries: deliveries.log() },
      ...accounting.state(query),
    }),
    async reset() {
      const endpoint = deliveries.endpoint()
      const kept = { ...settings.current }
      deliveries.clear()
      grants.clear()
      settings.change(kept)
      deliveries.setEndpoint(endpoint)
      await accounting.reset()
    },
  })
  const outer = new Hono<{ Bindings: HttpBindings }>()
  outer.use(async (c, next) => {
    await next()
    if (!c.res.headers.has('intuit_tid')) c.header('intuit_tid', newTid())
  })
  outer.route('/', controlRoutes({ settings, grants, deliveries, faults, clock }))
  outer.route('/', emulator)
  const server = await listen(outer, options.port, options.host)
  url = server.url
  return {
    url,
    discoveryUrl: `${url}/.well-known/openid_configuration`,
    clock,
    faults,
    app,
    users,
    deliveries,
    configure: settings.change,
    disconnect: grants.endRealm,
    isConnected: grants.isConnected,
    async close() {
      isClosed = true
      await deliveries.stop()
      await server.close()
      accounting.close()
      shelf.close()
      if (!options.clock) clock.stop()
    },
  }
}

/** Names for calls of Intuit's form, the n-th always the same under a seed and a time. */
function tids(seed: number, clock: Clock): () => string {
  let count = 0
  return () => `1-${Math.floor(clock.now() / 1000).toString(16)}-${createHash('sha256').update(`${seed}:call:${count++}`).digest('hex').slice(0, 24)}`
}

/** The same seed registers the same app, so a restart keeps its keys. */
function registeredApp(seed: number, settings: Settings): IntuitApp {
  const random = createRandom(seed)
  return {
    name: 'Quittance',
    clientId: `AB${random.text(48)}`,
    clientSecret: random.text(40),
    verifierToken: `${random.text(8)}-${random.text(4)}-${random.text(4)}-${random.text(4)}-${random.text(12)}`,
    get redirectUris() {
      return [...settings.current.redirectUris]
    },
  }
}
