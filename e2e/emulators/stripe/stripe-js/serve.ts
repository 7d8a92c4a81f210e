import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Stripe } from 'stripe'
import { checkAmount, readCurrency } from '../amounts.ts'
import { openSession } from '../resources/customer-sessions.ts'
import { savedMethods } from '../resources/payment-methods.ts'
import type { Books, World } from '../world.ts'
import { invalid } from '../wire/failure.ts'
import { expand, oneOf, text, whole } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'

const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', html: 'text/html; charset=utf-8' } as const
const files: readonly { path: string; file: string; type: keyof typeof types }[] = [
  { path: '/endive/stripe.js', file: 'stripe.js', type: 'js' },
  { path: '/endive/frame', file: 'frame.html', type: 'html' },
  { path: '/endive/frame.js', file: 'frame.js', type: 'js' },
  { path: '/endive/card-fields.js', file: 'card-fields.js', type: 'js' },
  { path: '/endive/frame.css', file: 'frame.css', type: 'css' },
  { path: '/endive/challenge', file: 'challenge.html', type: 'html' },
  { path: '/endive/challenge.js', file: 'challenge.js', type: 'js' },
  { path: '/endive/challenge.css', file: 'challenge.css', type: 'css' },
]
/** The frames run their own files and talk to their own origin, whatever page they stand in. */
const framePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"

/** Serves the stand-in for Stripe.js with its frames, and what they ask the API with the publishable key. */
export function mountStripeJs(app: StripeApp, world: World): void {
  for (const { path, file, type } of files) {
    const content = readFileSync(new URL(file, import.meta.url), 'utf8')
    app.get(path, c => {
      c.header('Content-Type', types[type])
      c.header('Cache-Control', 'no-cache')
      c.header('X-Content-Type-Options', 'nosniff')
      if (type === 'html') c.header('Content-Security-Policy', framePolicy)
      return c.body(content)
    })
  }
  // A page's own script asks with headers of its own, so browsers ask for leave first.
  app.options('/v1/*', c => {
    c.header('Access-Control-Allow-Origin', '*')
    c.header('Access-Control-Allow-Methods', 'GET, POST')
    c.header('Access-Control-Allow-Headers', 'Authorization, Content-Type, Stripe-Account, Stripe-Version')
    c.header('Access-Control-Max-Age', '300')
    return c.body(null, 204)
  })
  mountElementsSession(app, world)
}

const intended = z.strictObject({ mode: oneOf(['payment']), amount: whole(), currency: text(), allowed_payment_method_types: z.array(text()).optional() })

function mountElementsSession(app: StripeApp, world: World): void {
  mount(app, world, {
    method: 'GET',
    path: '/v1/elements/sessions',
    key: 'any',
    params: z.strictObject({ type: oneOf(['deferred_intent']), deferred_intent: intended, customer_session_client_secret: text().optional(), expand: expand().optional() }),
    run: ({ books, params }) => {
      checkAmount(params.deferred_intent.amount, readCurrency(params.deferred_intent.currency))
      if (!(params.deferred_intent.allowed_payment_method_types?.includes('card') ?? true)) throw invalid('No valid payment method types for this session.', { param: 'deferred_intent[allowed_payment_method_types]' })
      const session = params.customer_session_client_secret === undefined ? null : openSession(world, books, params.customer_session_client_secret)
      const features = session?.components?.payment_element.enabled === true ? session.components.payment_element.features : null
      return {
        object: 'elements_session',
        payment_method_types: ['card'],
        can_save: features?.payment_method_save === 'enabled',
        saved_payment_methods: features?.payment_method_redisplay === 'enabled' ? redisplayed(books, String(session?.customer), features) : [],
      }
    },
  })
}

function redisplayed(books: Books, customerId: string, features: Stripe.CustomerSession.Components.PaymentElement.Features): object[] {
  return savedMethods(books, customerId)
    .filter(method => features.payment_method_allow_redisplay_filters.includes(method.allow_redisplay ?? 'unspecified'))
    .slice(0, features.payment_method_redisplay_limit ?? 3)
    .map(({ id, type, billing_details, card }) => ({ id, type, billing_details, card: { brand: card?.brand, last4: card?.last4, exp_month: card?.exp_month, exp_year: card?.exp_year } }))
}
