import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleView, HomeView, ImportView, LinkView, SettingsView } from '../domain/console-views.ts'
import { demoCustomer } from '../../e2e/company/demo.ts'
import { type Fields, deskOf, payerOf, sentInvoice } from '../../e2e/flows/payer.ts'
import { asking, staffAt } from '../../e2e/flows/staff.ts'
import { mailsTo, until } from '../../e2e/merchant.ts'
import { type World, startWorld } from '../../e2e/world.ts'

let world: World
let staff: ReturnType<typeof staffAt>
beforeAll(async () => {
  world = await startWorld({ invoices: 150 })
  staff = staffAt(world)
})
afterAll(() => world.close())

const exponents: Record<string, number> = { JPY: 0 }
const minorOf = (object: Fields, name: string) => Math.round(Number(object[name] ?? 0) * 10 ** (exponents[currencyOf(object)] ?? 2))
const currencyOf = (object: Fields) => (object['CurrencyRef'] as { value: string } | undefined)?.value ?? 'USD'
const today = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format(world.outside.clock.now())
const daysLate = (due: string) => Math.round((Date.parse(today()) - Date.parse(due)) / 86_400_000)
const sums = (rows: readonly { key: string; amount: number }[]) => {
  const found: Record<string, number> = {}
  for (const { key, amount } of rows) found[key] = (found[key] ?? 0) + amount
  return found
}
const save = (change: object) => staff.ask<SettingsView & { faults?: { field: string }[] }>('PATCH', '/v1/merchant/settings', change)
const lastImport = async () => (await staff.get<{ import: ImportView | null }>('/v1/merchant/imports/current')).import
const imported = () => until(lastImport, run => run?.state === 'done')

test('Home’s five buckets hold every open invoice of QuickBooks, to the cent and by its age in the company’s calendar', async () => {
  const { aging } = await staff.home()
  const bucketOf = (invoice: Fields) => {
    const late = invoice['DueDate'] ? daysLate(String(invoice['DueDate'])) : 0
    return late <= 0 ? 0 : late <= 30 ? 1 : late <= 60 ? 2 : late <= 90 ? 3 : 4
  }
  const open = deskOf(world).all('Invoice').filter(invoice => Number(invoice['Balance']) > 0)
  const inBooks = sums(open.map(invoice => ({ key: `${currencyOf(invoice)} ${bucketOf(invoice)}`, amount: minorOf(invoice, 'Balance') })))
  const shown = sums(aging.flatMap(row => row.buckets.map(({ amount }, i) => ({ key: `${row.currency} ${i}`, amount: amount.amount }))).filter(row => row.amount > 0))
  expect(shown).toEqual(inBooks)
  for (const row of aging) {
    expect(row.buckets.map(bucket => bucket.label)).toEqual(['Not due', '1–30 days late', '31–60 days late', '61–90 days late', 'Over 90 days late'])
    expect(row.total.amount).toBe(row.buckets.reduce((sum, bucket) => sum + bucket.amount.amount, 0))
  }
  expect(aging.flatMap(row => row.buckets).reduce((sum, bucket) => sum + bucket.count, 0)).toBe(open.length)
})

test('what came in on each of ninety days is what QuickBooks’ payments say, per currency', async () => {
  const { received } = await staff.home()
  for (const row of received) expect([row.days.length, row.days.at(-1)?.on, new Set(row.days.map(day => day.on)).size]).toEqual([90, today(), 90])
  const first = received[0]?.days[0]?.on ?? ''
  const payments = deskOf(world).all('Payment').filter(payment => Number(payment['TotalAmt']) > 0 && String(payment['TxnDate']) >= first)
  const inBooks = sums(payments.map(payment => ({ key: `${currencyOf(payment)} ${String(payment['TxnDate'])}`, amount: minorOf(payment, 'TotalAmt') })))
  const shown = sums(received.flatMap(row => row.days.filter(day => day.amount > 0).map(day => ({ key: `${row.currency} ${day.on}`, amount: day.amount }))))
  expect(shown).toEqual(inBooks)
  expect(payments.length).toBeGreaterThan(5)
})

test('a payment taken here counts as come in once, before it stands in QuickBooks and after', async () => {
  const usdToday = (home: HomeView) => home.received.find(row => row.currency === 'USD')?.days.at(-1)?.amount ?? 0
  const before = usdToday(await staff.home())
  const payer = await payerOf(world)
  const made = sentInvoice(world, demoCustomer.id, 77)
  const row = await until(() => payer.row(made['DocNumber']), found => found !== undefined)
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: { method: 'POST', path: '/payment\\?' } })
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: row?.id ?? '' }]))
  expect(body.state).toBe('succeeded')
  expect(usdToday(await staff.home()) - before).toBe(7700)
  const mine = async () => (await staff.payments()).payments.find(payment => payment.reference === body.receipt?.reference)
  expect(await mine()).toMatchObject({ state: 'succeeded', stateText: 'Paid', amount: { text: '$77.00' }, method: 'Visa ending in 4242', invoices: [{ number: String(made['DocNumber']) }], posting: { state: 'waiting' } })
  const posted = await until(async () => {
    world.outside.clock.advance(5_000)
    return mine()
  }, payment => payment?.posting.state === 'posted')
  await world.settled()
  expect(usdToday(await staff.home()) - before).toBe(7700)
  expect((await (await fetch(posted?.posting.quickBooksUrl ?? '')).text())).toContain('77.00')
})

test('customers are listed with what each owes in QuickBooks, by currency', async () => {
  const owed = sums(deskOf(world).all('Invoice').filter(invoice => Number(invoice['Balance']) > 0).map(invoice => ({ key: `${(invoice['CustomerRef'] as { value: string }).value} ${currencyOf(invoice)}`, amount: minorOf(invoice, 'Balance') })))
  const { customers } = await staff.customers('limit=100')
  const known = new Map((await world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`).mirror.knownCustomers(deskOf(world).all('Customer').map(row => String(row['Id'])))).map(row => [row.id as string, row.qboId]))
  const shown = sums(customers.flatMap(row => row.owed.map(amount => ({ key: `${known.get(row.id)} ${amount.currency}`, amount: amount.amount }))))
  expect(shown).toEqual(owed)
  expect(customers.find(row => row.name === demoCustomer.name)).toMatchObject({ email: demoCustomer.email, active: true, archived: false })
  expect((await staff.customers(`q=${encodeURIComponent(demoCustomer.email)}`)).customers.map(row => row.email)).toContain(demoCustomer.email)
})

test('a link is told once, opens its customer’s page, and stops at once when it is revoked', async () => {
  const customer = (await staff.customers(`q=${encodeURIComponent(demoCustomer.name)}`)).customers[0]
  const made = await staff.ask<{ url: string; link: LinkView }>('POST', `/v1/merchant/customers/${customer?.id}/links`, { email: 'Pat@Harbourcoffee.example' })
  expect([made.status, made.body.link.email, made.body.link.revokedAt]).toEqual([201, 'pat@harbourcoffee.example', null])
  const listed = await staff.get<{ links: LinkView[] }>(`/v1/merchant/customers/${customer?.id}/links`)
  expect(listed.links[0]).toEqual(made.body.link)
  expect(JSON.stringify(listed)).not.toContain(new URL(made.body.url).pathname.slice(3))
  expect((await fetch(made.body.url)).status).toBe(200)
  expect((await staff.ask('DELETE', `/v1/merchant/links/${made.body.link.id}`)).status).toBe(204)
  expect((await fetch(made.body.url)).status).toBe(401)
  expect((await staff.get<{ links: LinkView[] }>(`/v1/merchant/customers/${customer?.id}/links`)).links[0]?.revokedAt).not.toBeNull()
})

test('a preview shows what one customer sees, pays nothing, is in no list, and ends after half an hour', async () => {
  const customer = (await staff.customers(`q=${encodeURIComponent(demoCustomer.name)}`)).customers[0]
  const { body } = await staff.ask<{ url: string }>('POST', `/v1/merchant/customers/${customer?.id}/preview`, {})
  const token = new URL(body.url).pathname.slice(3)
  const portal = (await world.ask(token, 'GET', '/v1/portal')).body as { list: { invoices: { id: string }[] }; payment: { enabled: boolean } }
  expect(portal.payment.enabled).toBe(false)
  expect((await world.ask(token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: portal.list.invoices[0]?.id }] })).status).toBe(409)
  expect(JSON.stringify(await staff.get(`/v1/merchant/customers/${customer?.id}/links`))).not.toContain(token)
  world.outside.clock.advance(30 * 60_000)
  expect((await fetch(body.url)).status).toBe(401)
})

test.each([
  [{ publish: 'sometimes' }], [{ accent: 'red' }], [{ accent: '#12345' }], [{ logoUrl: 'http://plain.example/logo.png' }], [{ logoUrl: 'javascript:alert(1)' }], [{ supportEmail: 'nobody' }], [{ extractBeginDate: '2026-02-30' }],
  [{ extractBeginDate: '1.2.2026' }], [{ allowedOrigins: ['https://shop.example/'] }], [{ allowedOrigins: ['http://shop.example'] }], [{ allowedOrigins: ['*'] }], [{ allowedOrigins: ['https://shop.example', 'shop.example'] }],
  [{ recordingAccountId: '999999' }], [{ recordingAccountId: '1' }], [{ partialPayments: 'yes' }], [{ unknown: true }],
])('the settings refuse %j, name the field, and save nothing', async change => {
  const before = (await staff.get<ConsoleView>('/v1/merchant')).settings
  const { status, body } = await save({ multiInvoice: !before.multiInvoice, ...change })
  expect(status).toBe(400)
  expect(body.faults?.length).toBeGreaterThan(0)
  expect((await staff.get<ConsoleView>('/v1/merchant')).settings).toEqual(before)
})

test('settings keep what is not named, and null goes back to the default', async () => {
  const { body } = await save({ accent: '#0b6e4f', allowedOrigins: ['https://shop.example', 'http://localhost:5173'], logoUrl: 'https://shop.example/logo.png' })
  expect(body).toMatchObject({ accent: '#0b6e4f', allowedOrigins: ['https://shop.example', 'http://localhost:5173'] })
  expect((await save({ publish: 'review' })).body).toMatchObject({ publish: 'review', accent: '#0b6e4f' })
  expect((await save({ publish: 'auto_if_sent', accent: null, logoUrl: null })).body).toMatchObject({ publish: 'auto_if_sent', accent: null, logoUrl: null })
})

test('AP2: payments are recorded in the bank account that the merchant chose', async () => {
  const { accounts } = await staff.get<{ accounts: { id: string; name: string; type: string }[] }>('/v1/merchant/ledger-accounts')
  expect(new Set(accounts.map(account => account.type))).toEqual(new Set(['Bank', 'Other Current Asset']))
  const chosen = accounts.find(account => account.name === 'Checking')
  expect((await save({ recordingAccountId: chosen?.id })).body.recordingAccountId).toBe(chosen?.id)
  const payer = await payerOf(world)
  const made = sentInvoice(world, demoCustomer.id, 42)
  const row = await until(() => payer.row(made['DocNumber']), found => found !== undefined)
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: row?.id ?? '' }]))
  await world.settled()
  expect(deskOf(world).all('Payment').find(payment => payment['PaymentRefNum'] === body.receipt?.reference)?.['DepositToAccountRef']).toMatchObject({ value: chosen?.id })
})

test('IL40: the address for questions that the merchant sets stands in the letter and on the customer’s page', async () => {
  await save({ supportEmail: 'help@alderandfinch.example' })
  const [invoice] = (await staff.invoices('filter=open&limit=1')).invoices
  await staff.ask('POST', `/v1/merchant/invoices/${invoice?.id}/send`, { email: 'il40@reader.example' })
  await world.settled()
  const [letter] = (await mailsTo(world.outside.mail.url, 'il40@reader.example')) as unknown as { text: string; html: string }[]
  expect([letter?.text, letter?.html].every(part => part?.includes('help@alderandfinch.example'))).toBe(true)
  expect(JSON.stringify(letter)).toMatch(/"reply_?to":\["help@alderandfinch.example"\]/i)
  expect((await (await payerOf(world)).portal()).merchant.supportEmail).toBe('help@alderandfinch.example')
})

test('IL23: an earlier begin date brings over what is now within it', async () => {
  const oldest = deskOf(world).all('Invoice').filter(invoice => Number(invoice['Balance']) === 0).toSorted((a, b) => String(a['TxnDate']).localeCompare(String(b['TxnDate'])))[0]
  expect(await staff.invoice(oldest?.['DocNumber'])).toBeUndefined()
  const { status } = await save({ extractBeginDate: String(oldest?.['TxnDate']) })
  expect(status).toBe(200)
  expect(await imported()).toMatchObject({ kind: 'full', state: 'done' })
  expect(await staff.invoice(oldest?.['DocNumber'])).toMatchObject({ issuedOn: oldest?.['TxnDate'] })
  const run = (await lastImport())?.id
  await save({ extractBeginDate: today() })
  await world.settled()
  expect((await lastImport())?.id).toBe(run)
})

test.each([['IL18', 'customers'], ['IL29', 'full'], ['IL30', 'since_last']] as const)('%s: the merchant starts the import "%s", follows it, and it ends', async (_row, kind) => {
  const asked = await staff.ask<ImportView>('POST', '/v1/merchant/imports', { kind })
  expect(asked).toMatchObject({ status: 202, body: { kind, state: 'running' } })
  expect(await imported()).toMatchObject({ id: asked.body.id, kind })
})

test('open pages of the console hear how an import goes, and that something is different', async () => {
  const stop = new AbortController()
  const stream = await fetch(`${world.apiUrl}/v1/merchant/events`, { headers: { cookie: world.merchant.cookie }, signal: stop.signal })
  expect(stream.headers.get('content-type')).toContain('text/event-stream')
  let heard = ''
  const reading = (async () => {
    for await (const chunk of stream.body ?? []) heard += new TextDecoder().decode(chunk)
  })().catch((error: unknown) => expect(String(error)).toContain('Abort'))
  await until(async () => heard, text => text.includes(': hello'))
  const { body } = await staff.ask<ImportView>('POST', '/v1/merchant/imports', { kind: 'customers' })
  await until(async () => heard, text => text.includes(`"id":"${body.id}","kind":"customers","state":"done"`))
  expect(heard).toMatch(new RegExp(`event: import\\ndata: \\{"id":"${body.id}","kind":"customers","state":"running"`))
  const quiet = heard.length
  sentInvoice(world, demoCustomer.id, 5)
  await until(async () => heard.slice(quiet), text => /event: changed\ndata: \{"version":\d+\}/.test(text))
  stop.abort()
  await reading
})

test('an API key is shown once, says when it was used, and opens nothing once it is ended', async () => {
  const { body: made } = await staff.ask<{ id: string; key: string; lastFour: string }>('POST', '/v1/merchant/api-keys', { name: ' Web shop ' })
  expect(made).toMatchObject({ name: 'Web shop', lastFour: made.key.slice(-4), lastUsedAt: null })
  const server = asking(world, '')
  const bearer = { authorization: `Bearer ${made.key}` }
  expect((await server('GET', '/v1/merchant/invoices', undefined, bearer)).status).toBe(200)
  const listed = await staff.get<{ keys: { id: string; lastUsedAt: string | null }[] }>('/v1/merchant/api-keys')
  expect(JSON.stringify(listed)).not.toContain(made.key)
  expect(listed.keys.find(key => key.id === made.id)?.lastUsedAt).not.toBeNull()
  expect((await staff.ask('DELETE', `/v1/merchant/api-keys/${made.id}`)).status).toBe(204)
  expect((await server('GET', '/v1/merchant/invoices', undefined, bearer)).status).toBe(401)
  expect((await staff.get<{ keys: { id: string }[] }>('/v1/merchant/api-keys')).keys.map(key => key.id)).not.toContain(made.id)
  expect((await staff.ask('POST', '/v1/merchant/api-keys', { name: '  ' })).status).toBe(400)
})

test('disconnecting revokes the grant at Intuit, keeps every invoice and choice, and imports are refused until then', async () => {
  const { total } = await staff.invoices('limit=1')
  const { status, body } = await staff.ask<{ state: string; companyName: string }>('POST', '/v1/merchant/disconnect', {})
  expect([status, body.state, body.companyName]).toEqual([200, 'disconnected', 'Alder & Finch Joinery'])
  expect(world.outside.quickbooks.isConnected('9341452130411111')).toBe(false)
  expect((await staff.invoices('limit=1')).total).toBe(total)
  expect(await staff.ask('POST', '/v1/merchant/imports', { kind: 'full' })).toMatchObject({ status: 409, body: { detail: 'Connect QuickBooks first.' } })
})
