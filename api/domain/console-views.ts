/** What the API tells the merchant's console. */
import type { InvoiceRow, InvoiceState, MoneyView } from './views.ts'

export type ConsoleView = {
  merchant: { id: string; name: string; publishableKey: string }
  member: { email: string; name: string | null }
  connection: ConnectionView
  settings: SettingsView
  /** What the console may not do yet and why, e.g. payments without a provider. */
  gates: { payments: string | null }
  import: ImportView | null
  counts: { drafts: number; openCards: number }
}

export type ConnectionView = {
  state: 'none' | 'connected' | 'needs_reconnect' | 'disconnected'
  companyName: string | null
  realmId: string | null
  country: string | null
  homeCurrency: string | null
  connectedAt: string | null
  /** "Reconnect before 3 Dec 2031" */
  reconnectBeforeText: string | null
  /** What is wrong and what to do, e.g. a permission that was not given. */
  notice: string | null
  /** This month's metered reads and free writes at Intuit. */
  meter: { reads: number; writes: number; readsMax: number }
  lastChangeText: string | null
}

export type PublishRule = 'auto_if_sent' | 'review' | 'auto_all'
export type SettingsView = {
  publish: PublishRule
  /** `YYYY-MM-DD`: invoices dated before it are left in QuickBooks unless they are open. */
  extractBeginDate: string | null
  recordingAccountId: string | null
  partialPayments: boolean
  multiInvoice: boolean
  allowedOrigins: string[]
  supportEmail: string | null
  accent: string | null
  logoUrl: string | null
}

/** One kind of record of a running import. `total` is null until QuickBooks has been asked for it. */
export type ImportStep = { entity: string; label: string; done: number; total: number | null; state: 'waiting' | 'running' | 'done' | 'failed' }
export type ImportView = {
  id: string
  kind: 'first_load' | 'since_last' | 'customers' | 'full'
  state: 'running' | 'done' | 'failed'
  steps: ImportStep[]
  done: number
  total: number | null
  /** Records a second over the last seconds. */
  rate: number | null
  secondsLeft: number | null
  startedAt: string
  finishedAt: string | null
  /** What stopped it and what to do. */
  problem: string | null
}

export type HomeView = {
  /** What is owed by age, per currency; five buckets: not due, 1-30, 31-60, 61-90, over 90 days late. */
  aging: { currency: string; buckets: { label: string; amount: MoneyView; count: number }[]; total: MoneyView }[]
  /** What came in on each of the last 90 days (company calendar), per currency. */
  received: { currency: string; days: { on: string; amount: number }[]; total: MoneyView }[]
  cards: CardView[]
}

export type CardView = {
  id: string
  kind: string
  urgency: 'now' | 'soon' | 'when_convenient'
  title: string
  /** What happened, and what was not done. */
  text: string
  at: string
  actions: { name: string; label: string; main: boolean }[]
}

export type ConsoleInvoiceRow = InvoiceRow & {
  customerId: string
  customerName: string
  visibility: 'draft' | 'published' | 'archived'
  emailed: boolean
  /** When a customer last looked at it; null where none has. */
  viewedText: string | null
  origin: 'qbo' | 'app'
  quickBooksUrl: string | null
}
export type ConsoleInvoiceList = { invoices: ConsoleInvoiceRow[]; nextCursor: string | null; /** Null where there are more than 10,000. */ total: number | null }
export type ConsoleInvoiceFilter = InvoiceState | 'all' | 'archived'

export type ConsoleCustomerRow = {
  id: string
  name: string
  email: string | null
  parentName: string | null
  owed: MoneyView[]
  openCount: number
  active: boolean
  archived: boolean
}
export type ConsoleCustomerList = { customers: ConsoleCustomerRow[]; nextCursor: string | null; /** Null where there are more than 10,000. */ total: number | null }

export type LinkView = {
  id: string
  customerId: string
  invoiceId: string | null
  /** `invoice`: the link shows that invoice and no other. */
  scope: 'customer' | 'invoice'
  email: string | null
  createdAt: string
  expiresAt: string
  revokedAt: string | null
}

export type ConsolePaymentRow = {
  id: string
  at: string
  atText: string
  customerName: string
  amount: MoneyView
  state: string
  stateText: string
  method: string | null
  reference: string
  invoices: { number: string | null; amount: MoneyView }[]
  posting: { state: 'waiting' | 'posted' | 'blocked' | 'not_needed'; text: string; quickBooksUrl: string | null }
}
export type ConsolePaymentList = { payments: ConsolePaymentRow[]; nextCursor: string | null }

export type LedgerAccountView = { id: string; name: string; type: string }
export type ApiKeyView = { id: string; name: string; lastFour: string; createdAt: string; lastUsedAt: string | null }
/** The key itself is shown this once. */
export type ApiKeyCreated = ApiKeyView & { key: string }
