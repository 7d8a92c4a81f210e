import type { Random } from '../emulators/kit/random.ts'
import type { Minor } from './amounts.ts'
import type { Day } from './dates.ts'
import { balanceOf, type CreditMemoPlan, type CustomerPlan, type InvoicePlan, type MoneyPlace, type PaymentPlan, type Stamps } from './plan.ts'

/** What every part of the story shares. */
export type Story = {
  /** The last day on which something has happened. */
  lastOn: Day
  /** The next free id of the one row of numbers that all sales forms, payments and deposits share. */
  takeId(): number
}

export type PaymentWords = {
  on: Day
  invoices: readonly { invoice: InvoicePlan; amount: Minor }[]
  /** What the customer paid beyond the invoices. */
  unapplied?: Minor
  methodId?: string
  reference?: string
  to: MoneyPlace
  note?: string
}

/** Enters a payment, and what it does to its invoices: less to pay, a higher sync token, a later touch. */
export function pay(story: Story, random: Random, customer: CustomerPlan, words: PaymentWords): PaymentPlan {
  const stamps = stampsAt(random, words.on)
  const id = story.takeId()
  const allocations = words.invoices.map(({ invoice, amount }) => allocateTo(invoice, amount, id, stamps))
  const unapplied = words.unapplied ?? 0
  const payment: PaymentPlan = {
    ...stamps,
    id,
    on: words.on,
    total: words.invoices.reduce((sum, { amount }) => sum + amount, unapplied),
    unapplied,
    allocations,
    methodId: words.methodId,
    reference: words.reference,
    to: words.to,
    depositId: undefined,
    note: words.note,
  }
  customer.payments.push(payment)
  return payment
}

/** Puts a credit memo against an invoice as QuickBooks does: a payment of nothing with a line for each. */
export function applyCredit(story: Story, random: Random, customer: CustomerPlan, creditMemo: CreditMemoPlan, invoice: InvoicePlan, amount: Minor, on: Day): void {
  const stamps = stampsAt(random, on)
  const id = story.takeId()
  const openBefore = creditMemo.sale.total - creditMemo.used
  creditMemo.used += amount
  touch(creditMemo, stamps)
  const allocations: PaymentPlan['allocations'] = [
    allocateTo(invoice, amount, id, stamps),
    { amount, to: { type: 'CreditMemo', id: creditMemo.id, openBefore, number: creditMemo.number } },
  ]
  const note = 'Created by QB Online to link credits to charges.'
  customer.payments.push({ ...stamps, id, on, total: 0, unapplied: 0, allocations, methodId: undefined, reference: undefined, to: 'none', depositId: undefined, note })
}

/** Office hours of a day: everything is entered between 8:00 and 15:50, Pacific time. */
export function stampsAt(random: Random, on: Day): Stamps {
  const second = random.int(8 * 3600, 15 * 3600 + 3000)
  return { createdOn: on, createdSecond: second, updatedOn: on, updatedSecond: second, syncToken: 0 }
}

/** A change at `at`: the sync token grows, and the last touch is never earlier than it was. */
export function touch(plan: Stamps, at: Stamps): void {
  plan.syncToken += 1
  if (at.updatedOn > plan.updatedOn || (at.updatedOn === plan.updatedOn && at.updatedSecond > plan.updatedSecond)) {
    plan.updatedOn = at.updatedOn
    plan.updatedSecond = at.updatedSecond
  }
}

function allocateTo(invoice: InvoicePlan, amount: Minor, paymentId: number, stamps: Stamps): PaymentPlan['allocations'][number] {
  const openBefore = balanceOf(invoice)
  if (amount > openBefore) throw new RangeError(`invoice ${invoice.id} is open for ${openBefore}, not ${amount}`)
  invoice.applied += amount
  invoice.paymentIds.push(paymentId)
  touch(invoice, stamps)
  return { amount, to: { type: 'Invoice', id: invoice.id, openBefore, number: invoice.number } }
}
