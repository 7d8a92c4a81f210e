import { randomBytes, randomFillSync, randomInt } from 'node:crypto'

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A prefixed id that sorts by time: 48 bits of milliseconds and 80 of chance, in Crockford's base 32 (a ULID). */
export function newId<Prefix extends string>(prefix: Prefix, now: number): `${Prefix}_${string}` {
  let time = ''
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = letters[rest % 32] + time
  let chance = ''
  for (const byte of chanceBytes()) chance += letters[byte % 32]
  return `${prefix}_${time}${chance}`
}

const chanceLength = 16
const pool = Buffer.alloc(chanceLength * 256)
let used = pool.length

/** Asked of the system for many ids at once: a load makes hundreds of thousands. */
function chanceBytes(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += chanceLength
  return pool.subarray(used - chanceLength, used)
}

/** A secret of 256 bits that begins with what it is, e.g. `lnk_…`. */
export function newToken<Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` {
  return `${prefix}_${randomBytes(32).toString('base64url')}`
}

/** Six digits. */
export function newCode(): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}
