import { randomUUID } from 'node:crypto'
import type { Context } from '../../api/context.ts'
import type { PaymentProvider, ProviderPayment } from '../../api/ports.ts'
import type { Client } from './node.ts'

type Statement = Exclude<Parameters<Client['batch']>[0][number], readonly unknown[]>

/** A bug that is built in on purpose, so that the simulation is seen to find it. */
export type Plant = {
  name: 'no-request-id' | 'no-unique-attempt' | 'no-fence' | 'webhook-unread' | 'refresh-unleased' | 'commit-trusted'
  around?: (client: Client) => Client
  change?: (context: Context) => void
  /** What leads there: each schedule in which it is planted does this too. */
  leads: readonly string[]
  /** Where it does harm among several nodes alone. */
  needsSeveral?: true
}

export const plants: readonly Plant[] = [
  { name: 'no-request-id', leads: ['postingFails', 'payOne', 'someTime', 'postingFails', 'payOne', 'someTime'], change: withoutRequestIds },
  { name: 'no-unique-attempt', leads: ['payInTwoTabs', 'newInvoice', 'payInTwoTabs'], change: withoutUniqueAttempts },
  { name: 'no-fence', leads: ['stall', 'newInvoice', 'stall'], around: client => rewriting(client, sql => sql.replace('and lease_owner = ? and fence = ? and state = \'leased\'', 'and (lease_owner = ? or true) and (fence = ? or true)')) },
  { name: 'webhook-unread', leads: ['leaveAtBank', 'forge'], change: believingWebhooks },
  { name: 'refresh-unleased', needsSeveral: true, leads: ['tokensExpire', 'tokensExpire', 'tokensExpire'], around: client => rewriting(client, withoutLease) },
  { name: 'commit-trusted', needsSeveral: true, leads: ['databaseFails', 'payOne', 'databaseFails', 'chooseAddress', 'databaseFails', 'payOne', 'databaseFails', 'chooseAddress'], around: trustingCommits },
]

/** Every try of a posting is a request of its own, and nobody looks whether QuickBooks holds it already. */
function withoutRequestIds(context: Context): void {
  const { write, page } = context.accounting
  context.accounting = {
    ...context.accounting,
    write: (at, order) => write(at, { ...order, requestId: randomUUID() }),
    page: async (at, query) => (query.where?.includes('PaymentRefNum') ? { ok: true, value: [], intuitTid: null } : page(at, query)),
  }
}

/** Two attempts may hold the same invoice. */
function withoutUniqueAttempts(context: Context): void {
  void context.store.commit({ sql: 'drop index if exists allocations_one_open', args: [] })
}

/** What a webhook says is taken for the truth, whoever signed it. */
function believingWebhooks(context: Context): void {
  const { stripe } = context
  if (!stripe) return
  const told = new Map<string, ProviderPayment>()
  const verifyWebhook: PaymentProvider['verifyWebhook'] = ({ raw }) => {
    const event = JSON.parse(raw) as { id: string; type: string; data: { object: { id: string; object: string; status: string; amount: number; currency: string; metadata?: Record<string, string> } } }
    const { object } = event.data
    const isIntent = object.object === 'payment_intent'
    if (isIntent && object.status === 'succeeded')
      told.set(object.id, { ref: object.id, state: 'succeeded', amount: object.amount as ProviderPayment['amount'], currency: object.currency.toUpperCase() as ProviderPayment['currency'], clientSecret: null, method: null, failure: null, metadata: object.metadata ?? {}, fee: null, refunded: 0 as ProviderPayment['refunded'], createdAt: 0, takenAt: context.clock.now() })
    return { kind: 'event', event: { id: event.id, type: event.type, stripeAccount: null, paymentRef: isIntent ? object.id : null, metadata: object.metadata ?? {} } }
  }
  const fetch: PaymentProvider['fetch'] = async (ref, stripeAccount) => {
    const payment = told.get(ref)
    return payment ? { kind: 'done', payment } : stripe.fetch(ref, stripeAccount)
  }
  context.stripe = { ...stripe, verifyWebhook, fetch }
}

/** Whoever wants new tokens asks for them at once. */
function withoutLease(sql: string): string {
  return sql.replace('(lease_owner is null or', '(true or').replace('and token_version = ? and lease_owner = ?', 'and token_version = ? and (lease_owner = ? or true)')
}

/** A batch whose answer was lost is taken for written. */
function trustingCommits(client: Client): Client {
  return replacing(client, {
    batch: async (...args: Parameters<Client['batch']>) => {
      try {
        return await client.batch(...args)
      } catch (error) {
        if (error instanceof TypeError) return []
        throw error
      }
    },
  })
}

function rewriting(client: Client, rewrite: (sql: string) => string): Client {
  const other = (statement: Statement): Statement => (typeof statement === 'string' ? rewrite(statement) : { ...statement, sql: rewrite(statement.sql) })
  return replacing(client, { batch: (statements, mode) => client.batch(statements.map(each => (Array.isArray(each) ? each : other(each))), mode) })
}

function replacing(client: Client, verbs: Partial<Client>): Client {
  return new Proxy(client, {
    get: (target, name) => {
      const own: unknown = Reflect.get(verbs, name)
      if (own !== undefined) return own
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    },
  })
}
