import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, benchRealm, type Json, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import type { Currency, InvoiceId, Minor, PaymentId } from '../../db/values.ts'
import { applyObjects } from './apply-objects.ts'
import { readFresh } from './fresh.ts'

let bench: Bench
let invoice: Json
const payment: PaymentId = 'pay_01TESTTESTTESTTESTTESTTEST'
const reference = 'Q7K2M9'

/** One invoice of 100.00 of which 60.00 was captured here and is not in QuickBooks yet. */
beforeEach(async () => {
  bench = await startQuickBooksBench()
  await bench.connect()
  await bench.settled()
  await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ publish: 'auto_all' }, bench.clock.now()))
  invoice = await bench.inQuickBooks('Invoice', 'create', { CustomerRef: { value: '1' }, Line: [{ Amount: 100, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '12' }, TaxCodeRef: { value: 'NON' } } }] })
  await bench.settled()
  const row = (await bench.merchant.mirror.knownInvoices([invoice.Id]))[0]
  const customer = (await bench.merchant.mirror.knownCustomers(['1']))[0]
  if (!row || !customer) throw new Error('the invoice is not mirrored')
  const now = bench.clock.now()
  const { payments, postings } = bench.merchant
  const done = await bench.ctx.store.commit(
    payments.createCheckout({ id: 'chk_1', tokenHash: 'hash', customerId: customer.id, currency: 'USD' as Currency, lines: [], payerEmail: null, returnUrl: null, grantHash: 'grant', createdAt: now, expiresAt: now + 1e7 }),
    payments.reserve(
      { id: payment, checkoutId: 'chk_1', customerId: customer.id, currency: 'USD' as Currency, amount: 6000 as Minor, provider: 'stripe', stripeAccount: null, confirmationToken: 'ctoken_1', providerCustomerRef: null, reference, createdAt: now, holdUntil: now + 1e6, payerAddress: null },
      [{ invoiceId: row.id, amount: 6000 as Minor }]),
    payments.move(payment, ['reserved'], { state: 'succeeded', providerRef: 'pi_1', method: null, failure: null, fee: null, holdUntil: null, capturedAt: now, endedAt: now }),
    payments.moveAllocations(payment, ['held'], 'captured'),
    postings.owe(payment))
  if (done.kind !== 'committed') throw new Error(done.rule)
})
afterEach(() => bench.close())

const post = (more: object = {}) =>
  bench.inQuickBooks('Payment', 'create', { CustomerRef: { value: '1' }, TotalAmt: 60, PaymentRefNum: reference, PrivateNote: `quittance:${payment} stripe:pi_1`, Line: [{ Amount: 60, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }], ...more })
const posted = async (object: Json) => {
  await bench.ctx.store.commit(bench.merchant.postings.posted(payment, { qboId: object.Id, syncToken: '0', unapplied: 0 as Minor, now: bench.clock.now() }))
}
const balance = async () => (await bench.merchant.mirror.knownInvoices([invoice.Id]))[0]?.balance
const allocation = async () => (await bench.merchant.payments.allocations(payment)).map(row => row.state)
const paymentOf = async (id: string) => (await bench.merchant.mirror.knownPayments([id]))[0]

test('our own posting coming back is recognised, and the captured money turns into QuickBooks’ balance in one step', async () => {
  expect([await balance(), await allocation()]).toEqual([10_000, ['captured']])
  const object = await post()
  await bench.settled()
  expect(await paymentOf(object.Id)).toMatchObject({ paymentId: payment, state: 'live' })
  expect([await balance(), await allocation()]).toEqual([4000, ['reflected']])
})

test('a fresh read of the invoice alone brings the payment that lowered it along, so that nothing is subtracted twice', async () => {
  await bench.control('webhooks', { url: null })
  const object = await post()
  const id = (await bench.merchant.mirror.knownInvoices([invoice.Id]))[0]?.id as InvoiceId
  expect(await readFresh(bench.ctx)(bench.merchantId, [id])).toEqual({ kind: 'fresh' })
  expect(await paymentOf(object.Id)).toMatchObject({ paymentId: payment })
  expect([await balance(), await allocation()]).toEqual([4000, ['reflected']])
})

test('the events that echo our own posting cost no read', async () => {
  const object = await post()
  const books = bench.quickbooks.books
  const current = [{ entity: 'Payment', objects: [books.read(benchRealm, 'Payment', object.Id)] }, { entity: 'Invoice', objects: [books.read(benchRealm, 'Invoice', invoice.Id)] }]
  // As an answer of QuickBooks is read: numbers as text.
  const asRead = JSON.parse(JSON.stringify(current), (_key, value: unknown) => (typeof value === 'number' ? String(value) : value)) as Parameters<typeof applyObjects>[2]
  const applied = await applyObjects(bench.ctx, bench.merchantId, asRead)
  if (!applied.ok) throw new Error(applied.failure.message)
  await bench.ctx.store.commit(applied.value, bench.merchant.postings.posted(payment, { qboId: object.Id, syncToken: '0', unapplied: 0 as Minor, now: bench.clock.now() }))
  expect([await balance(), await allocation()]).toEqual([4000, ['reflected']])
  const before = (await bench.reads()).corePlus
  await bench.settled()
  expect((await bench.reads()).corePlus).toBe(before)
})

test('money that found no invoice in QuickBooks is there as credit and no longer counts as on its way', async () => {
  const object = await post({ Line: [] })
  await bench.settled()
  expect(await paymentOf(object.Id)).toMatchObject({ paymentId: payment, rest: 6000 })
  expect([await balance(), await allocation()]).toEqual([10_000, ['reflected']])
})

test.each(['delete', 'void'] as const)('a posting of ours that a person undoes in QuickBooks (%s) asks a person, is never made again, and the customer is not asked for the money twice', async operation => {
  const object = await post()
  await bench.settled()
  await posted(object)
  bench.clock.advance(5000)
  await bench.inQuickBooks('Payment', operation, { Id: object.Id })
  await bench.settled()
  expect((await bench.merchant.postings.find(payment))?.state).toBe('diverged')
  expect([await balance(), await allocation()]).toEqual([10_000, ['captured']])
  expect((await bench.merchant.cards.listOpen()).map(card => [card.key, card.kind, card.facts['what']])).toEqual([[`posting:${payment}`, 'posting_diverged', operation === 'void' ? 'voided' : 'deleted']])
  expect([...bench.quickbooks.books.list(benchRealm, 'Payment')].filter(row => row['PaymentRefNum'] === reference && row['TotalAmt'] === 60)).toEqual([])
})

test('a copy of our posting that somebody made in QuickBooks is not taken for ours', async () => {
  const object = await post()
  await bench.settled()
  await posted(object)
  bench.clock.advance(5000)
  const copy = await post({ Line: [] })
  await bench.settled()
  expect((await paymentOf(object.Id))?.paymentId).toBe(payment)
  expect((await paymentOf(copy.Id))?.paymentId).toBeNull()
})

test('a payment with our reference and another amount is not ours', async () => {
  const object = await post({ TotalAmt: 12, Line: [{ Amount: 12, LinkedTxn: [{ TxnId: invoice.Id, TxnType: 'Invoice' }] }] })
  await bench.settled()
  expect((await paymentOf(object.Id))?.paymentId).toBeNull()
  expect([await balance(), await allocation()]).toEqual([8800, ['captured']])
})

test('before money is asked for, an invoice that was deleted in QuickBooks is found to be gone, and a failing read is said so', async () => {
  await bench.control('webhooks', { url: null })
  const other = await bench.inQuickBooks('Invoice', 'create', { CustomerRef: { value: '1' }, Line: [{ Amount: 5, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '12' } } }] })
  bench.clock.advance(15 * 60_000)
  await bench.settled()
  const id = (await bench.merchant.mirror.knownInvoices([other.Id]))[0]?.id as InvoiceId
  await bench.fault({ match: { path: '/query' }, kind: 'html-500', status: 503 })
  expect(await readFresh(bench.ctx)(bench.merchantId, [id])).toMatchObject({ kind: 'failed', failure: { class: 'transient' } })
  await bench.inQuickBooks('Invoice', 'delete', { Id: other.Id })
  expect(await readFresh(bench.ctx)(bench.merchantId, [id])).toEqual({ kind: 'fresh' })
  expect((await bench.merchant.mirror.knownInvoices([other.Id]))[0]?.archivedReason).toBe('deleted_in_quickbooks')
})
