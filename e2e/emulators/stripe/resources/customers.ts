import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { World } from '../world.ts'
import { listPage, within } from '../wire/list.ts'
import { address, created, erasable, expand, metadata, page, text } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'
import type { Emit } from '../webhooks/events.ts'

const fields = z.strictObject({
  address: address().optional(),
  description: erasable().optional(),
  email: erasable(512).optional(),
  expand: expand().optional(),
  metadata: z.union([metadata(), z.literal('')]).meta({ erasable: true }).optional(),
  name: erasable(256).optional(),
  phone: erasable(20).optional(),
  preferred_locales: z.array(text()).optional(),
})
const notCarried = ['balance', 'business_name', 'cash_balance', 'individual_name', 'invoice_prefix', 'invoice_settings', 'next_invoice_sequence', 'payment_method', 'shipping', 'source', 'tax', 'tax_exempt', 'tax_id_data', 'test_clock', 'validate'] as const satisfies readonly (keyof Stripe.CustomerCreateParams)[]

/** Mounts `/v1/customers`: create, retrieve, update, list. */
export function mountCustomers(app: StripeApp, world: World, emit: Emit): void {
  mount(app, world, {
    method: 'POST',
    path: '/v1/customers',
    key: 'secret',
    params: fields,
    alsoReal: notCarried,
    run: ({ books, params, request }) => {
      const customer = changed(emptyCustomer(world), params)
      books.put('customer', customer)
      emit(books, 'customer.created', customer, request)
      return customer
    },
  })
  mount(app, world, { method: 'GET', path: '/v1/customers/:id', key: 'secret', params: z.strictObject({ expand: page.expand }), run: ({ books, id }) => books.find('customer', id) })
  mount(app, world, {
    method: 'POST',
    path: '/v1/customers/:id',
    key: 'secret',
    params: fields,
    alsoReal: [...notCarried, 'default_source'],
    run: ({ books, id, params, request }) => {
      const customer = changed(books.find('customer', id), params)
      books.put('customer', customer)
      emit(books, 'customer.updated', customer, request)
      return customer
    },
  })
  mount(app, world, {
    method: 'GET',
    path: '/v1/customers',
    key: 'secret',
    params: z.strictObject({ ...page, created: created().optional(), email: text().optional() }),
    alsoReal: ['test_clock'],
    run: ({ books, params }) =>
      listPage(
        '/v1/customers',
        books.all('customer').filter(c => within(c.created, params.created) && (params.email === undefined || c.email === params.email)),
        params,
      ),
  })
}

function emptyCustomer(world: World): Stripe.Customer {
  return {
    id: world.newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: world.nowS(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: world.newId('p', 8).slice(-8).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  }
}

function changed(customer: Stripe.Customer, params: z.output<typeof fields>): Stripe.Customer {
  const unset = (value: string | undefined, before: string | null | undefined) => (value === undefined ? (before ?? null) : value || null)
  const at = params.address
  return {
    ...customer,
    address: at === undefined ? (customer.address ?? null) : { city: at.city || null, country: at.country || null, line1: at.line1 || null, line2: at.line2 || null, postal_code: at.postal_code || null, state: at.state || null },
    description: unset(params.description, customer.description),
    email: unset(params.email, customer.email),
    name: unset(params.name, customer.name),
    phone: unset(params.phone, customer.phone),
    preferred_locales: params.preferred_locales ?? customer.preferred_locales ?? [],
    metadata: mergeMetadata(customer.metadata, params.metadata),
  }
}

/** Stripe merges metadata key by key: an empty value takes the key away, an empty whole takes all away. */
export function mergeMetadata(before: Stripe.Metadata, change: Record<string, string> | '' | undefined): Stripe.Metadata {
  if (change === '') return {}
  return Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== ''))
}
