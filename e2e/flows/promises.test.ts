import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleInvoiceList } from '../../api/domain/console-views.ts'
import type { InvoiceDetail, PortalView } from '../../api/domain/views.ts'
import { demoCustomer } from '../company/demo.ts'
import { type SentMail, mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { type Desk, type Fields, deskOf, metered, payerOf, sentInvoice } from './payer.ts'
import { staffAt } from './staff.ts'

let world: World
let desk: Desk
let staff: ReturnType<typeof staffAt>
/** Everything that the product has no business with, as QuickBooks held it before anybody used the product. */
let untouched: Fields[]
const dayMs = 24 * 60 * 60_000
const notOurs = ['Deposit', 'SalesReceipt', 'RefundReceipt', 'CreditMemo', 'Item'] as const

beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  desk = deskOf(world)
  staff = staffAt(world)
  untouched = notOurs.flatMap(entity => desk.all(entity))
})
afterAll(() => world?.close())

const newCustomer = (name: string, more: object = {}): string =>
  String(desk.write('Customer', { DisplayName: name, PrimaryEmailAddr: { Address: `${name.toLowerCase().replace(/\W+/g, '.')}@example.com` }, ...more })['Id'])
const customerNamed = (name: string) => until(async () => (await staff.customers(`q=${encodeURIComponent(name)}`)).customers.find(row => row.name === name), row => row !== undefined)
const invoiceNumbered = (number: unknown) => until(async () => staff.invoice(number), row => row !== undefined)
/** The writes that QuickBooks has taken from the product since the world began, by kind. */
const writes = async () => Object.fromEntries(Object.entries((await metered(world)).calls).filter(([name]) => !/^(read|query|count|cdc|pdf)\b/.test(name)))

test('AP21: when the first load has ended, every invoice that it was to bring can be seen in the console', async () => {
  const seen: string[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: ConsoleInvoiceList = await staff.invoices(`filter=all&limit=25${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`)
    seen.push(...page.invoices.map(row => new URL(row.quickBooksUrl ?? '').searchParams.get('txnId') ?? ''))
    cursor = page.nextCursor
  }
  const run = (await staff.get<{ import: { state: string; problem: string | null } }>('/v1/merchant')).import
  expect(run).toMatchObject({ state: 'done', problem: null })
  // What is open, however old, and what is dated within the last ninety days; the days at the edge are left to the test of the begin date.
  const lately = new Date(world.outside.clock.now() - 88 * dayMs).toISOString().slice(0, 10)
  const due = desk.all('Invoice').filter(row => Number(row['Balance']) > 0 || String(row['TxnDate']) >= lately).map(row => String(row['Id']))
  expect(due.length).toBeGreaterThan(20)
  expect(seen).toEqual(expect.arrayContaining(due))
  expect(new Set(seen).size).toBe(seen.length)
})

test('IL1 IL28: an invoice that is written and sent in QuickBooks can be read by its customer on the web, line by line', async () => {
  const made = sentInvoice(world, demoCustomer.id, 64.5, { CustomerMemo: { value: 'Thank you for your trust.' } })
  await invoiceNumbered(made['DocNumber'])
  const payer = await payerOf(world)
  const row = await payer.row(made['DocNumber'])
  expect(row).toMatchObject({ state: 'open', balance: { amount: 6450, currency: 'USD' }, customerName: demoCustomer.name })
  const detail = await payer.get<InvoiceDetail>(`/v1/invoices/${row?.id}`)
  const line = (made['Line'] as { SalesItemLineDetail?: { ItemRef?: { value?: string } } }[])[0]
  expect(detail.lines).toHaveLength(1)
  expect(detail.lines[0]).toMatchObject({ name: desk.read('Item', line?.SalesItemLineDetail?.ItemRef?.value ?? '')?.['FullyQualifiedName'], amount: { amount: 6450 } })
  expect(detail.memo).toBe('Thank you for your trust.')
})

test('IL2 IL20: access is a letter with a link that opens the invoice it speaks of; no letter holds a password', async () => {
  const customer = newCustomer('Birch Bakery')
  const spoken = await invoiceNumbered(sentInvoice(world, customer, 31, { BillEmail: { Address: 'owner@birchbakery.example' } })['DocNumber'])
  sentInvoice(world, customer, 32)
  expect((await staff.ask('POST', `/v1/merchant/invoices/${spoken?.id}/send`, {})).status).toBe(200)
  const [letter] = await until(() => mailsTo(world.outside.mail.url, 'owner@birchbakery.example'), mails => mails.length > 0)
  const link = /https?:\/\/\S+\/i\/lnk_[\w-]+/.exec(letter?.text ?? '')?.[0] ?? ''
  const page = await fetch(link)
  expect([page.status, (await page.text()).includes(`>${spoken?.number}<`)]).toEqual([200, true])
  const { body } = await world.ask(link.split('/').at(-1) ?? '', 'GET', '/v1/portal')
  expect((body as PortalView).focusInvoiceId).toBe(spoken?.id)
  const { messages } = (await (await fetch(`${world.outside.mail.url}/_emulator/state`)).json()) as { messages: SentMail[] }
  expect(messages.filter(mail => /password|passcode/i.test(`${mail.subject} ${mail.text} ${mail.html}`))).toEqual([])
})

test('IL19 IL22: a customer who is added to QuickBooks later comes over by themselves and is given access like any other', async () => {
  const qboId = newCustomer('Later Lumber')
  const row = await customerNamed('Later Lumber')
  const { status, body } = await staff.ask<{ url: string }>('POST', `/v1/merchant/customers/${row?.id}/links`, {})
  const token = body.url.split('/').at(-1) ?? ''
  expect([status, (await fetch(body.url)).status]).toEqual([201, 200])
  const made = sentInvoice(world, qboId, 18)
  const seen = async () => ((await world.ask(token, 'GET', '/v1/portal?filter=all')).body as PortalView).list.invoices.map(invoice => invoice.number)
  expect(await until(seen, numbers => numbers.length > 0)).toEqual([made['DocNumber']])
})

test('IL25: what the merchant turns off customers cannot do, and can do again once it is on', async () => {
  const customer = newCustomer('Switch & Sons')
  const rows = [await invoiceNumbered(sentInvoice(world, customer, 40)['DocNumber']), await invoiceNumbered(sentInvoice(world, customer, 60)['DocNumber'])]
  const token = await world.session({ quickBooksId: customer })
  const ask = async (invoices: object[]) => (await world.ask(token, 'POST', '/v1/checkouts', { invoices })).status
  const part = [{ invoiceId: rows[0]?.id, amount: 1000 }]
  const both = rows.map(row => ({ invoiceId: row?.id }))
  for (const on of [false, true]) {
    await staff.ask('PATCH', '/v1/merchant/settings', { partialPayments: on, multiInvoice: on })
    expect([await ask(part), await ask(both)]).toEqual(on ? [201, 201] : [400, 400])
  }
})

test('AP6: nothing that is done here to an unpaid invoice alters it in QuickBooks', async () => {
  const customer = newCustomer('Untouched Uniforms')
  const made = desk.write('Invoice', { CustomerRef: { value: customer }, BillEmail: { Address: 'desk@untouched.example' }, Line: desk.lines(90) })
  const row = await invoiceNumbered(made['DocNumber'])
  const before = desk.read('Invoice', String(made['Id']))
  const person = await customerNamed('Untouched Uniforms')
  await staff.ask('POST', '/v1/merchant/publications', { ids: [row?.id] })
  await staff.ask('POST', `/v1/merchant/invoices/${row?.id}/send`, { email: 'someone.else@untouched.example' })
  await staff.ask('POST', `/v1/merchant/customers/${person?.id}/links`, { invoiceId: row?.id })
  expect((await world.ask(await world.session({ quickBooksId: customer }), 'POST', '/v1/checkouts', { invoices: [{ invoiceId: row?.id, amount: 4500 }] })).status).toBe(201)
  expect((await staff.ask('POST', `/v1/merchant/invoices/${row?.id}/archive`, {})).status).toBe(200)
  await world.settled()
  expect(desk.read('Invoice', String(made['Id']))).toEqual(before)
  expect(await writes()).toEqual({})
})

test('17-24: a payment lands on the customer whose invoice it is, though another bears the same name', async () => {
  const john = { GivenName: 'John', FamilyName: 'Brown', CompanyName: 'John Brown', PrintOnCheckName: 'John Brown' }
  const [one, other] = [newCustomer('John Brown', john), newCustomer('John Brown (Duluth)', john)]
  sentInvoice(world, one, 77)
  const row = await invoiceNumbered(sentInvoice(world, other, 77)['DocNumber'])
  const payer = await payerOf(world, { quickBooksId: other })
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: row?.id ?? '' }]))
  await world.settled()
  const posted = desk.all('Payment').filter(payment => payment['PaymentRefNum'] === body.receipt?.reference)
  expect(posted.map(payment => payment['CustomerRef'])).toEqual([expect.objectContaining({ value: other })])
})

test('AP1 AP15 AP17 17-14 17-15 17-16: a payment taken here stands in QuickBooks, matched to its invoices, and nothing else is written there: no deposit, no expense, no bill', async () => {
  const made = [sentInvoice(world, demoCustomer.id, 25), sentInvoice(world, demoCustomer.id, 35)]
  const rows = [await invoiceNumbered(made[0]?.['DocNumber']), await invoiceNumbered(made[1]?.['DocNumber'])]
  const before = await writes()
  const payer = await payerOf(world)
  const { body } = await payer.pay(await payer.checkout(rows.map(row => ({ invoiceId: row?.id ?? '' }))))
  await world.settled()
  for (const kind of ['since_last', 'customers', 'full'] as const) {
    await staff.ask('POST', '/v1/merchant/imports', { kind })
    await until(async () => (await staff.get<{ import: { state: string } }>('/v1/merchant')).import.state, state => state === 'done')
  }
  await world.settled()
  const posted = desk.all('Payment').filter(payment => payment['PaymentRefNum'] === body.receipt?.reference)
  expect(posted).toHaveLength(1)
  expect(posted[0]?.['Line']).toHaveLength(2)
  expect(posted[0]?.['Line']).toEqual(expect.arrayContaining(made.map(invoice => expect.objectContaining({ LinkedTxn: [{ TxnId: invoice['Id'], TxnType: 'Invoice' }] }))))
  expect(made.map(invoice => desk.read('Invoice', String(invoice['Id']))?.['Balance'])).toEqual([0, 0])
  expect(await writes()).toEqual({ 'create Payment': (before['create Payment'] ?? 0) + 1 })
  expect(notOurs.flatMap(entity => desk.all(entity))).toEqual(untouched)
})
