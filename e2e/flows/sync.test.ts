import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ConsoleCustomerList, ConsoleInvoiceList, ConsoleInvoiceRow, ConsoleView } from '../../api/domain/console-views.ts'
import type { MerchantId } from '../../db/values.ts'
import { demoCustomer } from '../company/demo.ts'
import { type Caller, callerOf, connectQuickBooks, firstLoad, signInToConsole, until } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'
import { type Desk, type Fields, deskOf, deskPayment, metered, payerOf, sentInvoice } from './payer.ts'

const minuteMs = 60_000
/** QuickBooks' figure as whole minor units, by the digits of its currency. */
const minorOf = (figure: unknown, object: Fields) => Math.round(Number(figure ?? 0) * (currencyOf(object) === 'JPY' ? 1 : 100))
const currencyOf = (object: Fields) => (object['CurrencyRef'] as { value?: string } | undefined)?.value ?? 'USD'

describe('a company of 10,000 invoices', () => {
  let world: World
  let desk: Desk
  let call: Caller
  beforeAll(async () => {
    world = await startWorld({ connected: false, invoices: 10_000 })
    desk = deskOf(world)
    const who = { apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email: 'avery@alderandfinch.example' }
    const cookie = await signInToConsole(who)
    call = callerOf(world.apiUrl, cookie)
    // From before the first invoice, so that all of them come.
    await call('PATCH', '/v1/merchant/settings', { extractBeginDate: '2000-01-01', publish: 'auto_all' })
    await connectQuickBooks(who, cookie)
    await firstLoad(call, undefined)
    await world.settled()
  }, 180_000)
  afterAll(() => world?.close())

  /** Every invoice as the console's list shows it, by the id that its link into QuickBooks carries. */
  const everyInvoice = async (): Promise<Map<string, ConsoleInvoiceRow>> => {
    const rows: ConsoleInvoiceRow[] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const list = (await call('GET', `/v1/merchant/invoices?filter=all&limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)) as ConsoleInvoiceList
      rows.push(...list.invoices)
      cursor = list.nextCursor
    }
    return new Map(rows.map(row => [new URL(row.quickBooksUrl ?? '').searchParams.get('txnId') ?? '', row]))
  }

  test('the first load makes exactly the calls that its pages need', async () => {
    const pages = (entity: 'Customer' | 'Invoice' | 'CreditMemo' | 'Payment') => Math.ceil(desk.all(entity).length / 1000)
    const { reads, calls } = await metered(world)
    // One read each of the company and its preferences; a count for each long entity, invoices in two parts (since the begin
    // date, and older but open); one page for each short list; a page for each thousand rows; the sweep that closes the gap.
    const expected = {
      'read CompanyInfo': 1, 'read Preferences': 1,
      'count Customer': 1, 'count Invoice': 2, 'count CreditMemo': 1, 'count Payment': 1,
      'query Term': 1, 'query PaymentMethod': 1, 'query Account': 1, 'query Item': 1, 'query TaxCode': 1, 'query TaxRate': 1,
      'query Customer': pages('Customer'), 'query Invoice': pages('Invoice'), 'query CreditMemo': pages('CreditMemo'), 'query Payment': pages('Payment'),
      'cdc': 1,
    }
    expect(calls).toEqual(expected)
    expect(reads).toBe(Object.values(expected).reduce((sum, count) => sum + count, 0))
    await until(async () => ((await call('GET', '/v1/merchant')) as ConsoleView).connection.meter.reads, shown => shown === reads)
  })

  test('every invoice, customer, payment and credit balance equals QuickBooks’ to the cent, and the customers’ balances add up to Accounts Receivable', async () => {
    const shown = await everyInvoice()
    const invoices = desk.all('Invoice')
    expect([invoices.length, shown.size]).toEqual([10_000, 10_000])
    const wrong = invoices.filter(row => {
      const mine = shown.get(String(row['Id']))
      return mine?.balance.amount !== minorOf(row['Balance'], row) || mine.total.amount !== minorOf(row['TotalAmt'], row) || mine.balance.currency !== currencyOf(row)
    })
    expect(wrong.map(row => row['Id'])).toEqual([])

    const merchant = world.api.context.store.merchant(((await call('GET', '/v1/merchant')) as ConsoleView).merchant.id as MerchantId)
    const held = async (entity: 'Customer' | 'Payment' | 'CreditMemo', figure: string, known: readonly { qboId: string; figure: number }[]) => {
      const byId = new Map(known.map(row => [row.qboId, row.figure]))
      return desk.all(entity).filter(row => byId.get(String(row['Id'])) !== minorOf(row[figure], row)).map(row => `${entity} ${String(row['Id'])}`)
    }
    const idsOf = (entity: 'Customer' | 'Payment' | 'CreditMemo') => desk.all(entity).map(row => String(row['Id']))
    const customers = (await merchant.mirror.knownCustomers(idsOf('Customer'))).map(row => ({ qboId: row.qboId, figure: Number(row.balance) }))
    expect(await held('Customer', 'Balance', customers)).toEqual([])
    expect(await held('Payment', 'UnappliedAmt', (await merchant.mirror.knownPayments(idsOf('Payment'))).map(row => ({ qboId: row.qboId, figure: row.rest })))).toEqual([])
    expect(await held('CreditMemo', 'RemainingCredit', (await merchant.mirror.knownCredits(idsOf('CreditMemo'))).map(row => ({ qboId: row.qboId, figure: row.rest })))).toEqual([])

    const owing = new Map(customers.map(row => [row.qboId, row.figure]))
    const receivables = desk.all('Account').filter(row => row['AccountType'] === 'Accounts Receivable')
    expect(receivables.length).toBeGreaterThan(0)
    for (const receivable of receivables) {
      const owed = desk.all('Customer').filter(row => currencyOf(row) === currencyOf(receivable)).reduce((sum, row) => sum + (owing.get(String(row['Id'])) ?? 0), 0)
      expect({ currency: currencyOf(receivable), owed }).toEqual({ currency: currencyOf(receivable), owed: minorOf(receivable['CurrentBalance'], receivable) })
    }
    // What the merchant sees of it: the customers' page names what each owes.
    const page = (await call('GET', '/v1/merchant/customers?limit=100')) as ConsoleCustomerList
    expect(page.total).toBe(desk.all('Customer').length)
  })

  test('more changes than one answer of change data capture can hold are read by pages, with no webhook at all', async () => {
    world.outside.quickbooks.deliveries.setEndpoint(undefined)
    const open = desk.all('Invoice').filter(row => Number(row['Balance']) > 0).slice(0, 1_050)
    const paid = desk.all('Invoice').filter(row => Number(row['Balance']) === 0 && Number(row['TotalAmt']) > 0).slice(0, 1_050 - open.length)
    const touched = [...open, ...paid].map(row => String(row['Id']))
    expect(touched).toHaveLength(1_050)
    world.outside.clock.advance(minuteMs)
    for (const id of touched) desk.change('Invoice', id, { DueDate: '2031-05-05' })
    const { calls: before } = await metered(world)
    world.outside.clock.advance(15 * minuteMs)
    await world.settled()
    const shown = await everyInvoice()
    expect(touched.filter(id => shown.get(id)?.dueOn !== '2031-05-05')).toEqual([])
    const { calls } = await metered(world)
    expect([(calls['cdc'] ?? 0) - (before['cdc'] ?? 0), (calls['query Invoice'] ?? 0) - (before['query Invoice'] ?? 0)]).toEqual([1, 2])
  })
})

describe('while customers look', () => {
  let world: World
  let desk: Desk
  let payer: Awaited<ReturnType<typeof payerOf>>
  beforeAll(async () => {
    world = await startWorld({ invoices: 60 })
    desk = deskOf(world)
  })
  // Their sessions are short, and these tests move the clock.
  beforeEach(async () => {
    payer = await payerOf(world)
  })
  afterAll(() => world?.close())

  const inConsole = async (number: unknown) => ((await world.merchant.call('GET', `/v1/merchant/invoices?q=${String(number)}`)) as ConsoleInvoiceList).invoices.find(row => row.number === number)
  const fault = (fault: Parameters<World['outside']['quickbooks']['faults']['queue']>[0]) => world.outside.quickbooks.faults.queue(fault)
  const ofQuickBooks = (id: unknown) => desk.read('Invoice', String(id))

  test('AP4: what is paid here is paid in QuickBooks, and what is paid, reopened or voided there is so here', async () => {
    const here = sentInvoice(world, demoCustomer.id, 88)
    const row = await until(() => payer.row(here['DocNumber']), found => found !== undefined)
    await payer.pay(await payer.checkout([{ invoiceId: row?.id ?? '' }]))
    await world.settled()
    expect([ofQuickBooks(here['Id'])?.['Balance'], (await inConsole(here['DocNumber']))?.state]).toEqual([0, 'paid'])

    const there = sentInvoice(world, demoCustomer.id, 77)
    const payment = deskPayment(world, demoCustomer.id, String(there['Id']), 77)
    await until(() => payer.row(there['DocNumber']), found => found?.state === 'paid')
    desk.change('Payment', String(payment['Id']), {}, 'delete')
    await until(() => payer.row(there['DocNumber']), found => found?.balance.amount === 7_700)
    desk.change('Invoice', String(there['Id']), {}, 'void')
    await until(() => inConsole(there['DocNumber']), found => found?.state === 'void')
  })

  test('events that come twice, late and in the wrong order end in what QuickBooks holds, and tell the history once', async () => {
    fault({ kind: 'hold', match: { event: 'Invoice.Create' } })
    fault({ kind: 'duplicate', match: { event: 'Invoice.Update' }, times: 2 })
    fault({ kind: 'delay', ms: 30_000, match: { event: 'Invoice.Update' } })
    const made = sentInvoice(world, demoCustomer.id, 100)
    for (const amount of [95, 90]) desk.change('Invoice', String(made['Id']), { Line: desk.lines(amount) })
    world.outside.clock.advance(2_000)
    desk.change('Invoice', String(made['Id']), { Line: desk.lines(80) })
    await world.settled()
    world.outside.clock.advance(60_000)
    await world.settled()
    expect([world.outside.quickbooks.faults.waiting(), world.outside.quickbooks.deliveries.waiting()]).toEqual([[], []])
    const row = await until(() => payer.row(made['DocNumber']), found => found?.total.amount === 8_000)
    const detail = await payer.get<{ history: { text: string }[] }>(`/v1/invoices/${row?.id ?? ''}`)
    const texts = detail.history.map(event => event.text)
    expect(new Set(texts).size, texts.join(' | ')).toBe(texts.length)
  })

  test('a change whose webhook got lost is there after the next sweep', async () => {
    fault({ kind: 'lose', times: 20 })
    const made = sentInvoice(world, demoCustomer.id, 51)
    await world.settled()
    world.outside.quickbooks.faults.clear()
    expect(await payer.row(made['DocNumber'])).toBeUndefined()
    world.outside.clock.advance(15 * minuteMs)
    payer = await payerOf(world)
    await until(() => payer.row(made['DocNumber']), found => found !== undefined)
  })

  test('while QuickBooks is away nothing is lost: webhooks are kept and read when it is back', async () => {
    fault({ kind: 'html-500', status: 503, match: { path: `/v3/company/${realmId}` }, times: 3 })
    const made = sentInvoice(world, demoCustomer.id, 52)
    await world.settled()
    expect(await payer.row(made['DocNumber'])).toBeUndefined()
    for (let i = 0; i < 5; i++) {
      world.outside.clock.advance(minuteMs)
      await world.settled()
    }
    expect(await payer.row(made['DocNumber'])).toBeDefined()
  })

  test('while we are away nothing is lost: Intuit sends again, and one read brings it all', async () => {
    const { deliveries } = world.outside.quickbooks
    deliveries.setEndpoint({ url: 'http://127.0.0.1:9/hooks/quickbooks', format: 'cloudevents' })
    const made = [53, 54, 55].map(amount => sentInvoice(world, demoCustomer.id, amount))
    await deliveries.idle()
    expect(deliveries.log().at(-1)?.outcome).toBe('failed')
    const before = (await metered(world)).reads
    deliveries.setEndpoint({ url: `${world.apiUrl}/hooks/quickbooks`, format: 'cloudevents' })
    for (const { DocNumber } of made) await until(() => payer.row(DocNumber), found => found !== undefined)
    await world.settled()
    expect((await metered(world)).reads - before).toBeLessThanOrEqual(1)
  })
})
