import { createClock, type Clock } from '../kit/clock.ts'
import { createFaults, type Faults } from '../kit/faults.ts'
import { createEmulator, listen } from '../kit/server.ts'
import { openShelf } from '../kit/shelf.ts'
import { answerThrottled, missingKey, mountResend } from './api.ts'
import { answerError } from './errors.ts'
import { openIdempotencyKeys } from './idempotency.ts'
import { mountInbox } from './inbox.ts'
import { openMailbox, type Message } from './mailbox.ts'
import { createRateLimit } from './rate-limit.ts'

export type MailOptions = {
  port?: number
  host?: string
  clock?: Clock
  seed?: number
  /** A SQLite file that outlives the process; memory when absent. */
  dataPath?: string
  apiKey?: string
  /** A second key that may only send. */
  sendingKey?: string
  /** Calls per second and team; Resend's own figure is 10 (resend.com/changelog/api-rate-limit). */
  perSecond?: number
  /** Domains that mail may come from; any when absent. */
  domains?: readonly string[]
  /** How long sending takes, in machine time. */
  processingMs?: number
}

export type MailEmulator = { url: string; port: number; clock: Clock; faults: Faults; apiKey: string; sendingKey: string; close(): Promise<void> }

/** Resend's e-mail API and an inbox at `/` in which a person reads what was sent. Throws what listening throws, e.g. EADDRINUSE. */
export async function startMailEmulator(options: MailOptions = {}): Promise<MailEmulator> {
  const { clock = createClock(), seed = 1, apiKey = 're_sandbox_full_access', sendingKey = 're_sandbox_sending_access', perSecond = 10 } = options
  const shelf = openShelf(options.dataPath)
  const faults = createFaults()
  const mailbox = openMailbox(shelf, clock, seed)
  const keys = openIdempotencyKeys(shelf, clock)
  const limit = createRateLimit(clock, perSecond)
  const app = createEmulator({
    name: 'mail',
    clock,
    faults,
    shapes: {
      throttled: c => answerThrottled(c, limit.exhausted(), perSecond),
      unauthorized: c => answerError(c, missingKey),
    },
    routes: app => {
      mountInbox(app, { mailbox, clock })
      mountResend(app, { clock, mailbox, keys, limit, perSecond, apiKey, sendingKey, domains: options.domains, processingMs: options.processingMs ?? 0 })
    },
    state: ({ to }) => ({ messages: mailbox.all().filter(message => to === undefined || message.to.some(address => address.includes(to))).map(shown) }),
    reset: () => {
      shelf.clear()
      keys.clear()
      limit.clear()
      mailbox.emptied()
    },
  })
  const server = await listen(app, options.port, options.host)
  return {
    url: server.url,
    port: server.port,
    clock,
    faults,
    apiKey,
    sendingKey,
    close: async () => {
      await server.close()
      if (!options.clock) clock.stop()
      shelf.close()
    },
  }
}

function shown({ createdAtMs, scheduledAtMs, idempotencyKey, ...message }: Message): object {
  return {
    ...message,
    idempotencyKey: idempotencyKey ?? null,
    createdAt: new Date(createdAtMs).toISOString(),
    scheduledAt: scheduledAtMs === undefined ? null : new Date(scheduledAtMs).toISOString(),
  }
}
