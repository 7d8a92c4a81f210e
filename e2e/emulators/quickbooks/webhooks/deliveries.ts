import { createHash } from 'node:crypto'
import type { Clock } from '../../kit/clock.ts'
import type { Faults } from '../../kit/faults.ts'
import type { Shelf } from '../../kit/shelf.ts'
import { bodyOf, hasWebhook, type BookChange, type WebhookEvent } from './events.ts'
import { post } from './post.ts'
import { nameOf, openQueue, type Current, type Endpoint, type EventName, type Pending, type Queue } from './queue.ts'

export type DeliveryLogLine = {
  /** Empty where nothing was sent. */
  deliveryId: string
  at: string
  format: Endpoint['format']
  events: EventName[]
  attempt: number
  outcome: 'acknowledged' | 'failed' | 'lost' | 'forged'
  /** The status of the answer, or why none came. */
  answer?: number | string
  retryAt?: string
}

export type Deliveries = {
  /** Takes a change of the books; it is sent where the app listens, the company is connected and Intuit tells of such changes. */
  tell(change: BookChange): void
  /** Sets where deliveries go, or stops them and forgets what waits. */
  setEndpoint(endpoint: Endpoint | undefined): void
  endpoint(): Endpoint | undefined
  /** Every attempt, oldest first, at most the last thousand. */
  log(): readonly DeliveryLogLine[]
  /** Events that wait for their turn, for a retry or for a fault to let them go. */
  waiting(): EventName[]
  /** Resolves when nothing is on its way or about to be sent; a retry that waits for the clock does not count. */
  idle(): Promise<void>
  /** Forgets every event and the log. */
  clear(): void
  stop(): Promise<void>
}

type Parts = { shelf: Shelf; clock: Clock; seed: number; faults: Faults; app: { clientId: string; verifierToken: string }; isConnected(realmId: string): boolean; timeoutMs: number }
type Sender = Omit<Parts, 'shelf'> & {
  queue: Queue
  log: DeliveryLogLine[]
  stopping: AbortController
  inFlight: Set<Promise<void>>
  isSending: boolean
  timer?: { atMs: number; cancel: () => void }
}

/** Events within this window share one POST. */
const windowMs = 50
const eventsMaxPerPost = 100
const logLinesMax = 1000
const sixHoursMs = 6 * 3_600_000
/** Waits between attempts (page "Webhooks"); after the last one, every six hours. */
const retryDelaysMs: readonly number[] = [10_000, 20_000, 30_000, 5 * 60_000, 20 * 60_000, 2 * 3_600_000, 4 * 3_600_000, sixHoursMs]

/** Sends the app's webhooks one POST at a time: while one is not acknowledged with 200, later events wait behind it. */
export function openDeliveries(parts: Parts): Deliveries {
  const sender: Sender = { ...parts, queue: openQueue(parts.shelf), log: [], stopping: new AbortController(), inFlight: new Set(), isSending: false }
  const { queue } = sender
  const clear = () => {
    queue.clear()
    sender.log.length = 0
  }
  run(sender)
  return {
    tell: change => tell(sender, change),
    setEndpoint(endpoint) {
      queue.setEndpoint(endpoint)
      if (!endpoint) clear()
      const current = queue.current()
      if (current) queue.setCurrent({ ...current, nextAt: parts.clock.now() })
      run(sender)
    },
    endpoint: () => queue.endpoint(),
    log: () => sender.log,
    waiting: () => [...(queue.current()?.events ?? []), ...queue.pending().map(nameOf)],
    idle: () => idle(sender),
    clear,
    async stop() {
      sender.stopping.abort()
      sender.timer?.cancel()
      await Promise.allSettled(sender.inFlight)
    },
  }
}

function tell(sender: Sender, change: BookChange): void {
  if (!sender.queue.endpoint() || !hasWebhook(change) || !sender.isConnected(change.realmId)) return
  const seq = String(sender.queue.number('event'))
  const sendAt = sender.clock.now() + windowMs
  sender.queue.put({ ...change, seq, eventId: uuid(`${sender.seed}:${JSON.stringify(change)}:${seq}:${sendAt}`), sendAt, isHeld: false, isJudged: false, isTwice: false })
  wakeAt(sender, sendAt)
}

/** Sends what is due, or sets the clock for what will be. */
function run(sender: Sender): void {
  const { queue, clock } = sender
  const endpoint = queue.endpoint()
  if (sender.isSending || !endpoint || sender.stopping.signal.aborted) return
  const current = queue.current() ?? nextDelivery(sender, endpoint)
  if (!current) {
    const sendTimes = queue.pending().filter(event => !event.isHeld).map(event => event.sendAt)
    if (sendTimes.length > 0) wakeAt(sender, Math.min(...sendTimes))
    return
  }
  if (current.nextAt > clock.now()) return wakeAt(sender, current.nextAt)
  sender.isSending = true
  track(sender, attempt(sender, endpoint, current))
}

async function attempt(sender: Sender, endpoint: Endpoint, current: Current): Promise<void> {
  const { queue, clock } = sender
  const answer = await post({ ...current, url: endpoint.url }, sender.app.verifierToken, sender.timeoutMs, sender.stopping.signal)
  sender.isSending = false
  if (sender.stopping.signal.aborted) return
  const { deliveryId, format, events } = current
  const line = { deliveryId, format, events, attempt: current.attempt, answer }
  const isStillWanted = queue.current()?.deliveryId === deliveryId
  if (isStillWanted && answer === 200) {
    queue.setCurrent(undefined)
    for (const event of queue.pending()) if (event.isHeld) queue.put({ ...event, isHeld: false })
    write(sender, { ...line, outcome: 'acknowledged' })
  } else if (isStillWanted) {
    const nextAt = clock.now() + (retryDelaysMs[current.attempt - 1] ?? sixHoursMs)
    queue.setCurrent({ ...current, attempt: current.attempt + 1, nextAt })
    write(sender, { ...line, outcome: 'failed', retryAt: new Date(nextAt).toISOString() })
  }
  run(sender)
}

function nextDelivery(sender: Sender, endpoint: Endpoint): Current | undefined {
  const { queue, clock } = sender
  const now = clock.now()
  const free = queue.pending().filter(event => !event.isHeld)
  const due = free.some(event => event.sendAt <= now) ? free.filter(event => event.sendAt <= now + windowMs) : []
  const events = due.slice(0, eventsMaxPerPost).flatMap(event => (event.isJudged ? event : (judge(sender, endpoint, event) ?? [])))
  if (events.length === 0) return undefined
  const current = deliveryOf(sender, endpoint, events)
  queue.setCurrent(current)
  for (const event of events) {
    queue.remove(event)
    if (event.isTwice) queue.put({ ...event, isTwice: false, seq: String(queue.number('event')), sendAt: now + windowMs })
  }
  return current
}

/** Lets the faults that wait for an event strike it, once; undefined when it does not go out now. */
function judge(sender: Sender, endpoint: Endpoint, event: Pending): Pending | undefined {
  const { queue, clock } = sender
  const judged = { ...event, isJudged: true }
  const fault = sender.faults.take({ event: `${event.entity}.${event.operation}` })
  switch (fault?.kind) {
    case 'lose':
      queue.remove(event)
      write(sender, { deliveryId: '', format: endpoint.format, events: [nameOf(event)], attempt: 0, outcome: 'lost' })
      return undefined
    case 'forge':
      queue.remove(event)
      track(sender, forge(sender, endpoint, event))
      return undefined
    case 'hold':
      queue.put({ ...judged, isHeld: true })
      return undefined
    case 'delay':
      queue.put({ ...judged, sendAt: clock.now() + fault.ms })
      return undefined
    case 'duplicate':
      return { ...judged, isTwice: true }
    default:
      return judged
  }
}

/** A stranger who does not know the verifier token sends the event, once. */
async function forge(sender: Sender, endpoint: Endpoint, event: Pending): Promise<void> {
  const { deliveryId, body, format, events, createdAt } = deliveryOf(sender, endpoint, [event])
  const answer = await post({ deliveryId, body, format, createdAt, url: endpoint.url }, `not ${sender.app.verifierToken}`, sender.timeoutMs, sender.stopping.signal)
  write(sender, { deliveryId, format, events, attempt: 1, answer, outcome: 'forged' })
}

function deliveryOf(sender: Sender, endpoint: Endpoint, events: readonly WebhookEvent[]): Current {
  const now = sender.clock.now()
  const deliveryId = uuid(`delivery:${sender.seed}:${sender.queue.number('delivery')}:${now}`)
  return { deliveryId, body: bodyOf(endpoint.format, events, sender.app.clientId), format: endpoint.format, events: events.map(nameOf), createdAt: now, attempt: 1, nextAt: now }
}

function wakeAt(sender: Sender, atMs: number): void {
  if (sender.timer && sender.timer.atMs <= atMs) return
  sender.timer?.cancel()
  const cancel = sender.clock.at(atMs, () => {
    delete sender.timer
    run(sender)
  })
  sender.timer = { atMs, cancel }
}

async function idle(sender: Sender): Promise<void> {
  const { clock, inFlight } = sender
  for (;;) {
    if (inFlight.size > 0) await Promise.all(inFlight)
    else if (sender.timer && sender.timer.atMs <= clock.now() + windowMs) await new Promise<void>(resolve => clock.at(clock.now() + windowMs, resolve))
    else return
  }
}

function track(sender: Sender, work: Promise<void>): void {
  const tracked: Promise<void> = work.finally(() => sender.inFlight.delete(tracked))
  sender.inFlight.add(tracked)
}

function write(sender: Sender, line: Omit<DeliveryLogLine, 'at'>): void {
  sender.log.push({ ...line, at: new Date(sender.clock.now()).toISOString() })
  if (sender.log.length > logLinesMax) sender.log.shift()
}

/** An event keeps its id in every delivery of it, after a restart too. */
function uuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
