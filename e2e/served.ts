import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { signUpMerchant, until } from './merchant.ts'
import { startOutside } from './outside.ts'
import { freePort } from './ports.ts'
import { asker } from './world.ts'

const main = resolve(import.meta.dirname, '../api/main.ts')

/** Starts the product as `npm run serve` runs it, a process with its own log, which signals reach; waits until it is ready, or until it has ended. */
export async function serve(environment: Readonly<Record<string, string>>) {
  const child: ChildProcess = spawn(process.execPath, [main], { env: { PATH: process.env['PATH'], ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text))
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null }))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  await until(async () => isOver() || out.includes('"msg":"ready"'), over => over, 30_000)
  return {
    ended, isOver,
    said: () => ({ out, err }),
    /** Its log, line by line. */
    lines: (): Record<string, unknown>[] => out.trim().split('\n').map(line => JSON.parse(line) as Record<string, unknown>),
    signal: (name: NodeJS.Signals) => void child.kill(name),
  }
}

/** The product as a process beside the systems around it, with the demo merchant connected and loaded. */
export async function startServedWorld(options: { invoices: number; environment?: Record<string, string> }) {
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'quittance-'))
  const outside = await startOutside({ unlimited: true, invoices: options.invoices, apiUrl })
  const environment = { ...outside.environment, PORT: String(port), DATA_DIR: dataDir, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, ...options.environment }
  let api = await serve(environment)
  const merchant = await signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url })
  return {
    outside, merchant, apiUrl, port, environment, ...asker(apiUrl, merchant.apiKey), databaseUrl: `file:${join(dataDir, 'quittance.db')}`,
    api: () => api,
    /** Starts it again where it has ended. */
    begin: async () => {
      if (api.isOver()) api = await serve(environment)
      return api
    },
    close: async () => {
      api.signal('SIGKILL')
      await api.ended
      await outside.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
