import type { ListedInvoice } from '../../db/queries/invoices.ts'
import { type InvoiceFacts, owed, payable, stateOf } from '../domain/invoice.ts'
import type { Minor } from '../domain/money.ts'
import type { InvoiceRow, InvoiceState } from '../domain/views.ts'
import type { Format } from './format.ts'

const stateTexts: Record<InvoiceState, string> = {
  draft: 'Draft', open: 'Open', due_soon: 'Due soon', overdue: 'Overdue', partly_paid: 'Partly paid', processing: 'Processing', paid: 'Paid', void: 'Void',
}
const methodTexts: Record<string, string> = { card: 'Card payment', us_bank_account: 'Bank payment', link: 'Link payment', paypal: 'PayPal payment' }

export type PaymentGate = { enabled: boolean; whyNot: string | null }

/** An invoice as a list shows it; `paidOn` is the day of its last payment, where one is known. */
export function invoiceRow(invoice: ListedInvoice, format: Format, gate: PaymentGate, showCustomer: boolean, paidOn: string | null): InvoiceRow {
  const facts = factsOf(invoice)
  const state = stateOf(facts, format.today)
  const open = state !== 'paid' && state !== 'void' && state !== 'draft'
  const whyNot = open ? reasonNot(facts, gate) : null
  const money = (amount: Minor) => format.money(amount, invoice.currency)
  return {
    id: invoice.id,
    number: invoice.number,
    customerId: invoice.customerId,
    customerName: showCustomer ? invoice.customerName : null,
    issuedOn: invoice.issuedOn,
    issuedText: format.day(invoice.issuedOn),
    dueOn: invoice.dueOn,
    dueText: open && invoice.dueOn ? `Due ${format.day(invoice.dueOn)}` : state === 'paid' && paidOn ? `Paid ${format.day(paidOn)}` : `Issued ${format.day(invoice.issuedOn)}`,
    dueHint: open ? format.hint(invoice.dueOn) : '',
    state,
    stateText: stateTexts[state],
    total: money(invoice.total),
    balance: money(owed(facts)),
    payable: money(payable(facts)),
    processingText: invoice.held > 0 ? `${methodTexts[invoice.heldMethod ?? ''] ?? 'Payment'} being confirmed` : null,
    canPay: open && whyNot === null,
    whyNot,
  }
}

export function factsOf(invoice: ListedInvoice): InvoiceFacts {
  return { total: invoice.total, balance: invoice.balance, held: invoice.held, captured: invoice.captured, dueOn: invoice.dueOn, visibility: invoice.visibility, voided: invoice.voidedAt !== null }
}

function reasonNot(facts: InvoiceFacts, gate: PaymentGate): string | null {
  if (!gate.enabled) return gate.whyNot
  if (facts.held > 0) return 'A payment for this invoice is being confirmed.'
  return null
}
