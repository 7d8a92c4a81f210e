import { z } from '@hono/zod-openapi'
import type * as views from '../domain/console-views.ts'
import { Invoice, Money, email, orNull } from './schemas.ts'

/** The shapes of `domain/console-views.ts` for the API's description; the compiler holds each to its type. */
const named = <T>(name: string, schema: z.ZodType<T>): z.ZodType<T> => schema.openapi(name)
const text = z.string()
const maybe = text.nullable()
const instant = text.openapi({ format: 'date-time', example: '2026-12-03T10:00:00.000Z' })
const publishRule = z.enum(['auto_if_sent', 'review', 'auto_all'])

const importStep = z.object({ entity: text, label: text, done: z.int(), total: z.int().nullable(), state: z.enum(['waiting', 'running', 'done', 'failed']) })
export const Import = named<views.ImportView>('Import', z.object({
  id: text, kind: z.enum(['first_load', 'since_last', 'customers', 'full']), state: z.enum(['running', 'done', 'failed']), steps: z.array(importStep), done: z.int(), total: z.int().nullable(),
  rate: z.number().nullable(), secondsLeft: z.number().nullable(), startedAt: instant, finishedAt: instant.nullable(), problem: maybe,
}))
export const Connection = named<views.ConnectionView>('Connection', z.object({
  state: z.enum(['none', 'connected', 'needs_reconnect', 'disconnected']), companyName: maybe, realmId: maybe, country: maybe, homeCurrency: maybe, connectedAt: instant.nullable(),
  reconnectBeforeText: maybe, notice: maybe, meter: z.object({ reads: z.int(), writes: z.int(), readsMax: z.int() }), lastChangeText: maybe,
}))
export const Settings = named<views.SettingsView>('Settings', z.object({
  publish: publishRule, extractBeginDate: maybe, recordingAccountId: maybe, partialPayments: z.boolean(), multiInvoice: z.boolean(), allowedOrigins: z.array(text),
  supportEmail: maybe, accent: maybe, logoUrl: maybe,
}))
export const Console = named<views.ConsoleView>('Console', z.object({
  merchant: z.object({ id: text, name: text, publishableKey: text }),
  member: z.object({ email: text, name: maybe }),
  connection: Connection, settings: Settings, gates: z.object({ payments: maybe }), import: orNull(Import), counts: z.object({ drafts: z.int(), openCards: z.int() }),
}))
const card = z.object({
  id: text, kind: text, urgency: z.enum(['now', 'soon', 'when_convenient']), title: text, text, at: instant,
  actions: z.array(z.object({ name: text, label: text, main: z.boolean() })),
})
export const Home = named<views.HomeView>('Home', z.object({
  aging: z.array(z.object({ currency: text, buckets: z.array(z.object({ label: text, amount: Money, count: z.int() })), total: Money })),
  received: z.array(z.object({ currency: text, days: z.array(z.object({ on: text, amount: z.int() })), total: Money })),
  cards: z.array(card),
}))
export const ConsoleInvoice = named<views.ConsoleInvoiceRow>('ConsoleInvoice', Invoice.and(z.object({
  customerId: text, customerName: text, visibility: z.enum(['draft', 'published', 'archived']), emailed: z.boolean(), viewedText: maybe, origin: z.enum(['qbo', 'app']), quickBooksUrl: maybe,
})))
export const ConsoleInvoices = named<views.ConsoleInvoiceList>('ConsoleInvoices', z.object({ invoices: z.array(ConsoleInvoice), nextCursor: maybe, total: z.int().nullable() }))
export const ConsoleCustomers = named<views.ConsoleCustomerList>('ConsoleCustomers', z.object({
  customers: z.array(z.object({ id: text, name: text, email: maybe, parentName: maybe, owed: z.array(Money), openCount: z.int(), active: z.boolean(), archived: z.boolean() })),
  nextCursor: maybe, total: z.int().nullable(),
}))
export const Link = named<views.LinkView>('Link', z.object({ id: text, customerId: text, invoiceId: maybe, scope: z.enum(['customer', 'invoice']), email: maybe, createdAt: instant, expiresAt: instant, revokedAt: instant.nullable() }))
export const ConsolePayments = named<views.ConsolePaymentList>('ConsolePayments', z.object({
  payments: z.array(z.object({
    id: text, at: instant, atText: text, customerName: text, amount: Money, state: text, stateText: text, method: maybe, reference: text,
    invoices: z.array(z.object({ number: maybe, amount: Money })),
    posting: z.object({ state: z.enum(['waiting', 'posted', 'blocked', 'not_needed']), text, quickBooksUrl: maybe }),
  })),
  nextCursor: maybe,
}))
export const LedgerAccount = named<views.LedgerAccountView>('LedgerAccount', z.object({ id: text, name: text, type: text }))
const apiKey = { id: text, name: text, lastFour: text, createdAt: instant, lastUsedAt: instant.nullable() }
export const ApiKey = named<views.ApiKeyView>('ApiKey', z.object(apiKey))
export const ApiKeyCreated = named<views.ApiKeyCreated>('ApiKeyCreated', z.object({ ...apiKey, key: text.openapi({ description: 'shown this once', example: 'qk_…' }) }))

export const byId = z.object({ id: text.max(64) })
const q = text.trim().max(100).optional()
const cursor = text.max(600).optional()
const limit = z.coerce.number().int().min(1).max(100).default(50)
export const pageQuery = z.object({ q, cursor, limit })
export const invoiceQuery = z.object({ q, cursor, limit, filter: z.enum(['all', 'draft', 'open', 'due_soon', 'overdue', 'partly_paid', 'processing', 'paid', 'void', 'archived']).default('all') })

const origin = text.max(300).refine(isOrigin, 'must be one web address without a path, e.g. https://www.example.com; http only for localhost')
const calendarDay = text.refine(isDay, 'must be a day of the calendar, e.g. 2026-01-31')
export const settingsChange = z.strictObject({
  publish: publishRule, extractBeginDate: calendarDay.nullable(), recordingAccountId: text.max(64).nullable(), partialPayments: z.boolean(), multiInvoice: z.boolean(),
  allowedOrigins: z.array(origin).max(50), supportEmail: email.nullable(),
  accent: text.regex(/^#[0-9a-f]{6}$/i, 'must be a colour like #0b6e4f').nullable(),
  logoUrl: z.url({ protocol: /^https$/, error: 'must be an https address' }).max(2000).nullable(),
}).partial()

/** Exactly what browsers send as Origin; a plain http page can be read and changed on its way, so only one's own machine may use it. */
function isOrigin(written: string): boolean {
  const url = URL.parse(written)
  // A host may hold a semicolon by its standard, but in a policy that would end the directive.
  if (!url || url.origin !== written || !/^[\w.:[\]-]+$/.test(url.host)) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && (['localhost', '127.0.0.1', '[::1]'].includes(url.hostname) || url.hostname.endsWith('.localhost')))
}

function isDay(written: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(written) ? Date.parse(`${written}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(written)
}
