import { Stripe } from 'stripe'
import type { ProviderFailure, ProviderOutcome } from '../../ports.ts'
import { declined, misdirected, worn } from './decline.ts'
import { readPayment } from './payment.ts'

export type Refused = { kind: 'refused'; failure: ProviderFailure }
export type Unknown = { kind: 'unknown'; reason: string }

/** Runs a call that brings a payment intent and says how it ended. Never throws. */
export async function paymentOutcome(call: () => Promise<Stripe.PaymentIntent>): Promise<ProviderOutcome> {
  try {
    const intent = await call()
    const payment = readPayment(intent)
    return payment ? { kind: 'done', payment } : { kind: 'unknown', reason: `Stripe answered with ${intent.object} ${intent.status}` }
  } catch (error) {
    const { intent, ...ended } = endOf(error)
    return ended.kind === 'unknown' ? ended : { ...ended, payment: intent ? readPayment(intent) : null }
  }
}

/**
 * Whether an error of a call is a definite no or leaves open what happened.
 * Open are: no answer, an answer that is none of Stripe's, 409, 429, 5xx, and a key that was used with other parameters,
 * for then an earlier call under that key did happen.
 */
export function endOf(error: unknown): (Refused & { intent?: Stripe.PaymentIntent | undefined }) | (Unknown & { intent?: undefined }) {
  // The client stumbles over some answers that are no object, e.g. `null`: what was asked for may have been done.
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unknown', reason: `no usable answer: ${String(error)}` }
  const code = error.code ?? error.rawType ?? error.type
  if (error instanceof Stripe.errors.StripeIdempotencyError) return { kind: 'unknown', reason: 'the idempotency key was used before with other parameters' }
  switch (error.statusCode) {
    case 402:
      return { kind: 'refused', failure: declined(code, error.decline_code || null), intent: error.payment_intent }
    case 400:
    case 404:
      return { kind: 'refused', failure: error.param === 'confirmation_token' ? worn(code) : misdirected(code), intent: error.payment_intent }
    case 401:
    case 403:
      return { kind: 'refused', failure: misdirected(code) }
    default:
      return { kind: 'unknown', reason: `${error.type} ${error.statusCode ?? 'without an answer'} ${error.code ?? ''}`.trim() }
  }
}
