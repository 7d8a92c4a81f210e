import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { freePort } from '../../ports.ts'
import type { Bench } from '../bench.ts'
import { servedAs } from '../child.ts'
import { prepareDatabase, settingsFor } from '../prepared.ts'

const root = resolve(import.meta.dirname, '../../..')
const giveUpMs = 30_000
const askAgainMs = 5

/** From the start of a process to its first answer, on a database that is there already. */
export const start: Bench = {
  name: 'start',
  plans: [{ id: 'start', what: 'process start to first answer', floorIs: 'bare Hono', unit: 'ms', target: { kind: 'more-at-most', value: 1_000 } }],
  limit: 'Loading the modules: the vendors’ clients and the schemas of the API’s description. What was compiled is kept from one start to the next.',
  async open() {
    const prepared = await prepareDatabase(1_000)
    return {
      async round() {
        const bare = await freePort()
        const floor = await untilAnswer('e2e/bench/servers/bare.ts', bare, { PORT: String(bare) }, [])
        const port = await freePort()
        const { flags, environment } = servedAs()
        const ours = await untilAnswer('api/main.ts', port, { ...environment, ...settingsFor(prepared, port) }, flags)
        return { start: { ours, floor } }
      },
      close: async () => prepared.drop(),
    }
  },
}

async function untilAnswer(file: string, port: number, settings: Record<string, string>, flags: string[]): Promise<number> {
  const beganAt = performance.now()
  const child = spawn(process.execPath, [...flags, resolve(root, file)], { cwd: root, env: { ...process.env, ...settings }, stdio: ['ignore', 'ignore', 'inherit'] })
  try {
    while (!(await answers(port))) {
      if (child.exitCode !== null || performance.now() - beganAt > giveUpMs) throw new Error(`${file} did not answer`)
      await wait(askAgainMs)
    }
    return performance.now() - beganAt
  } finally {
    const gone = once(child, 'exit')
    child.kill('SIGTERM')
    await gone
  }
}

/** Where nobody listens yet, that is said without delay. */
async function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(answer => answer.ok, () => false)
}
