import { execFile } from 'node:child_process'
import { createHmac, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleInvoiceList, ConsolePaymentList, ConsoleView } from '../../api/domain/console-views.ts'
import type { Problem } from '../../api/domain/views.ts'
import type { Log } from '../../api/ports.ts'
import { demoCustomer } from '../company/demo.ts'
import { connectQuickBooks, mailsTo, until } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'
import { type Desk, deskOf, paidCharges, payerOf, sentInvoice } from './payer.ts'

type Line = { level: 'debug' | 'info' | 'warn' | 'error'; text: string }
const lines: Line[] = []
/** Keeps every word that the product says, before anything could be taken out of it. */
const keeping: Log = {
  debug: (...said) => void lines.push({ level: 'debug', text: told(said) }),
  info: (...said) => void lines.push({ level: 'info', text: told(said) }),
  warn: (...said) => void lines.push({ level: 'warn', text: told(said) }),
  error: (...said) => void lines.push({ level: 'error', text: told(said) }),
  child: () => keeping,
}
const told = (said: unknown) => JSON.stringify(said, (_key, value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value))

let world: World
let desk: Desk
const secrets: string[] = []
beforeAll(async () => {
  world = await startWorld({ invoices: 60, log: keeping })
  desk = deskOf(world)
  const { app } = world.outside.quickbooks
  secrets.push(app.clientSecret, app.verifierToken, world.outside.stripe.secretKey, world.outside.stripe.webhookSecret, world.outside.mail.apiKey, world.merchant.apiKey, world.merchant.cookie.split('=')[1] ?? '', demoCustomer.email, demoCustomer.familyName)
})
afterAll(() => world?.close())

/** The log since `from`, at this level or above. */
const loggedSince = (from: number) => lines.slice(from).filter(line => line.level === 'warn' || line.level === 'error').map(line => line.text).join('\n')

/** A refusal as RFC 9457 has it, with a sentence that ends. */
function expectProblem(answer: { status: number; body: unknown }, status: number, code: string): Problem {
  const body = answer.body as Problem
  expect({ status: answer.status, body }).toMatchObject({ status, body: { type: `/problems/${code}`, status, title: expect.any(String) as string, instance: expect.any(String) as string, requestId: expect.stringMatching(/^req_/) as string } })
  expect(body.detail).toMatch(/[a-z].*\.$/)
  return body
}

async function hook(path: string, body: string, headers: Record<string, string>): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${world.apiUrl}/hooks/${path}`, { method: 'POST', body, headers })
  const text = await answer.text()
  return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
}
const signed = (body: string) => ({ 'intuit-signature': createHmac('sha256', world.outside.quickbooks.app.verifierToken).update(body).digest('base64') })

test('a webhook with a wrong signature is refused with what to check, changes nothing, and the true one is still taken', async () => {
  const from = lines.length
  const body = JSON.stringify({ eventNotifications: [{ realmId, dataChangeEvent: { entities: [{ name: 'Invoice', id: '1', operation: 'Delete', lastUpdated: new Date().toISOString() }] } }] })
  for (const headers of [{}, { 'intuit-signature': 'bm90IGl0' }, { 'intuit-signature': createHmac('sha256', 'guessed').update(body).digest('base64') }]) {
    expect(expectProblem(await hook('quickbooks', body, headers as Record<string, string>), 401, 'unauthorized').detail).toContain('INTUIT_WEBHOOK_VERIFIER')
  }
  expect(expectProblem(await hook('stripe', '{"id":"evt_1"}', { 'stripe-signature': 't=1,v1=00' }), 400, 'invalid-request').detail).toContain('STRIPE_WEBHOOK_SECRETS')
  expect(loggedSince(from).split('\n')).toHaveLength(4)
  world.outside.quickbooks.faults.queue({ kind: 'forge', match: { event: 'Invoice.Create' } })
  const made = sentInvoice(world, demoCustomer.id, 15)
  const payer = await payerOf(world)
  await until(() => payer.row(made['DocNumber']), found => found !== undefined)
})

test('a webhook that is truly Intuit’s and cannot be read is kept, acknowledged and written down', async () => {
  for (const body of ['{"eventNotifications":[{"realmId":', 'null', '[{"specversion":"1.0"}]', '{"eventNotifications":"none"}']) {
    const from = lines.length
    expect(await hook('quickbooks', body, signed(body))).toMatchObject({ status: 200 })
    expect(loggedSince(from), body).toContain('kept in the inbox as it came')
  }
  const unknownRealm = JSON.stringify({ eventNotifications: [{ realmId: '123', dataChangeEvent: { entities: [{ name: 'Invoice', id: '1', operation: 'Create', lastUpdated: new Date().toISOString() }] } }] })
  expect(await hook('quickbooks', unknownRealm, signed(unknownRealm))).toMatchObject({ status: 200 })
})

test('an unknown id, link or pay page is not found, in the API and as a page, and says nothing about what exists', async () => {
  const { token } = await payerOf(world)
  const other = await payerOf(world, { quickBooksId: '3' })
  const theirs = (await other.portal()).list.invoices[0]?.id ?? ''
  const unknown = expectProblem(await world.ask(token, 'GET', '/v1/invoices/inv_00000000000000000000000000'), 404, 'not-found')
  const foreign = expectProblem(await world.ask(token, 'GET', `/v1/invoices/${theirs}`), 404, 'not-found')
  expect(foreign.detail, 'another’s answers as one that never was').toBe(unknown.detail)
  expectProblem(await world.ask(null, 'GET', '/v1/merchants/pk_nobody'), 404, 'not-found')
  expectProblem(await world.ask(null, 'GET', '/v1/nothing'), 404, 'not-found')
  expectProblem(await world.ask('ses_nobody_knows_this_token', 'GET', '/v1/portal'), 401, 'unauthorized')
  for (const path of ['/i/lnk_nobody_knows_this_link', '/pay/nobody-knows-this-page']) {
    const page = await fetch(world.apiUrl + path)
    expect([page.status, page.headers.get('content-type')]).toEqual([expect.toSatisfy((status: number) => status === 404 || status === 401 || status === 410), expect.stringContaining('text/html')])
    expect(await page.text()).toMatch(/<h1[\s>]/)
  }
})

test('a revoked or expired link says so and leads back in; nothing of the customer is shown', async () => {
  const { customers } = (await world.merchant.call('GET', `/v1/merchant/customers?q=${encodeURIComponent(demoCustomer.name)}`)) as { customers: { id: string; name: string }[] }
  const id = customers.find(row => row.name === demoCustomer.name)?.id ?? ''
  const { url, link } = (await world.merchant.call('POST', `/v1/merchant/customers/${id}/links`, {})) as { url: string; link: { id: string } }
  const preview = (await world.merchant.call('POST', `/v1/merchant/customers/${id}/preview`, {})) as { url: string }
  secrets.push(...[url, preview.url].map(address => address.split('/').at(-1) ?? ''))
  expect(await (await fetch(url)).text()).toContain(demoCustomer.name)
  await world.merchant.call('DELETE', `/v1/merchant/links/${link.id}`)
  world.outside.clock.advance(31 * 60_000)
  for (const ended of [url, preview.url]) {
    const page = await fetch(ended)
    const text = await page.text()
    expect(page.status).toBe(401)
    expect(text).not.toContain(demoCustomer.name)
    expect(text).toMatch(/has ended|expired|no longer/i)
    expectProblem(await world.ask(ended.split('/').at(-1) ?? '', 'GET', '/v1/portal'), 401, 'expired')
  }
})

test('invoices of two currencies, and amounts that are negative, fractional or no number, are refused before anything is held', async () => {
  const euros = desk.write('Customer', { DisplayName: 'Harbour Coffee Hamburg', CurrencyRef: { value: 'EUR' }, PrimaryEmailAddr: { Address: demoCustomer.email } })
  const [inEuros, inDollars] = [sentInvoice(world, String(euros['Id']), 90), sentInvoice(world, demoCustomer.id, 90)]
  await world.settled()
  const payer = await payerOf(world)
  const [euro, dollar] = [await until(() => payer.row(inEuros['DocNumber']), found => found !== undefined), await until(() => payer.row(inDollars['DocNumber']), found => found !== undefined)]
  expect([euro?.balance.currency, dollar?.balance.currency]).toEqual(['EUR', 'USD'])
  const before = (await paidCharges(world)).length
  const mixed = expectProblem(await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: euro?.id }, { invoiceId: dollar?.id }] }), 400, 'invalid-request')
  expect(mixed.detail).toMatch(/currenc/i)
  for (const amount of [-100, 10.5, 0, 1e21, '100', null, true]) {
    expectProblem(await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: dollar?.id, amount }] }), 400, 'invalid-request')
  }
  expect((await payer.row(inDollars['DocNumber']))?.state).not.toBe('processing')
  expect((await paidCharges(world)).length).toBe(before)
})

test('a body that is no JSON, too large, or of another shape is refused with what is wrong with it', async () => {
  const { token } = await payerOf(world)
  const post = async (body: string, type = 'application/json') => {
    const answer = await fetch(`${world.apiUrl}/v1/checkouts`, { method: 'POST', headers: { 'authorization': `Bearer ${token}`, 'content-type': type }, body })
    return { status: answer.status, body: (await answer.json()) as unknown }
  }
  expectProblem(await post('{"invoices":'), 400, 'invalid-request')
  expectProblem(await post('{"invoices":"all"}'), 400, 'invalid-request')
  expectProblem(await post(JSON.stringify({ invoices: [], more: 'x'.repeat(70_000) })), 413, 'too-large')
})

test('a company whose permission ends goes on being shown; what is paid meanwhile waits and is posted once after the next connection', async () => {
  const payer = await payerOf(world)
  const invoice = sentInvoice(world, demoCustomer.id, 65)
  const row = await until(() => payer.row(invoice['DocNumber']), found => found !== undefined)
  const page = await payer.checkout([{ invoiceId: row?.id ?? '' }])
  // The permission ends after the fresh read and before the posting.
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: { method: 'POST', path: '/payment\\?' }, times: 1 })
  const paid = await payer.pay(page)
  expect(paid.body.state).toBe('succeeded')
  world.outside.quickbooks.disconnect(realmId)
  world.outside.clock.advance(30_000)
  const view = await until(async () => (await world.merchant.call('GET', '/v1/merchant')) as ConsoleView, ({ connection }) => connection.state === 'needs_reconnect')
  expect(view.connection.notice).toMatch(/Connect again to go on/)
  expect((await payer.row(invoice['DocNumber']))?.state, 'the money was taken').toBe('paid')
  const posting = async () => ((await world.merchant.call('GET', '/v1/merchant/payments')) as ConsolePaymentList).payments.find(payment => payment.reference === paid.body.receipt?.reference)?.posting.state
  expect(await posting()).not.toBe('posted')

  await connectQuickBooks({ apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email: 'avery@alderandfinch.example' }, world.merchant.cookie)
  await until(posting, state => state === 'posted')
  await world.settled()
  expect(desk.all('Payment').filter(payment => payment['PaymentRefNum'] === paid.body.receipt?.reference)).toHaveLength(1)
  expect(desk.read('Invoice', String(invoice['Id']))?.['Balance']).toBe(0)
  const { invoices } = (await world.merchant.call('GET', `/v1/merchant/invoices?q=${String(invoice['DocNumber'])}`)) as ConsoleInvoiceList
  expect(invoices[0]?.state).toBe('paid')
})

test('a code for an address that nobody knows is answered like any other and mails nothing', async () => {
  const ask = (email: string) => world.ask(null, 'POST', '/v1/sign-in/codes', { merchant: world.merchant.publishableKey, email })
  const [known, unknown] = [await ask(demoCustomer.email), await ask('nobody@nowhere.example')]
  expect(unknown).toEqual(known)
  await world.settled()
  expect(await mailsTo(world.outside.mail.url, 'nobody@nowhere.example')).toEqual([])
  expectProblem(await world.ask(null, 'POST', '/v1/sign-in/sessions', { merchant: world.merchant.publishableKey, email: demoCustomer.email, code: '000000' }), 401, 'invalid-code')
})

/** Starts the product as production does; answers how it ended. */
function serve(env: Record<string, string>): Promise<{ code: number | string | null; said: string }> {
  return new Promise(done => {
    execFile(process.execPath, [resolve(import.meta.dirname, '../../api/main.ts')], { env: { PATH: process.env['PATH'] ?? '', ...env }, timeout: 25_000 }, (error, out, err) => done({ code: error?.code ?? 0, said: out + err }))
  })
}

test('a second process on the embedded file is refused with what to do, and the first goes on', async () => {
  const sealing = `test:${randomBytes(32).toString('base64')}`
  const { code, said } = await serve({ ...world.outside.environment, PORT: '0', DATABASE_URL: world.api.context.config.database.url, SEALING_KEYS: sealing, LOG_LEVEL: 'info' })
  expect(code).toBe(1)
  expect(said).toMatch(/in use by another process\. Stop that process first, or point DATABASE_URL at a libSQL server/)
  for (const secret of [...secrets, sealing]) expect(said).not.toContain(secret)
  expect((await (await payerOf(world)).portal()).list.invoices.length).toBeGreaterThan(0)
})

test('missing and malformed settings stop the start, each named with what to put there, no secret repeated', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-settings-'))
  const { code, said } = await serve({ DATA_DIR: folder, PORT: 'eighty', INTUIT_CLIENT_ID: 'id', SEALING_KEYS: 'test:dG9vIHNob3J0', STRIPE_SECRET_KEY: 'whsec_not_this_one', DATABASE_URL: 'mysql://root:hunter2@db' })
  rmSync(folder, { recursive: true, force: true })
  expect(code).toBe(1)
  for (const name of ['PORT', 'INTUIT_CLIENT_SECRET', 'SEALING_KEYS', 'STRIPE_SECRET_KEY', 'DATABASE_URL', 'RESEND_API_KEY', 'MAIL_FROM']) expect(said).toMatch(new RegExp(`- ${name} .+`))
  for (const secret of ['dG9vIHNob3J0', 'whsec_not_this_one', 'hunter2']) expect(said).not.toContain(secret)
})

test('after all of this no line of the log holds a secret, a link or a customer', () => {
  expect(lines.length).toBeGreaterThan(50)
  expect(lines.filter(line => secrets.some(secret => secret !== '' && line.text.includes(secret)))).toEqual([])
})
