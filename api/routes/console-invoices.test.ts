import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleInvoiceRow } from '../domain/console-views.ts'
import { demoCustomer, secondCustomer } from '../../e2e/company/demo.ts'
import { type Fields, deskOf, payerOf, sentInvoice } from '../../e2e/flows/payer.ts'
import { anotherMerchant, staffAt } from '../../e2e/flows/staff.ts'
import { mailsTo, until } from '../../e2e/merchant.ts'
import { type World, startWorld } from '../../e2e/world.ts'

let world: World
let staff: ReturnType<typeof staffAt>
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  staff = staffAt(world)
})
afterAll(() => world.close())

/** An invoice as somebody writes it at the desk without sending it, once it has come over. */
async function draft(more: object = {}): Promise<ConsoleInvoiceRow> {
  const item = deskOf(world).all('Item').find(row => row['Type'] === 'Service' && row['Active'] !== false)
  const made = deskOf(world).write('Invoice', {
    CustomerRef: { value: demoCustomer.id }, BillEmail: { Address: demoCustomer.email },
    Line: [{ Amount: 48.5, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: String(item?.['Id']) }, TaxCodeRef: { value: 'NON' } } }], ...more,
  })
  return come(made)
}
const come = async (made: Fields): Promise<ConsoleInvoiceRow> => (await until(() => staff.invoice(made['DocNumber']), row => row !== undefined)) as ConsoleInvoiceRow
const lettersTo = async (address: string, number: string | null) => (await mailsTo(world.outside.mail.url, address)).filter(mail => mail.subject.startsWith(`Invoice ${number} `))
const linkIn = (text: string) => /https?:\/\/\S+\/i\/(lnk_[\w-]+)/.exec(text)?.[1] ?? ''
const send = (id: string, body: object = {}) => staff.ask<ConsoleInvoiceRow>('POST', `/v1/merchant/invoices/${id}/send`, body)

test('IL31: an invoice that was not sent lies in the Draft folder, and its customer sees it on no path, another invoice’s link included', async () => {
  const hidden = await draft()
  const shown = await come(sentInvoice(world, demoCustomer.id, 20))
  expect(hidden).toMatchObject({ visibility: 'draft', state: 'draft', emailed: false })
  expect((await staff.invoices('filter=draft')).invoices.map(row => row.id)).toContain(hidden.id)
  expect((await staff.get<{ counts: { drafts: number } }>('/v1/merchant')).counts.drafts).toBe((await staff.invoices('filter=draft&limit=1')).total)

  const made = await staff.ask<{ url: string }>('POST', `/v1/merchant/customers/${hidden.customerId}/links`, { invoiceId: shown.id })
  const link = linkIn(made.body.url)
  const page = await fetch(made.body.url)
  expect([page.status, (await page.text()).includes(hidden.id)]).toEqual([200, false])
  for (const token of [link, await world.session()]) {
    const list = await world.ask(token, 'GET', '/v1/invoices?filter=all&limit=100')
    expect(JSON.stringify(list.body)).not.toContain(hidden.id)
    expect(JSON.stringify(list.body)).toContain(shown.id)
    for (const path of [`/v1/invoices/${hidden.id}`, `/v1/invoices/${hidden.id}/pdf`]) expect((await world.ask(token, 'GET', path)).status).toBe(404)
    expect((await world.ask(token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: hidden.id }] })).status).toBe(404)
  }
  for (const path of [`/i/${link}/invoices/${hidden.id}`, `/i/${link}/invoices/${hidden.id}/pdf`]) expect((await world.ask(null, 'GET', path)).status).toBe(404)
  expect((await staff.ask('POST', `/v1/merchant/customers/${hidden.customerId}/links`, { invoiceId: hidden.id })).status).toBe(409)
})

test('IL31: publishing takes several drafts out of the folder at once, shows them to their customer, and mails nothing', async () => {
  const [a, b] = [await draft(), await draft()]
  const before = (await mailsTo(world.outside.mail.url, demoCustomer.email)).length
  const published = await staff.ask<{ invoices: ConsoleInvoiceRow[] }>('POST', '/v1/merchant/publications', { ids: [a.id, b.id] })
  expect(published.body.invoices.map(row => [row.visibility, row.state])).toEqual([['published', 'open'], ['published', 'open']])
  const again = await staff.ask('POST', '/v1/merchant/publications', { ids: [a.id] })
  expect(again.status).toBe(200)
  const detail = await (await payerOf(world)).get<{ history: { text: string }[] }>(`/v1/invoices/${a.id}`)
  expect(detail.history.filter(event => event.text === 'Made available online')).toHaveLength(1)
  await world.settled()
  expect((await mailsTo(world.outside.mail.url, demoCustomer.email)).length).toBe(before)
})

test('publishing with one unknown id publishes none', async () => {
  const a = await draft()
  expect((await staff.ask('POST', '/v1/merchant/publications', { ids: [a.id, 'inv_unknown'] })).status).toBe(404)
  expect((await staff.invoice(a.number))?.visibility).toBe('draft')
})

test('IL33 IL34: sending publishes a draft and mails its customer a link that opens their page, as often as they like', async () => {
  const a = await draft()
  const { status, body } = await send(a.id)
  expect([status, body.visibility, body.emailed]).toEqual([200, 'published', true])
  await world.settled()
  const [letter, ...others] = await lettersTo(demoCustomer.email, a.number)
  expect(others).toEqual([])
  expect(letter?.subject).toContain('Invoice')
  expect(letter?.subject).toContain('$48.50')
  const link = linkIn(letter?.text ?? '')
  for (let i = 0; i < 2; i++) expect((await fetch(`${world.apiUrl}/i/${link}`)).status).toBe(200)
  const portal = await world.ask(link, 'GET', '/v1/portal?filter=all&limit=100')
  expect(portal.body).toMatchObject({ focusInvoiceId: a.id, scope: 'customer' })
  const detail = (await world.ask(link, 'GET', `/v1/invoices/${a.id}`)).body as { history: { text: string }[] }
  expect(detail.history.map(event => event.text)).toEqual(expect.arrayContaining(['Made available online', 'Sent by e-mail']))
})

test('a send that comes twice at once, or again within a minute, is one mail; a later one and another address are mails of their own', async () => {
  const a = await draft()
  const count = async (address: string = demoCustomer.email) => {
    await world.settled()
    return (await lettersTo(address, a.number)).length
  }
  const answers = await Promise.all([send(a.id, { email: demoCustomer.email }), send(a.id, { email: demoCustomer.email }), send(a.id, { email: demoCustomer.email })])
  expect(answers.map(answer => [answer.status, answer.body.visibility])).toEqual(Array.from({ length: 3 }, () => [200, 'published']))
  expect(await count()).toBe(1)
  await send(a.id, { email: demoCustomer.email })
  expect(await count()).toBe(1)
  const links = await staff.get<{ links: { invoiceId: string | null }[] }>(`/v1/merchant/customers/${a.customerId}/links`)
  expect(links.links.filter(link => link.invoiceId === a.id)).toHaveLength(1)
  await send(a.id, { email: 'accounts@harbourcoffee.example' })
  expect([await count(), await count('accounts@harbourcoffee.example')]).toEqual([1, 1])
  world.outside.clock.advance(61_000)
  await send(a.id, { email: demoCustomer.email })
  expect(await count()).toBe(2)
})

test('the letter goes to every address that QuickBooks holds for the invoice, each with a link of its own', async () => {
  const a = await draft({ BillEmail: { Address: 'first@harbourcoffee.example, second@harbourcoffee.example' } })
  await send(a.id)
  await world.settled()
  const links = await Promise.all(['first@harbourcoffee.example', 'second@harbourcoffee.example'].map(async address => linkIn((await lettersTo(address, a.number))[0]?.text ?? '')))
  expect(new Set(links.filter(Boolean)).size).toBe(2)
})

test('without any address nothing is sent or published; a voided invoice is not sent either', async () => {
  const nameless = deskOf(world).write('Customer', { DisplayName: 'Nobody of that Mailbox' })
  const a = await draft({ CustomerRef: { value: String(nameless['Id']) }, BillEmail: { Address: '' } })
  const refused = await send(a.id)
  expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no e-mail address') as string } })
  expect((await staff.invoice(a.number))?.visibility).toBe('draft')
  expect((await send(a.id, { email: 'not an address' })).status).toBe(400)
  const b = await draft()
  const row = deskOf(world).all('Invoice').find(invoice => invoice['DocNumber'] === b.number)
  deskOf(world).write('Invoice', { Id: row?.['Id'], SyncToken: row?.['SyncToken'] }, 'void')
  await until(() => staff.invoice(b.number), found => found?.state === 'void')
  expect((await send(b.id)).status).toBe(409)
})

test('AP11: what is archived here stays as it is in QuickBooks, and news from there do not bring it back', async () => {
  const a = await come(sentInvoice(world, demoCustomer.id, 31))
  const inBooks = () => deskOf(world).all('Invoice').find(invoice => invoice['DocNumber'] === a.number)
  const before = inBooks()
  const { status, body } = await staff.ask<ConsoleInvoiceRow>('POST', `/v1/merchant/invoices/${a.id}/archive`, {})
  expect([status, body.visibility]).toEqual([200, 'archived'])
  expect((await staff.ask('POST', `/v1/merchant/invoices/${a.id}/archive`, {})).status).toBe(200)
  await world.settled()
  expect(inBooks()).toEqual(before)
  const payer = await payerOf(world)
  expect(await payer.row(a.number)).toBeUndefined()
  expect((await world.ask(payer.token, 'GET', `/v1/invoices/${a.id}`)).status).toBe(404)

  deskOf(world).write('Invoice', { Id: before?.['Id'], SyncToken: before?.['SyncToken'], sparse: true, CustomerMemo: { value: 'changed at the desk' }, DueDate: '2027-01-31' }, 'update')
  await until(async () => (await staff.invoices(`filter=archived&q=${a.number}`)).invoices[0]?.dueOn, dueOn => dueOn === '2027-01-31')
  expect(await payer.row(a.number)).toBeUndefined()
  expect((await staff.invoices(`q=${a.number}`)).invoices).toEqual([])
  expect((await send(a.id)).status).toBe(409)
})

test('an invoice is not archived while a payment for it is being confirmed', async () => {
  const a = await come(sentInvoice(world, demoCustomer.id, 64))
  const payer = await payerOf(world)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const { body, paymentId } = await payer.pay(page, { card: 'pm_card_authenticationRequired' })
  expect(body.state).toBe('needs_action')
  expect((await staff.ask('POST', `/v1/merchant/invoices/${a.id}/archive`, {})).status).toBe(409)
  expect((await world.ask(null, 'DELETE', `${page}/payments/${paymentId}`)).status).toBe(200)
  expect((await staff.ask('POST', `/v1/merchant/invoices/${a.id}/archive`, {})).status).toBe(200)
})

test('another merchant’s ids are answered exactly as ids that do not exist', async () => {
  const theirs = await anotherMerchant(world, 'rival@elsewhere.example')
  const { invoices } = await staff.invoices('filter=open&limit=1')
  const [invoice] = invoices
  const { body: made } = await staff.ask<{ link: { id: string } }>('POST', `/v1/merchant/customers/${invoice?.customerId}/links`, {})
  const { body: key } = await staff.ask<{ id: string }>('POST', '/v1/merchant/api-keys', { name: 'mine' })
  const tries: [string, (id: string) => string, string, ((id: string) => object)?][] = [
    ['POST', id => `/v1/merchant/invoices/${id}/send`, invoice?.id ?? '', () => ({})],
    ['POST', id => `/v1/merchant/invoices/${id}/archive`, invoice?.id ?? '', () => ({})],
    ['POST', () => '/v1/merchant/publications', invoice?.id ?? '', id => ({ ids: [id] })],
    ['GET', id => `/v1/merchant/customers/${id}/links`, invoice?.customerId ?? ''],
    ['POST', id => `/v1/merchant/customers/${id}/links`, invoice?.customerId ?? '', () => ({})],
    ['POST', id => `/v1/merchant/customers/${id}/preview`, invoice?.customerId ?? '', () => ({})],
    ['DELETE', id => `/v1/merchant/links/${id}`, made.link.id],
    ['DELETE', id => `/v1/merchant/api-keys/${id}`, key.id],
  ]
  for (const [method, path, real, body] of tries) {
    const answers = await Promise.all([real, `${real.slice(0, 4)}01J0000000000000000000000X`].map(id => theirs.ask(method, path(id), body?.(id))))
    const [known, unknown] = answers.map(({ status, body: { instance: _instance, requestId: _requestId, ...rest } }) => ({ status, rest }))
    expect(known?.status).toBe(404)
    expect(known).toEqual(unknown)
  }
  expect((await theirs.invoices('')).total).toBe(0)
  expect((await theirs.customers('')).total).toBe(0)
  expect((await staff.get<{ links: { id: string; revokedAt: string | null }[] }>(`/v1/merchant/customers/${invoice?.customerId}/links`)).links.find(link => link.id === made.link.id)?.revokedAt).toBeNull()
})

test('lists go on page by page without a gap or a repetition, and say how many there are', async () => {
  for (const path of ['invoices?limit=7', 'invoices?filter=overdue&limit=3', 'customers?limit=5', 'customers?q=e&limit=4']) {
    const ids: string[] = []
    let cursor: string | null = ''
    let total = 0
    while (cursor !== null) {
      const page: { invoices?: { id: string }[]; customers?: { id: string }[]; nextCursor: string | null; total: number } = await staff.get(`/v1/merchant/${path}${cursor ? `&cursor=${cursor}` : ''}`)
      ids.push(...(page.invoices ?? page.customers ?? []).map(row => row.id))
      cursor = page.nextCursor
      total = page.total
    }
    expect(ids.length).toBeGreaterThan(0)
    expect([new Set(ids).size, ids.length]).toEqual([total, total])
  }
  const names = (await staff.customers('limit=100')).customers.filter(row => !row.archived).map(row => row.name.toLowerCase())
  expect(names).toEqual(names.toSorted((a, b) => (a < b ? -1 : 1)))
})

test('each filter shows its own, and a search finds by number and by customer', async () => {
  // An invoice has several sides and one word: the most pressing.
  const words = { overdue: ['overdue'], due_soon: ['due_soon', 'partly_paid'], partly_paid: ['partly_paid', 'overdue'], paid: ['paid'], void: ['void'], draft: ['draft'] } as const
  for (const [filter, states] of Object.entries(words)) {
    const found = await staff.invoices(`filter=${filter}&limit=100`)
    expect(found.total).toBe(found.invoices.length)
    expect(states).toEqual(expect.arrayContaining([...new Set(found.invoices.map(row => row.state))]))
  }
  expect((await staff.invoices('filter=overdue')).total).toBeGreaterThan(0)
  const [row] = (await staff.invoices(`q=${encodeURIComponent(secondCustomer.name)}`)).invoices
  expect(row?.customerName).toBe(secondCustomer.name)
  expect((await staff.invoices('q=100%25')).total).toBe(0)
  expect((await staff.ask('GET', '/v1/merchant/invoices?filter=everything')).status).toBe(400)
})

test('17-12: a row leads to its document in QuickBooks', async () => {
  const row = (await staff.invoices('filter=open&limit=1')).invoices[0]
  const page = await fetch(row?.quickBooksUrl ?? '')
  expect([page.status, (await page.text()).includes(row?.number ?? '?')]).toEqual([200, true])
})
