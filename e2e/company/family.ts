import { createRandom, type Random } from '../emulators/kit/random.ts'
import { foreign, terms, type TermOfPayment } from './catalog.ts'
import type { Calendar, Place } from './calendar.ts'
import { planInvoice, type InvoiceKind } from './invoice.ts'
import { businessName, mailName, personName, streetAddress } from './names.ts'
import { noForms, type CustomerPlan } from './plan.ts'
import { settle, type Habits } from './habits.ts'
import type { Story } from './settle.ts'

export type FamilyParts = {
  story: Story
  calendar: Calendar
  seed: number
  multiCurrency: boolean
  takeCustomerId(): number
}

/** What is special about a customer with its jobs. The first families take these in turn, so that the smallest company has them all. */
type Trait = 'plain' | 'euro' | 'yen' | 'inactive' | 'shared-address' | 'no-address' | 'jobs'

const firstTraits: readonly Trait[] = ['euro', 'yen', 'inactive', 'shared-address', 'shared-address', 'no-address', 'jobs']
const firstHabits: readonly Habits['credit'][] = ['open', 'open', 'none', 'used', 'partly-used', 'prepaid', 'used']
const firstKinds: readonly InvoiceKind[] = ['items', 'statement-charge', 'discounted', 'void', 'bundle', 'deposit', 'shipping', 'need-to-send', 'draft', 'note']

/** Plans the n-th ordinary customer with its jobs and `invoices` invoices, of which `firstInvoice` is the first. The same arguments give the same plan. */
export function planFamily(parts: FamilyParts, index: number, firstInvoice: number, invoices: number): CustomerPlan[] {
  const random = createRandom(Math.imul(parts.seed + 1, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b))
  const trait = firstTraits[index] ?? drawTrait(random)
  const places = Array.from({ length: invoices }, (_, i) => ({ place: parts.calendar.spread(firstInvoice + i), kind: firstKinds[firstInvoice + i] }))
  places.sort((a, b) => a.place.on - b.place.on)
  const members = planMembers(parts, random, index, trait, createdBefore(places.map(({ place }) => place), parts))
  for (const { place, kind } of places) {
    const member = members[random.int(0, members.length - 1)]
    if (member) member.invoices.push(planInvoice(parts.story, random, member, place, trait === 'inactive' ? 'items' : kind))
  }
  const credit = firstHabits[index]
  for (const member of members) {
    const own = credit !== undefined && member === members[0] ? credit : drawCredit(random)
    settle(parts.story, random, member, { paysAll: trait === 'inactive', owesNewest: index < 2, credit: trait === 'inactive' ? 'none' : own, receipts: member.currency === 'USD' && (index === 5 || random.chance(0.06)) })
  }
  return members
}

/** Gives a customer of another story the company's first `invoices` ordinary invoices, with what it did about them. */
export function planMore(parts: FamilyParts, customer: CustomerPlan, invoices: number): void {
  const random = createRandom(parts.seed)
  const more = { ...customer, ...noForms() }
  const places = Array.from({ length: invoices }, (_, i) => parts.calendar.spread(i)).toSorted((a, b) => a.on - b.on)
  for (const place of places) more.invoices.push(planInvoice(parts.story, random, more, place))
  settle(parts.story, random, more, { paysAll: false, owesNewest: false, credit: 'none', receipts: false })
  customer.invoices.push(...more.invoices)
  customer.payments.push(...more.payments)
}

/** How many invoices the n-th family has: mostly a handful, now and then a long-standing customer with dozens. */
export function familySize(seed: number, index: number): number {
  if (index < firstTraits.length) return 5
  const random = createRandom(Math.imul(seed + 7, 0xc2b2ae35) ^ Math.imul(index + 1, 0x27d4eb2f))
  const roll = random.next()
  return roll < 0.6 ? random.int(2, 8) : roll < 0.93 ? random.int(6, 18) : random.int(15, 48)
}

function drawTrait(random: Random): Trait {
  const roll = random.next()
  if (roll < 0.005) return 'euro'
  if (roll < 0.008) return 'yen'
  if (roll < 0.03) return 'inactive'
  if (roll < 0.06) return 'shared-address'
  if (roll < 0.11) return 'no-address'
  return roll < 0.22 ? 'jobs' : 'plain'
}

function drawCredit(random: Random): Habits['credit'] {
  const roll = random.next()
  if (roll < 0.03) return 'open'
  if (roll < 0.06) return 'partly-used'
  if (roll < 0.11) return 'used'
  return roll < 0.14 ? 'prepaid' : 'none'
}

function createdBefore(places: readonly Place[], parts: FamilyParts): number {
  const first = places[0]
  return (first ? first.on : parts.calendar.opensOn) - 3
}

function planMembers(parts: FamilyParts, random: Random, index: number, trait: Trait, createdOn: number): CustomerPlan[] {
  const named = index + (parts.seed % 997) * 13
  const person = personName(named)
  const household = trait === 'plain' && random.chance(0.2)
  const business = household ? undefined : businessName(named)
  const currency = !parts.multiCurrency ? 'USD' : trait === 'euro' ? foreign.EUR.code : trait === 'yen' ? foreign.JPY.code : 'USD'
  const parent: CustomerPlan = {
    id: parts.takeCustomerId(),
    displayName: business ?? `${person.given} ${person.family}`,
    companyName: business,
    givenName: person.given,
    familyName: person.family,
    parent: undefined,
    level: 0,
    billWithParent: false,
    email: emailOf(trait, index, person.given, business ?? `${person.given}${person.family}`),
    phone: `(218) 555-${String(100 + (index % 900)).padStart(4, '0')}`,
    address: currency === 'USD' ? { line1: streetAddress(named), city: 'Duluth', state: 'MN', postalCode: `5580${2 + (index % 8)}` } : addressAbroad(currency, index),
    currency,
    taxable: currency === 'USD' && !random.chance(0.12),
    term: drawTerm(random),
    active: trait !== 'inactive',
    createdOn,
    ...noForms(),
  }
  return trait === 'jobs' ? [parent, ...planJobs(parts, random, parent, named)] : [parent]
}

/** One or two jobs below the customer, and sometimes a phase below the first. */
function planJobs(parts: FamilyParts, random: Random, parent: CustomerPlan, named: number): CustomerPlan[] {
  const jobBelow = (above: CustomerPlan, displayName: string, site: number): CustomerPlan => ({
    ...above,
    id: parts.takeCustomerId(),
    displayName,
    parent: above,
    level: above.level + 1,
    billWithParent: random.chance(0.5),
    address: { ...above.address, line1: streetAddress(site, 'odd') },
    ...noForms(),
  })
  const site = named * 2
  const first = jobBelow(parent, streetAddress(site, 'odd'), site)
  const jobs = [first]
  if (random.chance(0.5)) jobs.push(jobBelow(parent, streetAddress(site + 1, 'odd'), site + 1))
  if (parent.id < 20 || random.chance(0.5)) jobs.push(jobBelow(first, `Second floor, ${first.displayName}`, site))
  return jobs
}

function emailOf(trait: Trait, index: number, given: string, name: string): string | undefined {
  if (trait === 'no-address') return undefined
  if (trait === 'shared-address') return `clients${index < firstTraits.length ? '' : 1 + (index % 20)}@northshorebooks.example`
  return `${mailName(given)}@${mailName(name)}.example`
}

function addressAbroad(currency: 'EUR' | 'JPY', index: number): CustomerPlan['address'] {
  return currency === 'EUR'
    ? { line1: `Lindenallee ${1 + (index % 200)}`, city: 'Hamburg', state: '', postalCode: '20253' }
    : { line1: `${1 + (index % 9)}-${1 + (index % 20)} Motomachi`, city: 'Kobe', state: '', postalCode: '650-0022' }
}

function drawTerm(random: Random): TermOfPayment {
  return random.pick([terms.net30, terms.net30, terms.net30, terms.net15, terms.net15, terms.net60, terms.onReceipt])
}
