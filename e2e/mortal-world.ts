import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { signUpMerchant } from './merchant.ts'
import { startOutside } from './outside.ts'
import { freePort } from './ports.ts'
import { tellMortal } from './tell-mortal.ts'
import { asker } from './world.ts'

/** The world with the API in a process that can be killed at any moment and started again on the same data. */
export async function startMortalWorld(options: { invoices: number }) {
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${port}`
  const dataDir = mkdtempSync(join(tmpdir(), 'quittance-'))
  const outside = await startOutside({ unlimited: true, ...options, apiUrl })
  const environment = { ...process.env, ...outside.environment, PORT: String(port), DATA_DIR: dataDir, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, LOG_LEVEL: 'silent' }
  let api: ChildProcess
  const tellTime = () => tellMortal(api, { offsetMs: outside.clock.now() - Date.now() })
  const start = async () => {
    api = fork(resolve(import.meta.dirname, 'api-process.ts'), { env: environment, execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    tellTime()
    await once(api, 'message')
  }
  const kill = async () => {
    const gone = once(api, 'exit')
    api.kill('SIGKILL')
    await gone
  }
  await start()
  const merchant = await signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url })
  return {
    outside, merchant, apiUrl, environment, ...asker(apiUrl, merchant.apiKey), dataDir, start, kill,
    pid: () => api.pid,
    /** Moves everybody's clock. */
    advance: (ms: number) => {
      outside.clock.advance(ms)
      tellTime()
    },
    close: async () => {
      await kill()
      await outside.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
