const firstMs = 2_000
const longestMs = 30 * 60_000
const attemptsBeforePoison = 8

/**
 * How long to wait after the given number of failed attempts (1 and up): doubling from 2 s to 30 min, spread by
 * `chance` (0 to 1) over the upper half, so that many who failed together do not come back together.
 */
export function backoffMs(attempts: number, chance: number): number {
  const fullMs = Math.min(longestMs, firstMs * 2 ** Math.min(attempts - 1, 20))
  return Math.round(fullMs / 2 + (fullMs / 2) * chance)
}

/** True where an effect has failed unforeseen so often that a person must look. */
export function isPoison(attempts: number): boolean {
  return attempts >= attemptsBeforePoison
}
