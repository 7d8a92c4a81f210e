import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ConsolePaymentList } from '../../api/domain/console-views.ts'
import { demoCustomer } from '../company/demo.ts'
import { mailsTo, until } from '../merchant.ts'
import { startMortalWorld } from '../mortal-world.ts'
import { type Fields, confirmationToken, deskOf, newPaymentId, paidCharges, payerOf, sentInvoice } from './payer.ts'

let world: Awaited<ReturnType<typeof startMortalWorld>>
let payer: Awaited<ReturnType<typeof payerOf>>
beforeAll(async () => {
  world = await startMortalWorld({ invoices: 50 })
}, 60_000)
beforeEach(async () => {
  payer = await payerOf(world)
})
afterEach(() => {
  for (const { faults } of [world.outside.quickbooks, world.outside.stripe, world.outside.mail]) faults.clear()
})
afterAll(() => world.close())

/** Long enough for a kill, and over before the test is. */
const heldMs = 1_500
const charging = { method: 'POST', path: '^/v1/payment_intents$' }
const posting = { method: 'POST', path: '/payment\\?' }
/** Past the lease of a process that died, and past the pause before a watch begins. */
const leaseMs = 91_000

type Outside = 'stripe' | 'quickbooks' | 'mail'
/** Holds the next matching call; answers how to wait until it is under way. */
function hold(system: Outside, fault: { kind: 'delay' | 'delay-answer'; match: { method?: string; path: string }; skip?: number }) {
  const { faults } = world.outside[system]
  faults.queue({ ...fault, ms: heldMs })
  const [held] = faults.waiting().slice(-1)
  return () => until(async () => faults.waiting().some(fault => fault === held), isWaiting => !isWaiting)
}

async function newInvoice(amount: number): Promise<{ qboId: string; number: string; id: string }> {
  const made = sentInvoice(world, demoCustomer.id, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => payer.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '' }
}

/** Pays without waiting for the answer, which may die with the process. */
async function click(invoice: { id: string }) {
  const page = await payer.checkout([{ invoiceId: invoice.id }])
  const paymentId = newPaymentId()
  const token = await confirmationToken(world)
  const answer = payer.pay(page, { paymentId, token }).then(({ body }) => body.state, () => 'lost' as const)
  return { answer, look: () => payer.look(page, paymentId) }
}

/** Kills the process once the held call is under way, and starts it again on the same data. */
async function dieDuring(underWay: () => Promise<unknown>): Promise<void> {
  await underWay()
  await world.kill()
  await world.start()
}

const chargesOf = async (amount: number) => (await paidCharges(world)).filter(charge => charge['amount'] === amount * 100)
const postingsOf = (amount: number): Fields[] => deskOf(world).all('Payment').filter(payment => payment['TotalAmt'] === amount && String(payment['PrivateNote'] ?? '').includes('quittance:'))
const paymentOf = async (amount: string) => ((await world.merchant.call('GET', '/v1/merchant/payments')) as ConsolePaymentList).payments.find(row => row.amount.text.endsWith(amount))

/** One charge, one payment in QuickBooks, one receipt, whatever happened on the way. */
async function paidOnce(amount: number, invoice: { qboId: string }): Promise<void> {
  const row = await until(() => paymentOf(amount.toFixed(2)), found => found?.posting.state === 'posted')
  expect(row?.state).toBe('succeeded')
  expect(await chargesOf(amount)).toHaveLength(1)
  expect(postingsOf(amount)).toMatchObject([{ PaymentRefNum: row?.reference, UnappliedAmt: 0 }])
  expect(deskOf(world).read('Invoice', invoice.qboId)?.['Balance']).toBe(0)
  const receipts = await until(async () => (await mailsTo(world.outside.mail.url, demoCustomer.email)).filter(mail => mail.text.includes(row?.reference ?? '?')), mails => mails.length > 0)
  expect(receipts).toHaveLength(1)
}

test('C2: killed before the charge arrived, the payer who looks again is charged once', async () => {
  const invoice = await newInvoice(211)
  const sent = hold('stripe', { kind: 'delay', match: charging })
  const { answer, look } = await click(invoice)
  await dieDuring(sent)
  expect(await answer).toBe('lost')
  expect(await chargesOf(211)).toEqual([])
  expect((await until(look, found => found.state !== 'unknown')).state).toBe('succeeded')
  await paidOnce(211, invoice)
})

test('C3: killed before the charge arrived, and the payer is gone: nothing is ever charged, and the invoice can be paid again', async () => {
  const invoice = await newInvoice(212)
  const sent = hold('stripe', { kind: 'delay', match: charging })
  const { look } = await click(invoice)
  await dieDuring(sent)
  const stateLater = async () => {
    world.advance(61_000)
    return (await paymentOf('212.00'))?.state
  }
  await until(stateLater, state => state === 'failed')
  expect((await look()).state).toBe('failed')
  expect(await chargesOf(212)).toEqual([])
  // However far the clock had to go, the payer who comes back is signed in.
  payer = await payerOf(world)
  expect(await (await click(invoice)).answer).toBe('succeeded')
  expect(await chargesOf(212)).toHaveLength(1)
})

test('C4 C5: killed after the charge and before its answer, with every webhook lost, the payment is found and everything follows once', async () => {
  const invoice = await newInvoice(213)
  world.outside.stripe.faults.queue({ kind: 'lose', times: 10 })
  const charged = hold('stripe', { kind: 'delay-answer', match: charging })
  await click(invoice)
  await charged()
  await until(() => chargesOf(213), charges => charges.length === 1)
  await dieDuring(charged)
  expect((await paymentOf('213.00'))?.state).toBe('reserved')
  world.advance(61_000)
  await paidOnce(213, invoice)
})

test('C12: a webhook that comes before the answer settles the payment, and the answer changes nothing', async () => {
  const invoice = await newInvoice(214)
  const charged = hold('stripe', { kind: 'delay-answer', match: charging })
  const { answer } = await click(invoice)
  await charged()
  await until(() => paymentOf('214.00'), row => row?.state === 'succeeded')
  expect(await Promise.race([answer, Promise.resolve('still under way')])).toBe('still under way')
  expect(await answer).toBe('succeeded')
  await paidOnce(214, invoice)
})

test('W1 W2: killed after a webhook was accepted and before it was worked on, it is worked on later, and once more when it comes again', async () => {
  const invoice = await newInvoice(215)
  const asked = hold('stripe', { kind: 'delay', match: { method: 'GET', path: '^/v1/payment_intents/pi_' } })
  world.outside.stripe.faults.queue({ kind: 'duplicate', match: { event: 'payment_intent.succeeded' } })
  world.outside.stripe.faults.queue({ kind: 'lose-answer', match: charging })
  expect(await (await click(invoice)).answer).toBe('unknown')
  await dieDuring(asked)
  expect((await paymentOf('215.00'))?.state).toBe('reserved')
  world.advance(leaseMs)
  await paidOnce(215, invoice)
})

test.each([
  ['Q3: killed before the posting arrived', 216, 0, { kind: 'delay', match: posting }],
  ['Q4: killed after QuickBooks wrote the posting and before its answer', 217, 1, { kind: 'delay-answer', match: posting }],
  ['Q5 Q6: killed after the answer and before it was stored', 218, 1, { kind: 'delay', match: { method: 'GET', path: '/payment/\\d+' } }],
] as const)('%s, QuickBooks holds one payment in the end', async (_name, amount, written, fault) => {
  const invoice = await newInvoice(amount)
  const underWay = hold('quickbooks', fault)
  expect(await (await click(invoice)).answer).toBe('succeeded')
  await underWay()
  await until(async () => postingsOf(amount).length, length => length === written)
  await dieDuring(underWay)
  expect((await paymentOf(`${amount}.00`))?.posting.state).toBe('waiting')
  world.advance(leaseMs)
  await paidOnce(amount, invoice)
})

test('a receipt that was under way when the process was killed is sent once, and lies sealed until then', async () => {
  const invoice = await newInvoice(219)
  const taken = hold('mail', { kind: 'delay-answer', match: { method: 'POST', path: '^/emails' } })
  expect(await (await click(invoice)).answer).toBe('succeeded')
  await taken()
  await world.kill()
  const stored = readdirSync(world.dataDir, { withFileTypes: true }).filter(entry => entry.isFile()).map(({ name }) => readFileSync(join(world.dataDir, name), 'latin1')).join('')
  expect(stored).toContain('mail:receipt-pay_')
  expect(stored).not.toMatch(/you paid|Keep this as your receipt|Your code/i)
  await world.start()
  world.advance(leaseMs)
  await paidOnce(219, invoice)
})

test('after all these deaths every captured payment has one fact whose entries sum to zero, and nothing is leased or waits', async () => {
  const owed = () => rows(`select id, state from outbox where state <> 'done' and kind in ('post_payment', 'watch_payment', 'take_stripe_event', 'send_mail')`)
  world.advance(2 * leaseMs)
  await until(async () => owed(), left => left.length === 0)
  expect(rows(`select id from payments p where state = 'succeeded' and 1 <> (select count(distinct fact_key) from ledger_entries l where l.payment_id = p.id)`)).toEqual([])
  expect(rows(`select payment_id, currency, sum(amount) rest from ledger_entries group by payment_id, currency having sum(amount) <> 0`)).toEqual([])
  expect(rows(`select count(*) n from payments where state = 'succeeded'`)).toEqual([{ n: 9 }])
  expect(rows(`select count(*) n from ledger_entries where payment_id in (select id from payments where state <> 'succeeded')`)).toEqual([{ n: 0 }])
  expect(rows(`select event_id from inbox where source = 'stripe' and state = 'received'`)).toEqual([])
  expect(rows(`select state, count(*) n from allocations where state in ('held', 'captured') group by state`)).toEqual([])
})

function rows(sql: string): unknown[] {
  const file = new DatabaseSync(join(world.dataDir, 'quittance.db'), { readOnly: true })
  try {
    return file.prepare(sql).all().map(row => ({ ...row }))
  } finally {
    file.close()
  }
}
