import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import { loadAssets } from '../../api/pages/assets.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { confirmationToken, newPaymentId, payerOf, stripeHolds } from './payer.ts'
import { rowsOf } from './rows.ts'
import { staffAt } from './staff.ts'
import { newCustomer, newInvoice } from './visitor.ts'

let world: World
let app: ReturnType<typeof createApp>
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  app = createApp(world.api.context, await loadAssets(world.api.context.config.widgetDir))
}, 60_000)
afterAll(() => world?.close())
// Yesterday's tries are forgotten.
beforeEach(() => world.outside.clock.advance(2 * 86_400_000))

/** Cards that the emulator declines, each with digits of its own. */
const bad = ['pm_card_chargeDeclined', 'pm_card_visa_chargeDeclinedInsufficientFunds', 'pm_card_visa_chargeDeclinedLostCard', 'pm_card_chargeDeclinedExpiredCard', 'pm_card_chargeDeclinedIncorrectCvc', 'pm_card_chargeDeclinedProcessingError'] as const
type Told = { status: number; body: { state?: string; type?: string; detail?: string; message?: string }; retryAfter: string | null }

/** A customer with invoices, and a pay page for each of them. */
async function victim(name: string, invoices: number): Promise<string[]> {
  const customer = newCustomer(world, name)
  const shown = []
  for (let i = 0; i < invoices; i++) shown.push(await newInvoice(world, customer, 40 + i))
  const payer = await payerOf(world, { quickBooksId: customer.quickBooksId })
  return Promise.all(shown.map(invoice => payer.checkout([{ invoiceId: invoice.id }])))
}

/** Tries a card from a network address. */
async function tryCard(page: string, card: string, from: string, token?: string): Promise<Told> {
  const body = JSON.stringify({ paymentId: newPaymentId(), confirmationToken: token ?? (await confirmationToken(world, card)) })
  const answer = await app.fetch(new Request(`${world.apiUrl}${page}/payments`, { method: 'POST', headers: { 'content-type': 'application/json' }, body }), { incoming: { socket: { remoteAddress: from } } })
  return { status: answer.status, body: (await answer.json()) as Told['body'], retryAfter: answer.headers.get('retry-after') }
}

const attempts = async () => (await stripeHolds(world)).payment_intents.length
const limited = (told: Told) => [told.status, told.body.type, Number(told.retryAfter) > 0, /You were not charged/.test(told.body.detail ?? '')]
const asLimited = [429, '/problems/rate-limited', true, true]

test('a bot with a thousand cards and an invoice’s link reaches the provider fewer than ten times, and then writes nothing', async () => {
  const pages = await victim('Bot victim', 2)
  const before = await attempts()
  const customersBefore = (await stripeCustomers()).length
  let rows = {}
  const spare = await confirmationToken(world, bad[0])
  for (let i = 0; i < 1_000; i++) {
    const told = await tryCard(pages[i % 2] ?? '', bad[i % bad.length] ?? '', `203.0.113.${i % 250}`, i < 20 ? undefined : spare)
    if (i === 20) rows = rowsOf(world)
    if (i >= 20) expect([i, ...limited(told)]).toEqual([i, ...asLimited])
  }
  expect((await attempts()) - before + (await stripeCustomers()).length - customersBefore).toBeLessThan(10)
  expect(rowsOf(world)).toEqual(rows)
})

const stripeCustomers = async () => ((await (await fetch(`${world.outside.stripe.url}/_emulator/state?kind=customer`)).json()) as { customers: object[] }).customers

test('one card is refused five times a day for an invoice, three cards for a customer, and both are free again a day later', async () => {
  const [first = '', second = ''] = await victim('Mistyping', 2)
  for (let i = 0; i < 5; i++) expect((await tryCard(first, bad[4], `198.51.100.${i}`)).body.state).toBe('failed')
  expect(limited(await tryCard(first, 'pm_card_visa', '198.51.100.9'))).toEqual(asLimited)
  expect((await tryCard(second, bad[0], '198.51.100.10')).body.state).toBe('failed')
  expect((await tryCard(second, bad[1], '198.51.100.11')).body.state).toBe('failed')
  expect(limited(await tryCard(second, 'pm_card_visa', '198.51.100.12'))).toEqual(asLimited)
  world.outside.clock.advance(86_400_001)
  const [again = ''] = await victim('Mistyping again', 1)
  expect((await tryCard(again, 'pm_card_visa', '198.51.100.9')).body.state).toBe('succeeded')
})

test('ten refusals from one network are enough for an hour, whoever the customer is; an IPv6 network is counted as one', async () => {
  const pages = (await Promise.all(Array.from({ length: 12 }, async (_, i) => victim(`Networked ${i}`, 1)))).flat()
  for (const [i, page] of pages.slice(0, 10).entries()) expect((await tryCard(page, bad[i % bad.length] ?? '', `2001:db8:1:2::${i}`)).body.state).toBe('failed')
  expect(limited(await tryCard(pages[10] ?? '', 'pm_card_visa', '2001:db8:1:2:ffff::1'))).toEqual(asLimited)
  expect((await tryCard(pages[10] ?? '', 'pm_card_visa', '2001:db8:1:3::1')).body.state).toBe('succeeded')
  world.outside.clock.advance(3_600_001)
  const [later = ''] = await victim('Networked later', 1)
  expect((await tryCard(later, 'pm_card_visa', '2001:db8:1:2::1')).body.state).toBe('succeeded')
})

test('tries at the same moment are counted too', async () => {
  const pages = await victim('At once', 12)
  const told = await Promise.all(pages.map((page, i) => tryCard(page, bad[i % bad.length] ?? '', `192.0.2.${i}`)))
  expect(told.filter(each => each.body.state === 'failed').length).toBeLessThanOrEqual(3)
  for (const each of told.filter(one => one.body.state !== 'failed')) expect(limited(each)).toEqual(asLimited)
})

test('payers who pay are never counted', async () => {
  const pages = await victim('Diligent', 12)
  for (const page of pages) expect((await tryCard(page, 'pm_card_visa', '192.0.2.77')).body.state).toBe('succeeded')
})

test('when most of many attempts are refused the merchant’s payments stop until a person has looked', async () => {
  const pages = (await Promise.all(Array.from({ length: 24 }, async (_, i) => victim(`Stormed ${i}`, 1)))).flat()
  for (const [i, page] of pages.slice(0, 21).entries()) expect((await tryCard(page, bad[i % bad.length] ?? '', `203.0.${i}.1`)).body.state).toBe('failed')
  const stopped = await tryCard(pages[21] ?? '', 'pm_card_visa', '203.0.30.1')
  expect([stopped.status, stopped.body.type, /paused.*You were not charged/.test(stopped.body.detail ?? '')]).toEqual([503, '/problems/unavailable', true])
  const portal = await (await payerOf(world)).portal()
  expect(portal.payment).toMatchObject({ enabled: false, whyNot: expect.stringContaining('paused') as string })
  const card = await staffAt(world).card(found => found.kind === 'card_testing')
  expect([card?.urgency, card?.actions.map(action => action.name), card?.text.startsWith('21 of ')]).toEqual(['now', ['resume'], true])
  expect((await staffAt(world).ask('POST', `/v1/merchant/cards/${card?.id}/resume`, {})).status).toBeLessThan(300)
  expect((await tryCard(pages[21] ?? '', 'pm_card_visa', '203.0.30.1')).body.state).toBe('succeeded')
  // What was looked at does not stop the next refusal.
  expect((await tryCard(pages[22] ?? '', bad[0], '203.0.31.1')).body.state).toBe('failed')
  expect((await tryCard(pages[23] ?? '', 'pm_card_visa', '203.0.32.1')).body.state).toBe('succeeded')
  await until(() => staffAt(world).card(found => found.kind === 'card_testing'), found => found === undefined)
})

test('a card that was reported lost is declined like one that the bank gives no reason for, and no code of the bank is told', async () => {
  const [lost = '', plain = ''] = (await Promise.all([victim('Lost', 1), victim('Plain', 1)])).flat()
  const [of, without] = [await tryCard(lost, bad[2], '192.0.2.1'), await tryCard(plain, bad[0], '192.0.2.2')]
  expect(of.body.message).toBe(without.body.message)
  expect(JSON.stringify(of.body)).not.toMatch(/lost_card|card_declined|decline_code/)
})

test('an attempt that was refused is ended at the provider, so that its secret takes no further card', async () => {
  const [page = ''] = await victim('Secretive', 1)
  const before = (await stripeHolds(world)).payment_intents.length
  expect((await tryCard(page, bad[0], '192.0.2.3')).body.state).toBe('failed')
  world.outside.clock.advance(61_000)
  const intent = await until(async () => (await stripeHolds(world)).payment_intents[before], found => found?.['status'] === 'canceled')
  const confirmed = await fetch(`${world.outside.stripe.url}/v1/payment_intents/${String(intent?.['id'])}/confirm`, {
    method: 'POST', headers: { authorization: `Bearer ${world.outside.stripe.secretKey}`, 'stripe-version': '2026-10-28.endive' }, body: new URLSearchParams({ payment_method: 'pm_card_visa' }),
  })
  expect([confirmed.status, ((await confirmed.json()) as { error: { code: string } }).error.code]).toEqual([400, 'payment_intent_unexpected_state'])
})

test('no part smaller than one whole unit is charged, and what is owed can be paid whole', async () => {
  const customer = newCustomer(world, 'Small')
  const [small, large] = [await newInvoice(world, customer, 0.75), await newInvoice(world, customer, 30)]
  const { token } = await payerOf(world, { quickBooksId: customer.quickBooksId })
  const choose = async (invoiceId: string, amount?: number) => (await world.ask(token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId, ...(amount ? { amount } : {}) }] })).status
  expect([await choose(large.id, 99), await choose(large.id, 100), await choose(small.id)]).toEqual([400, 201, 201])
})

test('a link opens a hundred pay pages in ten minutes and no more; what is refused is not written', async () => {
  const customer = newCustomer(world, 'Opener')
  const { id } = await newInvoice(world, customer, 30)
  const { token } = await payerOf(world, { quickBooksId: customer.quickBooksId })
  const choose = () => world.ask(token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: id }] })
  for (let i = 0; i < 100; i++) expect((await choose()).status).toBe(201)
  await world.settled()
  const rows = rowsOf(world)
  expect([(await choose()).status, (await choose()).status]).toEqual([429, 429])
  expect(rowsOf(world)).toEqual(rows)
  world.outside.clock.advance(600_001)
  expect((await choose()).status).toBe(201)
})
