import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock } from '../ports.ts'
import { createRegistry } from './registry.ts'

/** The systems that we call. */
export type System = 'quickbooks' | 'intuit' | 'stripe' | 'mail'
/** How a system answered when it was last called. Times are epoch ms. */
export type LastSeen = { answeredAt: number | null; failedAt: number | null; failure: string | null }
export type Metrics = ReturnType<typeof createMetrics>

const requestBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]
const callBounds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const resolutionMs = 10

/** What one process counts of itself from its start on. `docs/runbook.md` says what each figure means. */
export function createMetrics(clock: Clock) {
  const registry = createRegistry()
  const requests = registry.histogram('quittance_request_seconds', 'How long requests took, by route and class of status.', requestBounds)
  const calls = registry.histogram('quittance_call_seconds', 'How long calls to other systems took, by system.', callBounds)
  const failures = registry.counter('quittance_call_failures_total', 'Calls to other systems that did not bring what was asked, by class.')
  const webhooks = registry.counter('quittance_webhooks_total', 'Webhooks by source and by what became of them.')
  const jobs = registry.counter('quittance_jobs_total', 'Effects that were carried out, by kind and how they ended.')
  const streamsRefused = registry.counter('quittance_event_streams_refused_total', 'Event streams that were refused, by which limit.')
  const limited = registry.counter('quittance_requests_limited_total', 'Requests that came too fast and were refused unread, by which limit.')
  const seen = new Map<System, LastSeen>()
  const delay = monitorEventLoopDelay({ resolution: resolutionMs })
  delay.enable()
  return {
    registry,
    request: (route: string, status: number, ms: number) => requests.observe({ route, status: `${Math.floor(status / 100)}xx` }, ms / 1000),
    /** One call to another system; `failure` is its class, null where it brought what was asked. A definite no is an answer. */
    call(system: System, ms: number, failure: string | null, isAnswer = failure === null): void {
      calls.observe({ system }, ms / 1000)
      if (failure !== null) failures.add({ system, class: failure })
      const before = seen.get(system) ?? { answeredAt: null, failedAt: null, failure: null }
      seen.set(system, isAnswer ? { ...before, answeredAt: clock.now() } : { ...before, failedAt: clock.now(), failure })
    },
    webhook: (source: 'quickbooks' | 'stripe', outcome: 'kept' | 'refused' | 'unreadable') => webhooks.add({ source, outcome }),
    job: (kind: string, outcome: string) => jobs.add({ kind, outcome }),
    streamRefused: (limit: 'reader' | 'all') => streamsRefused.add({ limit }),
    requestLimited: (by: 'address' | 'link' | 'merchant') => limited.add({ by }),
    lastSeen: (system: System): LastSeen => seen.get(system) ?? { answeredAt: null, failedAt: null, failure: null },
    /** How late the event loop was since the last time it was asked, in seconds. */
    loopDelay(): { p50: number; p99: number; max: number } {
      // The measure counts the pause between two looks as well.
      const seconds = (ns: number) => Math.max(0, ns / 1e9 - resolutionMs / 1000)
      const told = { p50: seconds(delay.percentile(50)), p99: seconds(delay.percentile(99)), max: seconds(delay.max) }
      delay.reset()
      return told
    },
    stop: () => void delay.disable(),
  }
}
