import type { Store } from '../db/store.ts'
import type { Config } from './config.ts'
import type { CrashPoint } from './domain/crash-points.ts'
import type { Hub } from './live/hub.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { Accounting, Clock, IntuitOAuth, IntuitWebhook, Log, Mailer, PaymentProvider } from './ports.ts'
import type { Vault } from './vault.ts'

/** What every verb is given: the store, the time and the ways out. `api/main.ts` alone puts it together. */
export type Context = {
  config: Config
  store: Store
  clock: Clock
  log: Log
  vault: Vault
  intuit: IntuitOAuth
  intuitWebhook: IntuitWebhook
  accounting: Accounting
  /** Absent where no keys are set: the merchant then takes no card payments, and is told so. */
  stripe: PaymentProvider | null
  mailer: Mailer
  metrics: Metrics
  /** Whether the process is about to end: it then takes no new work. */
  lifetime: { isStopping: boolean }
  /** Tells open pages what is different. */
  hub: Hub
  /** Passes a place where a process may die; outside of the fault simulation nothing happens there. */
  pass(point: CrashPoint): Promise<void>
}
