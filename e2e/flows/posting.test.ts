import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CardView, ConsolePaymentRow, HomeView } from '../../api/domain/console-views.ts'
import { demoCustomer } from '../company/demo.ts'
import { until } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'
import { type Fields, deskOf, deskPayment, payerOf, sentInvoice } from './payer.ts'
import { staffAt } from './staff.ts'

let world: World
let payer: Awaited<ReturnType<typeof payerOf>>
let staff: ReturnType<typeof staffAt>
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  staff = staffAt(world)
})
// A session lasts for an hour, and the clock moves by more.
beforeEach(async () => {
  payer = await payerOf(world)
})
afterEach(() => world.outside.quickbooks.faults.clear())
afterAll(() => world.close())

type Invoice = { qboId: string; number: string; id: string }
type Paid = { reference: string; posting: () => Promise<ConsolePaymentRow['posting'] | undefined>; card: () => Promise<CardView | undefined> }
const writing = { method: 'POST', path: '/payment\\?' }

async function newInvoice(amount: number, customerId: string = demoCustomer.id, by = payer): Promise<Invoice> {
  const made = sentInvoice(world, customerId, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => by.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '' }
}

async function pay(invoices: { id: string; amount?: number }[], by = payer): Promise<Paid> {
  const { body } = await by.pay(await by.checkout(invoices.map(({ id, amount }) => ({ invoiceId: id, ...(amount === undefined ? {} : { amount }) }))))
  const reference = body.receipt?.reference ?? 'not paid'
  return { reference, posting: async () => (await staff.payments()).payments.find(row => row.reference === reference)?.posting, card: () => staff.card(card => `${card.title} ${card.text}`.includes(reference)) }
}

/** Pays, and lets `meanwhile` happen between the charge and the posting, whose first try never arrives. */
async function payMeanwhile(invoices: { id: string; amount?: number }[], meanwhile: () => unknown, by = payer): Promise<Paid> {
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: writing })
  const paid = await pay(invoices, by)
  await until(async () => world.outside.quickbooks.faults.waiting().length, waiting => waiting === 0)
  await world.api.worker.idle()
  meanwhile()
  world.outside.clock.advance(10_000)
  return paid
}

async function ends(paid: Paid, state: ConsolePaymentRow['posting']['state']): Promise<void> {
  await until(paid.posting, posting => posting?.state === state)
  await world.settled()
}

const act = (card: CardView | undefined, action: string) => staff.ask<HomeView>('POST', `/v1/merchant/cards/${card?.id}/${action}`, {})
const postingsOf = ({ reference }: Paid): Fields[] => deskOf(world).all('Payment').filter(payment => payment['PaymentRefNum'] === reference)
const balanceOf = (invoice: Invoice) => deskOf(world).read('Invoice', invoice.qboId)?.['Balance']
const linesOf = (payment: Fields = {}) => (payment['Line'] as { Amount: number; LinkedTxn: { TxnId: string }[] }[]).map(line => [line.LinkedTxn[0]?.TxnId, line.Amount])
const callsUnderWay = () => until(async () => world.outside.quickbooks.faults.waiting().length, waiting => waiting === 0)

test('Q7: a posting that outlives its lease is taken over; QuickBooks holds one payment, and the late answer changes nothing', async () => {
  const a = await newInvoice(301)
  world.outside.quickbooks.faults.queue({ kind: 'delay-answer', ms: 1_500, match: writing })
  const paid = await pay([a])
  await callsUnderWay()
  world.outside.clock.advance(91_000)
  await ends(paid, 'posted')
  expect(postingsOf(paid)).toHaveLength(1)
  expect(balanceOf(a)).toBe(0)
})

test('Q8: after 429 QuickBooks is left alone for a minute', async () => {
  const a = await newInvoice(302)
  world.outside.quickbooks.faults.queue({ kind: 'throttle', match: writing })
  const paid = await pay([a])
  await callsUnderWay()
  await world.api.worker.idle()
  world.outside.clock.advance(55_000)
  await world.api.worker.idle()
  expect(postingsOf(paid)).toEqual([])
  world.outside.clock.advance(6_000)
  await ends(paid, 'posted')
  expect(postingsOf(paid)).toHaveLength(1)
})

test('Q9: what QuickBooks calls stale is read again and posted under a key of its own', async () => {
  const a = await newInvoice(303)
  const body = { Fault: { Error: [{ Message: 'Stale Object Error', Detail: 'You and Jules were working on this at the same time.', code: '5010', element: '' }], type: 'ValidationFault' }, time: '2026-11-21T08:00:00.000-08:00' }
  // Whoever asks under the same key again may be given the same answer for ever.
  world.outside.quickbooks.faults.queue({ kind: 'answer', status: 400, body, match: { method: 'POST', path: '/payment\\?.*%3Ag1' }, times: 50 })
  const paid = await pay([a])
  await until(async () => world.outside.quickbooks.faults.waiting().map(fault => fault.times), ([left]) => left === 49)
  await world.api.worker.idle()
  world.outside.clock.advance(10_000)
  await ends(paid, 'posted')
  expect(postingsOf(paid)).toHaveLength(1)
})

test('6190: while the subscription has lapsed payments wait, one card says so, and they go in by themselves afterwards', async () => {
  const [a, b] = [await newInvoice(304), await newInvoice(305)]
  const { books } = world.outside.quickbooks
  books.setCompany(realmId, { status: 'lapsed' })
  const paid = [await pay([a]), await pay([b])]
  const cards = await until(async () => (await staff.home()).cards.filter(card => card.kind === 'company_locked'), found => found.length > 0)
  await world.api.worker.idle()
  expect(cards).toHaveLength(1)
  expect(await Promise.all(paid.map(each => each.card()))).toEqual([undefined, undefined])
  books.setCompany(realmId, { status: 'active' })
  world.outside.clock.advance(61 * 60_000)
  for (const each of paid) {
    await ends(each, 'posted')
    expect(postingsOf(each)).toHaveLength(1)
  }
  expect(await staff.card(card => card.kind === 'company_locked')).toBeUndefined()
})

test('Q11: an invoice voided or deleted after it was paid leaves the money as the customer’s credit, with a card', async () => {
  for (const operation of ['void', 'delete'] as const) {
    const a = await newInvoice(306)
    const paid = await payMeanwhile([a], () => deskOf(world).change('Invoice', a.qboId, {}, operation))
    await ends(paid, 'posted')
    expect(postingsOf(paid)).toMatchObject([{ TotalAmt: 306, UnappliedAmt: 306, CustomerRef: { value: demoCustomer.id } }])
    expect(await paid.card()).toMatchObject({ kind: 'payment_unapplied' })
  }
})

test('Q11: a customer merged into another after they paid: the payment goes to the one that was kept, even before we hear of the merge', async () => {
  const gone = String(deskOf(world).write('Customer', { DisplayName: 'Old Pier Bakery', PrimaryEmailAddr: { Address: 'old@pier.example' } })['Id'])
  const kept = String(deskOf(world).write('Customer', { DisplayName: 'Pier Bakery' })['Id'])
  await until(async () => (await staff.customers('q=Old%20Pier')).customers.length, length => length === 1)
  const baker = await payerOf(world, { quickBooksId: gone })
  const a = await newInvoice(307, gone, baker)
  const paid = await payMeanwhile([a], () => {
    world.outside.quickbooks.faults.queue({ kind: 'lose', match: { event: 'Customer.Merge' }, times: 5 })
    deskOf(world).merge(kept, gone)
  }, baker)
  await ends(paid, 'posted')
  expect(postingsOf(paid)).toMatchObject([{ TotalAmt: 307, UnappliedAmt: 0, CustomerRef: { value: kept } }])
  expect(balanceOf(a)).toBe(0)
  expect(await paid.card()).toBeUndefined()
})

test('Q12: a posting deleted before its lost answer was repeated is not taken for posted and never written again by itself', async () => {
  const a = await newInvoice(308)
  world.outside.quickbooks.faults.queue({ kind: 'lose-answer', match: writing })
  const paid = await pay([a])
  await until(async () => postingsOf(paid), found => found.length === 1)
  await world.api.worker.idle()
  // Nobody tells us of the deletion: only the read-back can find it.
  world.outside.quickbooks.faults.queue({ kind: 'lose', times: 20 })
  deskOf(world).change('Payment', String(postingsOf(paid)[0]?.['Id']), {}, 'delete')
  world.outside.clock.advance(10_000)
  await ends(paid, 'blocked')
  expect(postingsOf(paid)).toEqual([])
  expect(await paid.card()).toMatchObject({ kind: 'posting_diverged' })
})

test('AP7: a payment at the desk that overlaps in part leaves the rest as credit, and nothing is owed twice', async () => {
  const [a, b] = [await newInvoice(100), await newInvoice(50)]
  const paid = await payMeanwhile([a, { ...b, amount: 3_000 }], () => deskPayment(world, demoCustomer.id, a.qboId, 60))
  await ends(paid, 'posted')
  const [posting] = postingsOf(paid)
  expect(posting).toMatchObject({ TotalAmt: 130, UnappliedAmt: 60 })
  expect(linesOf(posting)).toEqual(expect.arrayContaining([[a.qboId, 40], [b.qboId, 30]]))
  expect(await payer.row(a.number)).toMatchObject({ state: 'paid' })
  expect(await payer.row(b.number)).toMatchObject({ state: 'partly_paid', balance: { amount: 2_000 } })
  expect((await paid.card())?.title).toContain('60.00')
})

test('QuickBooks that spreads money by itself over other invoices is found out', async () => {
  const [preferences] = deskOf(world).all('Preferences')
  const autoApply = (on: boolean) => deskOf(world).change('Preferences', String(preferences?.['Id']), { SalesFormsPrefs: { AutoApplyPayments: on } })
  const a = await newInvoice(309)
  await newInvoice(400)
  const paid = await payMeanwhile([a], () => {
    deskPayment(world, demoCustomer.id, a.qboId, 309)
    autoApply(true)
  })
  await ends(paid, 'posted')
  autoApply(false)
  expect(postingsOf(paid)).toMatchObject([{ TotalAmt: 309, UnappliedAmt: 0 }])
  const card = await paid.card()
  expect(card).toMatchObject({ kind: 'posting_differs', urgency: 'now' })
  expect(card?.text).toContain('automatic application')
})

test('a payment in another currency carries the invoice’s rate; without one nothing is written', async () => {
  const euro = deskOf(world).all('Customer').find(row => (row['CurrencyRef'] as { value?: string } | undefined)?.value === 'EUR' && row['Active'] !== false)
  const theirs = await payerOf(world, { quickBooksId: String(euro?.['Id']) })
  const [a, b] = [await newInvoice(90, String(euro?.['Id']), theirs), await newInvoice(91, String(euro?.['Id']), theirs)]
  const paid = await pay([a], theirs)
  await ends(paid, 'posted')
  const rate = deskOf(world).read('Invoice', a.qboId)?.['ExchangeRate']
  expect(postingsOf(paid)).toMatchObject([{ TotalAmt: 90, CurrencyRef: { value: 'EUR' }, ExchangeRate: rate }])
  const lost = await payMeanwhile([b], () => deskOf(world).change('Invoice', b.qboId, {}, 'delete'), theirs)
  await ends(lost, 'blocked')
  expect(postingsOf(lost)).toEqual([])
  expect((await lost.card())?.text).toContain('no exchange rate for EUR')
})

test('AP2: money is recorded where the merchant chose, and nowhere else when that is closed', async () => {
  const bank = deskOf(world).all('Account').find(row => row['AccountType'] === 'Bank' && row['Active'] !== false)
  const id = String(bank?.['Id'])
  await staff.ask('PATCH', '/v1/merchant/settings', { recordingAccountId: id })
  const first = await pay([await newInvoice(310)])
  await ends(first, 'posted')
  expect(postingsOf(first)).toMatchObject([{ DepositToAccountRef: { value: id } }])
  deskOf(world).change('Account', id, { Name: bank?.['Name'], Active: false })
  await world.settled()
  const second = await pay([await newInvoice(311)])
  await ends(second, 'blocked')
  expect(postingsOf(second)).toEqual([])
  expect((await second.card())?.text).toContain('choose one in Settings')
  await staff.ask('PATCH', '/v1/merchant/settings', { recordingAccountId: null })
  await act(await second.card(), 'retry')
  await ends(second, 'posted')
  const undeposited = deskOf(world).all('Account').find(row => row['AccountSubType'] === 'UndepositedFunds')
  expect(postingsOf(second)).toMatchObject([{ DepositToAccountRef: { value: undeposited?.['Id'] } }])
})

/** Pays into closed books, so that a person must see to it. */
async function refused(invoice: Invoice): Promise<Paid> {
  const body = { Fault: { Error: [{ Message: 'Account Period Closed', Detail: 'The account period has closed.', code: '6210', element: '' }], type: 'ValidationFault' }, time: '2026-11-21T08:00:00.000-08:00' }
  world.outside.quickbooks.faults.queue({ kind: 'answer', status: 400, body, match: writing })
  const paid = await pay([invoice])
  await ends(paid, 'blocked')
  return paid
}

test('what a person records with our reference is known again by itself, and is not written a second time', async () => {
  const a = await newInvoice(312)
  const paid = await refused(a)
  expect((await paid.card())?.text).toContain(`write ${paid.reference} as its reference number`)
  deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 312, PaymentRefNum: paid.reference, Line: [{ Amount: 312, LinkedTxn: [{ TxnId: a.qboId, TxnType: 'Invoice' }] }] })
  await ends(paid, 'posted')
  expect(postingsOf(paid)).toHaveLength(1)
  expect(await paid.card()).toBeUndefined()
  expect(await payer.row(a.number)).toMatchObject({ state: 'paid', balance: { amount: 0 } })
})

test('“I recorded it myself” without our reference: nothing is written, the payment says so, and QuickBooks’ balance counts', async () => {
  const [a, b] = [await newInvoice(313), await newInvoice(314)]
  const paid = await refused(a)
  deskPayment(world, demoCustomer.id, a.qboId, 313)
  await act(await paid.card(), 'recorded')
  await ends(paid, 'posted')
  expect((await paid.posting())?.text).toBe('You recorded it in QuickBooks yourself')
  expect(postingsOf(paid)).toEqual([])
  deskOf(world).change('Invoice', a.qboId, { Line: deskOf(world).lines(400) })
  await until(() => payer.row(a.number), row => row?.balance.amount === 8_700)

  // Where QuickBooks shows nothing of it, the customer who has paid is not asked again.
  const unseen = await refused(b)
  await act(await unseen.card(), 'recorded')
  await ends(unseen, 'posted')
  expect(balanceOf(b)).toBe(314)
  expect(await payer.row(b.number)).toMatchObject({ state: 'paid' })
})

test('a voided posting that a person asks for again is written once, also when that answer is lost', async () => {
  const a = await newInvoice(315)
  const paid = await pay([a])
  await ends(paid, 'posted')
  deskOf(world).change('Payment', String(postingsOf(paid)[0]?.['Id']), {}, 'void')
  const card = await until(paid.card, found => found !== undefined)
  world.outside.quickbooks.faults.queue({ kind: 'lose-answer', match: writing })
  await act(card, 'post_again')
  await callsUnderWay()
  world.outside.clock.advance(10_000)
  await ends(paid, 'posted')
  expect(postingsOf(paid).map(posting => posting['TotalAmt'])).toEqual(expect.arrayContaining([0, 315]))
  expect(postingsOf(paid)).toHaveLength(2)
  expect(balanceOf(a)).toBe(0)
  expect(await paid.card()).toBeUndefined()
})
