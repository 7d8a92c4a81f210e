/** A seeded source of chance: the same seed gives the same sequence. */
export type Random = {
  /** A number from 0 up to, not including, 1. */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number
  /** One of the items. */
  pick<T>(items: readonly [T, ...T[]]): T
  /** True with the given probability. */
  chance(probability: number): boolean
  /** `length` characters of a-z and 0-9. */
  text(length: number): string
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** mulberry32: small, fast and good enough to spread test data; never for secrets. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    pick: items => items[int(0, items.length - 1)] ?? items[0],
    chance: probability => next() < probability,
    text: length => Array.from({ length }, () => letters[int(0, letters.length - 1)]).join(''),
  }
}
