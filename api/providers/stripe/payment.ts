import type { Stripe } from 'stripe'
import { currency, minor } from '../../domain/money.ts'
import type { ProviderFailure, ProviderMethod, ProviderPayment } from '../../ports.ts'
import { declined } from './decline.ts'

/** What must be asked for with a payment intent so that `readPayment` finds method and fee. */
export const expanded = ['latest_charge.balance_transaction', 'payment_method']

/** A payment intent in our words; null where it is none, or in a state that this version does not know. */
export function readPayment(intent: Stripe.PaymentIntent): ProviderPayment | null {
  const state = stateOf(intent)
  if (intent.object !== 'payment_intent' || state === null) return null
  return {
    ref: intent.id,
    state,
    // Of a payment that succeeded, what was taken counts, not what was asked.
    amount: minor(state === 'succeeded' ? intent.amount_received : intent.amount),
    currency: currency(intent.currency),
    clientSecret: intent.client_secret,
    method: methodOf(intent),
    failure: state === 'needs_method' ? failureOf(intent) : null,
    metadata: intent.metadata,
    fee: feeOf(intent),
    refunded: minor(typeof intent.latest_charge === 'object' ? (intent.latest_charge?.amount_refunded ?? 0) : 0),
    createdAt: intent.created * 1000,
    takenAt: state === 'succeeded' && typeof intent.latest_charge === 'object' && intent.latest_charge ? intent.latest_charge.created * 1000 : null,
  }
}

function stateOf(intent: Stripe.PaymentIntent): ProviderPayment['state'] | null {
  switch (intent.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      return 'needs_method'
    case 'requires_action':
      return 'needs_action'
    case 'processing':
    case 'requires_capture':
      return 'processing'
    case 'succeeded':
      return 'succeeded'
    case 'canceled':
      return 'canceled'
    default:
      return null
  }
}

function methodOf(intent: Stripe.PaymentIntent): ProviderMethod | null {
  const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null
  const used = charge?.payment_method_details
  if (used) return { kind: used.type, brand: used.card?.brand ?? null, last4: used.card?.last4 ?? null, funding: used.card?.funding ?? null }
  const chosen = typeof intent.payment_method === 'object' && intent.payment_method !== null ? intent.payment_method : intent.last_payment_error?.payment_method
  return chosen ? { kind: chosen.type, brand: chosen.card?.brand ?? null, last4: chosen.card?.last4 ?? null, funding: chosen.card?.funding ?? null } : null
}

function failureOf({ last_payment_error: error }: Stripe.PaymentIntent): ProviderFailure | null {
  return error ? declined(error.code ?? error.type, error.decline_code ?? null) : null
}

/** Stripe's fee, once it is booked and where it is taken in the payment's own currency. */
function feeOf(intent: Stripe.PaymentIntent): ProviderPayment['fee'] {
  const entry = typeof intent.latest_charge === 'object' ? intent.latest_charge?.balance_transaction : null
  if (typeof entry !== 'object' || entry === null || entry.currency !== intent.currency) return null
  return minor(entry.fee)
}
