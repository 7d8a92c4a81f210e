const windowMs = 60_000
/** The clock's milliseconds and our divisions do not meet exactly; nobody is refused for a part of one. */
const toleranceMs = 1

/**
 * Counts requests by name in this process alone: `perMinute` may come at once, then each place is free again after its share of the
 * minute. One number is kept for a name: until when its places are taken. Names are kept in two generations, so forgetting costs
 * nothing: a name that has rested for a minute is gone, and one goes sooner only after `namesMax` others have asked since.
 */
export function createPace(perMinute: number, namesMax = 20_000) {
  const stepMs = windowMs / perMinute
  let young = new Map<string, number>()
  let old = new Map<string, number>()
  let turnsAt = 0
  const turn = (now: number) => {
    // A clock that was set back would otherwise let the generation live for as long.
    if (now < turnsAt && turnsAt - now <= windowMs && young.size < namesMax) return
    old = young
    young = new Map()
    turnsAt = now + windowMs
  }
  return {
    /** 0 where the request may go on, which then counts; else after how many milliseconds the next one may. */
    count(name: string, now: number): number {
      turn(now)
      const known = young.get(name)
      const takenMs = Math.min(windowMs, Math.max(0, (known ?? old.get(name) ?? now) - now))
      const waitMs = takenMs + stepMs - windowMs
      const isRefused = waitMs > toleranceMs
      young.set(known === undefined ? detached(name) : name, now + takenMs + (isRefused ? 0 : stepMs))
      return isRefused ? waitMs : 0
    },
    /** How many names are kept. */
    size: (): number => young.size + old.size,
  }
}

/** A part of a header keeps the whole header in memory for as long as it lives; a copy does not. */
function detached(name: string): string {
  return Buffer.from(name).toString()
}
