import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { Jobs } from '../jobs.ts'
import type { Books, World } from '../world.ts'
import { invalid } from '../wire/failure.ts'
import { listPage, within } from '../wire/list.ts'
import { created, expand, metadata, oneOf, page, text, whole } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'
import { byItself, type Emit, type Origin } from '../webhooks/events.ts'
import { makeBalanceEntry } from './charges.ts'
import { cardBehind } from './payment-methods.ts'

/** How long a refund of the "asynchronous" test cards takes. */
const laterMs = 5 * 60_000

const createParams = z.strictObject({
  amount: whole().optional(),
  charge: text().optional(),
  payment_intent: text().optional(),
  reason: oneOf(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: metadata().optional(),
  expand: expand().optional(),
})
const notCarried = ['currency', 'customer', 'instructions_email', 'origin', 'refund_application_fee', 'reverse_transfer'] as const satisfies readonly (keyof Stripe.RefundCreateParams)[]

/** Mounts `/v1/refunds`: create, retrieve, list. */
export function mountRefunds(app: StripeApp, world: World, emit: Emit, jobs: Jobs): void {
  mount(app, world, {
    method: 'POST',
    path: '/v1/refunds',
    key: 'secret',
    params: createParams,
    alsoReal: notCarried,
    run: ({ books, params, request }) => {
      const charge = chargeToRefund(books, params)
      const amount = params.amount ?? charge.amount - charge.amount_refunded
      checkRefundable(charge, amount)
      return makeRefund(world, books, emit, jobs, { charge, amount, reason: params.reason ?? null, metadata: params.metadata ?? {} }, request)
    },
  })
  mount(app, world, { method: 'GET', path: '/v1/refunds/:id', key: 'secret', params: z.strictObject({ expand: page.expand }), run: ({ books, id }) => books.find('refund', id) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/refunds',
    key: 'secret',
    params: z.strictObject({ ...page, charge: text().optional(), payment_intent: text().optional(), created: created().optional() }),
    run: ({ books, params }) => {
      const wanted = books.all('refund').filter(r => within(r.created, params.created) && (params.charge ?? r.charge) === r.charge && (params.payment_intent ?? r.payment_intent) === r.payment_intent)
      return listPage('/v1/refunds', wanted, params)
    },
  })
}

function chargeToRefund(books: Books, params: z.output<typeof createParams>): Stripe.Charge {
  if (params.charge !== undefined && params.payment_intent !== undefined) throw invalid('You may only specify one of these parameters: charge, payment_intent.', { code: 'parameters_exclusive' })
  if (params.charge !== undefined) return books.find('charge', params.charge, 'charge')
  if (params.payment_intent === undefined) throw invalid('One of the following params should be provided for this request: payment_intent or charge.', { code: 'parameter_missing' })
  const intent = books.find('payment_intent', params.payment_intent, 'payment_intent')
  if (typeof intent.latest_charge !== 'string') throw invalid(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, { param: 'payment_intent' })
  return books.find('charge', intent.latest_charge)
}

function checkRefundable(charge: Stripe.Charge, amount: number): void {
  if (!charge.paid) throw invalid(`Charge ${charge.id} was not successful and cannot be refunded.`, { param: 'charge' })
  if (charge.refunded) throw invalid(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' })
  if (amount < 1) throw invalid('This value must be greater than or equal to 1.', { param: 'amount', code: 'parameter_invalid_integer' })
  const left = charge.amount - charge.amount_refunded
  if (amount > left) throw invalid(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, { param: 'amount' })
}

type Order = { charge: Stripe.Charge; amount: number; reason: Stripe.Refund['reason']; metadata: Stripe.Metadata }

function makeRefund(world: World, books: Books, emit: Emit, jobs: Jobs, order: Order, request: Origin): Stripe.Refund {
  const { charge, amount } = order
  const manner = typeof charge.payment_method === 'string' ? cardBehind(books, charge.payment_method).refund : 'at_once'
  const id = world.newId('re')
  const entry = makeBalanceEntry(world, books, { amount: -amount, fee: 0, currency: charge.currency, source: id, type: 'refund', description: 'REFUND FOR CHARGE' })
  const refund: Stripe.Refund = {
    id,
    object: 'refund',
    amount,
    balance_transaction: entry.id,
    charge: charge.id,
    created: world.nowS(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type: 'card' },
    metadata: order.metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(manner === 'pending' ? { pending_reason: 'processing' } : {}),
    reason: order.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: manner === 'pending' ? 'pending' : 'succeeded',
    transfer_reversal: null,
  }
  const given = charge.amount_refunded + amount
  const refunded: Stripe.Charge = { ...charge, amount_refunded: given, refunded: given === charge.amount }
  books.put('refund', refund)
  books.put('charge', refunded)
  emit(books, 'refund.created', refund, request)
  emit(books, 'charge.refunded', refunded, request)
  const later = { kind: 'finish_refund', atMs: world.clock.now() + laterMs, accountId: books.accountId, refundId: id } as const
  if (manner === 'pending') jobs.add({ ...later, status: 'succeeded' })
  if (manner === 'fails') jobs.add({ ...later, status: 'failed' })
  return refund
}

/** Ends a refund that took its time: it arrives, or it comes back and the money is Stripe's merchant's again. */
export function finishRefund(world: World, books: Books, emit: Emit, refundId: string, status: 'succeeded' | 'failed'): void {
  const { pending_reason: _over, ...refund } = books.find('refund', refundId)
  const finished: Stripe.Refund = { ...refund, status }
  if (status === 'failed') {
    const back = makeBalanceEntry(world, books, { amount: refund.amount, fee: 0, currency: refund.currency, source: refund.id, type: 'refund_failure', description: 'REFUND FAILURE' })
    finished.failure_reason = 'expired_or_canceled_card'
    finished.failure_balance_transaction = back.id
    if (typeof refund.charge === 'string') {
      const charge = books.find('charge', refund.charge)
      books.put('charge', { ...charge, amount_refunded: charge.amount_refunded - refund.amount, refunded: false })
    }
  }
  books.put('refund', finished)
  if (status === 'failed') emit(books, 'refund.failed', finished, byItself)
  emit(books, 'refund.updated', finished, byItself)
  emit(books, 'charge.refund.updated', finished, byItself)
}
