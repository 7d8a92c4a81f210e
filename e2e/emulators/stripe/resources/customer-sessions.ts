import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { Books, World } from '../world.ts'
import { invalid } from '../wire/failure.ts'
import { expand, flag, oneOf, text, whole } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'

const lifeS = 30 * 60
const onOff = () => oneOf(['disabled', 'enabled']).optional()
const features = z.strictObject({
  payment_method_allow_redisplay_filters: z.array(oneOf(['always', 'limited', 'unspecified'])).optional(),
  payment_method_redisplay: onOff(),
  payment_method_redisplay_limit: whole().optional(),
  payment_method_remove: onOff(),
  payment_method_save: onOff(),
  payment_method_save_usage: oneOf(['off_session', 'on_session']).optional(),
})
const params = z.strictObject({
  customer: text(),
  components: z.strictObject({ payment_element: z.strictObject({ enabled: flag(), features: features.optional() }) }),
  expand: expand().optional(),
})

/** Mounts `POST /v1/customer_sessions` for the Payment Element. */
export function mountCustomerSessions(app: StripeApp, world: World): void {
  mount(app, world, {
    method: 'POST',
    path: '/v1/customer_sessions',
    key: 'secret',
    params,
    alsoReal: ['customer_account'],
    run: ({ books, params }) => {
      books.find('customer', params.customer, 'customer')
      const { enabled, features } = params.components.payment_element
      const limit = features?.payment_method_redisplay_limit ?? 3
      if (limit < 1 || limit > 10) throw invalid('This value must be between 1 and 10.', { param: 'components[payment_element][features][payment_method_redisplay_limit]', code: 'parameter_invalid_integer' })
      if (features?.payment_method_save === 'enabled' && features.payment_method_save_usage === undefined) {
        throw invalid('You must provide `payment_method_save_usage` when `payment_method_save` is enabled.', { param: 'components[payment_element][features][payment_method_save_usage]', code: 'parameter_missing' })
      }
      const off = { enabled: false, features: null }
      const session: Stripe.CustomerSession = {
        object: 'customer_session',
        client_secret: world.newId('cuss_secret', 40),
        components: {
          active_entitlements: { enabled: false },
          buy_button: { enabled: false },
          customer_portal: { enabled: false },
          customer_sheet: off,
          mobile_payment_element: off,
          payment_element: {
            enabled,
            features: features
              ? {
                  payment_method_allow_redisplay_filters: features.payment_method_allow_redisplay_filters ?? ['always'],
                  payment_method_redisplay: features.payment_method_redisplay ?? 'disabled',
                  payment_method_redisplay_limit: limit,
                  payment_method_remove: features.payment_method_remove ?? 'disabled',
                  payment_method_save: features.payment_method_save ?? 'disabled',
                  payment_method_save_usage: features.payment_method_save_usage ?? null,
                }
              : null,
          },
          pricing_table: { enabled: false },
        },
        created: world.nowS(),
        customer: params.customer,
        customer_account: null,
        expires_at: world.nowS() + lifeS,
        livemode: false,
      }
      books.put('customer_session', { ...session, id: session.client_secret })
      return session
    },
  })
}

/** The session behind a client secret. Throws a 400 where there is none or its half hour is over. */
export function openSession(world: World, books: Books, clientSecret: string): Stripe.CustomerSession {
  const session = books.get('customer_session', clientSecret)
  if (!session) throw invalid('The client_secret provided does not match any CustomerSession.', { param: 'customer_session_client_secret', code: 'resource_missing' })
  if (session.expires_at <= world.nowS()) throw invalid('This CustomerSession has expired. Create a new one.', { param: 'customer_session_client_secret', code: 'customer_session_expired' })
  return session
}
