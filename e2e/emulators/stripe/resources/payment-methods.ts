import type { Stripe } from 'stripe'
import { z } from 'zod'
import { cardByNumber, cardByToken, numberIsWhole, type TestCard } from '../cards.ts'
import type { Books, World } from '../world.ts'
import { invalid, StripeFailure } from '../wire/failure.ts'
import { address, erasable, metadata, oneOf, page, text, whole } from '../wire/params.ts'
import { listPage } from '../wire/list.ts'
import { mount, type StripeApp } from '../wire/route.ts'

export type CardDetails = { number: string; exp_month: number; exp_year: number; cvc?: string | undefined }
type Billing = { address?: Partial<Record<keyof Stripe.Address, string | undefined>> | undefined; email?: string | undefined; name?: string | undefined; phone?: string | undefined; tax_id?: string | undefined }

export const billingDetails = () => z.strictObject({ address: address().optional(), email: erasable().optional(), name: erasable().optional(), phone: erasable().optional(), tax_id: text().optional() })

/** Card details and the rest of a payment method as a browser sends them. */
export const methodData = () =>
  z.strictObject({
    type: oneOf(['card']),
    card: z.strictObject({ number: text(), exp_month: whole(), exp_year: whole(), cvc: text().optional() }).optional(),
    billing_details: billingDetails().optional(),
    allow_redisplay: oneOf(['always', 'limited', 'unspecified']).optional(),
    metadata: metadata().optional(),
  })

/** Mounts `/v1/payment_methods`: retrieve, and the list of one customer. */
export function mountPaymentMethods(app: StripeApp, world: World): void {
  mount(app, world, { method: 'GET', path: '/v1/payment_methods/:id', key: 'secret', params: z.strictObject({ expand: page.expand }), run: ({ books, id }) => books.find('payment_method', id) })
  const ofCustomer = z.strictObject({ ...page, type: oneOf(['card']).optional(), allow_redisplay: oneOf(['always', 'limited', 'unspecified']).optional() })
  mount(app, world, {
    method: 'GET',
    path: '/v1/customers/:id/payment_methods',
    key: 'secret',
    params: ofCustomer,
    run: ({ books, id, params }) => {
      books.find('customer', id)
      const methods = savedMethods(books, id).filter(m => params.allow_redisplay === undefined || m.allow_redisplay === params.allow_redisplay)
      return listPage(`/v1/customers/${id}/payment_methods`, methods, params)
    },
  })
}

export function savedMethods(books: Books, customerId: string): Stripe.PaymentMethod[] {
  return books.all('payment_method').filter(method => method.customer === customerId)
}

/** Finds the test card behind typed details. Throws the 402 that Stripe gives for a wrong number, date or security code. */
export function readCard(details: CardDetails, nowMs: number): TestCard {
  if (!numberIsWhole(details.number)) throw wrong('incorrect_number', 'number', 'Your card number is incorrect.')
  const now = new Date(nowMs)
  const year = details.exp_year < 100 ? 2000 + details.exp_year : details.exp_year
  if (details.exp_month < 1 || details.exp_month > 12) throw wrong('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  if (year < now.getUTCFullYear() || year > now.getUTCFullYear() + 50) throw wrong('invalid_expiry_year', 'exp_year', "Your card's expiration year is invalid.")
  if (year === now.getUTCFullYear() && details.exp_month < now.getUTCMonth() + 1) throw wrong('invalid_expiry_month', 'exp_month', "Your card's expiration month is invalid.")
  const card = cardByNumber(details.number)
  if (!card) {
    throw new StripeFailure(402, {
      type: 'card_error',
      code: 'card_declined',
      decline_code: 'test_mode_live_card',
      message: 'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      param: 'number',
    })
  }
  if (details.cvc !== undefined && !(card.brand === 'amex' ? /^\d{3,4}$/ : /^\d{3}$/).test(details.cvc)) throw wrong('invalid_cvc', 'cvc', "Your card's security code is invalid.")
  return card
}

/** The payment method that a ready-made `pm_card_…` stands for, made afresh; or the saved one with that id. */
export function useMethod(world: World, books: Books, id: string, param: string): { method: Stripe.PaymentMethod; card: TestCard } {
  const readyMade = cardByToken(id)
  if (readyMade) {
    const method = makeMethod(world, books, readyMade, { exp_month: 12, exp_year: new Date(world.clock.now()).getUTCFullYear() + 3 }, {})
    return { method, card: readyMade }
  }
  const method = books.find('payment_method', id, param)
  return { method, card: cardBehind(books, id) }
}

/** The test card behind a payment method or a confirmation token. */
export function cardBehind(books: Books, id: string): TestCard {
  const card = cardByNumber(books.find('behaviour', id).card)
  if (!card) throw invalid(`No such PaymentMethod: '${id}'`, { param: 'payment_method', code: 'resource_missing' })
  return card
}

export function makeMethod(world: World, books: Books, card: TestCard, expiry: { exp_month: number; exp_year: number }, billing: Billing): Stripe.PaymentMethod {
  const method: Stripe.PaymentMethod = {
    id: world.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: billingOf(billing),
    card: cardObject(card, expiry),
    created: world.nowS(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  books.put('payment_method', method)
  books.put('behaviour', { id: method.id, card: card.number, methodId: null })
  return method
}

export function cardObject(card: TestCard, { exp_month, exp_year }: { exp_month: number; exp_year: number }): Stripe.PaymentMethod.Card {
  return {
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: card.decline?.code === 'incorrect_cvc' ? 'fail' : 'pass' },
    country: card.country,
    display_brand: card.brand,
    exp_month,
    exp_year: exp_year < 100 ? 2000 + exp_year : exp_year,
    fingerprint: `fp${card.number.slice(-10)}`,
    funding: card.funding,
    generated_from: null,
    last4: card.number.slice(-4),
    networks: { available: [card.brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  }
}

export function billingOf(billing: Billing): Stripe.PaymentMethod.BillingDetails {
  const { address: at } = billing
  return {
    address: { city: at?.city ?? null, country: at?.country ?? null, line1: at?.line1 ?? null, line2: at?.line2 ?? null, postal_code: at?.postal_code ?? null, state: at?.state ?? null },
    email: billing.email || null,
    name: billing.name || null,
    phone: billing.phone || null,
    tax_id: billing.tax_id ?? null,
  }
}

function wrong(code: string, param: string, message: string): StripeFailure {
  return new StripeFailure(402, { type: 'card_error', code, param, message })
}
