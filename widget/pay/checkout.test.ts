import { expect, test } from 'vitest'
import type { CheckoutView, PaymentView, Problem } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import type { FrameMessage } from '../dialog.ts'
import { money } from '../fake/invoices.ts'
import type { CardForm } from './card-form.ts'
import { Checkout } from './checkout.ts'
import { paymentIds, ulid } from './payment-id.ts'

type Call = { method: string; path: string; body: Record<string, unknown> | null }
type Reply = PaymentView | CheckoutView | { problem: string; detail?: string; retryAfterS?: number } | 'line-breaks'

const receipt = { reference: 'Q-1042', paidText: '21 Nov 2026', method: 'Visa ending 4242', total: money(124_000), lines: [], emailedTo: 'pat@harbour.example' }

function payment(state: PaymentView['state'], change: Partial<PaymentView> = {}): PaymentView {
  return { id: 'pay_x', state, clientSecret: state === 'needs_action' ? 'pi_1_secret_2' : null, message: null, receipt: state === 'succeeded' ? receipt : null, ...change }
}

function checkoutView(change: Partial<CheckoutView> = {}): CheckoutView {
  return {
    state: 'ready', merchant: { name: 'Alder & Finch', logoUrl: null, accent: null, supportEmail: null }, customerName: 'Harbour', customerEmail: null,
    lines: [{ invoiceId: 'inv_1042', number: '1042', dueText: 'Due 3 Dec', amount: money(124_000), remainsText: null }], total: money(124_000), notice: null,
    stripe: { scriptUrl: 'x', publishableKey: 'pk', stripeAccount: null, customerSessionClientSecret: null }, payment: null, returnUrl: null, ...change,
  }
}

/** A checkout whose server gives these replies, one a call; the last is given again and again. */
function begin(replies: Reply[], view = checkoutView()) {
  const calls: Call[] = []
  const told: string[] = []
  const amounts: number[] = []
  const waits: number[] = []
  let tokens = 0
  let confirmed = 0
  const ids = paymentIds(`chk_${Math.random()}`, () => 1_795_000_000_000)
  const fakeFetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    calls.push({ method: init?.method ?? 'GET', path: String(input), body: init?.body ? (JSON.parse(String(init.body)) as Record<string, unknown>) : null })
    const reply = replies.length > 1 ? replies.shift() : replies[0]
    if (reply === undefined || reply === 'line-breaks') throw new TypeError('Failed to fetch')
    if (!('problem' in reply)) return Response.json(reply)
    const content: Problem = { type: `x/problems/${reply.problem}`, title: '', status: 409, detail: reply.detail ?? '', instance: '', requestId: '' }
    return Response.json(content, { status: 409, headers: reply.retryAfterS ? { 'retry-after': String(reply.retryAfterS) } : {} })
  }
  const form: CardForm = { token: async () => ({ token: `ctoken_${++tokens}` }), confirm: async () => void confirmed++, setAmount: amount => void amounts.push(amount), focus: () => undefined }
  const checkout = new Checkout({
    client: createClient({ origin: '', locale: 'en', session: { token: async () => null, renew: async () => null, take: () => undefined, signedInHere: () => false }, fetch: fakeFetch }),
    base: '/pay/chk_1', ids, frame: { framed: true, tell: (message: Omit<FrameMessage, 'source'>) => void told.push(message.type) }, wait: async ms => void waits.push(ms),
  }, view)
  checkout.form = form
  return { checkout, calls, told, amounts, waits, ids, confirmations: () => confirmed }
}

const posts = (calls: Call[]) => calls.filter(call => call.method === 'POST')

test('a payment that succeeds shows its receipt and tells the page around it which invoices are paid', async () => {
  const { checkout, told } = begin([payment('succeeded')])
  await checkout.pay()
  expect(checkout.state.stage).toBe('paid')
  expect(checkout.state.payment?.receipt?.reference).toBe('Q-1042')
  expect(told).toEqual(['busy', 'paid', 'idle'])
})

test('two clicks at once are one payment', async () => {
  const { checkout, calls } = begin([payment('succeeded')])
  await Promise.all([checkout.pay(), checkout.pay()])
  expect(posts(calls)).toHaveLength(1)
})

test('a decline says why, and the next try is another payment', async () => {
  const { checkout, calls } = begin([payment('failed', { message: 'Your card has too little money. You were not charged.' }), payment('succeeded')])
  await checkout.pay()
  expect(checkout.state).toMatchObject({ stage: 'form', note: { bad: true, text: 'Your card has too little money. You were not charged.' } })
  await checkout.pay()
  const [one, two] = posts(calls)
  expect(one?.body?.['paymentId']).toMatch(/^pay_[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(two?.body?.['paymentId']).not.toBe(one?.body?.['paymentId'])
})

test('a lost answer is asked for, never charged again', async () => {
  const { checkout, calls } = begin(['line-breaks', payment('unknown'), payment('unknown'), payment('succeeded')])
  await checkout.pay()
  expect(checkout.state.stage).toBe('paid')
  expect(posts(calls)).toHaveLength(1)
  expect(calls.slice(1).map(call => call.path)).toEqual(Array(3).fill(`/pay/chk_1/payments/${String(calls[0]?.body?.['paymentId'])}`))
})

test('whoever asks too often is left waiting as long as the server says, and is asked for a charge that may be under way all the same', async () => {
  const { checkout, calls, waits } = begin(['line-breaks', { problem: 'rate-limited', retryAfterS: 7 }, payment('succeeded')])
  await checkout.pay()
  expect([waits, posts(calls).length, checkout.state.stage]).toEqual([[1_000, 7_000], 1, 'paid'])
})

test('a payment that never reached the server is tried again under the same id', async () => {
  const { checkout, calls } = begin(['line-breaks', { problem: 'not-found' }, payment('succeeded')])
  await checkout.pay()
  expect(checkout.state).toMatchObject({ stage: 'form', note: { bad: true } })
  await checkout.pay()
  const [one, two] = posts(calls)
  expect(two?.body?.['paymentId']).toBe(one?.body?.['paymentId'])
})

test('3-D Secure is asked of the payer, and how it went is asked of the server', async () => {
  const { checkout, calls, confirmations } = begin([payment('needs_action'), payment('succeeded')])
  await checkout.pay()
  expect(confirmations()).toBe(1)
  expect(calls.map(call => call.method)).toEqual(['POST', 'GET'])
  expect(checkout.state.stage).toBe('paid')
})

test('a payer who leaves the bank\'s question may take it up again or give up', async () => {
  const { checkout, calls } = begin([payment('needs_action'), payment('needs_action'), payment('failed', { message: 'Cancelled. You were not charged.' })])
  await checkout.pay()
  expect(checkout.state.stage).toBe('verify-left')
  await checkout.giveUp()
  expect(calls.at(-1)?.method).toBe('DELETE')
  expect(checkout.state).toMatchObject({ stage: 'form', note: { text: 'Cancelled. You were not charged.' } })
})

test('balances that changed are shown afresh, and the new total waits for a click', async () => {
  const { checkout, calls, amounts } = begin([{ problem: 'balance-changed', detail: 'Invoice 1042 was partly paid meanwhile.' }, checkoutView({ total: money(24_000) }), payment('succeeded')])
  await checkout.pay()
  expect(checkout.state).toMatchObject({ stage: 'form', changed: true, view: { total: { amount: 24_000 } }, note: { bad: false } })
  expect(amounts).toEqual([24_000])
  expect(posts(calls)).toHaveLength(1)
  await checkout.pay()
  expect(checkout.state.stage).toBe('paid')
})

test('a payment open elsewhere is explained, and starting over replaces it', async () => {
  const { checkout, calls } = begin([{ problem: 'already-paying' }, payment('succeeded')])
  await checkout.pay()
  expect(checkout.state.stage).toBe('elsewhere')
  expect(posts(calls)[0]?.body).not.toHaveProperty('replaceOpen')
  checkout.startOver()
  await checkout.pay()
  expect(posts(calls)[1]?.body).toMatchObject({ replaceOpen: true })
})

test('a checkout that has expired says so', async () => {
  const { checkout } = begin([{ problem: 'checkout-expired' }])
  await checkout.pay()
  expect(checkout.state.stage).toBe('expired')
})

test('a page opened on somebody else\'s attempt does not touch it', async () => {
  const { checkout, calls } = begin([], checkoutView({ state: 'paying', payment: payment('needs_action') }))
  await checkout.begin()
  expect(checkout.state.stage).toBe('elsewhere')
  expect(calls).toHaveLength(0)
})

test('a reload in the middle of a payment goes on with that payment', async () => {
  const setup = begin([payment('succeeded')])
  const id = setup.ids.current()
  setup.checkout.set({ view: checkoutView({ state: 'paying', payment: payment('unknown', { id }) }) })
  await setup.checkout.begin()
  expect(setup.checkout.state.stage).toBe('paid')
  expect(posts(setup.calls)).toHaveLength(0)
})

test('the dialog may not be closed while a payment is at work', async () => {
  let closeWhileBusy: string[] = []
  const setup = begin([payment('succeeded')])
  setup.checkout.watch(() => {
    if (setup.checkout.state.stage === 'working') {
      setup.checkout.leave()
      closeWhileBusy = setup.told.filter(type => type === 'close')
    }
  })
  await setup.checkout.pay()
  expect(closeWhileBusy).toEqual([])
  setup.checkout.leave()
  expect(setup.told.at(-1)).toBe('close')
})

test('ids of later clicks sort later', () => {
  expect(ulid(1_000) < ulid(2_000)).toBe(true)
  expect(ulid(1_795_000_000_000)).toHaveLength(26)
})
