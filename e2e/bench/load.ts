import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from './child.ts'

export type LoadRequest = { method: string; path: string; headers?: Record<string, string>; body?: string }
/** `forMs` null sends each request once. */
export type LoadOrder = { url: string; connections: number; requestsFile: string; forMs: number | null }
export type Answered = { perSecond: number; p50Ms: number; p99Ms: number; answers: number; errors: number; firstError: string }
export type Load = {
  /** Sends the requests over so many connections, again and again for `forMs`, or each once. Throws where one is refused. */
  send(url: string, requests: readonly LoadRequest[], how: { connections: number; forMs?: number }): Promise<Answered>
  stop(): Promise<void>
}

/** A load generator in a process of its own. */
export async function startLoad(): Promise<Load> {
  const child = await startChild('servers/load.ts')
  const folder = mkdtempSync(join(tmpdir(), 'quittance-load-'))
  const requestsFile = join(folder, 'requests.json')
  return {
    async send(url, requests, { connections, forMs }) {
      writeFileSync(requestsFile, JSON.stringify(requests))
      const answered = await child.ask<Answered>('load', { url, connections, requestsFile, forMs: forMs ?? null } satisfies LoadOrder)
      if (answered.errors > 0) throw new Error(`${answered.errors} of ${answered.answers} requests were refused, first: ${answered.firstError}`)
      return answered
    },
    async stop() {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
