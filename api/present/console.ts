import type { ConnectionRow } from '../../db/queries/connections.ts'
import type { LinkRow } from '../../db/queries/sessions.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { ApiKeyView, ConnectionView, ConsoleView, LinkView, SettingsView } from '../domain/console-views.ts'
import { settingsOf } from '../domain/settings.ts'
import type { Staff } from '../routes/guard.ts'
import { currentImport } from '../sync/imports.ts'
import { type Format } from './format.ts'
import { formatOf } from './portal.ts'

/** Intuit's free tier: metered reads per app and month (Intuit Developer blog, 2026-01-08). */
const readsMax = 500_000

/** What every place of the console needs. A merchant's own server sees its key's name where a person sees theirs. */
export async function consoleView(ctx: Context, staff: Staff, locale: string): Promise<ConsoleView> {
  const merchant = ctx.store.merchant(staff.merchantId)
  const [self, connection, settings, importView, drafts, openCards] = await Promise.all([
    merchant.self.find(), connectionView(ctx, staff.merchantId, locale), settingsView(ctx, staff.merchantId), currentImport(ctx)(staff.merchantId), merchant.desk.draftCount(), merchant.cards.countOpen(),
  ])
  return {
    merchant: { id: staff.merchantId, name: self?.name ?? '', publishableKey: self?.publishableKey ?? '' },
    member: staff.kind === 'member' ? { email: staff.email, name: staff.name } : { email: '', name: staff.name },
    connection, settings,
    gates: { payments: ctx.stripe ? null : 'Your customers can see their invoices but not pay them here: no payment provider is set up. Ask whoever runs this service to set one up.' },
    import: importView,
    counts: { drafts, openCards },
  }
}

export async function connectionView(ctx: Context, merchantId: MerchantId, locale: string): Promise<ConnectionView> {
  const merchant = ctx.store.merchant(merchantId)
  const row = await merchant.connection.find()
  const now = ctx.clock.now()
  const meter = await merchant.self.meter(new Date(now).toISOString().slice(0, 7))
  const format = await formatOf(ctx, merchantId, locale, 1)
  return {
    state: row?.state ?? 'none',
    companyName: row?.companyName ?? null,
    realmId: row?.realmId ?? null,
    country: row?.country ?? null,
    homeCurrency: row?.homeCurrency ?? null,
    connectedAt: row ? new Date(row.connectedAt).toISOString() : null,
    reconnectBeforeText: row ? reconnectText(row, format) : null,
    notice: row?.notice ?? null,
    meter: { ...meter, readsMax },
    lastChangeText: row?.lastChangeAt ? agoText(now - row.lastChangeAt) : null,
  }
}

export async function settingsView(ctx: Context, merchantId: MerchantId): Promise<SettingsView> {
  const { linkDays: _linkDays, ...shown } = settingsOf(await ctx.store.merchant(merchantId).self.chosenSettings())
  return shown
}

export function linkView(link: LinkRow): LinkView {
  const text = (at: number) => new Date(at).toISOString()
  return { id: link.id, customerId: link.customerId, invoiceId: link.invoiceId, scope: link.scope, email: link.email, createdAt: text(link.createdAt), expiresAt: text(link.expiresAt), revokedAt: link.revokedAt === null ? null : text(link.revokedAt) }
}

export function apiKeyView(key: { id: string; name: string; lastFour: string; createdAt: number; lastUsedAt: number | null }): ApiKeyView {
  return { id: key.id, name: key.name, lastFour: key.lastFour, createdAt: new Date(key.createdAt).toISOString(), lastUsedAt: key.lastUsedAt === null ? null : new Date(key.lastUsedAt).toISOString() }
}

/** The refresh token renews itself; only the end that Intuit sets for the whole grant asks something of the merchant. */
function reconnectText(row: ConnectionRow, format: Format): string | null {
  return row.state === 'connected' && row.hardExpiresAt !== null ? `Reconnect before ${format.moment(row.hardExpiresAt).split(',')[0] ?? ''}` : null
}

function agoText(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} minute${minutes === 1 ? '' : 's'} ago`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} hour${hours === 1 ? '' : 's'} ago`
  const days = Math.floor(hours / 24)
  return `${days} day${days === 1 ? '' : 's'} ago`
}
