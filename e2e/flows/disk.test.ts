import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { until } from '../merchant.ts'
import { startMortalWorld } from '../mortal-world.ts'
import { confirmationToken, deskOf, newPaymentId, paidCharges, payerOf, sentInvoice } from './payer.ts'

let world: Awaited<ReturnType<typeof startMortalWorld>>
beforeAll(async () => {
  world = await startMortalWorld({ invoices: 50 })
}, 60_000)
afterEach(() => {
  world.outside.stripe.faults.clear()
  setRoom('unlimited')
})
afterAll(() => world?.close())

/** How long the product's process may make a file: with no byte left each write fails as it does on a full disk. */
function setRoom(bytes: 'unlimited' | 0): void {
  execFileSync('prlimit', ['--pid', String(world.pid()), `--fsize=${bytes}:unlimited`])
}

/** An open invoice, and how its customer sees it and presses Pay. */
async function payable(amount: number) {
  const payer = await payerOf(world)
  const harbour = deskOf(world).all('Customer').find(row => row['DisplayName'] === 'Harbour Coffee Roasters')
  const number = sentInvoice(world, String(harbour?.['Id']), amount)['DocNumber']
  const row = await until(() => payer.row(number), found => found !== undefined)
  const path = await payer.checkout([{ invoiceId: row?.id ?? '' }])
  const confirmation = await confirmationToken(world)
  const paymentId = newPaymentId()
  return {
    state: async () => (await payer.row(number))?.state,
    pay: () => world.ask(null, 'POST', `${path}/payments`, { paymentId, confirmationToken: confirmation }),
    charges: async () => (await paidCharges(world)).filter(charge => charge['amount'] === amount * 100),
    postings: () => deskOf(world).all('Payment').filter(posting => posting['TotalAmt'] === amount),
  }
}

test('on a full disk invoices are still shown, nobody is charged and nothing is said to be paid; with room again the same press pays once', async () => {
  const invoice = await payable(61)
  setRoom(0)
  const refused = await invoice.pay()
  expect(refused.status).toBeGreaterThanOrEqual(500)
  expect(await invoice.state()).toBe('open')
  expect(await invoice.charges()).toEqual([])
  setRoom('unlimited')
  expect(await invoice.pay()).toMatchObject({ status: 200, body: { state: 'succeeded' } })
  await until(async () => invoice.postings(), found => found.length > 0)
  expect(invoice.postings()).toHaveLength(1)
  expect(await invoice.charges()).toHaveLength(1)
})

test('a charge whose end finds the disk full is found once there is room, told as paid and posted once', async () => {
  const invoice = await payable(62)
  const { faults } = world.outside.stripe
  faults.queue({ kind: 'lose', times: 50 })
  faults.queue({ kind: 'delay-answer', match: { method: 'POST', path: '^/v1/payment_intents$' }, ms: 1_500 })
  const answer = invoice.pay()
  await until(invoice.charges, found => found.length === 1)
  setRoom(0)
  expect((await answer).status).toBeGreaterThanOrEqual(500)
  expect(await invoice.state()).not.toBe('paid')
  setRoom('unlimited')
  await until(async () => {
    world.advance(10_000)
    return invoice.postings()
  }, found => found.length > 0)
  expect(await invoice.state()).toBe('paid')
  expect(await invoice.pay()).toMatchObject({ status: 200, body: { state: 'succeeded' } })
  expect(invoice.postings()).toHaveLength(1)
  expect(await invoice.charges()).toHaveLength(1)
})
