import { afterAll, beforeAll, expect, test } from 'vitest'
import { measure } from '../../api/metrics/gauges.ts'
import { reconcileAll } from '../../api/reconcile/reconcile.ts'
import { connectQuickBooks } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { liveStep } from '../soak/load.ts'
import { type World, startWorld } from '../world.ts'
import { castOf } from './callers.ts'
import { deskOf, deskPayment, sentInvoice } from './payer.ts'
import { watchStatements } from './plans.ts'

const hourMs = 60 * 60_000
/** A merge is rare, and sessions end within days: their customers lie in a list that no index leads to. */
const borne = /^update sessions set customer_ids/
const watch = watchStatements()
let world: World
beforeAll(async () => {
  world = await startWorld({ invoices: 60, around: watch.around })
}, 90_000)
afterAll(() => world?.close())

test('no statement of two days of a shop goes through all that a merchant has', { timeout: 120_000 }, async () => {
  const cast = await castOf(world)
  await lookEverywhere(cast)
  const { books } = world.outside.quickbooks
  const idsOf = (entity: 'Customer' | 'Invoice') => [...books.list(realmId, entity)].flatMap(row => (row['Active'] === false ? [] : String(row['Id'])))
  const town = { ...world, done: { requests: 0, payments: 0, changes: 0, streams: 0, refused: {} }, customers: idsOf('Customer'), invoices: idsOf('Invoice') }
  await liveStep(town, 1)
  expect(town.done.payments).toBeGreaterThan(0)
  await changeAtTheDesk(town.customers)
  await world.settled()
  for (let hour = 0; hour < 48; hour += 3) {
    world.outside.clock.advance(3 * hourMs)
    world.api.worker.poke()
    await world.settled()
  }
  await reconcileAll(world.api.context)({ since: 0, books: 'all' }, null)
  expect(watch.count()).toBeGreaterThan(200)
  expect((await watch.wholeTables()).filter(({ sql }) => !borne.test(sql)).map(({ table, step, sql }) => `${table}: ${step}: ${sql.slice(0, 200)}`)).toEqual([])
})

/** Asks for all that can be read, by whoever may, with and without what narrows it. */
async function lookEverywhere({ callers, one, ids }: Awaited<ReturnType<typeof castOf>>): Promise<void> {
  const read = (['link of A', 'session of A'] as const).flatMap(name => ['/v1/portal?filter=open', '/v1/portal?filter=all&limit=20', '/v1/invoices?filter=paid&q=10', `/v1/invoices/${ids.a}`].map(path => world.ask(callers[name].token ?? null, 'GET', path)))
  await Promise.all(read)
  const staffPaths = [
    '', '/home', '/payments', '/customers', '/customers?q=har', '/ledger-accounts', '/imports/current', '/api-keys', `/customers/${ids.customerA}/links`, '/invoices?q=10',
    ...['open', 'overdue', 'processing', 'paid', 'all', 'draft', 'archived', 'due_soon', 'partly_paid', 'void'].map(filter => `/invoices?filter=${filter}`),
  ]
  for (const path of staffPaths) expect((await one.ask('GET', `/v1/merchant${path}`)).status, path).toBe(200)
  await measure(world.api.context)
}

/** What a mirror is told beside changes: deletions, a voided document, a payment at the desk, a merge; and a company that is connected anew. */
async function changeAtTheDesk([one, two, three]: readonly string[]): Promise<void> {
  const desk = deskOf(world)
  const [gone, voided, paid] = [sentInvoice(world, String(one), 20), sentInvoice(world, String(one), 21), sentInvoice(world, String(two), 22)]
  const payment = deskPayment(world, String(two), String(paid['Id']), 22)
  const credit = desk.write('CreditMemo', { CustomerRef: { value: String(one) }, Line: desk.lines(5) })
  await world.settled()
  desk.change('Invoice', String(gone['Id']), {}, 'delete')
  desk.change('Invoice', String(voided['Id']), {}, 'void')
  desk.change('Payment', String(payment['Id']), {}, 'delete')
  desk.change('CreditMemo', String(credit['Id']), {}, 'delete')
  desk.merge(String(two), String(three))
  await world.settled()
  await world.ask(world.merchant.apiKey, 'POST', '/v1/merchant/disconnect')
  await connectQuickBooks({ apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: world.outside.site.url }, world.merchant.cookie)
}
