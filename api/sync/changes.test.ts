import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Bench, benchRealm, type Json, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import type { QboObject } from '../ports.ts'
import { applyObjects } from './apply-objects.ts'

let bench: Bench
const begin = async (webhookFormat: 'classic' | 'cloudevents' = 'cloudevents') => {
  bench = await startQuickBooksBench({ webhookFormat })
  await bench.connect()
  await bench.settled()
}
afterEach(() => bench.close())

const line = (amount: number) => ({ Amount: amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '12' }, TaxCodeRef: { value: 'NON' } } })
const invoiceBody = (amount: number, more: object = {}) => ({ CustomerRef: { value: '1' }, DueDate: '2030-01-31', Line: [line(amount)], ...more })
const paying = (total: number, lines: [string, number, string?][], more: object = {}) => ({
  CustomerRef: { value: '1' }, TotalAmt: total, Line: lines.map(([id, amount, type = 'Invoice']) => ({ Amount: amount, LinkedTxn: [{ TxnId: id, TxnType: type }] })), ...more,
})
const invoiceOf = async (id: string) => (await bench.merchant.mirror.knownInvoices([id]))[0]
const customerOf = async (id: string) => (await bench.merchant.mirror.knownCustomers([id]))[0]
const historyOf = async (id: string) => {
  const row = await invoiceOf(id)
  return row ? (await bench.merchant.invoices.history(row.id)).map(event => [event.kind, event.facts]) : []
}
const seen = async (entity: 'Invoice' | 'Customer' | 'CreditMemo' | 'Payment', operation: 'create' | 'update' | 'delete' | 'void', body: object): Promise<Json> => {
  const made = await bench.inQuickBooks(entity, operation, body)
  await bench.settled()
  return made
}
const readsNow = async () => (await bench.reads()).corePlus

describe.each(['classic', 'cloudevents'] as const)('in the %s format', format => {
  test('AP5: amount and due date of an unpaid invoice follow QuickBooks, and its history says from what to what', async () => {
    await begin(format)
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    expect(await invoiceOf(Id)).toMatchObject({ total: 10_000, balance: 10_000, dueOn: '2030-01-31' })
    bench.clock.advance(5000)
    await seen('Invoice', 'update', { Id, sparse: true, DueDate: '2030-02-28', Line: [line(120.55)] })
    expect(await invoiceOf(Id)).toMatchObject({ total: 12_055, balance: 12_055, dueOn: '2030-02-28' })
    const history = await historyOf(Id)
    expect(history[0]).toEqual(['created', { number: expect.any(String) as string, total: 10_000, currency: 'USD' }])
    expect(history).toContainEqual(['amount_changed', { from: 10_000, to: 12_055, currency: 'USD' }])
    expect(history).toContainEqual(['due_date_changed', { from: '2030-01-31', to: '2030-02-28' }])
    expect(history).toHaveLength(3)
  })
})

describe('what happens in QuickBooks', () => {
  beforeEach(() => begin())

  test('AP7 IL5: a partial payment made in QuickBooks lowers the balance here, and the history tells of it', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const payment = await seen('Payment', 'create', paying(30.25, [[Id, 30.25]]))
    expect(await invoiceOf(Id)).toMatchObject({ total: 10_000, balance: 6975 })
    expect((await bench.merchant.invoices.applied(Id)).map(row => [row.kind, row.amount])).toEqual([['payment', 3025]])
    expect(await historyOf(Id)).toContainEqual(['payment_applied', { paymentQboId: payment.Id, amount: 3025, currency: 'USD' }])
  })

  test('AP7: a credit applied in QuickBooks lowers the balance here and is used up', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const credit = await seen('CreditMemo', 'create', { CustomerRef: { value: '1' }, Line: [line(40)] })
    await seen('Payment', 'create', paying(0, [[Id, 40], [credit.Id, 40, 'CreditMemo']]))
    expect((await invoiceOf(Id))?.balance).toBe(6000)
    expect((await bench.merchant.mirror.knownCredits([credit.Id]))[0]?.rest).toBe(0)
    expect((await bench.merchant.invoices.applied(Id)).map(row => [row.kind, row.amount])).toEqual([['credit', 4000]])
  })

  test('AP4: an invoice paid in QuickBooks is paid here, and open again when the payment is deleted there', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const payment = await seen('Payment', 'create', paying(100, [[Id, 100]]))
    expect((await invoiceOf(Id))?.balance).toBe(0)
    bench.clock.advance(5000)
    await seen('Payment', 'delete', { Id: payment.Id })
    expect((await invoiceOf(Id))?.balance).toBe(10_000)
    expect((await bench.merchant.mirror.knownPayments([payment.Id]))[0]?.state).toBe('deleted')
    expect((await historyOf(Id)).map(([kind]) => kind)).toContain('payment_removed')
  })

  test('AP4: an invoice voided in QuickBooks is void here, and the payment on it becomes credit', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const payment = await seen('Payment', 'create', paying(100, [[Id, 100]]))
    bench.clock.advance(5000)
    await seen('Invoice', 'void', { Id })
    expect(await invoiceOf(Id)).toMatchObject({ total: 0, balance: 0, voidedAt: expect.any(Number) as number })
    expect((await bench.merchant.mirror.knownPayments([payment.Id]))[0]).toMatchObject({ state: 'live', rest: 10_000 })
  })

  test('AP10: an invoice deleted in QuickBooks is archived here with its reason', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    bench.clock.advance(5000)
    await seen('Invoice', 'delete', { Id })
    expect((await invoiceOf(Id))?.archivedReason).toBe('deleted_in_quickbooks')
    expect((await historyOf(Id)).map(([kind]) => kind)).toContain('archived')
  })

  test('AP10: a customer made inactive in QuickBooks is archived under its own name, and comes back when it is made active', async () => {
    const { Id } = await seen('Customer', 'create', { DisplayName: 'Passing Trade', PrimaryEmailAddr: { Address: 'pay@passing.example' } })
    expect(await bench.merchant.sessions.customersOfEmail('pay@passing.example')).toHaveLength(1)
    bench.clock.advance(5000)
    await seen('Customer', 'update', { Id, sparse: true, Active: false })
    expect(await customerOf(Id)).toMatchObject({ name: 'Passing Trade', active: 0, archivedReason: 'inactive_in_quickbooks' })
    expect(await bench.merchant.sessions.customersOfEmail('pay@passing.example')).toEqual([])
    bench.clock.advance(5000)
    await seen('Customer', 'update', { Id, sparse: true, Active: true })
    expect(await customerOf(Id)).toMatchObject({ name: 'Passing Trade', active: 1, archivedReason: null })
  })

  test('AP11: what is archived here stays in QuickBooks and is not brought back by its changes', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const row = await invoiceOf(Id)
    if (row) await bench.ctx.store.commit(bench.merchant.invoices.archive(row.id, 'merchant', bench.clock.now()))
    bench.clock.advance(5000)
    await seen('Invoice', 'update', { Id, sparse: true, Line: [line(90)] })
    expect(await invoiceOf(Id)).toMatchObject({ total: 9000, archivedReason: 'merchant' })
    expect(bench.quickbooks.books.read(benchRealm, 'Invoice', Id)).toBeDefined()
  })

  test('TO2: a customer created in QuickBooks later is there, and so is one who is renamed', async () => {
    const { Id } = await seen('Customer', 'create', { DisplayName: 'First Name' })
    expect((await customerOf(Id))?.name).toBe('First Name')
    const invoice = await seen('Invoice', 'create', invoiceBody(10, { CustomerRef: { value: Id } }))
    bench.clock.advance(5000)
    await seen('Customer', 'update', { Id, sparse: true, DisplayName: 'Second Name' })
    const customer = await customerOf(Id)
    expect(customer?.name).toBe('Second Name')
    expect((await invoiceOf(invoice.Id))?.customerQboId).toBe(Id)
  })

  test.each([['told by its event', true], ['found out by the sweep', false]])('after a merge %s everything belongs to the customer that was kept, and the old link goes on working', async (_how, told) => {
    const gone = await seen('Customer', 'create', { DisplayName: 'Twice There', PrimaryEmailAddr: { Address: 'twice@there.example' } })
    const invoice = await seen('Invoice', 'create', invoiceBody(55, { CustomerRef: { value: gone.Id } }))
    const goneRow = await customerOf(gone.Id)
    const now = bench.clock.now()
    if (goneRow) await bench.ctx.store.commit(bench.merchant.sessions.addLink({ id: 'lnk_1', tokenHash: 'hash', customerId: goneRow.id, invoiceId: null, scope: 'customer', email: null, preview: false, createdAt: now, expiresAt: now + 1e9 }))
    if (!told) await bench.control('webhooks', { url: null })
    bench.clock.advance(5000)
    await bench.control('merge', { realmId: benchRealm, keepId: '1', goneId: gone.Id })
    if (!told) bench.clock.advance(15 * 60_000)
    await bench.settled()
    expect((await invoiceOf(invoice.Id))?.customerQboId).toBe('1')
    expect((await customerOf(gone.Id))?.archivedReason).toBe('merged_in_quickbooks')
    expect((await bench.ctx.store.control.sessions.link('hash'))?.customerId).toBe((await customerOf('1'))?.id)
    expect(await bench.merchant.drift.customers(10)).toEqual([])
  })

  test('IL31: under auto_if_sent an unsent invoice waits in the Draft folder until QuickBooks sends it, and never goes back', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100, { BillEmail: { Address: 'pat@harbourcoffee.example' } }))
    expect((await invoiceOf(Id))?.visibility).toBe('draft')
    bench.clock.advance(5000)
    bench.quickbooks.books.send(benchRealm, 'Invoice', Id, undefined)
    await bench.settled()
    expect((await invoiceOf(Id))?.visibility).toBe('published')
    expect((await historyOf(Id)).map(([kind]) => kind)).toContain('sent')
    bench.clock.advance(5000)
    await seen('Invoice', 'update', { Id, sparse: true, EmailStatus: 'NotSet' })
    expect((await invoiceOf(Id))?.visibility).toBe('published')
  })

  test('IL31: under review even what QuickBooks has sent waits for the merchant; under auto_all nothing waits', async () => {
    await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ publish: 'review' }, bench.clock.now()))
    const sent = await bench.inQuickBooks('Invoice', 'create', invoiceBody(100, { BillEmail: { Address: 'pat@harbourcoffee.example' } }))
    bench.quickbooks.books.send(benchRealm, 'Invoice', sent.Id, undefined)
    await bench.settled()
    expect((await invoiceOf(sent.Id))?.visibility).toBe('draft')
    await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ publish: 'auto_all' }, bench.clock.now()))
    const unsent = await seen('Invoice', 'create', invoiceBody(100))
    expect((await invoiceOf(unsent.Id))?.visibility).toBe('published')
  })

  test('AP10: an older version that comes late overwrites nothing and brings nothing back', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    const asText = (object: unknown) => JSON.parse(JSON.stringify(object), (_key, value: unknown) => (typeof value === 'number' ? String(value) : value)) as QboObject
    const old = asText(bench.quickbooks.books.read(benchRealm, 'Invoice', Id))
    const late = async () => {
      const applied = await applyObjects(bench.ctx, bench.merchantId, [{ entity: 'Invoice', objects: [old] }])
      if (!applied.ok) throw new Error(applied.failure.message)
      await bench.ctx.store.commit(applied.value)
    }
    bench.clock.advance(5000)
    await seen('Invoice', 'update', { Id, sparse: true, Line: [line(80)] })
    await late()
    expect((await invoiceOf(Id))?.total).toBe(8000)
    bench.clock.advance(5000)
    await seen('Invoice', 'delete', { Id })
    await late()
    expect(await invoiceOf(Id)).toMatchObject({ total: 8000, archivedReason: 'deleted_in_quickbooks' })
  })

  test('a setting changed in QuickBooks is read anew when its event comes', async () => {
    const before = (await bench.merchant.connection.find())?.preferences as { SalesFormsPrefs: { AutoApplyPayments: boolean } }
    expect(before.SalesFormsPrefs.AutoApplyPayments).toBe(false)
    const stored = bench.quickbooks.books.read(benchRealm, 'Preferences', '1') as { SalesFormsPrefs: object }
    await bench.inQuickBooks('Preferences', 'update', { Id: '1', sparse: true, SalesFormsPrefs: { ...stored.SalesFormsPrefs, AutoApplyPayments: true } })
    await bench.settled()
    expect((await bench.merchant.connection.find())?.preferences).toMatchObject({ SalesFormsPrefs: { AutoApplyPayments: true } })
  })

  test('a document that cannot be read is set aside with a card, and the others come in', async () => {
    const bad = await bench.inQuickBooks('Invoice', 'create', invoiceBody(100))
    const object = bench.quickbooks.books.read(benchRealm, 'Invoice', bad.Id)
    bench.quickbooks.books.load(benchRealm, 'Invoice', [{ ...object, Id: '990001', TotalAmt: 'twelve', MetaData: { CreateTime: new Date(bench.clock.now()).toISOString(), LastUpdatedTime: new Date(bench.clock.now()).toISOString() } }])
    await bench.settled()
    expect(await invoiceOf(bad.Id)).toBeDefined()
    expect((await bench.merchant.cards.listOpen()).map(card => [card.kind, card.facts['qboId']])).toEqual([['unreadable_document', '990001']])
  })
})

describe('what it costs and survives', () => {
  beforeEach(() => begin())

  test('a burst of changes is one metered read, whatever it touches', async () => {
    const before = await readsNow()
    const customer = await bench.inQuickBooks('Customer', 'create', { DisplayName: 'Burst' })
    const invoices = await Promise.all([10, 20, 30].map(amount => bench.inQuickBooks('Invoice', 'create', invoiceBody(amount, { CustomerRef: { value: customer.Id } }))))
    await bench.inQuickBooks('Payment', 'create', paying(10, [[invoices[0]?.Id ?? '', 10]], { CustomerRef: { value: customer.Id } }))
    await bench.settled()
    expect((await invoiceOf(invoices[0]?.Id ?? ''))?.balance).toBe(0)
    expect(await readsNow()).toBe(before + 1)
  })

  test('an event of a version that the mirror holds costs no read', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    bench.clock.advance(5000)
    await bench.fault({ match: { event: 'Invoice.Update' }, kind: 'duplicate', times: 3 })
    await seen('Invoice', 'update', { Id, sparse: true, Line: [line(90)] })
    const before = await readsNow()
    const old = { eventNotifications: [{ realmId: benchRealm, dataChangeEvent: { entities: [{ name: 'Invoice', id: Id, operation: 'Update', lastUpdated: new Date(bench.clock.now() - 60_000).toISOString() }] } }] }
    const { createHmac } = await import('node:crypto')
    const body = JSON.stringify(old)
    const signature = createHmac('sha256', bench.quickbooks.app.verifierToken).update(body).digest('base64')
    expect((await fetch(`${bench.url}/hooks/quickbooks`, { method: 'POST', body, headers: { 'intuit-signature': signature } })).status).toBe(200)
    await bench.settled()
    expect(await readsNow()).toBe(before)
    expect((await invoiceOf(Id))?.total).toBe(9000)
  })

  test('events that come twice or in the wrong order end in what QuickBooks holds', async () => {
    await bench.fault({ match: { event: 'Invoice.Create' }, kind: 'hold' })
    await bench.fault({ match: { event: 'Invoice.Update' }, kind: 'duplicate' })
    const { Id } = await bench.inQuickBooks('Invoice', 'create', invoiceBody(100))
    bench.clock.advance(2000)
    await bench.inQuickBooks('Invoice', 'update', { Id, sparse: true, Line: [line(80)] })
    await bench.settled()
    bench.clock.advance(60_000)
    await bench.settled()
    expect(await invoiceOf(Id)).toMatchObject({ total: 8000, balance: 8000 })
    expect((await historyOf(Id)).filter(([kind]) => kind === 'created')).toHaveLength(1)
  })

  test('a change whose event got lost comes with the sweep', async () => {
    await bench.fault({ match: { event: 'Invoice.Create' }, kind: 'lose', times: 50 })
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    expect(await invoiceOf(Id)).toBeUndefined()
    bench.clock.advance(15 * 60_000)
    await bench.settled()
    expect((await invoiceOf(Id))?.total).toBe(10_000)
  })

  test('a sweep that overflows is read by pages, so that nothing is missed', async () => {
    await bench.control('webhooks', { url: null })
    const made = await Promise.all(Array.from({ length: 30 }, (_, i) => bench.inQuickBooks('Invoice', 'create', invoiceBody(i + 1))))
    await bench.control('limits', { changesPerAnswer: 1000 })
    const objects = Array.from({ length: 1100 }, (_, i) => ({ ...bench.quickbooks.books.read(benchRealm, 'Invoice', made[0]?.Id ?? ''), Id: String(800_000 + i), DocNumber: `B${i}` }))
    bench.quickbooks.books.load(benchRealm, 'Invoice', objects)
    bench.clock.advance(15 * 60_000)
    await bench.settled()
    expect((await bench.merchant.mirror.knownInvoices(objects.map(object => object.Id))).length).toBe(1100)
    expect((await bench.merchant.mirror.knownInvoices(made.map(object => object.Id))).length).toBe(30)
  })

  test('after more than 29 days of silence everything is read anew and what is gone is archived', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    await bench.control('webhooks', { url: null })
    await bench.worker?.stop()
    bench.clock.advance(1000)
    await bench.inQuickBooks('Invoice', 'delete', { Id })
    bench.clock.advance(31 * 86_400_000)
    const { startWorker } = await import('../outbox/worker.ts')
    const { syncJobs } = await import('./handlers.ts')
    const worker = startWorker(bench.ctx, syncJobs(bench.ctx))
    await worker.idle()
    await worker.stop()
    expect((await invoiceOf(Id))?.archivedReason).toBe('deleted_in_quickbooks')
  })

  test('a delete is believed only after a read of its own', async () => {
    const { Id } = await seen('Invoice', 'create', invoiceBody(100))
    bench.clock.advance(5000)
    const stub = { domain: 'QBO', status: 'Deleted', Id, MetaData: { LastUpdatedTime: new Date(bench.clock.now()).toISOString() } }
    await bench.fault({ match: { path: '/cdc' }, kind: 'answer', status: 200, body: { CDCResponse: [{ QueryResponse: [{ Invoice: [stub], maxResults: 1, totalCount: 1 }] }], time: new Date(bench.clock.now()).toISOString() } })
    bench.clock.advance(15 * 60_000)
    await bench.settled()
    expect((await invoiceOf(Id))?.archivedReason).toBeNull()
  })

  test('a fault inside an HTTP 200 is a failure, and the events are read again later', async () => {
    await bench.fault({ match: { path: '/cdc' }, kind: 'answer', status: 200, body: { Fault: { Error: [{ Message: 'An application error has occurred', Detail: 'busy', code: '10000' }], type: 'SystemFault' } } })
    const { Id } = await bench.inQuickBooks('Invoice', 'create', invoiceBody(100))
    await bench.settled()
    bench.clock.advance(60_000)
    await bench.settled()
    expect((await invoiceOf(Id))?.total).toBe(10_000)
  })
})
