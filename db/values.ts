/** The types of stored values: the one file that every layer names. */

/** A whole number of minor units (cents). Only `api/domain/money.ts` does arithmetic on one. */
export type Minor = number & { readonly brand: 'Minor' }
/** An ISO 4217 code in capitals, e.g. `USD`. */
export type Currency = string & { readonly brand: 'Currency' }
/** Milliseconds since 1970, UTC. */
export type Instant = number
/** `YYYY-MM-DD` in the company's own calendar. */
export type LocalDate = string

export type MerchantId = `mer_${string}`
export type CustomerId = `cus_${string}`
export type InvoiceId = `inv_${string}`
export type PaymentId = `pay_${string}`
export type CheckoutId = `chk_${string}`
export type LinkId = `lnk_${string}`

export type Origin = 'qbo' | 'app'
export type Visibility = 'draft' | 'published'
export type ConnectionState = 'connected' | 'needs_reconnect' | 'disconnected'
/** `held`: an open attempt; `captured`: paid here, not yet seen in QuickBooks; `reflected`: the mirror's balance holds it; `released`: nothing came of it. */
export type AllocationState = 'held' | 'captured' | 'reflected' | 'released'
export type PaymentState = 'reserved' | 'needs_action' | 'processing' | 'succeeded' | 'failed' | 'canceled'
export type PostingState = 'waiting' | 'posted' | 'blocked' | 'diverged' | 'by_hand'
export type OutboxState = 'ready' | 'leased' | 'done' | 'blocked' | 'dead'
/** What a person is asked. `docs/runbook.md` has a section for each. */
export const cardKinds = [
  'charge_differs', 'orphan_charge', 'charge_missing', 'charge_refunded', 'posting_blocked', 'posting_diverged', 'posting_differs', 'posting_twice', 'posting_unknown', 'payment_unapplied',
  'ledger_differs', 'books_differ', 'unreadable_document', 'company_locked', 'mail_refused', 'card_testing', 'effect_stuck', 'work_late', 'recovering',
] as const
export type CardKind = (typeof cardKinds)[number]
export type InboxState = 'received' | 'done' | 'ignored' | 'dead'
