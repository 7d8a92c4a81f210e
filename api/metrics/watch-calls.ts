import type { Log, PaymentProvider } from '../ports.ts'
import type { Metrics, System } from './metrics.ts'

type Outcome = { kind: string }
type Call<A extends unknown[], O extends Outcome> = (...args: A) => Promise<O>

/** Measures each call of a provider of payments and writes a line about it: what was asked, how it ended, and nothing of its content. */
export function watchProvider(provider: PaymentProvider, metrics: Metrics, log: Log): PaymentProvider {
  const watched = <A extends unknown[], O extends Outcome>(name: string, call: Call<A, O>) => watchCall('stripe', name, call, metrics, log)
  return {
    ...provider,
    customer: watched('customer', provider.customer),
    customerSession: watched('customerSession', provider.customerSession),
    charge: watched('charge', provider.charge),
    fetch: watched('fetch', provider.fetch),
    list: watched('list', provider.list),
    lookUp: watched('lookUp', provider.lookUp),
    cancel: watched('cancel', provider.cancel),
  }
}

/** The same for one call of any system that answers in kinds: `refused` is a definite no, `unknown` no answer. */
export function watchCall<A extends unknown[], O extends Outcome>(system: System, name: string, call: Call<A, O>, metrics: Metrics, log: Log): Call<A, O> {
  return async (...args) => {
    const began = performance.now()
    const outcome = await call(...args)
    const ms = performance.now() - began
    const isRefused = outcome.kind === 'refused'
    const isUnknown = outcome.kind === 'unknown'
    metrics.call(system, ms, isRefused || isUnknown ? outcome.kind : null, !isUnknown)
    log[isUnknown ? 'warn' : 'info']({ system, call: name, outcome: outcome.kind, ms: Math.round(ms), ...tidOf(outcome) }, 'another system was called')
    return outcome
  }
}

/** Intuit names each of its answers, and asks for that name where something is reported to it. */
function tidOf(outcome: Outcome): { intuitTid?: unknown } {
  return 'intuitTid' in outcome ? { intuitTid: outcome.intuitTid } : {}
}
