import { AsyncLocalStorage } from 'node:async_hooks'

/** On whose behalf something is done. Log lines carry it, so that they can be put together afterwards; nothing is ever decided by it. */
export type Trace = {
  requestId?: string
  merchant?: string
  /** The effect that is carried out, its kind, how often it was tried, and the request that owed it. */
  job?: string
  kind?: string
  attempt?: number
  cause?: string | null
}

const traces = new AsyncLocalStorage<Trace>()

/** Does what `run` does, all of it on behalf of this. */
export function withTrace<T>(trace: Trace, run: () => T): T {
  return traces.run(trace, run)
}

/** Adds what was learned meanwhile, e.g. whose request it is. */
export function noteTrace(learned: Trace): void {
  const trace = traces.getStore()
  if (trace) Object.assign(trace, learned)
}

export function currentTrace(): Readonly<Trace> {
  return traces.getStore() ?? {}
}

/** What an effect that is owed now goes back to: the request, or the one that owed the effect under way. */
export function currentCause(): string | null {
  const { requestId, cause } = currentTrace()
  return requestId ?? cause ?? null
}
