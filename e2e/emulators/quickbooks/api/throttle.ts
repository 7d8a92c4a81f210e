import type { Clock } from '../../kit/clock.ts'

/** Intuit's limits ("REST API call limits and throttles", 2025): per minute and realm, per second and realm and app, and those of batches. */
export type Limits = { perMinuteRealm: number; perSecondApp: number; batchPerMinuteApp: number; batchPerMinuteRealm: number; emailsPerDay: number; readsPerMonth: number; changesPerAnswer: number }

export const intuitLimits: Limits = {
  perMinuteRealm: 500, perSecondApp: 10, batchPerMinuteApp: 40, batchPerMinuteRealm: 120,
  /** Of the sandbox. */
  emailsPerDay: 40,
  /** Of the free tier; beyond it every read is refused until the next month. */
  readsPerMonth: 500_000,
  changesPerAnswer: 1000,
}

export type Throttle = {
  limits: Limits
  /** Counts a call; false when it is one too many. */
  admits(call: { realmId: string; appId: string; isBatch: boolean }): boolean
  clear(): void
}

/** Sliding windows on the emulator's clock. A refused call does not count. */
export function createThrottle(clock: Clock, limits: Partial<Limits> = {}): Throttle {
  const windows = new Map<string, number[]>()
  const throttle: Throttle = {
    limits: { ...intuitLimits, ...limits },
    admits({ realmId, appId, isBatch }) {
      const now = clock.now()
      const { perMinuteRealm, perSecondApp, batchPerMinuteApp, batchPerMinuteRealm } = throttle.limits
      const asked: [string, number, number][] = [
        [`minute ${realmId}`, 60_000, perMinuteRealm],
        [`second ${realmId} ${appId}`, 1_000, perSecondApp],
      ]
      if (isBatch) asked.push([`batch ${realmId} ${appId}`, 60_000, batchPerMinuteApp], [`batch ${realmId}`, 60_000, batchPerMinuteRealm])
      const current = asked.map(([key, spanMs, limit]) => ({ key, limit, times: (windows.get(key) ?? []).filter(time => time > now - spanMs) }))
      if (current.some(window => window.times.length >= window.limit)) return false
      for (const window of current) windows.set(window.key, [...window.times, now])
      return true
    },
    clear: () => windows.clear(),
  }
  return throttle
}
