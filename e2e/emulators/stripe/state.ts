import type { Kinds, World } from './world.ts'
import type { Deliveries } from './webhooks/deliveries.ts'

const shownKinds = ['customer', 'payment_method', 'confirmation_token', 'payment_intent', 'charge', 'balance_transaction', 'refund', 'event', 'payment_method_domain'] as const satisfies readonly (keyof Kinds)[]

/** What Stripe holds, oldest first; `?account=acct_…` picks a connected merchant, `?kind=charge` one kind of object. */
export function stateView(world: World, deliveries: Deliveries, query: Record<string, string>): object {
  const accountId = query['account'] ?? world.platformId
  const books = world.books(accountId)
  const kinds = shownKinds.filter(kind => query['kind'] === undefined || query['kind'] === kind)
  return {
    now: new Date(world.clock.now()).toISOString(),
    account: accountId,
    connected: world.connectedIds,
    ...Object.fromEntries(kinds.map(kind => [`${kind}s`, books.all(kind).reverse()])),
    webhook_endpoints: world.books(world.platformId).all('webhook_endpoint').reverse().map(({ signing: _signing, ...endpoint }) => endpoint),
    deliveries: deliveries.all().filter(d => d.accountId === accountId),
  }
}
