/** The outside world in our own words: each adapter implements one of these records of functions, and verbs take them as arguments. */
import type { Currency, Minor } from './domain/money.ts'

/** Milliseconds since 1970, UTC. */
export type Clock = { now(): number }

/** Structured log lines. Fields never hold a secret, a token or a customer's data. */
export type Log = {
  debug(fields: Record<string, unknown>, text: string): void
  info(fields: Record<string, unknown>, text: string): void
  warn(fields: Record<string, unknown>, text: string): void
  error(fields: Record<string, unknown>, text: string): void
  child(fields: Record<string, unknown>): Log
}

/* ---- Intuit: the grant ---- */

export type IntuitTokens = {
  accessToken: string
  refreshToken: string
  accessExpiresAt: number
  refreshExpiresAt: number
  /** Intuit ends every grant after five years at most; null where Intuit does not say. */
  refreshHardExpiresAt: number | null
  idToken: string | null
}
export type TokenOutcome =
  | { kind: 'granted'; tokens: IntuitTokens }
  /** A definite no, e.g. `invalid_grant`. */
  | { kind: 'refused'; error: string; intuitTid: string | null }
  /** Nobody knows whether Intuit carried it out. */
  | { kind: 'unknown'; reason: string }
export type IntuitUser = { sub: string; email: string; emailVerified: boolean; givenName: string | null; familyName: string | null }

export type IntuitOAuth = {
  /** The address at Intuit where the merchant consents. */
  authorizeUrl(request: { state: string; scopes: readonly string[]; redirectUri: string }): Promise<string>
  exchange(request: { code: string; redirectUri: string; now: number }): Promise<TokenOutcome>
  refresh(request: { refreshToken: string; now: number }): Promise<TokenOutcome>
  revoke(token: string): Promise<{ kind: 'revoked' } | { kind: 'refused'; error: string } | { kind: 'unknown'; reason: string }>
  userInfo(accessToken: string): Promise<{ kind: 'user'; user: IntuitUser } | { kind: 'refused'; error: string } | { kind: 'unknown'; reason: string }>
  /** Checks signature, issuer, audience and expiry; null where any is wrong. */
  verifyIdToken(idToken: string, now: number): Promise<{ sub: string } | null>
}

/** That something changed in QuickBooks. What it is now is to be read: events come late, twice and out of order. */
export type IntuitEvent = {
  /** The same for each delivery of the same event. */
  key: string
  realmId: string
  /** QuickBooks' name of the entity, e.g. `CreditMemo`. */
  entity: string
  id: string
  operation: 'create' | 'update' | 'delete' | 'void' | 'merge' | 'email' | 'other'
  /** Epoch ms; null where Intuit's time cannot be read. */
  changedAt: number | null
  /** After a merge: the id that is gone. */
  deletedId: string | null
}
/** Checks a webhook's signature on its raw bytes and reads both of Intuit's formats; `unconfigured` where no verifier token is set. */
export type IntuitWebhook = {
  receive(raw: Uint8Array, signature: string | null): { kind: 'events'; events: IntuitEvent[]; unreadable: number } | { kind: 'malformed'; reason: string } | { kind: 'forged' } | { kind: 'unconfigured' }
}

/* ---- Intuit: the books ---- */

/** How a call to QuickBooks ended when it did not bring what was asked. The classes are those of `domain/qbo-fault.ts`. */
export type QboFailure = {
  class: 'transient' | 'throttled' | 'stale' | 'auth' | 'paused' | 'gone' | 'person' | 'ours' | 'unknown'
  /** Intuit's code, e.g. "6210"; empty where there was none. */
  code: string
  message: string
  detail: string
  /** HTTP status; 0 where no answer came. */
  status: number
  intuitTid: string | null
  retryAfterMs: number | null
}
export type QboAnswer<T> = { ok: true; value: T; intuitTid: string | null } | { ok: false; failure: QboFailure }

/** `latin1`: the company is in the United States, where QuickBooks takes ISO-8859-1 alone. */
export type QboCredentials = { realmId: string; accessToken: string; latin1?: boolean }

export type QboEntity = 'CompanyInfo' | 'Preferences' | 'Customer' | 'Invoice' | 'Payment' | 'CreditMemo' | 'Item' | 'Account' | 'Term' | 'PaymentMethod' | 'TaxCode' | 'TaxRate' | 'Deposit' | 'SalesReceipt' | 'RefundReceipt'
/** Intuit's own JSON object, numbers kept as the text that Intuit sent (see `qbo/decimal.ts`). */
export type QboObject = { readonly Id: string } & Readonly<Record<string, unknown>>
export type QboChange = { entity: QboEntity; objects: QboObject[]; deleted: { id: string; at: string | null }[]; overflow: boolean }

export type PageQuery = { entity: QboEntity; where: string | null; orderBy: string | null; start: number; max: number }

/** Reads are metered by Intuit, writes are free; `meter` is told of each call that counts. */
export type Accounting = {
  read(at: QboCredentials, entity: QboEntity, id: string): Promise<QboAnswer<QboObject>>
  /** One page of at most 1000. `where` is a condition in Intuit's query language without its WHERE. */
  page(at: QboCredentials, query: PageQuery): Promise<QboAnswer<QboObject[]>>
  /** The same with each object as `make` has it, one after the other, so that a long page is never in memory as a whole. */
  pageAs<T>(at: QboCredentials, query: PageQuery, make: (object: QboObject) => T): Promise<QboAnswer<T[]>>
  count(at: QboCredentials, entity: QboEntity, where: string | null): Promise<QboAnswer<number>>
  /** What changed since `since` (ISO, at most 30 days back), and Intuit's own time of the answer. */
  changes(at: QboCredentials, entities: readonly QboEntity[], since: string): Promise<QboAnswer<{ changes: QboChange[]; serverTime: string }>>
  /** Writes once per `requestId` (at most 50 characters): the same id is answered with the first answer. */
  write(at: QboCredentials, write: { entity: QboEntity; body: object; requestId: string; operation?: 'void' | 'delete' | 'update' }): Promise<QboAnswer<QboObject>>
  pdf(at: QboCredentials, entity: 'Invoice' | 'CreditMemo' | 'Payment', id: string): Promise<QboAnswer<Uint8Array>>
}

/* ---- Payment providers ---- */

export type PublicProviderConfig = { scriptUrl: string; publishableKey: string; stripeAccount: string | null }
export type ProviderFailure = { code: string; declineCode: string | null; retryable: boolean; /** What happened and what to do, without blaming. */ payerText: string }
export type ProviderMethod = { kind: string; brand: string | null; last4: string | null; funding: string | null }
export type ProviderPayment = {
  ref: string
  state: 'needs_method' | 'needs_action' | 'processing' | 'succeeded' | 'canceled'
  amount: Minor
  currency: Currency
  clientSecret: string | null
  method: ProviderMethod | null
  failure: ProviderFailure | null
  metadata: Readonly<Record<string, string>>
  fee: Minor | null
  /** What was given back to the payer since. */
  refunded: Minor
  createdAt: number
  /** When the money was taken; null while it is not. */
  takenAt: number | null
}
export type ProviderOutcome =
  | { kind: 'done'; payment: ProviderPayment }
  /** A definite no: nothing was and nothing will be charged by this call. */
  | { kind: 'refused'; failure: ProviderFailure; payment: ProviderPayment | null }
  /** Nobody knows: ask `lookUp`, or repeat with the same key. */
  | { kind: 'unknown'; reason: string }
export type ChargeOrder = {
  /** The idempotency key, derived from our own row and stored before the call. */
  key: string
  amount: Minor
  currency: Currency
  confirmationToken: string
  customerRef: string | null
  description: string
  returnUrl: string
  metadata: Readonly<Record<string, string>>
  stripeAccount: string | null
}
export type ProviderEvent = { id: string; type: string; stripeAccount: string | null; /** The payment it speaks of; null where it speaks of something else. */ paymentRef: string | null; metadata: Readonly<Record<string, string>> }

export type PaymentProvider = {
  id: 'stripe'
  publicConfig(stripeAccount: string | null): PublicProviderConfig
  /** The customer at the provider, made once per key. */
  customer(request: { key: string; name: string; email: string | null; metadata: Readonly<Record<string, string>>; stripeAccount: string | null }): Promise<{ kind: 'done'; ref: string } | { kind: 'refused'; failure: ProviderFailure } | { kind: 'unknown'; reason: string }>
  /** A client secret that lets the page show and save the customer's methods. */
  customerSession(request: { customerRef: string; stripeAccount: string | null }): Promise<{ kind: 'done'; clientSecret: string } | { kind: 'refused'; failure: ProviderFailure } | { kind: 'unknown'; reason: string }>
  charge(order: ChargeOrder): Promise<ProviderOutcome>
  fetch(ref: string, stripeAccount: string | null): Promise<ProviderOutcome>
  /** A page of all payments that were made since `createdAfter` (epoch ms), newest first; `after` is the `next` of the page before. */
  list(request: { createdAfter: number; after: string | null; stripeAccount: string | null }): Promise<{ kind: 'page'; payments: ProviderPayment[]; next: string | null } | { kind: 'refused'; failure: ProviderFailure } | { kind: 'unknown'; reason: string }>
  /** Looks for a payment by our own id where no ref was stored. */
  lookUp(request: { paymentId: string; createdAfter: number; stripeAccount: string | null }): Promise<ProviderOutcome | { kind: 'absent' }>
  /** Harmless to repeat, so each try is a call of its own: under one key the provider would answer for a day as it did the first time. */
  cancel(request: { ref: string; stripeAccount: string | null }): Promise<ProviderOutcome>
  /** Checks a webhook's signature on its raw text and reads it. */
  verifyWebhook(request: { raw: string; signature: string | null; now: number }): { kind: 'event'; event: ProviderEvent } | { kind: 'refused'; reason: string }
}

/* ---- Mail ---- */

export type Mail = { to: string; from: string; replyTo: string | null; subject: string; html: string; text: string; key: string }
export type Mailer = { send(mail: Mail): Promise<{ kind: 'sent'; /** Null where it went out under this key before, in other words. */ ref: string | null } | { kind: 'refused'; reason: string } | { kind: 'unknown'; reason: string; retryAfterMs: number | null }> }
