import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { World } from '../world.ts'
import { invalid, StripeFailure } from '../wire/failure.ts'
import { listPage } from '../wire/list.ts'
import { expand, flag, page, text } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'

/** Mounts `/v1/account`, `/v1/accounts/:id` and `/v1/payment_method_domains`. */
export function mountAccounts(app: StripeApp, world: World): void {
  const one = z.strictObject({ expand: page.expand })
  mount(app, world, { method: 'GET', path: '/v1/account', key: 'secret', params: one, run: ({ caller }) => accountOf(caller.accountId, world) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/accounts/:id',
    key: 'secret',
    params: one,
    run: ({ id }) => {
      if (id !== world.platformId && !world.connectedIds.includes(id)) {
        throw new StripeFailure(403, { type: 'invalid_request_error', code: 'account_invalid', message: `The provided key does not have access to account '${id}' (or that account does not exist). Application access may have been revoked.` })
      }
      return accountOf(id, world)
    },
  })
  mountDomains(app, world)
}

function mountDomains(app: StripeApp, world: World): void {
  mount(app, world, {
    method: 'POST',
    path: '/v1/payment_method_domains',
    key: 'secret',
    params: z.strictObject({ domain_name: text(), enabled: flag().optional(), expand: expand().optional() }),
    run: ({ books, params }) => {
      if (!/^(?=.{1,253}$)([a-z0-9-]{1,63}\.)+[a-z]{2,}$/i.test(params.domain_name)) throw invalid(`Invalid domain name: ${params.domain_name}`, { param: 'domain_name' })
      const known = books.all('payment_method_domain').find(d => d.domain_name === params.domain_name)
      if (known) return known
      const active = { status: 'active' }
      const domain: Stripe.PaymentMethodDomain = {
        id: world.newId('pmd'),
        object: 'payment_method_domain',
        amazon_pay: active,
        apple_pay: active,
        created: world.nowS(),
        domain_name: params.domain_name,
        enabled: params.enabled ?? true,
        google_pay: active,
        klarna: active,
        link: active,
        livemode: false,
        paypal: active,
      }
      books.put('payment_method_domain', domain)
      return domain
    },
  })
  mount(app, world, {
    method: 'GET',
    path: '/v1/payment_method_domains',
    key: 'secret',
    params: z.strictObject({ ...page, domain_name: text().optional(), enabled: flag().optional() }),
    run: ({ books, params }) => {
      const wanted = books.all('payment_method_domain').filter(d => (params.domain_name ?? d.domain_name) === d.domain_name && (params.enabled ?? d.enabled) === d.enabled)
      return listPage('/v1/payment_method_domains', wanted, params)
    },
  })
}

function accountOf(id: string, world: World): Stripe.Account {
  return {
    id,
    object: 'account',
    business_profile: null,
    business_type: null,
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    country: 'US',
    created: world.nowS(),
    default_currency: 'usd',
    details_submitted: true,
    email: null,
    metadata: {},
    payouts_enabled: true,
    settings: null,
    type: 'standard',
  }
}
