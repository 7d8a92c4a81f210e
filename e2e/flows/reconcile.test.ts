import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { reconcile, reconcileAll } from '../../api/reconcile/reconcile.ts'
import type { MerchantId, PaymentId } from '../../db/values.ts'
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
  const reference = await unheard(601)
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

test('J3: a posting whose amount was changed in QuickBooks behind our back is one question', async () => {
  const { reference, invoice } = await paid(615)
  const [posting = {}] = postingsOf(reference)
  quiet()
  deskOf(world).change('Payment', String(posting['Id']), { CustomerRef: { value: demoCustomer.id }, TotalAmt: 600, Line: [{ Amount: 600, LinkedTxn: [{ TxnId: invoice.qboId, TxnType: 'Invoice' }] }] })
  expect(await compare(reference)).toEqual([{ rule: 'J3', state: 'open', text: 'QuickBooks holds another amount.' }])
  const asked = (await staff.home()).cards.filter(card => `${card.title} ${card.text}`.includes(reference))
  expect(asked.map(card => card.kind)).toEqual(['posting_diverged'])
  expect(postingsOf(reference)).toMatchObject([{ TotalAmt: 600 }])
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

test('J1: a payment whose rows are gone is written anew by the webhook of its charge, under the same id, checkout and reference, and posted once', async () => {
  const { reference, paymentId } = await paid(609)
  const before = await row(reference)
  const { commit } = world.api.context.store
  const rows = (table: string, column: string) => ({ sql: `delete from ${table} where ${column} = ?`, args: [paymentId] })
  const checkout = (await world.api.context.store.merchant(merchantId).payments.find(paymentId as PaymentId))?.checkoutId
  // The ledger refuses to lose anything, so its rows are taken from a database that was told to forget its triggers.
  await commit({ sql: 'drop trigger ledger_entries_stay', args: [] }, rows('ledger_entries', 'payment_id'), rows('postings', 'payment_id'), rows('allocations', 'payment_id'), rows('payments', 'id'),
    { sql: 'delete from checkouts where id = ?', args: [checkout] }, { sql: `delete from outbox where id = ?`, args: [`post:${paymentId}`] }, { sql: `update qbo_payments set payment_id = null where payment_id = ?`, args: [paymentId] })
  expect(await row(reference)).toBeUndefined()
  const intent = (await stripeHolds(world)).payment_intents.find(each => (each['metadata'] as Fields)['payment'] === paymentId)
  await commit(world.api.context.store.merchant(merchantId).outbox.add({ id: 'stripe:again', lane: `payment:${paymentId}`, kind: 'take_stripe_event', payload: { eventId: 'again', ref: intent?.['id'], paymentId } }))
  const after = await until(() => row(reference), found => found?.posting.state === 'posted')
  expect(after).toEqual({ ...before, id: paymentId })
  expect((await world.api.context.store.merchant(merchantId).payments.find(paymentId as PaymentId))?.checkoutId).toBe(checkout)
  expect(postingsOf(reference)).toHaveLength(1)
  expect(await compare(reference)).toEqual([])
})

test('J2: a payment whose money the provider does not hold is put before a person', async () => {
  const { reference, paymentId } = await paid(610)
  await world.api.context.store.commit({ sql: `update payments set provider_ref = 'pi_nowhere' where id = ?`, args: [paymentId] })
  expect(await compare(reference)).toEqual(expect.arrayContaining([{ rule: 'J2', state: 'open', text: 'it counts as paid here, and the provider does not hold the money' }]))
  expect(await staff.card(card => card.kind === 'charge_missing')).toMatchObject({ text: expect.stringContaining(reference) })
})

test('J3: a paid payment that nobody owes QuickBooks any more is owed again, and is written once', async () => {
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: { method: 'POST', path: '/payment\\?' } })
  const invoice = await newInvoice(611)
  const { body, paymentId } = await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]))
  const reference = body.receipt?.reference ?? 'not paid'
  await world.api.worker.idle()
  await world.api.context.store.commit({ sql: 'delete from outbox where id = ?', args: [`post:${paymentId}`] })
  expect(await compare(reference)).toMatchObject([{ rule: 'J3', state: 'mended' }])
  await until(() => row(reference), found => found?.posting.state === 'posted')
  expect(postingsOf(reference)).toHaveLength(1)
})

test('J4: what QuickBooks had refused and a person recorded unheard is adopted', async () => {
  const refusal = { Fault: { Error: [{ Message: 'Account Period Closed', Detail: 'Closed.', code: '6210', element: '' }], type: 'ValidationFault' }, time: '2026-11-21T08:00:00.000-08:00' }
  world.outside.quickbooks.faults.queue({ kind: 'answer', status: 400, body: refusal, match: { method: 'POST', path: '/payment\\?' } })
  const invoice = await newInvoice(612)
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]))
  const reference = body.receipt?.reference ?? 'not paid'
  await until(() => row(reference), found => found?.posting.state === 'blocked')
  expect(await compare(reference)).toMatchObject([{ rule: 'J3', state: 'open' }])
  quiet()
  deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 612, PaymentRefNum: reference, Line: [{ Amount: 612, LinkedTxn: [{ TxnId: invoice.qboId, TxnType: 'Invoice' }] }] })
  expect(await compare(reference)).toMatchObject([{ rule: 'J4', state: 'mended' }])
  await until(() => row(reference), found => found?.posting.state === 'posted')
  expect(postingsOf(reference)).toHaveLength(1)
  expect(await compare(reference)).toEqual([])
})

test('J7: work that lies for over an hour is shown, and the card goes when it is done', async () => {
  const { store } = world.api.context
  const owe = (id: string, state: string, leaseUntil: number | null) => ({
    sql: `insert into outbox (merchant_id, id, lane, kind, payload, state, run_at, lease_owner, lease_until, created_at) values (?, ?, 'stray', 'send_mail', '{}', ?, 1, ?, ?, 1)`, args: [merchantId, id, state, leaseUntil && 'another', leaseUntil],
  })
  // Somebody else holds the lane, so nobody here carries it out.
  await store.commit(owe('holder', 'leased', world.outside.clock.now() + dayMs), owe('stray', 'ready', null))
  const late = await compare('send_mail')
  expect(late).toMatchObject([{ rule: 'J7', state: 'open' }])
  expect(await staff.card(card => card.kind === 'work_late')).toBeDefined()
  await store.commit({ sql: `update outbox set state = 'done' where id in ('holder', 'stray')`, args: [] })
  expect(await compare('send_mail')).toEqual([])
  expect(await staff.card(card => card.kind === 'work_late')).toBeUndefined()
})

test('a refund whose event was lost is told by the comparison, once', async () => {
  const { reference, paymentId } = await paid(613)
  world.outside.stripe.faults.queue({ kind: 'lose', times: 10 })
  const intent = (await stripeHolds(world)).payment_intents.find(each => (each['metadata'] as Fields)['payment'] === paymentId)
  const answer = await fetch(`${world.outside.stripe.url}/v1/refunds`, { method: 'POST', headers: { authorization: `Bearer ${world.outside.stripe.secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: new URLSearchParams({ payment_intent: String(intent?.['id']), amount: '500' }) })
  expect(answer.status).toBe(200)
  await compare(reference)
  const told = () => staff.card(card => card.kind === 'charge_refunded' && card.text.includes(reference))
  const card = await told()
  expect(card).toBeDefined()
  await staff.ask('POST', `/v1/merchant/cards/${card?.id}/done`, {})
  await compare(reference)
  expect(await told()).toBeUndefined()
})

/** Pays, and lets everybody who might hear how it ended go deaf. */
async function unheard(amount: number): Promise<string> {
  const invoice = await newInvoice(amount)
  world.outside.stripe.faults.queue({ kind: 'lose', times: 500 })
  world.outside.stripe.faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '^/v1/payment_intents$' } })
  const paymentId = newPaymentId()
  await payer.pay(await payer.checkout([{ invoiceId: invoice.id }]), { paymentId })
  const reference = `QP-${paymentId.slice(-12)}`
  expect((await row(reference))?.state).toBe('reserved')
  await world.api.context.store.commit({ sql: `update outbox set state = 'dead' where id = ?`, args: [`watch:${paymentId}`] })
  return reference
}

test('it runs by itself: every ten minutes the provider, and the books where something is new', async () => {
  const lost = await unheard(616)
  const { reference } = await paid(614)
  quiet()
  const twin = deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 614, PaymentRefNum: reference })
  const twice = () => staff.card(card => card.kind === 'posting_twice' && card.title.includes(reference))
  world.outside.clock.advance(11 * 60_000)
  expect(await until(twice, card => card !== undefined)).toBeDefined()
  await until(() => row(lost), found => found?.posting.state === 'posted')
  world.outside.quickbooks.faults.clear()
  deskOf(world).change('Payment', String(twin['Id']), {}, 'delete')
  await world.settled()
  world.outside.clock.advance(11 * 60_000)
  await until(twice, card => card === undefined)
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
