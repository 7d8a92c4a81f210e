import { setTimeout as wait } from 'node:timers/promises'

export type Limiter = {
  /** Runs the call when the company's turn comes. */
  run<T>(realmId: string, call: () => Promise<T>): Promise<T>
}

/** Milliseconds that only go forwards, and a way to let some pass. */
export type Time = { now(): number; wait(ms: number): Promise<unknown> }
const machineTime: Time = { now: () => performance.now(), wait: ms => wait(ms) }

type Turn = { inFlight: number; startedAt: number[]; waiting: (() => void)[] }

/**
 * Holds each company's calls under Intuit's limits ("Limits and throttles": 10 a second, and by an older wording 10 at once);
 * companies do not wait for one another.
 */
export function createLimiter(limits: { inFlightMax: number; perSecondMax: number }, time: Time = machineTime): Limiter {
  const turns = new Map<string, Turn>()
  return {
    async run(realmId, call) {
      const turn = turns.get(realmId) ?? { inFlight: 0, startedAt: [], waiting: [] }
      turns.set(realmId, turn)
      await enter(turn, limits, time)
      try {
        return await call()
      } finally {
        turn.inFlight -= 1
        turn.waiting.shift()?.()
        if (turn.inFlight === 0 && turn.waiting.length === 0 && (turn.startedAt.at(-1) ?? 0) < time.now() - 1000) turns.delete(realmId)
      }
    },
  }
}

async function enter(turn: Turn, limits: { inFlightMax: number; perSecondMax: number }, time: Time): Promise<void> {
  for (;;) {
    if (turn.inFlight >= limits.inFlightMax) {
      await new Promise<void>(resolve => turn.waiting.push(resolve))
      continue
    }
    const now = time.now()
    turn.startedAt = turn.startedAt.filter(at => at > now - 1000)
    const [oldest] = turn.startedAt
    if (oldest === undefined || turn.startedAt.length < limits.perSecondMax) {
      turn.inFlight += 1
      turn.startedAt.push(now)
      return
    }
    await time.wait(Math.ceil(oldest + 1000 - now))
  }
}
