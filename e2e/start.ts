import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ConsoleView, ImportView } from '../api/domain/console-views.ts'
import { CompanyFolderError, readCompanyFolder } from './company/folder.ts'
import { chooseShownCustomer } from './company/showcase.ts'
import { callerOf, signUpMerchant, until } from './merchant.ts'
import { type Outside, realmId, startOutside } from './outside.ts'
import { isFree } from './ports.ts'
import { progressLine } from './progress-line.ts'
import { type StartOptions, readStartOptions, usage } from './start-options.ts'

type World = { invoices: number; company: string | null; seed: number }

/** The sandbox: the systems around the product in this process, the product as it is served in production in another, and a demo merchant who uses it. */
async function start({ host, port, dataDir, invoices, company }: StartOptions): Promise<void> {
  const apiUrl = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
  // What cannot be done is found before anything of last time is touched.
  if (!(await isFree(port, host))) return refuse(`Port ${port} is taken by another program, perhaps by another npm start. Stop it, or choose another port: PORT=${port + 1000} npm start`)
  const books = company === null ? {} : { company: readCompanyFolder(company) }
  const world: World = { invoices, company, seed: 1 }
  const fresh = prepare(dataDir, world)
  say('Starting Intuit, Stripe, the mail and a shop around the product …')
  const outside = await startOutside({ apiUrl, host, dataDir, seed: world.seed, invoices, secondCompany: true, ...books })
  const api = serveApi(outside, { host, port, dataDir })
  stopTogether(api, outside)
  await until(() => answers(apiUrl), isUp => isUp, 60_000)
  const sandbox = fresh ? await beDemoMerchant(outside, apiUrl) : await goOn(outside, dataDir, apiUrl)
  const visitor = company === null ? undefined : chooseShownCustomer({ objects: entity => outside.quickbooks.books.list(realmId, entity) })
  outside.site.connect({ apiUrl, publishableKey: sandbox.publishableKey, apiKey: sandbox.apiKey, fallbackUrl: `${apiUrl}/pay-online/${sandbox.publishableKey}`, ...(visitor ? { visitor } : {}) })
  for (const name of ['merchant.json', 'sandbox.json']) writeFileSync(join(dataDir, name), JSON.stringify(sandbox, null, 2))
  tell(outside, sandbox)
}

/** True where there is nothing to go on from. Another company than last time starts over. Until everything stands, `GET /sandbox` has nothing to say. */
function prepare(dataDir: string, world: World): boolean {
  const file = join(dataDir, 'world.json')
  const wanted = JSON.stringify(world)
  const complete = existsSync(join(dataDir, 'merchant.json')) && existsSync(file) && readFileSync(file, 'utf8') === wanted
  const names = ['world.json', 'merchant.json', 'quittance.db', 'quittance.db-wal', 'quittance.db-shm', ...['quickbooks.books.sqlite', 'quickbooks.intuit.sqlite', 'stripe.sqlite', 'mail.sqlite'].flatMap(name => [name, `${name}-wal`, `${name}-shm`])]
  if (!complete) for (const name of names) rmSync(join(dataDir, name), { force: true })
  rmSync(join(dataDir, 'sandbox.json'), { force: true })
  mkdirSync(dataDir, { recursive: true })
  writeFileSync(file, wanted)
  return !complete
}

function serveApi(outside: Outside, at: { host: string; port: number; dataDir: string }): ChildProcess {
  return spawn(process.execPath, [resolve(import.meta.dirname, '../api/main.ts')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env, ...outside.environment, HOST: at.host, PORT: String(at.port), DATA_DIR: at.dataDir, DATABASE_URL: process.env['DATABASE_URL'] ?? `file:${join(at.dataDir, 'quittance.db')}`,
      SEALING_KEYS: sealingKey(at.dataDir), SANDBOX_FILE: join(at.dataDir, 'sandbox.json'), LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
    },
  })
}

function sealingKey(dataDir: string): string {
  const file = join(dataDir, 'sealing.key')
  if (!existsSync(file)) writeFileSync(file, `sandbox:${randomBytes(32).toString('base64')}`, { mode: 0o600 })
  return readFileSync(file, 'utf8')
}

function stopTogether(api: ChildProcess, outside: Outside): void {
  let stopping = false
  const stop = (code: number) => {
    if (stopping) return
    stopping = true
    api.once('exit', () => void outside.close().then(() => process.exit(code)))
    if (api.exitCode !== null) void outside.close().then(() => process.exit(code))
    else api.kill('SIGTERM')
  }
  process.once('SIGINT', () => stop(0))
  process.once('SIGTERM', () => stop(0))
  // Whatever ends this process, the product does not outlive its sandbox.
  process.once('exit', () => api.kill('SIGTERM'))
  api.once('exit', code => {
    if (stopping) return
    stopping = true
    void outside.close().then(() => process.exit(code ?? 1))
  })
}

async function answers(apiUrl: string): Promise<boolean> {
  return fetch(`${apiUrl}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(answer => answer.status === 200 || answer.status === 503, () => false)
}

type Sandbox = { api: string; site: string; console: string; mail: string; quickbooks: string; stripe: string; paypal: null; authorizenet: null; realmId: string; merchantId: string; publishableKey: string; apiKey: string }

async function beDemoMerchant(outside: Outside, apiUrl: string): Promise<Sandbox> {
  say('The demo merchant signs in, connects QuickBooks and loads the company:')
  const merchant = await signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url, onProgress: showProgress })
  return { ...addresses(outside, apiUrl), merchantId: merchant.merchantId, publishableKey: merchant.publishableKey, apiKey: merchant.apiKey }
}

/** The merchant of last time. The shop has another port today, so it takes the place of the old one among the sites that may take payments. */
async function goOn(outside: Outside, dataDir: string, apiUrl: string): Promise<Sandbox> {
  say('Going on from last time. Delete the data folder to start over.')
  const before = JSON.parse(readFileSync(join(dataDir, 'merchant.json'), 'utf8')) as Sandbox
  const call = callerOf(apiUrl, '', { authorization: `Bearer ${before.apiKey}` })
  const { settings } = (await call('GET', '/v1/merchant')) as ConsoleView
  await call('PATCH', '/v1/merchant/settings', { allowedOrigins: [...settings.allowedOrigins.filter(origin => origin !== before.site), outside.site.url] })
  return { ...before, ...addresses(outside, apiUrl) }
}

function addresses(outside: Outside, apiUrl: string) {
  // Other ways to pay have their places here; they come with their own emulators.
  return { api: apiUrl, site: outside.site.url, console: `${apiUrl}/console`, mail: outside.mail.url, quickbooks: outside.quickbooks.url, stripe: outside.stripe.url, paypal: null, authorizenet: null, realmId }
}

let shown = ''

function showProgress(view: ImportView): void {
  const line = progressLine(view)
  if (line === shown) return
  shown = line
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[2K${line}${view.state === 'running' ? '' : '\n'}`)
  else say(line)
}

function tell(outside: Outside, sandbox: Sandbox): void {
  say(`
Quittance is running. Open the shop's page and pay with the card 4242 4242 4242 4242, any later date, any CVC:

  shop, as its customer   ${outside.site.accountUrl}
  merchant's console      ${sandbox.console}   (sign in as avery@alderandfinch.example; the code comes to the mail below)
  mail                    ${sandbox.mail}
  QuickBooks              ${sandbox.quickbooks}
  Stripe                  ${sandbox.stripe}/_emulator/state
  API                     ${sandbox.api}/docs

Everything above as JSON, with a developer key: curl ${sandbox.api}/sandbox
Stop with Ctrl-C.`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function refuse(problem: string): void {
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}

const wish = readStartOptions(process.argv.slice(2), process.env)
switch (wish.kind) {
  case 'help':
    say(usage)
    break
  case 'refused':
    refuse(`${wish.problem}\n\n${usage}`)
    break
  case 'start':
    try {
      await start(wish.options)
    } catch (error) {
      // The other servers would keep this process alive.
      process.stderr.write(`${error instanceof CompanyFolderError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exit(1)
    }
}
