import { createRandom, type Random } from '../emulators/kit/random.ts'
import { bundles, products, terms } from './catalog.ts'
import type { Place } from './calendar.ts'
import type { Day } from './dates.ts'
import { balanceOf, noForms, type CreditMemoPlan, type CustomerPlan, type InvoicePlan, type LinePlan } from './plan.ts'
import { addUp, bundleLine, productLine } from './sale.ts'
import { applyCredit, pay, stampsAt, touch, type Story } from './settle.ts'

/** The company that the sandbox shows. */
export const demoCompany = { name: 'Alder & Finch Joinery', email: 'hello@alderandfinch.example', city: 'Duluth', state: 'MN' } as const

/** The customer whom a visitor of the sandbox plays; `id` is the QuickBooks id. */
export const demoCustomer = { id: '1', name: 'Harbour Coffee Roasters', givenName: 'Pat', familyName: 'Morgan', email: 'pat@harbourcoffee.example' } as const

/** A job of the demo customer with an invoice of its own and the same e-mail address. */
export const demoJob = { id: '2', name: 'Canal Park Café' } as const

/** Another customer, whose papers the demo customer must never see. */
export const secondCustomer = { id: '3', name: 'Northlight Dental Studio', givenName: 'Ingrid', familyName: 'Solberg', email: 'ingrid@northlightdental.example' } as const

/** How many days before the last day each hand-written invoice was issued, oldest first. */
const daysBack = [119, 96, 82, 74, 63, 60, 44, 30, 25, 19, 14, 12, 7, 1] as const

export function handWrittenDays(lastOn: Day): Day[] {
  return daysBack.map(days => lastOn - days)
}

/** The demo customer, its job and the second customer, with everything between them and the company. */
export function planDemo(story: Story, places: readonly Place[]): CustomerPlan[] {
  const random = createRandom(1854)
  const take = placesInOrder(places)
  const harbour = customerOf(demoCustomer, story.lastOn - 400, { line1: '310 Harbor Drive', city: 'Duluth', state: 'MN', postalCode: '55802' }, '(218) 555-0142')
  const canal: CustomerPlan = { ...harbour, id: Number(demoJob.id), displayName: demoJob.name, parent: harbour, level: 1, billWithParent: true, ...noForms() }
  canal.address = { line1: '16 Canal Street', city: 'Duluth', state: 'MN', postalCode: '55802' }
  const northlight = customerOf(secondCustomer, story.lastOn - 210, { line1: '88 Superior Street', city: 'Duluth', state: 'MN', postalCode: '55805' }, '(218) 555-0177')
  const invoice = (customer: CustomerPlan, place: Place, lines: LinePlan[], more: Partial<InvoicePlan> & { discountPercent?: number } = {}) =>
    addInvoice(story, random, customer, place, lines, more)
  const lines = lineMaker()

  const sampleBoards = invoice(harbour, take(), [lines.sold('design', 200), lines.sold('oak', 1200)])
  const shelves = invoice(harbour, take(), [lines.sold('bookcase', 200), lines.sold('installation', 300)])
  const stools = invoice(harbour, take(), [lines.sold('bench', 400)])
  const denSeat = invoice(northlight, take(), [lines.sold('seat', 100), lines.sold('installation', 250)])
  const repairs = invoice(harbour, take(), [lines.sold('repair', 450), lines.sold('oil', 200)])
  invoice(harbour, take(), [lines.sold('door', 400)], { kind: 'void', memo: 'Replaced by a later order.' })
  invoice(harbour, take(), [lines.sold('counter', 600), lines.sold('worktop', 100), lines.sold('installation', 350)], { orderReference: 'PO 4471' })
  invoice(northlight, take(), [lines.sold('drawer', 600), lines.sold('handle', 600)])
  invoice(harbour, take(), [lines.sold('bench', 300), lines.sold('oak', 2400)], { deposit: 50_000, memo: 'Thank you for your deposit.' })
  const tasting = invoice(harbour, take(), [lines.sold('seat', 100), lines.sold('joinery', 900)], { orderReference: 'PO 4502' })
  invoice(canal, take(), [lines.sold('door', 200), { kind: 'shipping', amount: 4_850 }], { memo: 'Delivered to the kitchen entrance.' })
  invoice(northlight, take(), [lines.sold('survey', 100)])
  invoice(harbour, take(), [bundleLine(bundles.servingCounter, 100, 'USD', true), { kind: 'note', text: 'Made from the boards you chose on site.' }, lines.sold('handle', 800)], {
    discountPercent: 10,
    memo: '10 % off for your second counter this year.',
  })
  invoice(harbour, take(), [lines.sold('drawer', 400), lines.sold('joinery', 200)], { emailStatus: 'NotSet' })

  const daysAgo = (days: number) => story.lastOn - days
  const whole = (...invoices: InvoicePlan[]) => invoices.map(paid => ({ invoice: paid, amount: balanceOf(paid) }))
  pay(story, random, harbour, { on: daysAgo(101), invoices: whole(sampleBoards), methodId: '3', reference: 'auth 204417', to: 'undeposited' })
  pay(story, random, harbour, { on: daysAgo(58), invoices: whole(shelves, stools), methodId: '2', reference: '2281', to: 'undeposited' })
  pay(story, random, northlight, { on: daysAgo(49), invoices: whole(denSeat), methodId: '6', reference: 'NL-0093', to: 'checking' })
  pay(story, random, harbour, { on: daysAgo(37), invoices: whole(repairs), methodId: '3', reference: 'auth 207733', to: 'undeposited' })
  pay(story, random, harbour, { on: daysAgo(5), invoices: [{ invoice: tasting, amount: 60_000 }], methodId: '2', reference: '2306', to: 'undeposited' })
  const credit = addCreditMemo(story, random, harbour, daysAgo(11), [lines.sold('handle', 1600)], 'Handles returned unopened.')
  applyCredit(story, random, harbour, credit, tasting, 9_000, daysAgo(4))
  return [harbour, canal, northlight]
}

function lineMaker() {
  return { sold: (name: keyof typeof products, quantity: number) => productLine(products[name], quantity, 'USD', true) }
}

function placesInOrder(places: readonly Place[]): () => Place {
  let next = 0
  return () => {
    const place = places[next++]
    if (!place) throw new RangeError('there are more hand-written invoices than places for them')
    return place
  }
}

function addInvoice(story: Story, random: Random, customer: CustomerPlan, place: Place, lines: LinePlan[], more: Partial<InvoicePlan> & { discountPercent?: number }): InvoicePlan {
  const { discountPercent = 0, ...changes } = more
  const stamps = stampsAt(random, place.on)
  const invoice: InvoicePlan = {
    ...stamps,
    kind: 'items',
    id: story.takeId(),
    ...place,
    dueOn: place.on + customer.term.dueDays,
    term: customer.term,
    sale: addUp(lines, discountPercent),
    deposit: 0,
    applied: 0,
    emailStatus: 'EmailSent',
    memo: undefined,
    orderReference: undefined,
    paymentIds: [],
    ...changes,
  }
  if (invoice.emailStatus === 'EmailSent') touch(invoice, { ...stamps, updatedSecond: stamps.updatedSecond + 240 })
  if (invoice.kind === 'void') touch(invoice, stampsAt(random, place.on + 1))
  customer.invoices.push(invoice)
  return invoice
}

function addCreditMemo(story: Story, random: Random, customer: CustomerPlan, on: Day, lines: LinePlan[], memo: string): CreditMemoPlan {
  const id = story.takeId()
  const creditMemo = { ...stampsAt(random, on), id, number: `CM${id}`, on, sale: addUp(lines), used: 0, memo }
  customer.creditMemos.push(creditMemo)
  return creditMemo
}

function customerOf(who: typeof demoCustomer | typeof secondCustomer, createdOn: Day, address: CustomerPlan['address'], phone: string): CustomerPlan {
  return {
    id: Number(who.id),
    displayName: who.name,
    companyName: who.name,
    givenName: who.givenName,
    familyName: who.familyName,
    parent: undefined,
    level: 0,
    billWithParent: false,
    email: who.email,
    phone,
    address,
    currency: 'USD',
    taxable: true,
    term: terms.net30,
    active: true,
    createdOn,
    ...noForms(),
  }
}
