import type { Random } from '../emulators/kit/random.ts'
import { share } from './amounts.ts'
import { bundles, products, type Bundle, type Product } from './catalog.ts'
import type { Place } from './calendar.ts'
import type { CustomerPlan, InvoicePlan, LinePlan, SalePlan } from './plan.ts'
import { addUp, bundleLine, lumpSum, productLine } from './sale.ts'
import { stampsAt, touch, type Story } from './settle.ts'

export type InvoiceKind = 'items' | 'statement-charge' | 'void' | 'discounted' | 'bundle' | 'deposit' | 'shipping' | 'note' | 'draft' | 'need-to-send'

const everyProduct: readonly [Product, ...Product[]] = [products.joinery, ...Object.values(products).slice(1)]
const memos = ['Thank you for your business.', 'It was a pleasure to build this for you.', 'Please quote the invoice number with your payment.', 'Oil the top again after six months.'] as const

/** Plans one invoice; its kind is drawn unless given. */
export function planInvoice(story: Story, random: Random, customer: CustomerPlan, place: Place, given?: InvoiceKind): InvoicePlan {
  const daysOld = story.lastOn - place.on
  const kind = given ?? drawKind(random, daysOld)
  const sale = planSale(random, customer, kind)
  const stamps = stampsAt(random, place.on)
  const invoice: InvoicePlan = {
    ...stamps,
    kind: kind === 'statement-charge' || kind === 'void' ? kind : 'items',
    id: story.takeId(),
    on: place.on,
    number: kind === 'statement-charge' ? undefined : place.number,
    dueOn: place.on + customer.term.dueDays,
    term: customer.term,
    sale,
    // Whole units of money: a deposit is agreed, not worked out.
    deposit: kind === 'deposit' ? Math.floor(share(sale.total, 30, 100) / 100) * 100 : 0,
    applied: 0,
    emailStatus: kind === 'draft' || kind === 'statement-charge' ? 'NotSet' : kind === 'need-to-send' ? 'NeedToSend' : 'EmailSent',
    memo: random.chance(0.5) ? random.pick(memos) : undefined,
    orderReference: random.chance(0.35) ? `PO ${random.int(1_000, 9_999)}` : undefined,
    paymentIds: [],
  }
  if (customer.email === undefined && invoice.emailStatus === 'EmailSent') invoice.emailStatus = 'NotSet'
  if (invoice.emailStatus === 'EmailSent') touch(invoice, { ...stamps, updatedSecond: stamps.updatedSecond + random.int(40, 540) })
  if (kind === 'void') touch(invoice, stampsAt(random, Math.min(story.lastOn, place.on + random.int(1, 20))))
  return invoice
}

function drawKind(random: Random, daysOld: number): InvoiceKind {
  const roll = random.next()
  if (roll < 0.015) return 'void'
  if (roll < 0.03) return 'statement-charge'
  if (roll < 0.07) return 'discounted'
  if (roll < 0.11) return 'bundle'
  if (roll < 0.14) return 'deposit'
  if (roll < 0.19) return 'shipping'
  if (roll < 0.24) return 'note'
  if (daysOld < 14 && roll < 0.42) return random.chance(0.6) ? 'draft' : 'need-to-send'
  return roll < 0.25 ? 'draft' : 'items'
}

function planSale(random: Random, customer: CustomerPlan, kind: InvoiceKind): SalePlan {
  const { currency, taxable } = customer
  const lines: LinePlan[] = Array.from({ length: random.pick([1, 1, 2, 2, 2, 3, 3, 4, 6]) }, () => {
    const product = random.pick(everyProduct)
    const quantity = product.type === 'Service' ? random.int(2, 36) * 25 : random.int(1, product.price < 3_000 ? 40 : 6) * 100
    return productLine(product, quantity, currency, taxable)
  })
  switch (kind) {
    case 'statement-charge':
      return lumpSum(random.int(40, 900) * (currency === 'JPY' ? 100 : 50))
    case 'discounted':
      return addUp(lines, random.pick([5, 10, 10, 15]))
    case 'bundle':
      return addUp([bundleLine(random.pick<Bundle>([bundles.servingCounter, bundles.drawerSet]), random.int(1, 3) * 100, currency, taxable), ...lines])
    case 'shipping':
      return addUp([...lines, { kind: 'shipping', amount: currency === 'JPY' ? 3_800 : random.int(18, 140) * 50 }])
    case 'note':
      return addUp([...lines, { kind: 'note', text: 'Colors and oils as agreed by sample.' }])
    case 'items':
    case 'void':
    case 'deposit':
    case 'draft':
    case 'need-to-send':
      return addUp(lines)
  }
}
