import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { ConsolePaymentList } from '../../api/domain/console-views.ts'
import { demoCustomer } from '../company/demo.ts'
import { mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { type Fields, confirmationToken, deskOf, newPaymentId, paidCharges, payerOf, sentInvoice, stripeHolds } from './payer.ts'
import { staffAt } from './staff.ts'

let world: World
let payer: Awaited<ReturnType<typeof payerOf>>
let staff: ReturnType<typeof staffAt>
beforeAll(async () => {
  world = await startWorld({ invoices: 50 })
  payer = await payerOf(world)
  staff = staffAt(world)
})
afterEach(() => world.outside.stripe.faults.clear())
afterAll(() => world.close())

async function newInvoice(amount: number): Promise<{ qboId: string; number: string; id: string }> {
  const made = sentInvoice(world, demoCustomer.id, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => payer.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '' }
}

/** Calls Stripe as the merchant's own people do in its dashboard. */
async function atStripe(path: string, body: Record<string, string>): Promise<Fields> {
  const { url, secretKey } = world.outside.stripe
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers: { authorization: `Bearer ${secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: new URLSearchParams(body) })
  const done = (await answer.json()) as Fields
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(done)}`)
  return done
}

const intentOf = async (paymentId: string): Promise<Fields> => {
  const found = (await stripeHolds(world)).payment_intents.find(intent => (intent['metadata'] as Fields)['payment'] === paymentId)
  if (!found) throw new Error(`Stripe holds nothing for ${paymentId}`)
  return found
}
/** What the payer does at their bank. */
const atBank = (intent: Fields, outcome: 'complete' | 'fail') => atStripe(`/endive/challenge/${String(intent['id'])}`, { client_secret: String(intent['client_secret']), outcome })
const row = async (paymentId: string) => ((await world.merchant.call('GET', '/v1/merchant/payments')) as ConsolePaymentList).payments.find(payment => payment.id === paymentId)
const postingsOf = (paymentId: string) => deskOf(world).all('Payment').filter(payment => String(payment['PrivateNote'] ?? '').includes(paymentId))
const receiptsOf = async (reference: string | undefined) => (await mailsTo(world.outside.mail.url, demoCustomer.email)).filter(mail => mail.text.includes(reference ?? '?'))

test('C13 W3: events that come twice, in the wrong order and while the answer is lost make one payment, one posting, one receipt', async () => {
  const a = await newInvoice(501)
  const { faults } = world.outside.stripe
  faults.queue({ kind: 'hold', match: { event: 'payment_intent.created' } })
  faults.queue({ kind: 'duplicate', match: { event: 'payment_intent.succeeded' } })
  faults.queue({ kind: 'duplicate', match: { event: 'charge.succeeded' } })
  faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '^/v1/payment_intents$' } })
  const { body, paymentId } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  expect(body.state).toBe('unknown')
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  await world.settled()
  expect(postingsOf(paymentId)).toHaveLength(1)
  expect(await receiptsOf((await row(paymentId))?.reference)).toHaveLength(1)
})

test('W3: an event that comes when all is long done changes nothing', async () => {
  const a = await newInvoice(502)
  world.outside.stripe.faults.queue({ kind: 'lose', match: { event: 'payment_intent.succeeded' }, times: 8 })
  const { body, paymentId } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  expect(body.state).toBe('succeeded')
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  world.outside.stripe.faults.clear()
  world.outside.clock.advance(3 * 24 * 60 * 60_000)
  await world.settled()
  payer = await payerOf(world)
  expect(postingsOf(paymentId)).toHaveLength(1)
  expect(await receiptsOf(body.receipt?.reference)).toHaveLength(1)
})

test('C11: a payer who gives up at the moment their bank said yes has paid, once', async () => {
  const a = await newInvoice(503)
  const page = await payer.checkout([{ invoiceId: a.id }])
  world.outside.stripe.faults.queue({ kind: 'lose', times: 20 })
  const { body, paymentId } = await payer.pay(page, { card: 'pm_card_threeDSecure2Required' })
  expect(body.state).toBe('needs_action')
  await atBank(await intentOf(paymentId), 'complete')
  const { body: ended } = await world.ask(null, 'DELETE', `${page}/payments/${paymentId}`)
  expect(ended).toMatchObject({ state: 'succeeded' })
  await world.settled()
  expect(postingsOf(paymentId)).toMatchObject([{ TotalAmt: 503, UnappliedAmt: 0 }])
})

test('C11: a cancel that Stripe did not carry out keeps the invoice held until it is tried again and confirmed', async () => {
  const a = await newInvoice(504)
  const page = await payer.checkout([{ invoiceId: a.id }])
  world.outside.stripe.faults.queue({ kind: 'lose', times: 20 })
  const { paymentId } = await payer.pay(page, { card: 'pm_card_threeDSecure2Required' })
  world.outside.stripe.faults.queue({ kind: 'html-500', match: { method: 'POST', path: '/cancel$' } })
  expect((await world.ask(null, 'DELETE', `${page}/payments/${paymentId}`)).body).toMatchObject({ state: 'needs_action' })
  expect((await payer.pay(await payer.checkout([{ invoiceId: a.id }]))).status).toBe(409)
  expect((await world.ask(null, 'DELETE', `${page}/payments/${paymentId}`)).body).toMatchObject({ state: 'failed' })
  expect((await payer.pay(await payer.checkout([{ invoiceId: a.id }]))).body.state).toBe('succeeded')
})

test('C11: money that moves after an attempt had failed here wins, even where the invoice was paid again: the rest is credit, with a card', async () => {
  const a = await newInvoice(505)
  const { paymentId } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]), { card: 'pm_card_threeDSecure2Required' })
  const intent = await intentOf(paymentId)
  await atBank(intent, 'fail')
  await until(() => row(paymentId), payment => payment?.state === 'failed')
  const second = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  expect(second.body.state).toBe('succeeded')
  await until(() => row(second.paymentId), payment => payment?.posting.state === 'posted')
  await atStripe(`/v1/payment_intents/${String(intent['id'])}/confirm`, { confirmation_token: await confirmationToken(world), return_url: 'https://pay.example/' })
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  await world.settled()
  expect(postingsOf(paymentId)).toMatchObject([{ TotalAmt: 505, UnappliedAmt: 505 }])
  expect(await payer.row(a.number)).toMatchObject({ state: 'paid', balance: { amount: 0 } })
  expect((await staff.card(card => card.kind === 'payment_unapplied'))?.text).toContain((await row(paymentId))?.reference)
})

test('a refund at the provider is told once for each sum, and changes nothing in QuickBooks', async () => {
  const a = await newInvoice(506)
  const { paymentId } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  const refund = async (cents: number) => atStripe('/v1/refunds', { payment_intent: String((await intentOf(paymentId))['id']), amount: String(cents) })
  world.outside.stripe.faults.queue({ kind: 'duplicate', match: { event: 'charge.refunded' } })
  await refund(1_000)
  const cards = () => staff.home().then(home => home.cards.filter(card => card.kind === 'charge_refunded'))
  const [card] = await until(cards, found => found.length > 0)
  expect(card?.title).toContain('10.00 of a payment was given back')
  await staff.ask('POST', `/v1/merchant/cards/${card?.id}/done`, {})
  await world.settled()
  expect(await cards()).toEqual([])
  await refund(2_500)
  expect((await until(cards, found => found.length > 0)).map(found => found.title)).toEqual([expect.stringContaining('35.00 of a payment was given back')])
  expect(postingsOf(paymentId)).toMatchObject([{ TotalAmt: 506, UnappliedAmt: 0 }])
  expect(await payer.row(a.number)).toMatchObject({ state: 'paid' })
})

test('a charge under our marks that is not the one we made is put before a person, and no payment is taken for it', async () => {
  const a = await newInvoice(507)
  const { paymentId } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  const { metadata } = (await intentOf(paymentId)) as { metadata: Record<string, string> }
  const marks = Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`metadata[${name}]`, value]))
  await atStripe('/v1/payment_intents', { amount: '900', currency: 'usd', confirm: 'true', confirmation_token: await confirmationToken(world), return_url: 'https://pay.example/', ...marks })
  const card = await until(() => staff.card(found => found.kind === 'orphan_charge'), found => found !== undefined)
  expect(card?.title).toContain('9.00 belongs to no payment here')
  await staff.ask('POST', `/v1/merchant/cards/${card?.id}/done`, {})
  await world.settled()
  expect(await staff.card(found => found.kind === 'orphan_charge')).toBeUndefined()
  expect(postingsOf(paymentId)).toHaveLength(1)
})

test('a charge that succeeded and cannot be stored is never taken for settled, nor said not to have happened', async () => {
  const a = await newInvoice(510)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const { faults } = world.outside.stripe
  faults.queue({ kind: 'lose', times: 20 })
  faults.queue({ kind: 'delay-answer', ms: 500, match: { method: 'POST', path: '^/v1/payment_intents$' } })
  const paymentId = newPaymentId()
  const paying = payer.pay(page, { paymentId })
  await until(() => row(paymentId), found => found !== undefined)
  const { commit, postings } = world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`)
  // A row that should not be there stands in the way of the batch.
  await commit(postings.owe(paymentId as `pay_${string}`))
  const { status, body } = await paying
  expect(status).toBe(500)
  expect(body.detail).not.toContain('Nothing was charged')
  expect(body.detail).toContain('before you pay anew')
  expect((await row(paymentId))?.state).toBe('reserved')
  await commit({ sql: 'delete from postings where payment_id = ?', args: [paymentId] })
  expect((await payer.look(page, paymentId)).state).toBe('succeeded')
  await until(() => row(paymentId), payment => payment?.posting.state === 'posted')
  expect(postingsOf(paymentId)).toHaveLength(1)
})

test('an id that belongs to another pay page is refused there, also when both click at once', async () => {
  const [a, b] = [await newInvoice(508), await newInvoice(509)]
  const pages = [await payer.checkout([{ invoiceId: a.id }]), await payer.checkout([{ invoiceId: b.id }])]
  const paymentId = newPaymentId()
  const answers = await Promise.all(pages.map(page => payer.pay(page, { paymentId })))
  expect(answers.map(answer => answer.status).toSorted((x, y) => x - y)).toEqual([200, 409])
  expect((await paidCharges(world)).filter(charge => (charge['metadata'] as Fields)['payment'] === paymentId)).toHaveLength(1)
})
