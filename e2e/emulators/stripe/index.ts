import { createClock, type Clock } from '../kit/clock.ts'
import { createFaults, type Faults } from '../kit/faults.ts'
import { createEmulator, listen, type VendorShapes } from '../kit/server.ts'
import { openShelf } from '../kit/shelf.ts'
import { createJobs, type Job, type Jobs } from './jobs.ts'
import { mountAccounts } from './resources/accounts.ts'
import { mountCharges, settleCharge } from './resources/charges.ts'
import type { Cashier } from './resources/confirm.ts'
import { mountConfirmationTokens } from './resources/confirmation-tokens.ts'
import { mountCustomerSessions } from './resources/customer-sessions.ts'
import { mountCustomers } from './resources/customers.ts'
import { mountPaymentIntents } from './resources/payment-intents.ts'
import { mountPaymentMethods } from './resources/payment-methods.ts'
import { finishRefund, mountRefunds } from './resources/refunds.ts'
import { addEndpoint, mountWebhooks } from './resources/webhook-endpoints.ts'
import { stateView } from './state.ts'
import { mountStripeJs } from './stripe-js/serve.ts'
import { createDeliveries, type Deliveries, type Delivery } from './webhooks/deliveries.ts'
import { createEmit } from './webhooks/events.ts'
import { unauthorized } from './wire/auth.ts'
import { StripeFailure } from './wire/failure.ts'
import { refusal, unknownAddress } from './wire/route.ts'
import { createWorld, startOver, type World } from './world.ts'

export type StripeEmulatorOptions = {
  port?: number
  host?: string
  clock?: Clock
  seed?: number
  /** An SQLite file; in memory when absent. */
  dataPath?: string
  /** Where webhooks go from the start; `registerWebhook` does the same later. */
  webhookUrl?: string
  /** How long the card network takes, in milliseconds of machine time. */
  networkMs?: number
}

export type StripeEmulator = {
  url: string
  clock: Clock
  faults: Faults
  publishableKey: string
  secretKey: string
  /** Signs what goes to the address given as `webhookUrl` or to `registerWebhook`. */
  webhookSecret: string
  /** Address of the stand-in for Stripe.js. */
  scriptUrl: string
  platformId: string
  /** Merchants that may be named in `Stripe-Account`. */
  connectedIds: readonly string[]
  /** Sends every event of the platform's own merchant and of the connected ones there, signed with `webhookSecret`. Stays through a reset. */
  registerWebhook(url: string): void
  deliveries(): Delivery[]
  /** Resolves when no webhook is under way and none is due. */
  settled(): Promise<void>
  close(): Promise<void>
}

/** Starts Stripe: the API that paying needs, signed webhooks, and a stand-in for Stripe.js. Throws what `listen` throws. */
export async function startStripeEmulator(options: StripeEmulatorOptions = {}): Promise<StripeEmulator> {
  const { port = 0, host = '127.0.0.1', clock = createClock(), seed = 1, dataPath, webhookUrl, networkMs = 0 } = options
  const shelf = openShelf(dataPath)
  const faults = createFaults()
  const address = { url: '' }
  const world = createWorld({ clock, shelf, seed, url: () => address.url })
  const { jobs, deliveries, cashier } = createParts(world, faults, networkMs)
  const webhook = { url: webhookUrl }
  const pointWebhooks = () => {
    if (webhook.url !== undefined) pointAt(world, webhook.url)
  }

  const app = createEmulator({
    name: 'stripe',
    clock,
    faults,
    shapes: shapesOf(world),
    routes: routes => {
      mountCustomers(routes, world, cashier.emit)
      mountCustomerSessions(routes, world)
      mountPaymentMethods(routes, world)
      mountConfirmationTokens(routes, world)
      mountPaymentIntents(routes, cashier)
      mountCharges(routes, world)
      mountRefunds(routes, world, cashier.emit, jobs)
      mountWebhooks(routes, world, deliveries)
      mountAccounts(routes, world)
      mountStripeJs(routes, world)
      routes.notFound(c => unknownAddress(c, world))
    },
    state: query => stateView(world, deliveries, query),
    reset: async () => {
      jobs.stop()
      await deliveries.drained()
      startOver(shelf)
      jobs.resume()
      pointWebhooks()
    },
  })
  const server = await listen(app, port, host)
  address.url = server.url
  jobs.resume()
  pointWebhooks()

  return {
    url: server.url,
    clock,
    faults,
    publishableKey: world.publishableKey,
    secretKey: world.secretKey,
    webhookSecret: world.webhookSecret,
    scriptUrl: `${server.url}/endive/stripe.js`,
    platformId: world.platformId,
    connectedIds: world.connectedIds,
    registerWebhook: url => {
      webhook.url = url
      pointWebhooks()
    },
    deliveries: deliveries.all,
    settled: deliveries.settled,
    close: async () => {
      jobs.stop()
      await deliveries.drained()
      await server.close()
      shelf.close()
    },
  }
}

/** Stripe's own refusals; what a 429 says of its reason is on docs.stripe.com/rate-limits. */
function shapesOf(world: World): VendorShapes {
  return {
    throttled: c => {
      c.header('Stripe-Rate-Limited-Reason', 'global-rate')
      return refusal(c, world, new StripeFailure(429, { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.' }))
    },
    unauthorized: c => refusal(c, world, unauthorized('Invalid API Key provided: sk_test_****')),
  }
}

function createParts(world: World, faults: Faults, networkMs: number): { jobs: Jobs; deliveries: Deliveries; cashier: Cashier } {
  const jobs = createJobs({ clock: world.clock, shelf: world.shelf, run: job => carryOut(job) })
  const deliveries = createDeliveries(world, faults, jobs)
  const emit = createEmit(world, deliveries)
  const carryOut = (job: Job): void => {
    switch (job.kind) {
      case 'deliver':
        return deliveries.attempt(job.deliveryId, job.isJudged)
      case 'settle_charge':
        return void settleCharge(world, world.books(job.accountId), job.chargeId, emit)
      case 'finish_refund':
        return finishRefund(world, world.books(job.accountId), emit, job.refundId, job.status)
    }
  }
  return { jobs, deliveries, cashier: { world, emit, jobs, networkMs } }
}

/** Makes `url` the one address of the endpoints that carry the fixed secret: one for the platform's own events, one for those of connected merchants. */
function pointAt(world: World, url: string): void {
  const books = world.books(world.platformId)
  for (const endpoint of books.all('webhook_endpoint')) if (endpoint.signing === world.webhookSecret) books.remove('webhook_endpoint', endpoint.id)
  for (const connect of [false, true]) addEndpoint(world, books, { url, enabled_events: ['*'], connect, signing: world.webhookSecret })
}
