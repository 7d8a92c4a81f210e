import type { CurrencyTotals, InvoiceDetail, InvoiceFilter, InvoiceRow, InvoiceState, MoneyView, PortalView } from '../../api/domain/views.ts'

const stateTexts: Record<InvoiceState, string> = {
  draft: 'Draft', open: 'Open', due_soon: 'Due soon', overdue: 'Overdue', partly_paid: 'Partly paid', processing: 'Processing', paid: 'Paid', void: 'Void',
}
const signs: Record<string, string> = { USD: '$', EUR: '€', JPY: '¥' }

export function money(amount: number, currency = 'USD'): MoneyView {
  const digits = currency === 'JPY' ? 0 : 2
  const text = (Math.abs(amount) / 10 ** digits).toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return { amount, currency, text: `${amount < 0 ? '-' : ''}${signs[currency] ?? currency}${text}` }
}

/** A row as the API writes it; what is not said is an open invoice of $1,240.00. */
export function invoiceRow(change: Partial<InvoiceRow> & { id: string }): InvoiceRow {
  const state = change.state ?? 'open'
  const total = change.total ?? money(124_000)
  const balance = change.balance ?? (state === 'paid' || state === 'void' ? money(0, total.currency) : total)
  const owed = balance.amount > 0 && state !== 'processing'
  return {
    number: change.id.replace('inv_', ''), customerId: 'cus_1', customerName: null, issuedOn: '2026-11-03', issuedText: '3 Nov 2026',
    dueOn: '2026-12-03', dueText: state === 'paid' ? 'Paid 3 Dec' : 'Due 3 Dec', dueHint: state === 'paid' || state === 'void' ? '' : state === 'overdue' ? '9 days late' : 'in 12 days',
    state, stateText: stateTexts[state], total, balance, payable: owed ? balance : money(0, total.currency),
    processingText: state === 'processing' ? 'Bank payment, arriving by 8 Dec' : null, canPay: owed, whyNot: null, ...change,
  }
}

/** A believable handful: every state, a partial payment, long words. */
export const handful: readonly InvoiceRow[] = [
  invoiceRow({ id: 'inv_1042', state: 'overdue', dueText: 'Due 12 Nov', total: money(124_000) }),
  invoiceRow({ id: 'inv_1047', state: 'due_soon', dueText: 'Due 24 Nov', dueHint: 'in 3 days', total: money(38_550) }),
  invoiceRow({ id: 'inv_1051', state: 'partly_paid', total: money(200_000), balance: money(80_000) }),
  invoiceRow({ id: 'inv_1053', state: 'open', dueText: 'Due 20 Dec', dueHint: 'in 29 days', total: money(1_219_999) }),
  invoiceRow({ id: 'inv_1049', state: 'processing', total: money(45_000) }),
  invoiceRow({ id: 'inv_1038', state: 'paid', dueText: 'Paid 3 Nov', total: money(99_000) }),
  invoiceRow({ id: 'inv_1035', state: 'paid', dueText: 'Paid 12 Oct', total: money(12_345) }),
]

export function manyInvoices(count: number): InvoiceRow[] {
  const states = ['open', 'overdue', 'due_soon', 'partly_paid', 'open'] as const
  return Array.from({ length: count }, (_, i) => invoiceRow({ id: `inv_${20_000 + i}`, state: states[i % states.length] ?? 'open', total: money(10_000 + i * 37) }))
}

export function detailOf(row: InvoiceRow): InvoiceDetail {
  return {
    ...row, customerName: 'Harbour Coffee Roasters', billTo: ['Harbour Coffee Roasters', '12 Quay Street', 'Portland, ME 04101'], terms: 'Net 30',
    memo: 'Thank you for your custom.\nThe counter comes with a ten year warranty.',
    lines: [
      { kind: 'item', name: 'Oak counter', description: 'Solid white oak, oiled, 3.2 m', quantity: '1', unitPrice: money(100_000).text, amount: money(100_000), lines: [] },
      { kind: 'group', name: 'Fitting', description: null, quantity: null, unitPrice: null, amount: money(30_000), lines: [
        { kind: 'item', name: 'Joiner', description: null, quantity: '2.5', unitPrice: money(10_000).text, amount: money(25_000), lines: [] },
        { kind: 'item', name: 'Travel', description: null, quantity: '1', unitPrice: money(5_000).text, amount: money(5_000), lines: [] },
      ] },
      { kind: 'note', name: null, description: 'Delivered to the back door.', quantity: null, unitPrice: null, amount: null, lines: [] },
    ],
    subtotal: money(130_000), discount: money(-13_000), tax: [{ name: 'ME sales tax 5.5 %', amount: money(7_000) }], taxTotal: money(7_000),
    deposit: null, shipping: null,
    applied: row.balance.amount < row.total.amount ? [{ kind: 'payment', onText: '8 Nov', text: 'Payment, card ending 4242', amount: money(row.balance.amount - row.total.amount) }] : [],
    history: [{ at: '2026-11-03T10:00:00Z', atText: '3 Nov, 10:00', text: 'Sent to pat@harbourcoffee.example' }, { at: '2026-11-04T09:12:00Z', atText: '4 Nov, 09:12', text: 'Viewed' }],
    pdfUrl: `/v1/invoices/${row.id}/pdf`,
  }
}

export function matching(rows: readonly InvoiceRow[], filter: InvoiceFilter, q = ''): InvoiceRow[] {
  return rows.filter(row => belongs(row, filter) && (!q || row.number?.includes(q)))
}

/** The whole view over these rows, as the API writes it; a page holds `limit` rows. */
export function portalView(rows: readonly InvoiceRow[], change: Partial<PortalView> = {}, filter: InvoiceFilter = 'open', limit = 50): PortalView {
  const shown = matching(rows, filter)
  return {
    merchant: { name: 'Alder & Finch Joinery', logoUrl: null, accent: null, supportEmail: 'accounts@alderfinch.example' },
    customers: [{ id: 'cus_1', name: 'Harbour Coffee Roasters' }], scope: 'customer', focusInvoiceId: null,
    totals: totalsOf(rows), credits: [], lastPaidText: rows.some(row => row.state === 'paid') ? 'Your last invoice was paid on 3 Nov.' : null,
    payment: { enabled: true, whyNot: null, partial: true, several: true },
    list: { invoices: shown.slice(0, limit), nextCursor: shown.length > limit ? String(limit) : null, counts: countsOf(rows) }, version: 1,
    ...change,
  }
}

export function countsOf(rows: readonly InvoiceRow[]) {
  const count = (filter: InvoiceFilter) => matching(rows, filter).length
  return { open: count('open'), overdue: count('overdue'), processing: count('processing'), paid: count('paid'), all: rows.length }
}

function totalsOf(rows: readonly InvoiceRow[]): CurrencyTotals[] {
  return [...new Set(rows.map(row => row.total.currency))].map(currency => {
    const open = rows.filter(row => row.total.currency === currency && row.balance.amount > 0)
    const overdue = open.filter(row => row.state === 'overdue')
    const add = (some: InvoiceRow[]) => money(some.reduce((total, row) => total + row.balance.amount, 0), currency)
    return { currency, owed: add(open), overdue: add(overdue), credit: money(currency === 'USD' ? 12_000 : 0, currency), openCount: open.length, overdueCount: overdue.length }
  })
}

function belongs(row: InvoiceRow, filter: InvoiceFilter): boolean {
  switch (filter) {
    case 'open': return row.balance.amount > 0
    case 'overdue': return row.state === 'overdue'
    case 'processing': return row.state === 'processing'
    case 'paid': return row.state === 'paid'
    case 'all': return true
  }
}
