import type { Clock } from '../kit/clock.ts'

/** Counts a team's calls in windows of one second, on the emulator's clock. */
export type RateLimit = {
  /** Counts one call; `headers` describe what is left, `allowed` is false when nothing was. */
  count(): { allowed: boolean; headers: Record<string, string> }
  /** The headers of a call for which nothing is left. */
  exhausted(): Record<string, string>
  clear(): void
}

export function createRateLimit(clock: Clock, perSecond: number): RateLimit {
  const headersAt = (count: number) => ({ 'ratelimit-limit': String(perSecond), 'ratelimit-remaining': String(Math.max(0, perSecond - count)), 'ratelimit-reset': '1', ...(count <= perSecond ? {} : { 'retry-after': '1' }) })
  let window = -1
  let used = 0
  return {
    count() {
      const now = Math.floor(clock.now() / 1000)
      if (now !== window) {
        window = now
        used = 0
      }
      used += 1
      return { allowed: used <= perSecond, headers: headersAt(used) }
    },
    exhausted: () => headersAt(perSecond + 1),
    clear: () => {
      window = -1
    },
  }
}
