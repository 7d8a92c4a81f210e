import type { AgingRow, ReceivedRow } from '../../db/queries/desk.ts'
import { slotMs } from '../../db/queries/desk.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { CardView, HomeView } from '../domain/console-views.ts'
import { type Currency, type Minor, sum, zero } from '../domain/money.ts'
import { cardView } from './cards.ts'
import { type Format, localDay } from './format.ts'
import { formatOf } from './portal.ts'

const bucketLabels = ['Not due', '1–30 days late', '31–60 days late', '61–90 days late', 'Over 90 days late']
const daysShown = 90
const dayMs = 24 * 60 * 60_000
const urgencies: Record<CardView['urgency'], number> = { now: 0, soon: 1, when_convenient: 2 }

/** What is owed by age, what came in, and what needs a person; days are those of the company's calendar. */
export async function homeView(ctx: Context, merchantId: MerchantId, locale: string): Promise<HomeView> {
  const merchant = ctx.store.merchant(merchantId)
  const { today } = await formatOf(ctx, merchantId, locale, 1)
  const days = daysUntil(today)
  const [aging, received] = await Promise.all([merchant.desk.aging(today), receivedOn(ctx, merchantId, days)])
  const home = (await merchant.connection.find())?.homeCurrency
  // The company's own currency comes first, the others by their letters.
  const currencies = [...new Set([...aging, ...received].map(row => row.currency))].toSorted((a, b) => Number(b === home) - Number(a === home) || a.localeCompare(b))
  const format = await formatOf(ctx, merchantId, locale, currencies.length)
  return {
    aging: currencies.flatMap(code => agingOf(code, aging, format)),
    received: currencies.flatMap(code => receivedOf(code, received, days, format)),
    cards: await cardsOf(ctx, merchantId, format),
  }
}

function agingOf(code: Currency, rows: readonly AgingRow[], format: Format): HomeView['aging'] {
  const own = rows.filter(row => row.currency === code)
  if (own.length === 0) return []
  const buckets = bucketLabels.map((label, bucket) => {
    const held = own.filter(row => row.bucket === bucket)
    return { label, amount: format.money(sum(held.map(row => row.owed)), code), count: held.reduce((count, row) => count + row.count, 0) }
  })
  return [{ currency: code, buckets, total: format.money(sum(own.map(row => row.owed)), code) }]
}

/** QuickBooks' payments by their own day, and ours that are not there (yet) by the day they were captured. */
async function receivedOn(ctx: Context, merchantId: MerchantId, days: readonly string[]): Promise<ReceivedRow[]> {
  const merchant = ctx.store.merchant(merchantId)
  const [first = '', last = ''] = [days[0], days.at(-1)]
  const timeZone = (await merchant.connection.timeZone()) ?? 'UTC'
  const here = await merchant.desk.receivedHere(ctx.clock.now() - (daysShown + 1) * dayMs)
  const placed = here.map(row => ({ currency: row.currency, on: localDay(row.slot * slotMs, timeZone), amount: row.amount }))
  return [...(await merchant.desk.receivedInBooks(first, last)), ...placed.filter(row => row.on >= first)]
}

function receivedOf(code: Currency, rows: readonly ReceivedRow[], days: readonly string[], format: Format): HomeView['received'] {
  const byDay = new Map<string, Minor>()
  for (const row of rows) if (row.currency === code) byDay.set(row.on, sum([byDay.get(row.on) ?? zero, row.amount]))
  if (byDay.size === 0) return []
  return [{ currency: code, days: days.map(on => ({ on, amount: byDay.get(on) ?? zero })), total: format.money(sum(byDay.values()), code) }]
}

async function cardsOf(ctx: Context, merchantId: MerchantId, format: Format): Promise<CardView[]> {
  const cards = await ctx.store.merchant(merchantId).cards.listOpen()
  return cards.map(card => cardView(card, format)).toSorted((a, b) => urgencies[a.urgency] - urgencies[b.urgency] || b.at.localeCompare(a.at))
}

/** The last ninety days, today included, oldest first. */
function daysUntil(today: string): string[] {
  const last = Date.parse(`${today}T00:00:00Z`)
  return Array.from({ length: daysShown }, (_, i) => new Date(last - (daysShown - 1 - i) * dayMs).toISOString().slice(0, 10))
}
