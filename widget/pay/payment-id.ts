const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const timeLength = 10
const randomLength = 16

export type PaymentIds = {
  /** The id of the click that is being worked on; made once, and the same for every retry of it. */
  current(): string
  /** The id that this page has begun with before, if any. */
  begun(): string | null
  /** That click has come to its end: the next one is another payment. */
  drop(): void
}

/** Keeps the payment's id across reloads, in our own origin's session storage, or in memory where a browser refuses that. */
export function paymentIds(checkout: string, now: () => number): PaymentIds {
  const key = `quittance:payment:${checkout}`
  let memory: string | null = null
  const store = sessionStore()
  const begun = () => store?.getItem(key) ?? memory
  return {
    begun,
    current() {
      const known = begun()
      if (known) return known
      memory = `pay_${ulid(now())}`
      store?.setItem(key, memory)
      return memory
    },
    drop() {
      memory = null
      store?.removeItem(key)
    },
  }
}

/** Null where storage is refused, as in a sandboxed frame, where even to touch it throws. */
function sessionStore(): Storage | null {
  try {
    return globalThis.sessionStorage
  } catch {
    return null
  }
}

/** 26 characters of Crockford's base 32: the milliseconds, then chance; ids of later clicks sort later. */
export function ulid(nowMs: number): string {
  let time = ''
  for (let rest = nowMs, i = 0; i < timeLength; i++, rest = Math.floor(rest / alphabet.length)) time = alphabet.charAt(rest % alphabet.length) + time
  const chance = crypto.getRandomValues(new Uint8Array(randomLength))
  return time + Array.from(chance, byte => alphabet.charAt(byte % alphabet.length)).join('')
}
