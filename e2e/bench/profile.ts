import { Session } from 'node:inspector/promises'
import type { Place } from './figures.ts'

type Frame = { functionName: string; url: string; lineNumber: number }
export type CpuProfile = { nodes: { id: number; callFrame: Frame }[]; samples?: number[] | undefined; timeDeltas?: number[] | undefined }

const intervalUs = 500

/** Watches where this process's time goes, until the answer is called. */
export async function startProfile(): Promise<() => Promise<Place[]>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.setSamplingInterval', { interval: intervalUs })
  await session.post('Profiler.start')
  return async () => {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    return placesOf(profile, 8)
  }
}

/** Where the most time was spent, as shares of the time in which the process worked. */
export function placesOf({ nodes, samples = [], timeDeltas = [] }: CpuProfile, most: number): Place[] {
  const names = new Map(nodes.map(node => [node.id, placeOf(node.callFrame)]))
  const spent = new Map<string, number>()
  let busy = 0
  samples.forEach((id, i) => {
    const name = names.get(id) ?? null
    const us = timeDeltas[i] ?? 0
    if (name === null) return
    busy += us
    spent.set(name, (spent.get(name) ?? 0) + us)
  })
  return [...spent].map(([place, us]) => ({ place, share: busy === 0 ? 0 : us / busy })).sort((a, b) => b.share - a.share).slice(0, most)
}

/** The package or the part of the project that a function belongs to; null for the time in which nothing was to do, and for the watching itself. */
function placeOf({ functionName, url }: Frame): string | null {
  if (functionName === '(idle)' || url === 'node:inspector') return null
  if (functionName === '(garbage collector)') return 'collecting garbage'
  if (functionName.startsWith('libsql_js::')) return 'libsql'
  const inPackage = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1]
  if (inPackage) return inPackage
  const inProject = /\/((?:api|db|widget|e2e)\/(?:[\w-]+\/)*)[\w.-]+$/.exec(url)?.[1]
  return inProject ?? 'Node itself'
}
