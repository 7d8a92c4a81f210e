import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { reconcile, reconcileAll } from '../../api/reconcile/reconcile.ts'
import type { MerchantId } from '../../db/values.ts'
import { demoCustomer } from '../company/demo.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { type Fields, deskOf, metered, newPaymentId, paidCharges, payerOf, sentInvoice, stripeHolds } from './payer.ts'
import { staffAt } from './staff.ts'

const dayMs = 24 * 60 * 60_000

let world: World
let payer: Awaited<ReturnType<typeof payerOf>>
let staff: ReturnType<typeof staffAt>
let merchantId: MerchantId
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  staff = staffAt(world)
  merchantId = world.merchant.merchantId as MerchantId
})
beforeEach(async () => {
  payer = await payerOf(world)
})
afterEach(() => {
  for (const { faults } of [world.outside.quickbooks, world.outside.stripe, world.outside.mail]) faults.clear()
})
afterAll(() => world.close())

/** Runs the comparison as `npm run reconcile` does, and answers what it found of this payment. */
async function compare(about?: string) {
  const [result] = await reconcileAll(world.api.context)({ since: world.outside.clock.now() - 2 * dayMs, books: 'all' }, merchantId)
  expect(result?.problem).toBeNull()
  return (result?.findings ?? []).filter(finding => about === undefined || finding.about === about).map(({ rule, state, text }) => ({ rule, state, text }))
}

type Invoice = { qboId: string; number: string; id: string }
async function newInvoice(amount: number): Promise<Invoice> {
  const made = sentInvoice(world, demoCustomer.id, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => payer.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '' }
}

const row = async (reference: string) => (await staff.payments()).payments.find(each => each.reference === reference)
const postingsOf = (reference: string): Fields[] => deskOf(world).all('Payment').filter(payment => payment['PaymentRefNum'] === reference)
const quiet = () => world.outside.quickbooks.faults.queue({ kind: 'lose', times: 50 })

async function paid(amount: number): Promise<{ reference: string; paymentId: string; invoice: Invoice }> {
  const invoice = await newInvoice(amount)
  const { body, paymentId } = await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]))
  const reference = body.receipt?.reference ?? 'not paid'
  await until(() => row(reference), found => found?.posting.state === 'posted')
  await world.settled()
  return { reference, paymentId, invoice }
}

test('J1: a charge whose answer and webhooks were all lost is settled and posted once', async () => {
  const invoice = await newInvoice(601)
  world.outside.stripe.faults.queue({ kind: 'lose', times: 20 })
  world.outside.stripe.faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '^/v1/payment_intents$' } })
  const paymentId = newPaymentId()
  await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]), { paymentId })
  const reference = `QP-${paymentId.slice(-12)}`
  expect((await row(reference))?.state).toBe('reserved')
  // The job that asks after it dies too.
  await world.api.context.store.commit({ sql: `update outbox set state = 'dead' where id = ?`, args: [`watch:${paymentId}`] })
  world.outside.clock.advance(3 * 60_000)
  expect(await compare(reference)).toEqual([{ rule: 'J1', state: 'mended', text: expect.stringContaining('had not heard of it') }])
  await until(() => row(reference), found => found?.posting.state === 'posted')
  await world.settled()
  expect(postingsOf(reference)).toHaveLength(1)
  expect(await compare(reference)).toEqual([])
})

test('J2: an open attempt that nobody asks after any more is asked after again', async () => {
  const invoice = await newInvoice(602)
  const { paymentId } = await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]), { card: 'pm_card_threeDSecure2Required' })
  const reference = `QP-${paymentId.slice(-12)}`
  await world.api.context.store.commit({ sql: `update outbox set state = 'dead' where id = ?`, args: [`watch:${paymentId}`] })
  world.outside.clock.advance(16 * 60_000)
  expect(await compare(reference)).toMatchObject([{ rule: 'J2', state: 'mended' }])
  await until(() => row(reference), found => found?.state === 'canceled')
  const intent = (await stripeHolds(world)).payment_intents.find(each => (each['metadata'] as Fields)['payment'] === paymentId)
  expect(intent?.['status']).toBe('canceled')
  expect(await compare(reference)).toEqual([])
})

test('J3: a posting deleted in QuickBooks behind our back becomes a card, and nothing is written there', async () => {
  const { reference } = await paid(603)
  quiet()
  deskOf(world).change('Payment', String(postingsOf(reference)[0]?.['Id']), {}, 'delete')
  expect(await compare(reference)).toEqual([{ rule: 'J3', state: 'open', text: 'it was deleted in QuickBooks' }])
  expect(await staff.card(card => card.text.includes(reference))).toMatchObject({ kind: 'posting_diverged' })
  await world.settled()
  expect(postingsOf(reference)).toEqual([])
})

test('J3: a posting that was put against another customer’s name is shown once, and the card goes when it is put right', async () => {
  const { reference } = await paid(604)
  const [posting = {}] = postingsOf(reference)
  const lines = posting['Line']
  quiet()
  const other = String(deskOf(world).write('Customer', { DisplayName: `Other ${reference}` })['Id'])
  deskOf(world).change('Payment', String(posting['Id']), { CustomerRef: { value: other }, Line: [] })
  expect(await compare(reference)).toEqual([{ rule: 'J3', state: 'open', text: 'QuickBooks holds another customer.' }])
  const card = await staff.card(each => `${each.title} ${each.text}`.includes(reference))
  expect(card).toMatchObject({ kind: 'posting_differs' })
  await staff.ask('POST', `/v1/merchant/cards/${card?.id}/done`, {})
  expect(await compare(reference)).toMatchObject([{ state: 'accepted' }])
  expect(await staff.card(each => `${each.title} ${each.text}`.includes(reference))).toBeUndefined()
  deskOf(world).change('Payment', String(posting['Id']), { CustomerRef: { value: demoCustomer.id }, Line: lines })
  expect(await compare(reference)).toEqual([])
})

test('J4: a twin under the same reference is put before a person, and the card goes by itself with the twin', async () => {
  const { reference } = await paid(605)
  quiet()
  const twin = deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 605, PaymentRefNum: reference })
  expect(await compare(reference)).toEqual([{ rule: 'J4', state: 'open', text: 'QuickBooks holds it 2 times' }])
  const twins = () => staff.card(card => card.kind === 'posting_twice' && `${card.title} ${card.text}`.includes(reference))
  expect(await twins()).toBeDefined()
  expect(postingsOf(reference)).toHaveLength(2)
  deskOf(world).change('Payment', String(twin['Id']), {}, 'delete')
  expect(await compare(reference)).toEqual([])
  expect(await twins()).toBeUndefined()
})

test('J4: a payment in QuickBooks that names one of ours which is not here is put before a person', async () => {
  deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 12, PaymentRefNum: 'QP-0000000000ZZ' })
  await world.settled()
  expect(await compare('QP-0000000000ZZ')).toMatchObject([{ rule: 'J4', state: 'open' }])
  expect(await staff.card(card => card.kind === 'posting_unknown')).toMatchObject({ text: expect.stringContaining('QP-0000000000ZZ') })
})

test('J6: a paid payment whose entries do not add up to its capture is shown', async () => {
  const { reference, paymentId } = await paid(606)
  await world.api.context.store.commit({
    sql: `insert into ledger_entries (merchant_id, fact_key, position, payment_id, ledger_account, amount, currency, at) values (?, ?, 0, ?, 'provider:stripe', 5, 'USD', 1)`, args: [merchantId, `${paymentId}:stray`, paymentId],
  })
  expect(await compare(reference)).toEqual([{ rule: 'J6', state: 'open', text: 'its entries do not add up to zero' }])
  expect(await staff.card(card => card.kind === 'ledger_differs')).toMatchObject({ text: expect.stringContaining(reference) })
})

test('an idle company costs no metered read, and a new payment one for all', async () => {
  const run = () => reconcile(world.api.context)(merchantId, { since: world.outside.clock.now() - 2 * dayMs, books: 'changed' })
  await world.settled()
  await run()
  const before = await metered(world)
  await run()
  await run()
  expect((await metered(world)).reads).toBe(before.reads)
  await paid(607)
  await paid(608)
  const busy = await metered(world)
  await run()
  expect((await metered(world)).reads).toBe(busy.reads + 1)
  expect((await paidCharges(world)).length).toBeGreaterThan(2)
})
