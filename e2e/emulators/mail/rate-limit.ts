import type { Clock } from '../kit/clock.ts'

/** Counts a team's calls in windows of one second, on the emulator's clock. */
export type RateLimit = {
  /** Counts one call; `headers` describe what is left, `allowed` is false when nothing was. */
  count(): { allowed: boolean; headers: Record<string, string> }
  clear(): void
}

export function createRateLimit(clock: Clock, perSecond: number): RateLimit {
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
      const allowed = used <= perSecond
      const headers = { 'ratelimit-limit': String(perSecond), 'ratelimit-remaining': String(Math.max(0, perSecond - used)), 'ratelimit-reset': '1', ...(allowed ? {} : { 'retry-after': '1' }) }
      return { allowed, headers }
    },
    clear: () => {
      window = -1
    },
  }
}
