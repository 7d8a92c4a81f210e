import type { Stripe } from 'stripe'
import { z } from 'zod'
import { cardFee } from '../amounts.ts'
import type { Decline, TestCard } from '../cards.ts'
import type { Books, World } from '../world.ts'
import { listPage, within } from '../wire/list.ts'
import { created, page, text } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'
import { byItself, type Emit } from '../webhooks/events.ts'

/** Funds become available two days after a charge. */
const availableAfterS = 2 * 86_400

/** Mounts `/v1/charges` and `/v1/balance_transactions`: retrieve and list. */
export function mountCharges(app: StripeApp, world: World): void {
  const one = z.strictObject({ expand: page.expand })
  mount(app, world, { method: 'GET', path: '/v1/charges/:id', key: 'secret', params: one, run: ({ books, id }) => books.find('charge', id) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/charges',
    key: 'secret',
    params: z.strictObject({ ...page, created: created().optional(), customer: text().optional(), payment_intent: text().optional() }),
    alsoReal: ['transfer_group'],
    run: ({ books, params }) => {
      const wanted = books.all('charge').filter(c => within(c.created, params.created) && (params.customer ?? c.customer) === c.customer && (params.payment_intent ?? c.payment_intent) === c.payment_intent)
      return listPage('/v1/charges', wanted, params)
    },
  })
  mount(app, world, { method: 'GET', path: '/v1/balance_transactions/:id', key: 'secret', params: one, run: ({ books, id }) => books.find('balance_transaction', id) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/balance_transactions',
    key: 'secret',
    params: z.strictObject({ ...page, created: created().optional(), currency: text().optional(), source: text().optional(), type: text().optional() }),
    alsoReal: ['payout'],
    run: ({ books, params }) => {
      const wanted = books
        .all('balance_transaction')
        .filter(b => within(b.created, params.created) && (params.currency ?? b.currency) === b.currency && (params.source ?? b.source) === b.source && (params.type ?? b.type) === b.type)
      return listPage('/v1/balance_transactions', wanted, params)
    },
  })
}

/** Charges a card once: a charge that is paid, or one that failed with the card's decline. */
export function makeCharge(world: World, books: Books, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, card: TestCard, authenticated: boolean): Stripe.Charge {
  const id = world.newId('ch')
  const paid = card.decline === null
  const charge: Stripe.Charge = {
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: 'SANDBOX',
    captured: paid,
    created: world.nowS(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: card.decline?.code ?? null,
    failure_message: card.decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: null,
    outcome: outcomeOf(card.decline),
    paid,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: { type: 'card', card: cardDetails(method, intent.amount, paid, authenticated) },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: paid ? `${world.url()}/receipts/${id}` : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: paid ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: null,
  }
  books.put('charge', charge)
  return charge
}

/** Books a paid charge's money and fee, and lets `charge.updated` follow when that comes after the payment. */
export function settleCharge(world: World, books: Books, chargeId: string, emit: Emit | null): Stripe.Charge {
  const charge = books.find('charge', chargeId)
  if (charge.balance_transaction !== null) return charge
  const fee = cardFee(charge.amount)
  const entry = makeBalanceEntry(world, books, { amount: charge.amount, fee, currency: charge.currency, source: charge.id, type: 'charge', description: charge.description })
  const settled: Stripe.Charge = { ...charge, balance_transaction: entry.id }
  books.put('charge', settled)
  emit?.(books, 'charge.updated', settled, byItself)
  return settled
}

type Entry = { amount: number; fee: number; currency: string; source: string; type: 'charge' | 'refund' | 'refund_failure'; description: string | null }

export function makeBalanceEntry(world: World, books: Books, entry: Entry): Stripe.BalanceTransaction {
  const { amount, fee, currency, source, type, description } = entry
  const booked: Stripe.BalanceTransaction = {
    id: world.newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on: world.nowS() + (type === 'charge' ? availableAfterS : 0),
    balance_type: 'payments',
    created: world.nowS(),
    currency,
    description,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [{ amount: fee, application: null, currency, description: 'Stripe processing fees', type: 'stripe_fee' }],
    net: amount - fee,
    reporting_category: type,
    source,
    status: type === 'charge' ? 'pending' : 'available',
    type,
  }
  books.put('balance_transaction', booked)
  return booked
}

function outcomeOf(decline: Decline | null): Stripe.Charge.Outcome {
  const none = { advice_code: null, network_advice_code: null, network_decline_code: null }
  if (decline === null) return { ...none, network_status: 'approved_by_network', reason: null, risk_level: 'normal', risk_score: 20, seller_message: 'Payment complete.', type: 'authorized' }
  return { ...none, network_decline_code: '05', network_status: 'declined_by_network', reason: decline.declineCode ?? decline.code, risk_level: 'normal', risk_score: 20, seller_message: 'The bank did not return any further details with this decline.', type: 'issuer_declined' }
}

function cardDetails(method: Stripe.PaymentMethod, amount: number, paid: boolean, authenticated: boolean): Stripe.Charge.PaymentMethodDetails.Card {
  const card = method.card
  return {
    amount_authorized: paid ? amount : null,
    authorization_code: paid ? '123456' : null,
    brand: card?.brand ?? null,
    checks: card?.checks ?? null,
    country: card?.country ?? null,
    electronic_commerce_indicator: authenticated ? '05' : null,
    exp_month: card?.exp_month ?? 0,
    exp_year: card?.exp_year ?? 0,
    fingerprint: card?.fingerprint ?? null,
    funding: card?.funding ?? null,
    installments: null,
    last4: card?.last4 ?? null,
    mandate: null,
    network: card?.brand ?? null,
    network_transaction_id: null,
    regulated_status: 'unregulated',
    three_d_secure: authenticated
      ? { authentication_flow: 'challenge', electronic_commerce_indicator: '05', exemption_indicator: null, result: 'authenticated', result_reason: null, transaction_id: null, version: '2.2.0' }
      : null,
    transaction_link_id: null,
    wallet: null,
  }
}
