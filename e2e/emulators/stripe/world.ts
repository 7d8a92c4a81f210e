import type { Stripe } from 'stripe'
import type { Clock } from '../kit/clock.ts'
import { createRandom } from '../kit/random.ts'
import type { Shelf } from '../kit/shelf.ts'
import { missing } from './wire/failure.ts'

/** Stripe's objects by the noun that its error messages use. */
export type Kinds = {
  customer: Stripe.Customer
  payment_method: Stripe.PaymentMethod
  confirmation_token: Stripe.ConfirmationToken
  payment_intent: Stripe.PaymentIntent
  charge: Stripe.Charge
  refund: Stripe.Refund
  balance_transaction: Stripe.BalanceTransaction
  event: Stripe.Event
  webhook_endpoint: Stripe.WebhookEndpoint & { connect: boolean; signing: string }
  payment_method_domain: Stripe.PaymentMethodDomain
  customer_session: Stripe.CustomerSession & { id: string }
  /** What a test card does when it is charged, by the id of its payment method or confirmation token. */
  behaviour: { id: string; card: string; /** The payment method that a confirmation token was made from. */ methodId: string | null }
}

/** One Stripe merchant's objects. */
export type Books = {
  accountId: string
  put<K extends keyof Kinds>(kind: K, object: Kinds[K]): void
  get<K extends keyof Kinds>(kind: K, id: string): Kinds[K] | undefined
  /** Like `get`, but throws Stripe's `resource_missing`: 400 where `param` names a parameter, 404 for the object in the path. */
  find<K extends keyof Kinds>(kind: K, id: string, param?: string): Kinds[K]
  /** Newest first, as Stripe lists them. */
  all<K extends keyof Kinds>(kind: K): Kinds[K][]
  remove(kind: keyof Kinds, id: string): void
}

/** What all parts of the emulator share. */
export type World = {
  clock: Clock
  shelf: Shelf
  /** The merchant whose secret key it is. */
  platformId: string
  /** Merchants that have connected to it and may be named in `Stripe-Account`. */
  connectedIds: readonly string[]
  publishableKey: string
  secretKey: string
  /** The first webhook endpoint's signing secret. */
  webhookSecret: string
  books(accountId: string): Books
  /** A new id: the same for the same seed and the same calls. */
  newId(prefix: string, length?: number): string
  nowS(): number
  /** The emulator's own address, for links inside its answers. */
  url(): string
}

export type WorldOptions = { clock: Clock; shelf: Shelf; seed: number; url: () => string }

export function createWorld({ clock, shelf, seed, url }: WorldOptions): World {
  const fixed = (name: string, length: number) => createRandom(hash(`${seed} ${name}`)).text(length)
  return {
    clock,
    shelf,
    platformId: `acct_${fixed('platform', 16)}`,
    connectedIds: [`acct_${fixed('connected 1', 16)}`, `acct_${fixed('connected 2', 16)}`],
    publishableKey: `pk_test_${fixed('publishable', 24)}`,
    secretKey: `sk_test_${fixed('secret', 24)}`,
    webhookSecret: `whsec_${fixed('webhook', 32)}`,
    books: accountId => openBooks(shelf, accountId),
    newId: (prefix, length = 24) => {
      const count = shelf.count('id')
      const random = createRandom(hash(`${seed} ${prefix} ${generation(shelf)} ${count}`)).text(length - 6)
      // The count at the end keeps two ids apart even where their random parts agree.
      return `${prefix}_${random}${count.toString(36).padStart(6, '0')}`
    },
    nowS: () => Math.floor(clock.now() / 1000),
    url,
  }
}

function openBooks(shelf: Shelf, accountId: string): Books {
  const place = (kind: keyof Kinds) => `${accountId} ${kind}`
  const books: Books = {
    accountId,
    put: (kind, object) => shelf.put(place(kind), object.id, object),
    get: (kind, id) => shelf.get(place(kind), id),
    find: (kind, id, param) => {
      const found = books.get(kind, id)
      if (found) return found
      throw missing(nouns[kind] ?? kind.replaceAll('_', ' '), id, param ?? pathParams[kind] ?? 'id', param === undefined ? 404 : 400)
    },
    all: <K extends keyof Kinds>(kind: K) => shelf.all<Kinds[K]>(place(kind)).reverse(),
    remove: (kind, id) => shelf.remove(place(kind), id),
  }
  return books
}

const nouns: Partial<Record<keyof Kinds, string>> = { payment_intent: 'payment_intent', payment_method: 'PaymentMethod', confirmation_token: 'ConfirmationToken' }
const pathParams: Partial<Record<keyof Kinds, string>> = { payment_intent: 'intent', payment_method: 'payment_method', confirmation_token: 'confirmation_token' }

/** Empties everything; ids made afterwards differ from those made before, so that nobody takes a new object for an old one. */
export function startOver(shelf: Shelf): void {
  const next = generation(shelf) + 1
  shelf.clear()
  shelf.put('meta', 'generation', { count: next })
}

function generation(shelf: Shelf): number {
  return shelf.get<{ count: number }>('meta', 'generation')?.count ?? 0
}

/** FNV-1a: spreads a text over 32 bits. */
function hash(value: string): number {
  let state = 0x811c9dc5
  for (const character of value) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return state >>> 0
}
