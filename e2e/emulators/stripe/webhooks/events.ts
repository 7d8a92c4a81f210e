import type { Stripe } from 'stripe'
import type { Books, World } from '../world.ts'
import { apiVersion } from '../wire/auth.ts'
import type { Deliveries } from './deliveries.ts'

/** The types that this sandbox sends; a webhook endpoint may also ask for others of Stripe's, which then never happen here. */
export const sentTypes = [
  'charge.failed', 'charge.refund.updated', 'charge.refunded', 'charge.succeeded', 'charge.updated', 'customer.created', 'customer.updated',
  'payment_intent.canceled', 'payment_intent.created', 'payment_intent.payment_failed', 'payment_intent.requires_action', 'payment_intent.succeeded',
  'payment_method.attached', 'refund.created', 'refund.failed', 'refund.updated',
] as const
export type SentType = (typeof sentTypes)[number]

/** What an event tells of: a copy of the object as it was when it happened. */
export type Subject = Stripe.PaymentIntent | Stripe.Charge | Stripe.Refund | Stripe.Customer | Stripe.PaymentMethod
export type Origin = { id: string | null; idempotency_key: string | null }
/** Records that something happened and sends it to every webhook endpoint that asked for it. */
export type Emit = (books: Books, type: SentType, subject: Subject, origin: Origin) => void

/** What Stripe did by itself, without a request. */
export const byItself: Origin = { id: null, idempotency_key: null }

export function createEmit(world: World, deliveries: Deliveries): Emit {
  return (books, type, subject, origin) => {
    const endpoints = deliveries.endpointsFor(books.accountId, type)
    const event = {
      id: world.newId('evt'),
      object: 'event',
      ...(books.accountId === world.platformId ? {} : { account: books.accountId }),
      api_version: apiVersion,
      created: world.nowS(),
      data: { object: structuredClone(subject) },
      livemode: false,
      pending_webhooks: endpoints.length,
      request: origin,
      type,
    } as unknown as Stripe.Event // the union of all events ties `type` to `data` one by one; here both come from the caller
    books.put('event', event)
    for (const endpoint of endpoints) deliveries.start(event, endpoint)
  }
}
