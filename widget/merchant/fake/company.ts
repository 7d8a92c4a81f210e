import type {
  ApiKeyView, CardView, ConsoleCustomerRow, ConsoleInvoiceRow, ConsolePaymentRow, ConsoleView, HomeView, ImportStep, ImportView, LedgerAccountView, LinkView,
} from '../../../api/domain/console-views.ts'
import type { InvoiceState, MoneyView } from '../../../api/domain/views.ts'

/** What the console's fake API holds. */
export type FakeCompany = {
  view: ConsoleView
  home: HomeView
  invoices: ConsoleInvoiceRow[]
  customers: ConsoleCustomerRow[]
  payments: ConsolePaymentRow[]
  links: LinkView[]
  ledgerAccounts: LedgerAccountView[]
  keys: ApiKeyView[]
}

const names = ['Blue Ridge Roofing', 'Café Zoë', 'Harbor & Sons Marine Supply', 'Johannesburg International Freight Forwarding and Customs Brokerage', 'Lindqvist Design', 'Oakwood Elementary School PTA', 'Park Avenue Dental', 'Quick Fix Plumbing']
const states: InvoiceState[] = ['draft', 'overdue', 'open', 'due_soon', 'partly_paid', 'processing', 'paid', 'void']
const stateTexts: Record<InvoiceState, string> = { draft: 'Draft', open: 'Open', due_soon: 'Due soon', overdue: 'Overdue', partly_paid: 'Partly paid', processing: 'Processing', paid: 'Paid', void: 'Void' }

export function money(amount: number, currency = 'USD'): MoneyView {
  return { amount, currency, text: new Intl.NumberFormat('en-US', { style: 'currency', currency }).format(amount / 100) }
}

/** A company that was connected yesterday, with every kind of row. */
export function connectedCompany(): FakeCompany {
  const invoices = Array.from({ length: 132 }, (_, i) => invoiceOf(i))
  return {
    view: viewOf(invoices.filter(({ visibility }) => visibility === 'draft').length),
    home: homeOf(),
    invoices,
    customers: names.map((name, i) => customerOf(name, i)),
    payments: Array.from({ length: 12 }, (_, i) => paymentOf(i)),
    links: [
      { id: 'lnk_1', customerId: 'cus_0', invoiceId: null, scope: 'customer', email: 'books@blueridge.example', createdAt: '2026-11-01T09:00:00Z', expiresAt: '2027-11-01T09:00:00Z', revokedAt: null },
      { id: 'lnk_2', customerId: 'cus_0', invoiceId: 'inv_3', scope: 'customer', email: null, createdAt: '2026-10-01T09:00:00Z', expiresAt: '2027-10-01T09:00:00Z', revokedAt: '2026-10-05T09:00:00Z' },
    ],
    ledgerAccounts: [{ id: '35', name: 'Checking', type: 'Bank' }, { id: '36', name: 'Savings', type: 'Bank' }],
    keys: [{ id: 'key_1', name: 'Web shop', lastFour: 'x7Qf', createdAt: '2026-11-02T09:00:00Z', lastUsedAt: '2026-11-20T09:00:00Z' }],
  }
}

/** Someone who signed in for the first time. */
export function emptyCompany(): FakeCompany {
  const company = connectedCompany()
  const connection = { ...company.view.connection, state: 'none' as const, companyName: null, realmId: null, country: null, homeCurrency: null, connectedAt: null, reconnectBeforeText: null, lastChangeText: null }
  return {
    ...company,
    view: { ...company.view, connection, counts: { drafts: 0, openCards: 0 } },
    home: { aging: [], received: [], cards: [] }, invoices: [], customers: [], payments: [], links: [], ledgerAccounts: [], keys: [],
  }
}

/** A first load on its way. */
export function importOf(state: ImportView['state'], kind: ImportView['kind'] = 'first_load'): ImportView {
  const step = (label: string, done: number, total: number | null, at: ImportStep['state']): ImportStep => ({ entity: label, label, done, total, state: at })
  const steps = [step('Customers', 812, 812, 'done'), step('Invoices', 3200, 10000, state === 'failed' ? 'failed' : 'running'), step('Payments', 0, 6400, 'waiting'), step('Credits', 0, null, 'waiting')]
  const done = state === 'done' ? 17_212 : 4012
  return {
    id: 'imp_1', kind, state, steps, done, total: 17_212, rate: state === 'running' ? 240 : null, secondsLeft: state === 'running' ? 55 : null,
    startedAt: '2026-11-21T09:00:00Z', finishedAt: state === 'running' ? null : '2026-11-21T09:01:12Z',
    problem: state === 'failed' ? 'QuickBooks stopped answering. Wait a few minutes, then try again.' : null,
  }
}

function viewOf(drafts: number): ConsoleView {
  return {
    merchant: { id: 'mer_1', name: 'Craig’s Design and Landscaping', publishableKey: 'pk_test_4f9c2d' },
    member: { email: 'craig@landscaping.example', name: 'Craig' },
    connection: {
      state: 'connected', companyName: 'Craig’s Design and Landscaping', realmId: '9341453908059321', country: 'US', homeCurrency: 'USD', connectedAt: '2026-11-20T10:00:00Z',
      reconnectBeforeText: 'Reconnect before 20 Nov 2031', notice: null, meter: { reads: 1240, writes: 88, readsMax: 500_000 }, lastChangeText: '2 minutes ago',
    },
    settings: { publish: 'auto_if_sent', extractBeginDate: '2026-01-01', recordingAccountId: '35', partialPayments: true, multiInvoice: true, allowedOrigins: ['https://www.landscaping.example'], supportEmail: 'help@landscaping.example', accent: '#0b6e4f', logoUrl: null },
    gates: { payments: null }, import: null, counts: { drafts, openCards: 2 },
  }
}

function homeOf(): HomeView {
  const buckets = (amounts: number[], currency: string) => ['Not due', '1–30 days late', '31–60 days late', '61–90 days late', 'Over 90 days late']
    .map((label, i) => ({ label, amount: money(amounts[i] ?? 0, currency), count: Math.round((amounts[i] ?? 0) / 90_000) }))
  const days = Array.from({ length: 90 }, (_, i) => ({
    on: new Date(Date.UTC(2026, 7, 24 + i)).toISOString().slice(0, 10), amount: i % 7 > 4 ? 0 : ((i * 7919) % 23) * 6100,
  }))
  const cards: CardView[] = [
    { id: 'card_2', kind: 'no_email', urgency: 'when_convenient', title: '3 customers have no e-mail address', text: 'They cannot be sent a link. Add an address in QuickBooks; it comes over by itself.', at: '2026-11-19T09:00:00Z', actions: [{ name: 'dismiss', label: 'Dismiss', main: false }] },
    { id: 'card_1', kind: 'posting_blocked', urgency: 'now', title: 'A payment of $362.07 is not in QuickBooks', text: 'The books are closed for October, so QuickBooks refused it. The money is safe at Stripe. Open the period, then try again.', at: '2026-11-21T08:00:00Z', actions: [{ name: 'retry', label: 'Try again', main: true }, { name: 'dismiss', label: 'I recorded it myself', main: false }] },
  ]
  return {
    aging: [{ currency: 'USD', buckets: buckets([1_824_050, 731_200, 264_090, 0, 98_700], 'USD'), total: money(2_918_040) }],
    received: [{ currency: 'USD', days, total: money(days.reduce((sum, day) => sum + day.amount, 0)) }],
    cards,
  }
}

function invoiceOf(i: number): ConsoleInvoiceRow {
  const state = states[i % states.length] ?? 'open'
  const total = money(12_450 + ((i * 7919) % 90_000) * 7)
  const settled = state === 'paid' || state === 'void'
  const balance = settled ? money(0) : state === 'partly_paid' ? money(Math.round(total.amount / 3)) : total
  const customerName = names[(i * 3) % names.length] ?? ''
  return {
    id: `inv_${i}`, number: i === 9 ? null : String(1040 + i), customerId: `cus_${(i * 3) % names.length}`, customerName,
    issuedOn: '2026-11-01', issuedText: 'Issued 1 Nov', dueOn: '2026-12-03', dueText: settled ? 'Paid 18 Nov' : state === 'overdue' ? 'Due 12 Nov' : 'Due 3 Dec', dueHint: settled ? '' : state === 'overdue' ? '9 days late' : 'in 12 days',
    state, stateText: stateTexts[state], total, balance, payable: balance, processingText: state === 'processing' ? 'Bank payment, arriving by 8 Dec' : null, canPay: !settled, whyNot: null,
    visibility: state === 'draft' ? 'draft' : 'published', emailed: i % 2 === 0, viewedText: i % 4 === 0 && state !== 'draft' ? 'Viewed 18 Nov' : null, origin: 'qbo', quickBooksUrl: `https://qbo.intuit.example/app/invoice?txnId=${i}`,
  }
}

function customerOf(name: string, i: number): ConsoleCustomerRow {
  const owed = i === 2 ? [money(124_000), money(36_500, 'EUR')] : i === 4 ? [] : [money(41_200 * (i + 1))]
  return { id: `cus_${i}`, name, email: i === 3 ? null : `books${i}@customer.example`, parentName: i === 1 ? 'Harbor & Sons Marine Supply' : null, owed, openCount: owed.length === 0 ? 0 : i + 1, active: i !== 6, archived: i === 7 }
}

function paymentOf(i: number): ConsolePaymentRow {
  const posting = ([
    { state: 'posted', text: 'In QuickBooks', quickBooksUrl: 'https://qbo.intuit.example/app/recvpayment?txnId=1' },
    { state: 'waiting', text: 'On its way to QuickBooks', quickBooksUrl: null },
    { state: 'blocked', text: 'Refused: the books are closed', quickBooksUrl: null },
    { state: 'not_needed', text: 'Nothing to record', quickBooksUrl: null },
  ] as const)[i % 4] ?? { state: 'waiting', text: '', quickBooksUrl: null }
  const failed = posting.state === 'not_needed'
  return {
    id: `pay_${i}`, at: '2026-11-20T10:00:00Z', atText: '20 Nov, 10:00', customerName: names[i % names.length] ?? '', amount: money(36_207 + i * 1111),
    state: failed ? 'failed' : 'succeeded', stateText: failed ? 'Declined' : 'Paid', method: failed ? null : 'Visa ending in 4242', reference: `QT-${4100 + i}`,
    invoices: Array.from({ length: 1 + (i % 3) }, (_, n) => ({ number: String(1040 + i + n), amount: money(10_000) })), posting: { ...posting },
  }
}
