import type { Stripe } from 'stripe'

/** What Stripe writes inside `{"error": …}`. */
export type ErrorBody = {
  type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'
  message: string
  code?: string
  decline_code?: string
  param?: string
  charge?: string
  payment_intent?: Stripe.PaymentIntent
  payment_method?: Stripe.PaymentMethod
}

/** A request that Stripe refuses: `status` and the error envelope. */
export class StripeFailure extends Error {
  readonly status: number
  readonly body: ErrorBody

  constructor(status: number, body: ErrorBody) {
    super(body.message)
    this.status = status
    this.body = body
  }
}

/** 400 with `invalid_request_error`; `param` is in bracket notation, e.g. `metadata[a]`. */
export function invalid(message: string, at: { param?: string; code?: string } = {}): StripeFailure {
  return new StripeFailure(400, { type: 'invalid_request_error', message, ...at })
}

/** 404 `resource_missing`, e.g. "No such customer: 'cus_1'". */
export function missing(noun: string, id: string, param: string, status: 400 | 404): StripeFailure {
  return new StripeFailure(status, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${noun}: '${id}'`, param })
}

/** The whole envelope as Stripe sends it, with the addresses that lead to its documentation and to the request's log. */
export function envelope(body: ErrorBody, requestId: string, atS: number): { error: ErrorBody & { doc_url?: string; request_log_url: string } } {
  const documentation = body.code === undefined ? {} : { doc_url: `https://stripe.com/docs/error-codes/${body.code.replaceAll('_', '-')}` }
  return { error: { ...body, ...documentation, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}?t=${atS}` } }
}
