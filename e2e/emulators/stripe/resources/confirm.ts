import { setTimeout as wait } from 'node:timers/promises'
import type { Stripe } from 'stripe'
import { cardByToken, type TestCard } from '../cards.ts'
import type { Jobs } from '../jobs.ts'
import type { Books, World } from '../world.ts'
import { invalid, StripeFailure } from '../wire/failure.ts'
import type { Emit, Origin } from '../webhooks/events.ts'
import { makeCharge, settleCharge } from './charges.ts'
import { spendToken, unspentToken } from './confirmation-tokens.ts'
import { cardBehind, useMethod } from './payment-methods.ts'

/** With Stripe's default capture (`automatic_async`) the money is booked a moment after the payment succeeds. */
const bookedAfterMs = 2_000

export type Cashier = { world: World; emit: Emit; jobs: Jobs; /** How long the card network takes, in machine time. */ networkMs: number }
export type Confirmation = {
  confirmation_token?: string | undefined
  payment_method?: string | undefined
  return_url?: string | undefined
  use_stripe_sdk?: boolean | undefined
  off_session?: boolean | undefined
  error_on_requires_action?: boolean | undefined
  setup_future_usage?: 'off_session' | 'on_session' | undefined
}

/**
 * Confirms a payment intent with a confirmation token or a payment method: it succeeds, asks for 3-D Secure, or is declined.
 * Throws the 402 `card_error` of a decline, with the intent inside.
 */
export async function confirmIntent(cashier: Cashier, books: Books, intent: Stripe.PaymentIntent, how: Confirmation, origin: Origin): Promise<Stripe.PaymentIntent> {
  const { world } = cashier
  checkConfirmable(world, books, intent, how)
  const { token, method, card } = payWith(world, books, intent, how)
  const returnUrl = how.return_url ?? token?.return_url ?? undefined
  if (cashier.networkMs > 0) await wait(cashier.networkMs)
  const prepared: Stripe.PaymentIntent = {
    ...intent,
    payment_method: method.id,
    last_payment_error: null,
    setup_future_usage: how.setup_future_usage ?? token?.setup_future_usage ?? intent.setup_future_usage,
    shipping: token?.shipping ? { ...token.shipping } : intent.shipping,
  }
  const setUp = method.customer !== null
  const asks = card.authentication === 'always' || (card.authentication === 'unless_set_up' && !setUp)
  if (!asks) return chargeCard(cashier, books, prepared, method, card, false, origin)
  if (how.off_session || how.error_on_requires_action) return declineForAuthentication(cashier, books, prepared, method, how.off_session === true, origin)
  const sdk = how.use_stripe_sdk ?? token?.use_stripe_sdk ?? false
  const waiting: Stripe.PaymentIntent = { ...prepared, status: 'requires_action', next_action: sdk ? sdkAction(world, books, prepared) : redirectAction(world, books, prepared, returnUrl ?? '') }
  books.put('payment_intent', waiting)
  cashier.emit(books, 'payment_intent.requires_action', waiting, origin)
  return waiting
}

/** What happens once the payer has passed the 3-D Secure challenge or has failed it. Never throws for a decline: the intent tells. */
export function finishChallenge(cashier: Cashier, books: Books, intent: Stripe.PaymentIntent, passed: boolean, origin: Origin): Stripe.PaymentIntent {
  if (intent.status !== 'requires_action' || typeof intent.payment_method !== 'string') throw invalid('This PaymentIntent does not wait for authentication.', { code: 'payment_intent_unexpected_state' })
  const method = books.find('payment_method', intent.payment_method)
  if (!passed) {
    const failed = withError(intent, {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
      payment_method: method,
    })
    return fail(cashier, books, failed, origin)
  }
  try {
    return chargeCard(cashier, books, { ...intent, next_action: null }, method, cardBehind(books, method.id), true, origin)
  } catch (error) {
    if (error instanceof StripeFailure && error.status === 402) return books.find('payment_intent', intent.id)
    throw error
  }
}

/** Throws the 400 for a confirmation that cannot even begin: nothing is created or used up by it. */
export function checkConfirmable(world: World, books: Books, intent: Stripe.PaymentIntent, how: Confirmation): void {
  if (how.confirmation_token !== undefined && how.payment_method !== undefined) throw invalid('You may only specify one of these parameters: confirmation_token, payment_method.', { code: 'parameters_exclusive' })
  const token = how.confirmation_token === undefined ? null : unspentToken(world, books, how.confirmation_token)
  const methodId = methodOf(intent, how)
  if (token === null && methodId === undefined) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { code: 'payment_intent_unexpected_state' },
    )
  }
  if (token === null && methodId !== undefined && cardByToken(methodId) === undefined) {
    const method = books.find('payment_method', methodId, 'payment_method')
    if (method.customer !== null && method.customer !== intent.customer) {
      throw invalid(`The customer does not have a payment method with the ID ${methodId}. The payment method must be attached to the customer.`, { param: 'payment_method', code: 'resource_missing' })
    }
  }
  const redirects = intent.automatic_payment_methods?.enabled === true && intent.automatic_payment_methods.allow_redirects !== 'never'
  if (!redirects || (how.return_url ?? token?.return_url ?? null) !== null) return
  throw invalid(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    { param: 'return_url' },
  )
}

function methodOf(intent: Stripe.PaymentIntent, how: Confirmation): string | undefined {
  return how.payment_method ?? (typeof intent.payment_method === 'string' ? intent.payment_method : undefined)
}

type Means = { token: Stripe.ConfirmationToken | null; method: Stripe.PaymentMethod; card: TestCard }

function payWith(world: World, books: Books, intent: Stripe.PaymentIntent, how: Confirmation): Means {
  if (how.confirmation_token !== undefined) return spendToken(world, books, how.confirmation_token, intent.id)
  return { token: null, ...useMethod(world, books, methodOf(intent, how) ?? '', 'payment_method') }
}

function chargeCard(cashier: Cashier, books: Books, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, card: TestCard, authenticated: boolean, origin: Origin): Stripe.PaymentIntent {
  const { world, emit, jobs } = cashier
  const charge = makeCharge(world, books, intent, method, card, authenticated)
  if (card.decline) {
    const { code, declineCode, message } = card.decline
    emit(books, 'charge.failed', charge, origin)
    const error = { type: 'card_error' as const, code, ...(declineCode === null ? {} : { decline_code: declineCode }), message, charge: charge.id, payment_method: method }
    const failed = fail(cashier, books, { ...withError(intent, error), latest_charge: charge.id }, origin)
    throw new StripeFailure(402, { ...error, payment_intent: failed })
  }
  const paid: Stripe.PaymentIntent = { ...intent, status: 'succeeded', next_action: null, amount_received: intent.amount, latest_charge: charge.id }
  books.put('payment_intent', paid)
  if (intent.capture_method === 'automatic') settleCharge(world, books, charge.id, null)
  else jobs.add({ kind: 'settle_charge', atMs: world.clock.now() + bookedAfterMs, accountId: books.accountId, chargeId: charge.id })
  saveMethod(books, paid, method, emit, origin)
  emit(books, 'charge.succeeded', books.find('charge', charge.id), origin)
  emit(books, 'payment_intent.succeeded', paid, origin)
  return paid
}

function declineForAuthentication(cashier: Cashier, books: Books, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, offSession: boolean, origin: Origin): never {
  const error = offSession
    ? { type: 'card_error' as const, code: 'authentication_required', decline_code: 'authentication_required', message: 'Your card was declined. This transaction requires authentication.', payment_method: method }
    : { type: 'card_error' as const, code: 'authentication_required', message: 'This payment requires additional user action before it can be completed successfully.', payment_method: method }
  const failed = fail(cashier, books, withError(intent, error), origin)
  throw new StripeFailure(402, { ...error, payment_intent: failed })
}

function withError(intent: Stripe.PaymentIntent, error: Stripe.PaymentIntent.LastPaymentError): Stripe.PaymentIntent {
  const documentation = error.code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${error.code.replaceAll('_', '-')}` }
  return { ...intent, status: 'requires_payment_method', next_action: null, payment_method: null, last_payment_error: { ...error, ...documentation } }
}

function fail(cashier: Cashier, books: Books, failed: Stripe.PaymentIntent, origin: Origin): Stripe.PaymentIntent {
  books.put('payment_intent', failed)
  cashier.emit(books, 'payment_intent.payment_failed', failed, origin)
  return failed
}

/** Keeps the card with the customer when the payer asked for it. */
function saveMethod(books: Books, intent: Stripe.PaymentIntent, method: Stripe.PaymentMethod, emit: Emit, origin: Origin): void {
  if (intent.setup_future_usage === null || typeof intent.customer !== 'string' || method.customer !== null) return
  const saved: Stripe.PaymentMethod = { ...method, customer: intent.customer }
  books.put('payment_method', saved)
  emit(books, 'payment_method.attached', saved, origin)
}

function sdkAction(world: World, books: Books, intent: Stripe.PaymentIntent): Stripe.PaymentIntent.NextAction {
  return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: challengeUrl(world, books, intent, null) } }
}

function redirectAction(world: World, books: Books, intent: Stripe.PaymentIntent, returnUrl: string): Stripe.PaymentIntent.NextAction {
  return { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url: challengeUrl(world, books, intent, returnUrl) } }
}

function challengeUrl(world: World, books: Books, intent: Stripe.PaymentIntent, returnUrl: string | null): string {
  const url = new URL(`${world.url()}/endive/challenge`)
  url.searchParams.set('payment_intent', intent.id)
  url.searchParams.set('client_secret', intent.client_secret ?? '')
  url.searchParams.set('key', world.publishableKey)
  if (books.accountId !== world.platformId) url.searchParams.set('account', books.accountId)
  if (returnUrl !== null) url.searchParams.set('return_url', returnUrl)
  return url.href
}
