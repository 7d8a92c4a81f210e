import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleView } from '../../api/domain/console-views.ts'
import type { InvoiceList } from '../../api/domain/views.ts'
import { callerOf } from '../merchant.ts'
import { freePort } from '../ports.ts'
import { type Sandbox, type Started, startMs, startSandbox } from './started.ts'

const root = resolve(import.meta.dirname, '../..')
const readme = readFileSync(join(root, 'README.md'), 'utf8')

let port: number
let dataDir: string
let running: Started
beforeAll(async () => {
  port = await freePort()
  dataDir = mkdtempSync(join(tmpdir(), 'quittance-'))
  running = await start()
}, startMs)
afterAll(async () => {
  await running.stop()
  rmSync(dataDir, { recursive: true, force: true })
})

const start = () => startSandbox({ port, dataDir }, ['--invoices', '50'])
const sandbox = () => running.sandbox()
const developersLines = () => [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(match => match[1] ?? '').find(block => block.includes('curl'))

/** The machine's curl, or where it has none a stand-in that knows the options that the README uses. */
function pathWithCurl(): string {
  if (spawnSync('curl', ['--version']).status === 0) return process.env['PATH'] ?? ''
  const file = join(dataDir, 'curl')
  writeFileSync(file, `#!/usr/bin/env node
const headers = {}; let address = ''; let body
for (let at = 2; at < process.argv.length; at++) {
  const word = process.argv[at]
  if (word === '-H') { const [name, ...rest] = process.argv[++at].split(': '); headers[name] = rest.join(': ') }
  else if (word === '-d') body = process.argv[++at]
  else if (word !== '-s') address = word
}
fetch('http://' + address, { headers, body, method: body ? 'POST' : 'GET' }).then(async answer => process.stdout.write(await answer.text()))
`)
  chmodSync(file, 0o755)
  return [dataDir, process.env['PATH']].join(delimiter)
}

test('the developer’s lines of the README, typed as they stand there, end in the customer’s invoices', async () => {
  const lines = developersLines()?.replaceAll('127.0.0.1:4000', `127.0.0.1:${port}`)
  const { stdout, stderr } = await promisify(execFile)('sh', ['-euc', lines ?? ''], { cwd: root, env: { ...process.env, PATH: pathWithCurl() } })
  expect(stderr).toBe('')
  const list = JSON.parse(stdout) as InvoiceList
  expect(list.invoices).toHaveLength(2)
  expect(list.invoices.map(row => row.customerName)).toContain('Harbour Coffee Roasters')
})

test('every part that the README and `/sandbox` name answers, and the shop’s page carries the README’s two lines', async () => {
  const parts = await sandbox()
  const account = await fetch(`${parts.site}/account?demo`, { redirect: 'manual' })
  const page = await (await fetch(new URL(account.headers.get('location') ?? '', parts.site), { headers: { cookie: account.headers.get('set-cookie')?.split(';')[0] ?? '' } })).text()
  const tag = [...readme.matchAll(/```html\n([\s\S]*?)```/g)][0]?.[1]?.replaceAll('https://pay.example.com', parts.api).replaceAll('pk_…', parts.publishableKey) ?? 'no tag'
  const withoutToken = page.replace(/ token="[^"]*"/, '')
  for (const line of tag.trim().split('\n')) expect(withoutToken).toContain(line)
  const addresses = [parts.console, `${parts.api}/docs`, `${parts.api}/openapi.json`, `${parts.api}/pay-online/${parts.publishableKey}`, `${parts.api}/v1/quittance.js`, parts.mail, parts.quickbooks, `${parts.stripe}/_emulator/state`]
  const statuses = await Promise.all(addresses.map(async address => ({ address, status: (await fetch(address)).status })))
  expect(statuses).toEqual(addresses.map(address => ({ address, status: 200 })))
})

test('stopped and started again, the sandbox goes on with the same merchant, and the shop may take payments at its new address', async () => {
  const before = await sandbox()
  const asMerchant = (parts: Sandbox) => callerOf(parts.api, '', { authorization: `Bearer ${parts.apiKey}` })
  await asMerchant(before)('PATCH', '/v1/merchant/settings', { allowedOrigins: [before.site, 'https://own.example.com'] })
  await running.stop()
  running = await start()
  const after = await sandbox()
  expect(after).toMatchObject({ apiKey: before.apiKey, publishableKey: before.publishableKey })
  const { settings } = (await asMerchant(after)('GET', '/v1/merchant')) as ConsoleView
  expect(settings.allowedOrigins).toEqual(['https://own.example.com', after.site])
}, startMs)
