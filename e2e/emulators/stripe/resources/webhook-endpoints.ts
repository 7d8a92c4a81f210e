import type { Stripe } from 'stripe'
import { z } from 'zod'
import type { Books, World } from '../world.ts'
import { invalid } from '../wire/failure.ts'
import { listPage, within } from '../wire/list.ts'
import { created, erasable, expand, flag, metadata, oneOf, page, text } from '../wire/params.ts'
import { mount, type StripeApp } from '../wire/route.ts'
import { apiVersion } from '../wire/auth.ts'
import type { Deliveries, Endpoint } from '../webhooks/deliveries.ts'

const endpointsMax = 16
const createParams = z.strictObject({
  url: text(),
  enabled_events: z.array(text()),
  api_version: oneOf([apiVersion]).optional(),
  connect: flag().optional(),
  description: erasable().optional(),
  expand: expand().optional(),
  metadata: metadata().optional(),
})

/** Mounts `/v1/webhook_endpoints` (create, retrieve, list, delete) and `/v1/events` (retrieve, list). */
export function mountWebhooks(app: StripeApp, world: World, deliveries: Deliveries): void {
  mount(app, world, {
    method: 'POST',
    path: '/v1/webhook_endpoints',
    key: 'secret',
    params: createParams,
    run: ({ books, params }) => {
      const endpoint = addEndpoint(world, books, { ...params, signing: world.newId('whsec', 32) })
      return { ...shown(endpoint), secret: endpoint.signing }
    },
  })
  mount(app, world, { method: 'GET', path: '/v1/webhook_endpoints/:id', key: 'secret', params: z.strictObject({ expand: page.expand }), run: ({ books, id }) => shown(books.find('webhook_endpoint', id)) })
  mount(app, world, { method: 'GET', path: '/v1/webhook_endpoints', key: 'secret', params: z.strictObject(page), run: ({ books, params }) => listPage('/v1/webhook_endpoints', books.all('webhook_endpoint').map(shown), params) })
  mount(app, world, {
    method: 'DELETE',
    path: '/v1/webhook_endpoints/:id',
    key: 'secret',
    params: z.strictObject({}),
    run: ({ books, id }) => {
      books.find('webhook_endpoint', id)
      books.remove('webhook_endpoint', id)
      return { id, object: 'webhook_endpoint', deleted: true }
    },
  })
  mountEvents(app, world, deliveries)
}

function mountEvents(app: StripeApp, world: World, deliveries: Deliveries): void {
  const pending = () => {
    const counts = new Map<string, number>()
    for (const { eventId, state } of deliveries.all()) if (state !== 'delivered') counts.set(eventId, (counts.get(eventId) ?? 0) + 1)
    return (event: Stripe.Event): Stripe.Event => ({ ...event, pending_webhooks: counts.get(event.id) ?? 0 })
  }
  mount(app, world, { method: 'GET', path: '/v1/events/:id', key: 'secret', params: z.strictObject({ expand: page.expand }), run: ({ books, id }) => pending()(books.find('event', id)) })
  mount(app, world, {
    method: 'GET',
    path: '/v1/events',
    key: 'secret',
    params: z.strictObject({ ...page, created: created().optional(), type: text().optional(), types: z.array(text()).max(20).optional(), delivery_success: flag().optional() }),
    run: ({ books, params }) => {
      if (params.type !== undefined && params.types !== undefined) throw invalid('You may only specify one of these parameters: type, types.', { code: 'parameters_exclusive' })
      const types = params.types ?? (params.type === undefined ? null : [params.type])
      const wanted = books
        .all('event')
        .filter(e => within(e.created, params.created) && (types === null || types.some(type => fits(type, e.type))))
        .map(pending())
        .filter(e => params.delivery_success === undefined || (e.pending_webhooks === 0) === params.delivery_success)
      return listPage('/v1/events', wanted, params)
    },
  })
}

/** `charge.*` means every type that begins so. */
function fits(pattern: string, type: string): boolean {
  return pattern.endsWith('.*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type
}

type NewEndpoint = { url: string; enabled_events: string[]; connect?: boolean | undefined; description?: string | undefined; metadata?: Record<string, string> | undefined; signing: string }

/** Adds an endpoint. Throws the 400 for an address that is none, or for one too many. */
export function addEndpoint(world: World, books: Books, { url, enabled_events, connect, description, metadata: notes, signing }: NewEndpoint): Endpoint {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) throw invalid('Not a valid URL', { param: 'url', code: 'url_invalid' })
  if (enabled_events.length === 0) throw invalid('You must specify at least one event.', { param: 'enabled_events' })
  const unknown = enabled_events.find(type => type !== '*' && !/^[a-z0-9_]+(\.[a-z0-9_]+)+$/.test(type))
  if (unknown !== undefined) throw invalid(`Invalid enabled_events: ${unknown} is not an event type.`, { param: 'enabled_events' })
  if (books.all('webhook_endpoint').length >= endpointsMax) throw invalid(`You have reached the maximum of ${endpointsMax} test webhook endpoints.`)
  const endpoint: Endpoint = {
    id: world.newId('we'),
    object: 'webhook_endpoint',
    api_version: apiVersion,
    application: null,
    created: world.nowS(),
    description: description || null,
    enabled_events,
    livemode: false,
    metadata: notes ?? {},
    status: 'enabled',
    url,
    connect: connect ?? false,
    signing,
  }
  books.put('webhook_endpoint', endpoint)
  return endpoint
}

/** The endpoint as Stripe shows it: its secret appears only in the answer to its creation. */
function shown({ signing: _signing, connect: _connect, ...endpoint }: Endpoint): Stripe.WebhookEndpoint {
  return endpoint
}
