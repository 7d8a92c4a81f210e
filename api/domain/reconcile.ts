import type { CardKind, Minor, PaymentId, PaymentState } from '../../db/values.ts'
import { isOpen } from './payment.ts'

/** What the nightly comparison looks back on, and the longest that a copy of the database may be old. */
export const windowMs = 40 * 24 * 60 * 60_000

/** Which comparison found it: provider → us, us → provider, us → QuickBooks, QuickBooks → us, the ledger in itself, what is owed. */
export type Rule = 'J1' | 'J2' | 'J3' | 'J4' | 'J6' | 'J7'
/** A named difference between us, the provider and QuickBooks. */
export type Finding = {
  rule: Rule
  /** Names the matter: the key of its card. */
  key: string
  /** The payment's reference, or what else names it to a person. */
  about: string
  text: string
  /** Both sides agreed on what was missing, and it was done. */
  mended: boolean
  /** Why it could not be followed to its end yet: it is looked at again. */
  unasked?: string
  /** What a person is asked; absent where it was mended, or where the card is opened by whoever does the work. */
  card?: { kind: CardKind; facts: Record<string, unknown> }
}

export type SeenCharge = { ref: string; state: 'needs_method' | 'needs_action' | 'processing' | 'succeeded' | 'canceled'; amount: Minor; refunded: Minor }
/**
 * What follows from a charge that carries our marks, beside the payment that it belongs to.
 * - `settle`: the provider knows more than we do, and what it says is taken
 * - `rebuild`: money was taken for a payment that we have no row of
 * - `cancel`: nobody here can finish it, and while it is open it might still be paid
 * - `stranger`: money was taken under the marks of a payment that was made by another charge
 */
export function judgeCharge(seen: SeenCharge, ours: { providerRef: string | null; state: PaymentState } | null): 'agrees' | 'settle' | 'rebuild' | 'cancel' | 'stranger' {
  if (!ours) return seen.state === 'succeeded' ? 'rebuild' : seen.state === 'canceled' ? 'agrees' : 'cancel'
  if (ours.providerRef !== null && ours.providerRef !== seen.ref) return seen.state === 'succeeded' && seen.refunded < seen.amount ? 'stranger' : 'agrees'
  if (seen.state === 'succeeded') return ours.state === 'succeeded' ? 'agrees' : 'settle'
  return seen.state === 'canceled' && isOpen(ours.state) ? 'settle' : 'agrees'
}

/** What is wrong in the ledger with one payment, in words; null where its entries are one capture of its amount and sum to zero. */
export function judgeLedger(row: { state: PaymentState; amount: Minor; facts: number; taken: Minor; rest: Minor }): string | null {
  if (row.rest !== 0) return 'its entries do not add up to zero'
  if (row.state !== 'succeeded') return row.facts === 0 ? null : 'it was not paid, and yet the ledger holds it'
  if (row.facts !== 1) return row.facts === 0 ? 'it was paid, and the ledger does not hold it' : `the ledger holds it ${row.facts} times`
  return row.taken === row.amount ? null : 'the ledger holds another amount'
}

export type SeenPayment = { qboId: string; amount: Minor }
/**
 * What follows from the live payments that QuickBooks holds under our reference.
 * - `gone`: what we had posted is not among them
 * - `twice`: more than one would count the money twice
 * - `adopt`: it waits for a person, and is there after all
 */
export function judgeBooks(ours: { state: string; qboId: string | null; amount: Minor }, live: readonly SeenPayment[]): 'agrees' | 'gone' | 'twice' | 'adopt' {
  if (live.length > 1) return 'twice'
  if (ours.state === 'posted') return live.some(each => each.qboId === ours.qboId) ? 'agrees' : 'gone'
  return ours.state === 'blocked' && live.some(each => each.amount === ours.amount) ? 'adopt' : 'agrees'
}

export const driftKeys = {
  missing: (id: PaymentId) => `drift:charge:${id}`,
  orphan: (ref: string) => `orphan:${ref}`,
  ledger: (id: PaymentId) => `drift:ledger:${id}`,
  twice: (id: PaymentId) => `drift:twice:${id}`,
  /** One for each version of the payment in QuickBooks: what a person has dealt with is asked again when it changes. */
  differs: (id: PaymentId, syncToken: string) => `drift:differs:${id}:${syncToken}`,
  unknown: (qboId: string) => `drift:unknown:${qboId}`,
  late: (what: string, kind: string) => `drift:late:${what}:${kind}`,
  posting: (id: PaymentId) => `posting:${id}`,
} as const

/** Which payment a key speaks of; null where it speaks of something else. */
export function paymentOfKey(key: string): string | null {
  return /^drift:(?:charge|ledger|twice|differs):(pay_[^:]+)/.exec(key)?.[1] ?? null
}

