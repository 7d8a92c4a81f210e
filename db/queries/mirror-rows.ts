import type { Currency, CustomerId, InvoiceId, LocalDate, Minor, Visibility } from '../values.ts'

type Version = { qboId: string; syncToken: string; /** Epoch ms of QuickBooks' own last change. */ updatedAt: number }
export type MirrorCustomer = Version & { name: string; email: string | null; emails: string[]; parentQboId: string | null; currency: Currency; balance: Minor; active: boolean }
export type MirrorListEntry = Version & { entity: string; name: string; type: string | null; active: boolean }
export type MirrorInvoice = Version & {
  customerQboId: string
  number: string | null
  issuedOn: LocalDate
  dueOn: LocalDate | null
  currency: Currency
  total: Minor
  balance: Minor
  deposit: Minor
  tax: Minor
  billEmail: string | null
  emailStatus: string
  createdAt: number
  voided: boolean
  /** An `InvoiceBody` as JSON: it is stored as text and looked at by nobody on the way. */
  body: string
}
export type MirrorCredit = Version & { customerQboId: string; currency: Currency; number: string | null; issuedOn: LocalDate; total: Minor; remaining: Minor; state: 'live' | 'void' }
export type MirrorPayment = Version & {
  customerQboId: string
  currency: Currency
  total: Minor
  unapplied: Minor
  paidOn: LocalDate
  reference: string | null
  state: 'live' | 'void'
  /** Our own payment's id, where the private note carries it. */
  marker: string | null
  lines: { txnType: string; txnQboId: string; amount: Minor }[]
}
/** New rows take this id; rows that are known keep theirs. */
export type WithId<T> = T & { id: string }

export type KnownCustomer = { id: CustomerId; qboId: string; syncToken: string | null; updatedAt: number; name: string; balance: Minor; active: number; archivedReason: string | null }
export type KnownInvoice = {
  id: InvoiceId
  qboId: string
  syncToken: string | null
  updatedAt: number
  customerQboId: string
  total: Minor
  balance: Minor
  dueOn: LocalDate | null
  currency: Currency
  emailStatus: string
  visibility: Visibility
  voidedAt: number | null
  archivedReason: string | null
}
export type KnownMoney = { qboId: string; customerQboId: string; syncToken: string; updatedAt: number; total: Minor; rest: Minor; state: string }
export type KnownPayment = KnownMoney & { reference: string | null; currency: Currency; paymentId: string | null }
export type MirrorEvent = { id: string; invoiceQboId: string; key: string; kind: string; facts: Record<string, unknown>; at: number }

/** Why a row was archived, in the words that are stored. Newer data of QuickBooks lifts the first two, never the others. */
export const archivedBy = { deletion: 'deleted_in_quickbooks', deactivation: 'inactive_in_quickbooks', merge: 'merged_in_quickbooks' } as const

/** Older data never overwrites newer. QuickBooks' times are whole seconds, so within one second the sync token decides; alone it never does. */
export const newer = (table: string) =>
  `(excluded.qbo_updated_at > ${table}.qbo_updated_at or (excluded.qbo_updated_at = ${table}.qbo_updated_at and cast(excluded.sync_token as integer) >= cast(coalesce(${table}.sync_token, '0') as integer)))`
/** True of a row that is at the version which was just written. */
export const ofVersion = (table: string) => `${table}.qbo_updated_at = v.value ->> 'updatedAt'`
