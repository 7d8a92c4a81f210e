import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, resolve } from 'node:path'
import { until } from '../merchant.ts'

const root = resolve(import.meta.dirname, '../..')
/** How long a start may take on a busy machine before it counts as stuck. */
export const startMs = 60_000
/** What `GET /sandbox` names. */
export type Sandbox = Record<'api' | 'site' | 'console' | 'mail' | 'quickbooks' | 'stripe' | 'realmId' | 'apiKey' | 'publishableKey', string>
/** A running start: where it answers, and what it has written to the terminal so far. */
export type Started = { url: string; said(): string; sandbox(): Promise<Sandbox>; stop(): Promise<void> }

/**
 * What `npm start -- …typed` runs once everything is installed, on this port and with its data in this folder; resolves when it answers healthy.
 * Throws an Error with what it said where it ends instead. `stop` asks it to end and waits; the start takes the product, its child, along.
 */
export async function startSandbox(at: { port: number; dataDir: string }, typed: readonly string[] = []): Promise<Started> {
  const child = spawn(join(root, 'node_modules/.bin/node'), ['e2e/start.ts', ...typed], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PORT: String(at.port), DATA_DIR: at.dataDir } })
  const texts: string[] = []
  child.stdout.on('data', (text: Buffer) => texts.push(text.toString()))
  child.stderr.on('data', (text: Buffer) => texts.push(text.toString()))
  const url = `http://127.0.0.1:${at.port}`
  const started = { url, said: () => texts.join(''), sandbox: () => sandboxOf(url), stop: () => stop(child) }
  try {
    const status = await until(async () => (child.exitCode === null ? fetch(`${url}/healthz`).then(answer => answer.status, () => 0) : 'ended'), found => found === 200 || found === 'ended', startMs)
    if (status === 'ended') throw new Error(`npm start ended: ${started.said()}`)
  } catch (error) {
    await stop(child)
    throw error
  }
  return started
}

async function sandboxOf(url: string): Promise<Sandbox> {
  return (await (await fetch(`${url}/sandbox`)).json()) as Sandbox
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
