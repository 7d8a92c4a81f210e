import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoCustomer } from '../company/demo.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { type Fields, confirmationToken, deskOf, deskPayment, newPaymentId, paidCharges, payerOf, sentInvoice, stripeHolds } from './payer.ts'

let world: World
let payer: Awaited<ReturnType<typeof payerOf>>
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  payer = await payerOf(world)
})
afterAll(() => world.close())

/** An invoice of the demo customer, made in QuickBooks and already on the customer's page. */
async function newInvoice(amount: number): Promise<{ qboId: string; number: string; id: string }> {
  const made = sentInvoice(world, demoCustomer.id, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => payer.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '' }
}

const postingsOf = (reference: string): Fields[] => deskOf(world).all('Payment').filter(payment => payment['PaymentRefNum'] === reference)
const invoiceIn = (qboId: string) => deskOf(world).read('Invoice', qboId)

test('IL7 IL36 17-18: one captured payment becomes one QuickBooks payment with a line per invoice', async () => {
  const a = await newInvoice(60)
  const b = await newInvoice(40.5)
  const page = await payer.checkout([{ invoiceId: a.id }, { invoiceId: b.id }])
  const { status, body } = await payer.pay(page)
  expect({ status, state: body.state }).toEqual({ status: 200, state: 'succeeded' })
  expect(body.receipt?.total.text).toBe('$100.50')
  await world.settled()
  const reference = body.receipt?.reference ?? ''
  expect(reference.length).toBeLessThanOrEqual(21)
  const [posting, ...others] = postingsOf(reference)
  expect(others).toEqual([])
  expect(posting).toMatchObject({ TotalAmt: 100.5, UnappliedAmt: 0, CustomerRef: { value: demoCustomer.id }, PrivateNote: expect.stringContaining('quittance:pay_') as string })
  const { Line: lines, DepositToAccountRef: depositTo } = posting as { Line: Fields[]; DepositToAccountRef: { value: string } }
  expect(lines.map(line => line['Amount'])).toEqual(expect.arrayContaining([60, 40.5]))
  const account = deskOf(world).read('Account', depositTo.value)
  expect(account?.['AccountSubType']).toBe('UndepositedFunds')
  expect([invoiceIn(a.qboId)?.['Balance'], invoiceIn(b.qboId)?.['Balance']]).toEqual([0, 0])
  expect([(await payer.row(a.number))?.state, (await payer.row(b.number))?.state]).toEqual(['paid', 'paid'])
})

test('a receipt goes to the payer with what was paid and its reference', async () => {
  const a = await newInvoice(12.34)
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  await world.settled()
  const answer = await fetch(`${world.outside.mail.url}/_emulator/state?to=${demoCustomer.email}`)
  const { messages } = (await answer.json()) as { messages: { subject: string; text: string }[] }
  const receipts = messages.filter(mail => mail.text.includes(body.receipt?.reference ?? '?'))
  expect(receipts).toHaveLength(1)
  expect(receipts[0]?.subject).toContain('$12.34')
})

test('the same click twice, even at once, is one attempt and one charge', async () => {
  const a = await newInvoice(75)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const [paymentId, token] = [newPaymentId(), await confirmationToken(world)]
  const before = (await paidCharges(world)).length
  const answers = await Promise.all([1, 2, 3].map(() => payer.pay(page, { paymentId, token })))
  expect(answers.some(answer => answer.body.state === 'succeeded')).toBe(true)
  expect((await payer.look(page, paymentId)).state).toBe('succeeded')
  expect((await paidCharges(world)).length - before).toBe(1)
  await world.settled()
  expect(invoiceIn(a.qboId)?.['Balance']).toBe(0)
})

test('two pages that pay the same invoice at once charge it once; the other is refused with the fresh balance', async () => {
  const a = await newInvoice(80)
  const pages = await Promise.all([1, 2, 3, 4].map(() => payer.checkout([{ invoiceId: a.id }])))
  const before = (await paidCharges(world)).length
  const answers = await Promise.all(pages.map(page => payer.pay(page)))
  expect(answers.filter(answer => answer.body.state === 'succeeded')).toHaveLength(1)
  for (const refused of answers.filter(answer => answer.status !== 200)) {
    expect(refused.status).toBe(409)
    expect(refused.body.invoices?.map(row => row.id)).toEqual([a.id])
  }
  expect((await paidCharges(world)).length - before).toBe(1)
})

test('a payment taken at the desk meanwhile is found before the card is charged', async () => {
  const a = await newInvoice(90)
  const page = await payer.checkout([{ invoiceId: a.id }])
  // Nobody tells us of the desk's payment: only the fresh read can find it.
  world.outside.quickbooks.faults.queue({ kind: 'lose', times: 4 })
  deskPayment(world, demoCustomer.id, a.qboId, 50)
  const before = (await paidCharges(world)).length
  const { status, body } = await payer.pay(page)
  world.outside.quickbooks.faults.clear()
  expect(status).toBe(409)
  expect(body.type).toContain('balance-changed')
  expect(body.invoices?.[0]?.payable.amount).toBe(4_000)
  expect((await paidCharges(world)).length).toBe(before)
  const again = await payer.pay(page)
  expect(again.body.state).toBe('succeeded')
  expect(again.body.receipt?.total.amount).toBe(4_000)
})

test('an invoice paid at the desk between charge and posting leaves the money as the customer’s credit, with a card', async () => {
  const a = await newInvoice(30)
  const page = await payer.checkout([{ invoiceId: a.id }])
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: { method: 'POST', path: '/payment\\?' } })
  const { body } = await payer.pay(page)
  expect(body.state).toBe('succeeded')
  deskPayment(world, demoCustomer.id, a.qboId, 30)
  world.outside.clock.advance(10_000)
  await until(async () => postingsOf(body.receipt?.reference ?? ''), found => found.length > 0)
  await world.settled()
  const [posting] = postingsOf(body.receipt?.reference ?? '')
  expect(posting).toMatchObject({ TotalAmt: 30, UnappliedAmt: 30 })
  const home = (await world.merchant.call('GET', '/v1/merchant/home')) as { cards: { kind: string; text: string }[] }
  expect(home.cards.map(card => card.kind)).toContain('payment_unapplied')
})

test('a charge whose answer was lost is found again and charged once', async () => {
  const a = await newInvoice(55)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const before = (await paidCharges(world)).length
  world.outside.stripe.faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '/v1/payment_intents' } })
  const first = await payer.pay(page)
  expect(first.body.state).toBe('unknown')
  const found = await until(() => payer.look(page, first.paymentId), view => view.state !== 'unknown')
  expect(found.state).toBe('succeeded')
  expect((await paidCharges(world)).length - before).toBe(1)
})

test('a charge that never reached the provider is sent again while the payer waits, and charged once', async () => {
  const a = await newInvoice(57)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const before = (await paidCharges(world)).length
  world.outside.stripe.faults.queue({ kind: 'refuse', match: { method: 'POST', path: '/v1/payment_intents' } })
  const first = await payer.pay(page)
  expect(first.body.state).toBe('unknown')
  const looks = await Promise.all([1, 2, 3].map(() => payer.look(page, first.paymentId)))
  expect(looks.some(view => view.state === 'succeeded')).toBe(true)
  expect((await payer.look(page, first.paymentId)).state).toBe('succeeded')
  expect((await paidCharges(world)).length - before).toBe(1)
})

test('an attempt that its payer left at 3-D Secure is ended at the provider before another takes its place', async () => {
  const a = await newInvoice(58)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const left = await payer.pay(page, { card: 'pm_card_threeDSecure2Required' })
  expect(left.body.state).toBe('needs_action')
  const second = await payer.checkout([{ invoiceId: a.id }])
  const refused = await payer.pay(second)
  expect(refused.status).toBe(409)
  expect(refused.body.type).toContain('already-paying')
  expect((await payer.pay(second, { replaceOpen: true })).body.state).toBe('succeeded')
  expect((await payer.look(page, left.paymentId)).state).toBe('failed')
  const intents = (await stripeHolds(world)).payment_intents.filter(intent => (intent['metadata'] as Fields)['payment'] === left.paymentId)
  expect(intents.map(intent => intent['status'])).toEqual(['canceled'])
})

test('an attempt that was left for good is ended at the provider, and its invoice can be paid again', async () => {
  const a = await newInvoice(59)
  const left = await payer.pay(await payer.checkout([{ invoiceId: a.id }]), { card: 'pm_card_threeDSecure2Required' })
  world.outside.clock.advance(17 * 60_000)
  await until(() => stripeHolds(world), ({ payment_intents: intents }) => intents.some(intent => (intent['metadata'] as Fields)['payment'] === left.paymentId && intent['status'] === 'canceled'))
  await world.settled()
  expect((await payer.pay(await payer.checkout([{ invoiceId: a.id }]))).body.state).toBe('succeeded')
})

test('a posting whose answer was lost is found again: QuickBooks holds one payment', async () => {
  const a = await newInvoice(44)
  world.outside.quickbooks.faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '/payment\\?' } })
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  const postingState = async () => {
    // The next try waits a while: time passes until it has been made.
    world.outside.clock.advance(1_000)
    const list = (await world.merchant.call('GET', '/v1/merchant/payments')) as { payments: { reference: string; posting: { state: string } }[] }
    return list.payments.find(row => row.reference === body.receipt?.reference)?.posting.state
  }
  expect(await until(postingState, state => state === 'posted')).toBe('posted')
  expect(postingsOf(body.receipt?.reference ?? '')).toHaveLength(1)
  expect(invoiceIn(a.qboId)?.['Balance']).toBe(0)
})

test('a posting that somebody deletes in QuickBooks is never written again by itself, and a card asks', async () => {
  const a = await newInvoice(66)
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  await world.settled()
  const [posting] = postingsOf(body.receipt?.reference ?? '')
  deskOf(world).write('Payment', { Id: posting?.['Id'], SyncToken: posting?.['SyncToken'] }, 'delete')
  const kinds = await until(
    async () => ((await world.merchant.call('GET', '/v1/merchant/home')) as { cards: { kind: string }[] }).cards.map(card => card.kind),
    found => found.includes('posting_diverged'),
  )
  expect(kinds).toContain('posting_diverged')
  world.outside.clock.advance(3_600_000)
  await world.settled()
  payer = await payerOf(world)
  expect(postingsOf(body.receipt?.reference ?? '')).toEqual([])
})

test('a declined card says why, takes nothing, and another card pays', async () => {
  const a = await newInvoice(21)
  const page = await payer.checkout([{ invoiceId: a.id }])
  const declined = await payer.pay(page, { card: 'pm_card_visa_chargeDeclinedInsufficientFunds' })
  expect(declined.body.state).toBe('failed')
  expect(declined.body.message).toMatch(/not enough money/)
  expect((await payer.row(a.number))?.state).not.toBe('processing')
  const paid = await payer.pay(page)
  expect(paid.body.state).toBe('succeeded')
})

test('a part is paid and the rest stays open', async () => {
  const a = await newInvoice(100)
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: a.id, amount: 3_000 }]))
  expect(body.receipt?.lines[0]?.remains.text).toBe('$70.00')
  await world.settled()
  expect(invoiceIn(a.qboId)?.['Balance']).toBe(70)
  expect(await payer.row(a.number)).toMatchObject({ state: 'partly_paid', balance: { amount: 7_000 } })
})

test('a forged webhook is refused and changes nothing; a true one repeated changes nothing either', async () => {
  const a = await newInvoice(31)
  world.outside.stripe.faults.queue({ kind: 'forge', match: { event: 'payment_intent.succeeded' } })
  world.outside.stripe.faults.queue({ kind: 'duplicate', match: { event: 'charge.succeeded' } })
  const { body } = await payer.pay(await payer.checkout([{ invoiceId: a.id }]))
  await world.settled()
  expect(postingsOf(body.receipt?.reference ?? '')).toHaveLength(1)
  expect(invoiceIn(a.qboId)?.['Balance']).toBe(0)
})

test('too much, too little, twice, another currency, another customer’s: refused with a sentence', async () => {
  const a = await newInvoice(20)
  const other = await payerOf(world, { quickBooksId: '3' })
  const theirs = (await other.portal('filter=open')).list.invoices[0]
  const tries: { invoices: object[]; status: number }[] = [
    { invoices: [{ invoiceId: a.id, amount: 2_001 }], status: 409 },
    { invoices: [{ invoiceId: a.id, amount: 49 }], status: 400 },
    { invoices: [{ invoiceId: a.id, amount: 1_980 }], status: 400 },
    { invoices: [{ invoiceId: a.id, amount: -5 }], status: 400 },
    { invoices: [{ invoiceId: a.id, amount: 10.5 }], status: 400 },
    { invoices: [{ invoiceId: a.id }, { invoiceId: a.id }], status: 400 },
    { invoices: [], status: 400 },
    { invoices: [{ invoiceId: theirs?.id }], status: 404 },
    { invoices: [{ invoiceId: 'inv_00000000000000000000000000' }], status: 404 },
  ]
  for (const { invoices, status } of tries) {
    const answer = await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices })
    expect({ invoices, status: answer.status }).toEqual({ invoices, status })
    expect((answer.body as { detail: string }).detail).toMatch(/\.$/)
  }
})
