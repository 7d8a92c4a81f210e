import { createHmac } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Stripe } from 'stripe'
import type { Fault, Faults } from '../../kit/faults.ts'
import type { Kinds, World } from '../world.ts'
import type { Job, Jobs } from '../jobs.ts'

export type Endpoint = Kinds['webhook_endpoint']
/** One event on its way to one endpoint. */
export type Delivery = {
  id: string
  eventId: string
  eventType: string
  accountId: string
  endpointId: string
  url: string
  state: 'waiting' | 'held' | 'delivered' | 'given_up'
  attempts: { atMs: number; status: number | null; note?: string }[]
}

export type Deliveries = {
  endpointsFor(accountId: string, type: string): Endpoint[]
  start(event: Stripe.Event, endpoint: Endpoint): void
  /** Makes one attempt of a delivery whose time has come; the faults have their say unless they have had it. */
  attempt(deliveryId: string, isJudged: boolean): void
  all(): Delivery[]
  /** Resolves when no attempt is under way and none is due. */
  settled(): Promise<void>
  /** Resolves when no attempt is under way, whatever is due. */
  drained(): Promise<void>
}

const answerTimeoutMs = 10_000
/** Stripe says "up to 3 days with an exponential back-off" (docs.stripe.com/webhooks); the steps are ours. */
const retryAfterMs = [5, 30, 120, 300, 600, ...Array.from({ length: 5 }, () => 720)].map(minutes => minutes * 60_000)

/** Sends events as signed webhooks, at least once, each again until it is answered with 2xx or given up. */
export function createDeliveries(world: World, faults: Faults, jobs: Jobs): Deliveries {
  const underWay = new Set<Promise<void>>()
  const save = (delivery: Delivery) => world.shelf.put('delivery', delivery.id, delivery)

  const send = async (delivery: Delivery, event: Stripe.Event, endpoint: Endpoint, fault: Fault | undefined): Promise<void> => {
    const payload = JSON.stringify(event, null, 2)
    const atMs = world.clock.now()
    const status = await postUnder(fault, { url: delivery.url, payload, secret: endpoint.signing, atS: world.nowS() })
    delivery.attempts.push({ atMs, status, ...(fault ? { note: fault.kind } : {}) })
    if (status !== null && status >= 200 && status < 300) delivery.state = 'delivered'
    else retryLater(delivery)
    save(delivery)
    releaseHeld(delivery)
  }

  const retryLater = (delivery: Delivery) => {
    const waitMs = retryAfterMs[delivery.attempts.length - 1]
    if (waitMs === undefined) {
      delivery.state = 'given_up'
      return
    }
    delivery.state = 'waiting'
    jobs.add({ kind: 'deliver', atMs: world.clock.now() + waitMs, deliveryId: delivery.id, isJudged: false })
  }

  /** A held delivery goes out once another one to the same endpoint has gone. */
  const releaseHeld = (gone: Delivery) => {
    const held = world.shelf.all<{ deliveryId: string; endpointId: string }>('held').find(h => h.endpointId === gone.endpointId && h.deliveryId !== gone.id)
    if (!held) return
    world.shelf.remove('held', held.deliveryId)
    attempt(held.deliveryId, true)
  }

  const hold = (delivery: Delivery) => {
    save({ ...delivery, state: 'held' })
    world.shelf.put('held', delivery.id, { deliveryId: delivery.id, endpointId: delivery.endpointId })
  }

  const attempt = (deliveryId: string, isJudged: boolean) => {
    const delivery = world.shelf.get<Delivery>('delivery', deliveryId)
    if (!delivery) return
    const event = world.books(delivery.accountId).get('event', delivery.eventId)
    const endpoint = world.books(world.platformId).get('webhook_endpoint', delivery.endpointId)
    if (!event || !endpoint) return save({ ...delivery, state: 'given_up' })
    const fault = isJudged ? undefined : faults.take({ event: delivery.eventType })
    if (fault?.kind === 'hold') return hold(delivery)
    if (fault?.kind === 'delay') return jobs.add({ kind: 'deliver', atMs: world.clock.now() + fault.ms, deliveryId, isJudged: true })
    const sending = send(delivery, event, endpoint, fault).finally(() => underWay.delete(sending))
    underWay.add(sending)
  }

  const all = () => world.shelf.all<Delivery>('delivery')
  const drained = async () => {
    while (underWay.size > 0) await Promise.all(underWay)
  }
  return {
    all,
    drained,
    attempt,
    endpointsFor: (accountId, type) =>
      world
        .books(world.platformId)
        .all('webhook_endpoint')
        .filter(e => e.status === 'enabled' && e.connect === (accountId !== world.platformId) && (e.enabled_events.includes('*') || e.enabled_events.includes(type))),
    start(event, endpoint) {
      const delivery: Delivery = { id: world.newId('dlv'), eventId: event.id, eventType: event.type, accountId: event.account ?? world.platformId, endpointId: endpoint.id, url: endpoint.url, state: 'waiting', attempts: [] }
      save(delivery)
      // The first attempt goes out after the request that caused it has been answered, or before: nobody may rely on either.
      jobs.add({ kind: 'deliver', atMs: world.clock.now(), deliveryId: delivery.id, isJudged: false })
    },
    settled: async () => {
      const due = () => world.shelf.all<Job>('job').some(job => job.kind === 'deliver' && job.atMs <= world.clock.now())
      while (underWay.size > 0 || due()) await (underWay.size > 0 ? Promise.all(underWay) : nextTurn())
    },
  }
}

type Post = { url: string; payload: string; secret: string; atS: number }

/** One attempt, struck by a fault or not: the status that came back, or null where none came. */
async function postUnder(fault: Fault | undefined, request: Post): Promise<number | null> {
  switch (fault?.kind) {
    case 'lose':
      return null
    case 'duplicate':
      await post(request)
      return post(request)
    case 'forge':
      await post({ ...request, payload: request.payload.replace('"livemode": false', '"livemode": true'), secret: 'whsec_of_somebody_else' })
      return post(request)
    default:
      return post(request)
  }
}

async function post({ url, payload, secret, atS }: Post): Promise<number | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      body: payload,
      redirect: 'manual',
      signal: AbortSignal.timeout(answerTimeoutMs),
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)', 'stripe-signature': signatureOf(payload, secret, atS) },
    })
    await answer.body?.cancel()
    return answer.status
  } catch (error) {
    if (error instanceof Error) return null
    throw error
  }
}

/** `t=…,v1=…`: HMAC-SHA256 in hex over the time, a dot and the raw payload (docs.stripe.com/webhooks/signature). */
export function signatureOf(payload: string, secret: string, atS: number): string {
  return `t=${atS},v1=${createHmac('sha256', secret).update(`${atS}.${payload}`).digest('hex')}`
}
