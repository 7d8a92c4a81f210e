import type { Random } from '../emulators/kit/random.ts'
import { share, type Minor } from './amounts.ts'
import { products, type Product } from './catalog.ts'
import { balanceOf, type CustomerPlan, type InvoicePlan, type MoneyPlace, type ReceiptPlan } from './plan.ts'
import { addUp, productLine } from './sale.ts'
import { applyCredit, pay, stampsAt, type PaymentWords, type Story } from './settle.ts'

/** How a customer deals with what it owes. */
export type Habits = {
  /** Leaves nothing open. */
  paysAll: boolean
  /** Has not got round to the newest invoice. */
  owesNewest: boolean
  credit: 'none' | 'open' | 'partly-used' | 'used' | 'prepaid'
  /** Also buys over the counter now and then. */
  receipts: boolean
}

/** Plays out what the customer has done about its invoices up to the story's last day. */
export function settle(story: Story, random: Random, customer: CustomerPlan, habits: Habits): void {
  const newest = customer.invoices.findLast(invoice => balanceOf(invoice) > 0)
  let waiting: InvoicePlan[] = []
  const payWaiting = () => {
    if (waiting.length > 0) payWhole(story, random, customer, waiting, habits.paysAll ? 0 : drawOverpayment(random, customer))
    waiting = []
  }
  for (const invoice of customer.invoices) {
    if (balanceOf(invoice) <= 0 || (habits.owesNewest && invoice === newest)) continue
    const outcome = habits.paysAll ? 'paid' : drawOutcome(random, story.lastOn - invoice.dueOn, invoice)
    switch (outcome) {
      case 'open':
        break
      case 'partly':
        payPart(story, random, customer, invoice)
        break
      case 'paid':
        waiting.push(invoice)
        if (!random.chance(0.25)) payWaiting()
    }
  }
  payWaiting()
  if (habits.credit !== 'none') giveCredit(story, random, customer, habits.credit)
  if (habits.receipts) sellOverTheCounter(story, random, customer)
}

function drawOutcome(random: Random, daysOverdue: number, invoice: InvoicePlan): 'open' | 'partly' | 'paid' {
  const roll = random.next()
  if (invoice.emailStatus === 'NeedToSend' || (invoice.emailStatus === 'NotSet' && invoice.kind === 'items' && daysOverdue < 30)) return 'open'
  const paid = daysOverdue > 60 ? 0.95 : daysOverdue > 0 ? 0.78 : daysOverdue > -15 ? 0.42 : 0.12
  if (roll < paid) return 'paid'
  return random.chance(0.25) ? 'partly' : 'open'
}

function payWhole(story: Story, random: Random, customer: CustomerPlan, invoices: readonly InvoicePlan[], unapplied: Minor): void {
  const last = invoices.at(-1)
  if (!last) return
  const on = Math.min(story.lastOn, last.on + random.int(1, Math.max(8, last.term.dueDays + 12)))
  pay(story, random, customer, { ...drawMethod(random, customer), on, unapplied, invoices: invoices.map(invoice => ({ invoice, amount: balanceOf(invoice) })) })
}

function payPart(story: Story, random: Random, customer: CustomerPlan, invoice: InvoicePlan): void {
  const on = Math.min(story.lastOn, invoice.on + random.int(1, 25))
  const amount = Math.max(1, share(balanceOf(invoice), random.int(20, 80), 100))
  pay(story, random, customer, { ...drawMethod(random, customer), on, invoices: [{ invoice, amount }] })
}

function drawOverpayment(random: Random, customer: CustomerPlan): Minor {
  return random.chance(0.02) ? random.int(4, 90) * (customer.currency === 'JPY' ? 100 : 125) : 0
}

function drawMethod(random: Random, customer: CustomerPlan): Pick<PaymentWords, 'methodId' | 'reference' | 'to'> {
  // Money from abroad never waits with the home currency's checks.
  const to: MoneyPlace = customer.currency !== 'USD' || random.chance(0.2) ? 'checking' : 'undeposited'
  const roll = random.next()
  if (roll < 0.45) return { methodId: '2', reference: String(random.int(1_001, 9_899)), to }
  if (roll < 0.8) return { methodId: random.pick(['3', '4', '5']), reference: `auth ${random.int(100_000, 999_999)}`, to }
  return roll < 0.95 ? { methodId: '6', reference: `W${random.int(10_000, 99_999)}`, to } : { methodId: '1', to }
}

function giveCredit(story: Story, random: Random, customer: CustomerPlan, credit: 'open' | 'partly-used' | 'used' | 'prepaid'): void {
  const on = story.lastOn - random.int(2, 40)
  if (credit === 'prepaid') {
    const unapplied = random.int(8, 80) * (customer.currency === 'JPY' ? 1_000 : 2_500)
    pay(story, random, customer, { ...drawMethod(random, customer), on, invoices: [], unapplied, note: 'Paid ahead of the next order.' })
    return
  }
  const id = story.takeId()
  const sale = addUp([productLine(random.pick<Product>([products.handle, products.oak, products.oil]), random.int(2, 8) * 100, customer.currency, customer.taxable)])
  const creditMemo = { ...stampsAt(random, on), id, number: `CM${id}`, on, sale, used: 0, memo: 'Goods returned.' }
  customer.creditMemos.push(creditMemo)
  const invoice = credit === 'open' ? undefined : invoiceForCredit(story, customer)
  if (!invoice) return
  const most = Math.min(sale.total, balanceOf(invoice))
  applyCredit(story, random, customer, creditMemo, invoice, credit === 'used' ? most : Math.max(1, share(most, 40, 100)), Math.min(story.lastOn, Math.max(on, invoice.on)))
}

function invoiceForCredit(story: Story, customer: CustomerPlan): InvoicePlan | undefined {
  return customer.invoices.find(invoice => invoice.on < story.lastOn && invoice.kind === 'items' && balanceOf(invoice) > 0)
}

function sellOverTheCounter(story: Story, random: Random, customer: CustomerPlan): void {
  const sold = receipt(story, random, customer, story.lastOn - random.int(20, 90), random.int(2, 12) * 100, undefined)
  customer.salesReceipts.push(sold)
  if (random.chance(0.7)) customer.refundReceipts.push(receipt(story, random, customer, sold.on + random.int(1, 15), 100, 'One piece returned.'))
}

function receipt(story: Story, random: Random, customer: CustomerPlan, on: number, quantity: number, memo: string | undefined): ReceiptPlan {
  const id = story.takeId()
  const sale = addUp([productLine(products.handle, quantity, customer.currency, customer.taxable)])
  return { ...stampsAt(random, on), id, number: `SR${id}`, on, sale, methodId: '3', memo }
}
