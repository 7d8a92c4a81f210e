import type { Shelf } from '../../kit/shelf.ts'
import type { BookChange, WebhookEvent, WebhookFormat } from './events.ts'

/** Where the app listens. */
export type Endpoint = { url: string; format: WebhookFormat }

/** An event that waits for its turn. */
export type Pending = WebhookEvent & {
  seq: string
  sendAt: number
  /** Waits until another delivery has gone. */
  isHeld: boolean
  /** The faults have had their say. */
  isJudged: boolean
  /** Comes once more after it has gone. */
  isTwice: boolean
}

/** The one delivery that is on its way or waits for its next attempt. Its body stays the same in every attempt. */
export type Current = { deliveryId: string; body: string; format: WebhookFormat; events: EventName[]; createdAt: number; attempt: number; nextAt: number }
export type EventName = { realmId: string; entity: string; id: string; operation: string }

/** What waits to be delivered; on a path it outlives the process. */
export type Queue = {
  endpoint(): Endpoint | undefined
  setEndpoint(endpoint: Endpoint | undefined): void
  pending(): Pending[]
  /** A number per event and per delivery, counting up. */
  number(of: 'event' | 'delivery'): number
  put(event: Pending): void
  remove(event: Pending): void
  current(): Current | undefined
  setCurrent(current: Current | undefined): void
  clear(): void
}

export function openQueue(shelf: Shelf): Queue {
  const pending = () => shelf.all<Pending>('event')
  return {
    endpoint: () => shelf.get<Endpoint>('endpoint', 'main'),
    setEndpoint: endpoint => (endpoint ? shelf.put('endpoint', 'main', endpoint) : shelf.remove('endpoint', 'main')),
    pending,
    number: of => shelf.count(of),
    put: event => shelf.put('event', event.seq, event),
    remove: event => shelf.remove('event', event.seq),
    current: () => shelf.get<Current>('delivery', 'current'),
    setCurrent: current => (current ? shelf.put('delivery', 'current', current) : shelf.remove('delivery', 'current')),
    clear() {
      for (const event of pending()) shelf.remove('event', event.seq)
      shelf.remove('delivery', 'current')
    },
  }
}

export function nameOf({ realmId, entity, id, operation }: BookChange): EventName {
  return { realmId, entity, id, operation }
}
