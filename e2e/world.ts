import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig } from '../api/config.ts'
import { silentLog } from '../api/log.ts'
import { type RunningApi, startApi } from '../api/main.ts'
import type { Log } from '../api/ports.ts'
import type { StoreOptions } from '../db/store.ts'
import { demoCustomer } from './company/demo.ts'
import { startHranaServer } from './emulators/libsql/index.ts'
import { type SignedInMerchant, signUpMerchant, until } from './merchant.ts'
import { type Outside, type OutsideOptions, startOutside } from './outside.ts'
import { freePort } from './ports.ts'

const soonMs = 1_000

export type World = {
  outside: Outside
  api: RunningApi
  apiUrl: string
  /** Where the rows lie, for tests that read them past the product. */
  databaseFile: string
  /** The demo merchant, connected and loaded; absent where the world was started without. */
  merchant: SignedInMerchant
  /** A session of the demo customer, as the merchant's own server asks for it. */
  session(customer?: { email: string } | { quickBooksId: string }): Promise<string>
  /** Calls the API with a bearer token and answers status and body. */
  ask(token: string | null, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
  /** Waits until nothing that is due at once is owed and no webhook is under way. */
  settled(): Promise<void>
  close(): Promise<void>
}

/**
 * The whole product in one process with the systems around it, for tests: real HTTP between all of them, one clock that
 * `outside.clock.advance` moves for everybody. `connected: false` leaves the merchant to the test. With `WORLD_DATABASE=server`
 * in the environment a database server stands between the product and its file.
 */
export async function startWorld(options: Partial<OutsideOptions> & { connected?: boolean; log?: Log; around?: StoreOptions['around'] } = {}): Promise<World> {
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'quittance-'))
  const outside = await startOutside({ unlimited: true, ...options, apiUrl })
  const { clock } = outside
  const databaseFile = join(dataDir, 'quittance.db')
  const server = process.env['WORLD_DATABASE'] === 'server' ? await startHranaServer({ path: databaseFile }) : null
  const config = readConfig({ ...outside.environment, PORT: String(port), DATA_DIR: dataDir, ...(server ? { DATABASE_URL: server.url } : {}), SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, LOG_LEVEL: 'silent' })
  const api = await startApi(config, { clock: { now: clock.now, offsetMs: () => clock.now() - Date.now() }, log: options.log ?? silentLog, ...(options.around ? { around: options.around } : {}), ...(options.unlimited === false ? {} : { quickBooksPerSecondMax: 1_000 }) })
  const signUp = () => signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url })
  const merchant = options.connected === false ? nobody : await signUp()
  if (options.connected !== false) outside.site.connect({ apiUrl, publishableKey: merchant.publishableKey, apiKey: merchant.apiKey, fallbackUrl: `${apiUrl}/pay-online/${merchant.publishableKey}` })
  return {
    outside, api, apiUrl, databaseFile, merchant, ...asker(apiUrl, merchant.apiKey),
    settled: async () => {
      const { outbox } = api.context.store.control
      const restOfIt = async () => {
        await api.worker.idle()
        await outside.stripe.settled()
        await outside.quickbooks.deliveries.idle()
        await api.worker.idle()
        return outbox.dueInMs()
      }
      // Events of QuickBooks are gathered for a moment before they are read: that reading is owed, though not due yet.
      await until(restOfIt, dueInMs => dueInMs === null || dueInMs > soonMs)
    },
    close: async () => {
      await api.stop()
      await outside.close()
      await server?.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** How tests ask the API, and the merchant's own server for a customer's session. */
export function asker(apiUrl: string, apiKey: string): Pick<World, 'ask' | 'session'> {
  const ask: World['ask'] = async (token, method, path, body) => {
    const answer = await fetch(`${apiUrl}${path}`, { method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) })
    const text = await answer.text()
    return { status: answer.status, body: text && answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text }
  }
  return {
    ask,
    session: async (customer = { email: demoCustomer.email }) => {
      const { status, body } = await ask(apiKey, 'POST', '/v1/sessions', { customer })
      if (status !== 201) throw new Error(`no session: ${status} ${JSON.stringify(body)}`)
      return (body as { token: string }).token
    },
  }
}

const nobody: SignedInMerchant = { merchantId: '', publishableKey: '', apiKey: '', cookie: '', call: async () => null }
