import type { Clock } from '../kit/clock.ts'

/** Who may hold the lock. `robbed` is called when it is taken away for somebody who waits. */
export type Holder = { robbed(): void }

export type WriteLock = {
  /** Waits in line until the lock is the holder's; at once when it is already. */
  acquire(holder: Holder): Promise<void>
  /** Gives it on to the next in line; nothing happens for whoever does not hold it. */
  release(holder: Holder): void
  /** Forgets who holds it and who waits: those calls are never carried out. */
  clear(): void
  waiting(): number
  held(): boolean
}

/**
 * One writer at a time, first come first served. Whoever holds the lock for longer than `limitMs` loses it as soon
 * as somebody waits (5 s in sqld: TXN_TIMEOUT in libsql-server/src/connection); nobody waits, nobody loses.
 */
export function createWriteLock(clock: Clock, limitMs: number): WriteLock {
  let holder: Holder | undefined
  let heldSinceMs = 0
  let forgetTimer = () => {}
  const line: { holder: Holder; enter: () => void }[] = []

  const give = (next: Holder) => {
    holder = next
    heldSinceMs = clock.now()
    watch()
  }
  const watch = () => {
    forgetTimer()
    forgetTimer = () => {}
    if (holder && line.length > 0) forgetTimer = clock.at(heldSinceMs + limitMs, steal)
  }
  const steal = () => {
    const slow = holder
    if (!slow || line.length === 0) return
    slow.robbed()
    passOn()
  }
  const passOn = () => {
    holder = undefined
    const next = line.shift()
    if (!next) return watch()
    give(next.holder)
    next.enter()
  }
  return {
    acquire(asking) {
      if (holder === asking) return Promise.resolve()
      if (!holder) {
        give(asking)
        return Promise.resolve()
      }
      return new Promise(enter => {
        line.push({ holder: asking, enter })
        watch()
      })
    },
    release(leaving) {
      if (holder === leaving) passOn()
    },
    clear() {
      forgetTimer()
      holder = undefined
      line.length = 0
    },
    waiting: () => line.length,
    held: () => holder !== undefined,
  }
}
