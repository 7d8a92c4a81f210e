/** A timer that has been set and not yet fired. */
type Timer = { atMs: number; order: number; fire: () => void }

/**
 * The time an emulator lives by. It follows the machine's clock until somebody moves it;
 * moving it forwards fires every timer on the way, in order.
 */
export type Clock = {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Calls `fire` once when the clock reaches `atMs`; the answer takes the timer back. */
  at(atMs: number, fire: () => void): () => void
  /** Moves the clock forwards by `byMs`. Throws a RangeError when `byMs` is negative. */
  advance(byMs: number): void
  /** Forgets every timer. */
  stop(): void
}

/**
 * @param startMs where the clock begins; the machine's own time when absent.
 * @param options `isStopped`: it does not follow the machine's clock and moves only when somebody moves it.
 */
export function createClock(startMs: number = Date.now(), { isStopped = false } = {}): Clock {
  const machineMs = isStopped ? () => 0 : Date.now
  let offsetMs = startMs - machineMs()
  let order = 0
  let timers: Timer[] = []
  let wake: NodeJS.Timeout | undefined

  const now = () => machineMs() + offsetMs
  const fireDue = (untilMs: number) => {
    for (;;) {
      timers.sort((a, b) => a.atMs - b.atMs || a.order - b.order)
      const next = timers[0]
      if (!next || next.atMs > untilMs) break
      timers.shift()
      next.fire()
    }
    schedule()
  }
  const schedule = () => {
    clearTimeout(wake)
    const next = timers.reduce<number | undefined>((min, t) => (min === undefined || t.atMs < min ? t.atMs : min), undefined)
    if (next === undefined || (isStopped && next > now())) return
    // setTimeout counts in 32 bits, so a longer wait is made of several.
    wake = setTimeout(() => fireDue(now()), Math.min(Math.max(0, next - now()), 2 ** 31 - 1))
    wake.unref()
  }

  return {
    now,
    at(atMs, fire) {
      const timer = { atMs, order: order++, fire }
      timers.push(timer)
      schedule()
      return () => {
        timers = timers.filter(t => t !== timer)
        schedule()
      }
    },
    advance(byMs) {
      if (!(byMs >= 0)) throw new RangeError(`a clock only goes forwards, not by ${byMs} ms`)
      offsetMs += byMs
      fireDue(now())
    },
    stop() {
      timers = []
      clearTimeout(wake)
    },
  }
}
