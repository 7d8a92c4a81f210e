import { Hono } from 'hono'
import type { Context } from '../context.ts'
import { ownerOf } from '../payments/stripe-event.ts'
import { noteTrace } from '../trace.ts'
import { problem } from './problem.ts'

/** `POST /hooks/stripe`: checks the signature on the raw bytes, keeps the event, answers; it is worked on later. */
export const stripeHook = (ctx: Context) =>
  new Hono().post('/hooks/stripe', async c => {
    if (!ctx.stripe) return problem(c, 'unavailable', 'No webhook secret of Stripe is set. Set STRIPE_WEBHOOK_SECRETS and Stripe will send this event again.')
    const raw = await c.req.text()
    const checked = ctx.stripe.verifyWebhook({ raw, signature: c.req.header('stripe-signature') ?? null, now: ctx.clock.now() })
    if (checked.kind === 'refused') {
      ctx.metrics.webhook('stripe', 'refused')
      ctx.log.warn({ reason: checked.reason }, 'a webhook of Stripe was refused')
      return problem(c, 'invalid-request', `This event was not accepted: ${checked.reason}. Check that STRIPE_WEBHOOK_SECRETS holds the secret of this endpoint.`)
    }
    const { event } = checked
    const owner = ownerOf(event.metadata)
    const known = owner && event.paymentRef ? await ctx.store.merchant(owner.merchantId).self.find() : null
    if (known && owner) noteTrace({ merchant: owner.merchantId })
    const now = ctx.clock.now()
    const kept = ctx.store.control.inbox.receive({ source: 'stripe', owner: '', eventId: event.id, body: raw, now })
    await ctx.pass('W0')
    await ctx.store.commit(
      known && owner && event.paymentRef
        ? [kept, ctx.store.merchant(owner.merchantId).outbox.add({ id: `stripe:${event.id}`, lane: `payment:${owner.paymentId ?? event.paymentRef}`, kind: 'take_stripe_event', payload: { eventId: event.id, ref: event.paymentRef, paymentId: owner.paymentId } })]
        : [kept, ctx.store.control.inbox.end({ source: 'stripe', owner: '', eventId: event.id }, 'ignored', 'it speaks of no payment of ours', now)],
    )
    ctx.metrics.webhook('stripe', 'kept')
    await ctx.pass('W1')
    return c.json({ received: true })
  })
