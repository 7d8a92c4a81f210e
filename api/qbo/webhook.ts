import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import type { IntuitEvent, IntuitWebhook } from '../ports.ts'
import { jsonOrText } from './discovery.ts'

/** Events that cannot be read are counted, never refused: a refusal makes Intuit repeat the whole delivery. */
export type IntuitDelivery = { events: IntuitEvent[]; unreadable: number }

/** Intuit's webhooks under the app's verifier token; null where none is set, and then nothing is taken. */
export function createIntuitWebhook(verifierToken: string | null): IntuitWebhook {
  return {
    receive(raw, signature) {
      if (!verifierToken) return { kind: 'unconfigured' }
      if (!verifyIntuitSignature(raw, signature, verifierToken)) return { kind: 'forged' }
      const read = parseIntuitWebhook(new TextDecoder().decode(raw))
      return 'malformed' in read ? { kind: 'malformed', reason: read.malformed } : { kind: 'events', ...read }
    },
  }
}

/**
 * Whether `header` (`intuit-signature`) is the base64 HMAC-SHA256 of the raw body under the verifier token
 * (Intuit's page "Webhooks", validating a notification). Compared in constant time, on bytes.
 */
export function verifyIntuitSignature(rawBody: Uint8Array, header: string | null | undefined, verifierToken: string): boolean {
  if (!header || verifierToken === '' || !/^[A-Za-z0-9+/]{43}=$/.test(header)) return false
  return timingSafeEqual(Buffer.from(header, 'base64'), createHmac('sha256', verifierToken).update(rawBody).digest())
}

/** Reads both of Intuit's formats by their shape, whatever the content type: an object of `eventNotifications`, or an array of CloudEvents. */
export function parseIntuitWebhook(rawText: string): IntuitDelivery | { malformed: string } {
  const body = jsonOrText(rawText)
  if (typeof body === 'string') return { malformed: 'The body is not JSON.' }
  if (Array.isArray(body)) return delivery(body.map(cloudEvent))
  const classic = classicSchema.safeParse(body)
  if (!classic.success) return { malformed: 'The body is neither an object with eventNotifications nor an array of CloudEvents.' }
  return delivery(classic.data.eventNotifications.flatMap(notificationEvents))
}

function delivery(read: (IntuitEvent | undefined)[]): IntuitDelivery {
  const events = read.filter(event => event !== undefined)
  return { events, unreadable: read.length - events.length }
}

const id = z.union([z.string().min(1), z.int().transform(String)])
const classicSchema = z.object({ eventNotifications: z.array(z.unknown()) })
const notificationSchema = z.object({ realmId: z.string().min(1), dataChangeEvent: z.object({ entities: z.array(z.unknown()) }) })
const classicEntitySchema = z.object({ name: z.string().min(1), id, operation: z.string(), lastUpdated: z.string().default(''), deletedId: id.nullish() })
const cloudEventSchema = z.object({
  specversion: z.string(),
  id: z.string().min(1),
  type: z.string().regex(/^qbo\.[^.]+\.[^.]+\.v\d+$/i),
  time: z.string().default(''),
  intuitentityid: id,
  intuitaccountid: z.string().min(1),
  data: z.unknown(),
})

function notificationEvents(value: unknown): (IntuitEvent | undefined)[] {
  const notification = notificationSchema.safeParse(value)
  if (!notification.success) return [undefined]
  const { realmId, dataChangeEvent } = notification.data
  return dataChangeEvent.entities.map(entity => {
    const parsed = classicEntitySchema.safeParse(entity)
    if (!parsed.success) return undefined
    const { name, id, operation, lastUpdated, deletedId } = parsed.data
    const key = createHash('sha256').update(JSON.stringify([realmId, name, id, operation, lastUpdated])).digest('hex')
    return { key, realmId, entity: entityNamed(name), id, operation: operationNamed(operation), changedAt: instant(lastUpdated), deletedId: deletedId ?? null }
  })
}

function cloudEvent(value: unknown): IntuitEvent | undefined {
  const parsed = cloudEventSchema.safeParse(value)
  if (!parsed.success) return undefined
  const event = parsed.data
  const [, entity = '', verb = ''] = event.type.split('.')
  return { key: event.id, realmId: event.intuitaccountid, entity: entityNamed(entity), id: event.intuitentityid, operation: operationNamed(verb), changedAt: instant(event.time), deletedId: deletedIdOf(event.data) }
}

/** Seen as `deletedid`, documented as `deletedId`. */
function deletedIdOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null
  const found = Object.entries(data).find(([name]) => name.toLowerCase() === 'deletedid')?.[1]
  const parsed = id.safeParse(found)
  return parsed.success ? parsed.data : null
}

/** CloudEvents write names in lower case. A name that is not listed stays as it came. */
function entityNamed(name: string): string {
  return entityNames.find(known => known.toLowerCase() === name.toLowerCase()) ?? name
}

const entityNames = [
  'Account', 'Bill', 'BillPayment', 'Budget', 'ChangeOrder', 'Class', 'CompanyCurrency', 'CreditMemo', 'Currency', 'Customer', 'Department', 'Deposit',
  'Employee', 'Estimate', 'Invoice', 'Item', 'JournalCode', 'JournalEntry', 'Payment', 'PaymentMethod', 'Preferences', 'Purchase', 'PurchaseOrder',
  'RefundReceipt', 'SalesReceipt', 'TaxAgency', 'Term', 'TimeActivity', 'Transfer', 'Vendor', 'VendorCredit',
]

/** Classic events say `Void`, CloudEvents `void` or `voided`; an unknown verb still means that something changed. */
function operationNamed(verb: string): IntuitEvent['operation'] {
  return operations.get(verb.toLowerCase()) ?? 'other'
}

const operations = new Map<string, IntuitEvent['operation']>([
  ['create', 'create'], ['created', 'create'], ['update', 'update'], ['updated', 'update'], ['delete', 'delete'], ['deleted', 'delete'],
  ['void', 'void'], ['voided', 'void'], ['merge', 'merge'], ['merged', 'merge'], ['email', 'email'], ['emailed', 'email'],
])

function instant(text: string): number | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : ms
}
