import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CardView, HomeView } from '../domain/console-views.ts'
import { demoCustomer } from '../../e2e/company/demo.ts'
import { type Fields, deskOf, payerOf, sentInvoice } from '../../e2e/flows/payer.ts'
import { anotherMerchant, staffAt } from '../../e2e/flows/staff.ts'
import { mailsTo, until } from '../../e2e/merchant.ts'
import { type World, startWorld } from '../../e2e/world.ts'

let world: World
let staff: ReturnType<typeof staffAt>
beforeAll(async () => {
  world = await startWorld({ invoices: 50 })
  staff = staffAt(world)
})
afterAll(() => world.close())

const dayMs = 24 * 60 * 60_000
const dayNow = () => new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Chicago' }).format(world.outside.clock.now())
const postingsOf = (reference: string): Fields[] => deskOf(world).all('Payment').filter(payment => payment['PaymentRefNum'] === reference)
const run = (card: CardView | undefined, action: string) => staff.ask<HomeView>('POST', `/v1/merchant/cards/${card?.id}/${action}`, {})
const cardAbout = (reference: string) => staff.card(card => card.text.includes(reference))
const postingOf = async (reference: string) => (await staff.payments()).payments.find(payment => payment.reference === reference)?.posting

/** A customer pays an invoice of this amount, `meanwhile` something happens; answers the reference on the receipt. */
async function paid(amount: number, meanwhile: () => void = () => {}): Promise<string> {
  const payer = await payerOf(world)
  const made = sentInvoice(world, demoCustomer.id, amount)
  const row = await until(() => payer.row(made['DocNumber']), found => found !== undefined)
  meanwhile()
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: row?.id ?? '' }]))
  await world.settled()
  return body.receipt?.reference ?? ''
}

function closeBooks(until: string): void {
  const [preferences] = deskOf(world).all('Preferences')
  deskOf(world).write('Preferences', { Id: preferences?.['Id'], SyncToken: preferences?.['SyncToken'], sparse: true, AccountingInfoPrefs: { BookCloseDate: until } }, 'update')
}

test('a payment into closed books waits with a card; trying again changes nothing while they are closed, and today’s date puts it in', async () => {
  const reference = await paid(101, () => closeBooks(dayNow()))
  expect(postingsOf(reference)).toEqual([])
  const card = await cardAbout(reference)
  expect(card).toMatchObject({ kind: 'posting_blocked', urgency: 'now', title: expect.stringMatching(/^A payment of (\$|USD.)101\.00 is not in QuickBooks$/) as string })
  expect(card?.text).toContain('The books of its day are closed')
  expect(card?.actions.map(action => action.name)).toEqual(['post_today', 'retry', 'recorded'])
  expect(await postingOf(reference)).toMatchObject({ state: 'blocked' })

  world.outside.clock.advance(2 * dayMs)
  expect((await run(card, 'retry')).status).toBe(200)
  await until(async () => (await world.api.worker.idle(), postingOf(reference)), posting => posting?.state === 'blocked')
  expect((await cardAbout(reference))?.id).toBe(card?.id)
  expect(postingsOf(reference)).toEqual([])

  expect((await run(card, 'post_today')).status).toBe(200)
  await until(() => postingOf(reference), posting => posting?.state === 'posted')
  await world.settled()
  expect(postingsOf(reference)).toMatchObject([{ TotalAmt: 101, UnappliedAmt: 0, TxnDate: dayNow() }])
  expect(await cardAbout(reference)).toBeUndefined()
})

test('once the period is open again, trying again records the payment under its own date', async () => {
  const paidOn = dayNow()
  const reference = await paid(102, () => closeBooks(dayNow()))
  const card = await cardAbout(reference)
  closeBooks('2020-01-01')
  world.outside.clock.advance(dayMs)
  await run(card, 'retry')
  await until(() => postingOf(reference), posting => posting?.state === 'posted')
  await world.settled()
  expect(postingsOf(reference)).toMatchObject([{ TotalAmt: 102, TxnDate: paidOn }])
})

test('a payment deleted in QuickBooks is recorded again only when a person says so, and then once', async () => {
  const reference = await paid(103)
  const [posting] = postingsOf(reference)
  deskOf(world).write('Payment', { Id: posting?.['Id'], SyncToken: posting?.['SyncToken'] }, 'delete')
  const card = await until(() => cardAbout(reference), found => found !== undefined)
  expect(card).toMatchObject({ urgency: 'now', title: 'A payment was deleted in QuickBooks', actions: [{ name: 'post_again', main: true }, { name: 'done' }] })
  expect(card?.text).toContain('103.00')
  await world.settled()
  expect(postingsOf(reference)).toEqual([])
  const answers = await Promise.all([run(card, 'post_again'), run(card, 'post_again')])
  expect(answers.map(answer => answer.status)).toContain(200)
  await until(() => postingOf(reference), found => found?.state === 'posted')
  await world.settled()
  expect(postingsOf(reference)).toMatchObject([{ TotalAmt: 103, UnappliedAmt: 0 }])
  expect(await cardAbout(reference)).toBeUndefined()
})

test('what a person has dealt with is asked no more, and saying it twice is as good as once', async () => {
  const reference = await paid(104)
  const [posting] = postingsOf(reference)
  deskOf(world).write('Payment', { Id: posting?.['Id'], SyncToken: posting?.['SyncToken'] }, 'void')
  const card = await until(() => cardAbout(reference), found => found !== undefined)
  expect(card?.actions.map(action => action.label)).toEqual(['Record it again', 'Leave it voided'])
  const { body } = await run(card, 'done')
  expect(body.cards.map(open => open.id)).not.toContain(card?.id)
  expect((await run(card, 'done')).status).toBe(200)
  await world.settled()
  expect(await cardAbout(reference)).toBeUndefined()
})

test('a card does what it offers and nothing else, and for its own merchant alone', async () => {
  const merchant = world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`)
  const now = world.outside.clock.now()
  await merchant.commit(merchant.cards.open({ id: 'crd_orphan', key: 'orphan:pi_1', kind: 'orphan_charge', facts: { ref: 'pi_1', amount: 5000, currency: 'USD', reference: null }, now }))
  const card = await staff.card(found => found.id === 'crd_orphan')
  expect(card?.title).toMatch(/^A charge of (\$|USD.)50\.00 belongs to no payment here$/)
  for (const action of ['retry', 'post_again', 'invented']) expect((await run(card, action)).status).toBe(404)
  const rival = await anotherMerchant(world, 'rival@elsewhere.example')
  const answers = await Promise.all(['crd_orphan', 'crd_invented'].map(id => rival.ask('POST', `/v1/merchant/cards/${id}/done`, {})))
  expect(answers.map(({ status, body: { detail } }) => ({ status, detail }))).toEqual(Array.from({ length: 2 }, () => ({ status: 404, detail: 'There is no such card.' })))
  expect(await staff.card(found => found.id === 'crd_orphan')).toBeDefined()
})

test('books that differ are read whole again when a person says so', async () => {
  const merchant = world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`)
  const facts = { customers: [{ qboId: '1', name: demoCustomer.name, currency: 'USD', stated: 1, computed: 2 }], customersCount: 3 }
  await merchant.commit(merchant.cards.open({ id: 'crd_differ', key: 'books-differ', kind: 'books_differ', facts, now: world.outside.clock.now() }))
  const card = await staff.card(found => found.id === 'crd_differ')
  expect(card?.text).toContain(`${demoCustomer.name} and 2 more`)
  expect((await run(card, 'import')).status).toBe(200)
  expect(await until(() => merchant.imports.latest(), found => found?.state === 'done')).toMatchObject({ kind: 'full' })
})

test('an effect that cannot be carried out is told, and is tried again when a person says so', async () => {
  const { outbox, commit } = world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`)
  await commit(outbox.add({ id: 'later:1', lane: 'later:1', kind: 'of_a_later_version', payload: {} }))
  const card = await until(() => staff.card(found => found.kind === 'effect_stuck'), found => found !== undefined)
  expect(card?.actions.map(action => action.name)).toEqual(['retry', 'done'])
  const before = await outbox.find('later:1')
  world.outside.clock.advance(1_000)
  expect((await run(card, 'retry')).status).toBe(200)
  const again = await until(() => outbox.find('later:1'), job => job?.state === 'blocked' && job.runAt > (before?.runAt ?? 0))
  expect(again?.attempts).toBe(1)
  expect((await until(() => staff.card(found => found.kind === 'effect_stuck'), found => found !== undefined))?.id).toBe(card?.id)
  await run(card, 'done')
})

test('the cards that wait for a person are counted, the most urgent first', async () => {
  const merchant = world.api.context.store.merchant(world.merchant.merchantId as `mer_${string}`)
  const now = world.outside.clock.now()
  await merchant.commit(
    merchant.cards.open({ id: 'crd_soon', key: 'unreadable:Invoice:9', kind: 'unreadable_document', facts: { entity: 'Invoice', qboId: '9', reason: 'TotalAmt is missing' }, now: now + 1000 }),
    merchant.cards.open({ id: 'crd_now', key: 'company-locked', kind: 'company_locked', facts: { message: 'Subscription period has ended' }, now }),
  )
  const { cards } = await staff.home()
  const urgencies = cards.map(card => card.urgency)
  expect(urgencies.indexOf('soon')).toBeGreaterThan(urgencies.lastIndexOf('now'))
  expect(cards.map(card => card.id)).toEqual(expect.arrayContaining(['crd_soon', 'crd_now']))
  expect((await staff.get<{ counts: { openCards: number } }>('/v1/merchant')).counts.openCards).toBe(cards.length)
})

test('a mail that the mail service refuses is told to the merchant, and can be sent again at once', async () => {
  const [invoice] = (await staff.invoices('filter=open&limit=1')).invoices
  const send = () => staff.ask('POST', `/v1/merchant/invoices/${invoice?.id}/send`, { email: 'gone@reader.example' })
  world.outside.mail.faults.queue({ kind: 'unauthorized', match: { method: 'POST', path: '^/emails' } })
  await send()
  const card = await until(() => staff.card(found => found.kind === 'mail_refused'), found => found !== undefined)
  expect(card).toMatchObject({ title: 'A mail to gone@reader.example was not sent', urgency: 'soon' })
  const arrived = () => mailsTo(world.outside.mail.url, 'gone@reader.example')
  expect(await arrived()).toEqual([])
  await send()
  expect(await until(arrived, mails => mails.length > 0)).toHaveLength(1)
})
