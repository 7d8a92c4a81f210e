import type { Currency } from '../domain/money.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { QboAnswer, QboEntity, QboObject } from '../ports.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import { type Incoming, mergeIncoming, readObjects } from './incoming.ts'

/** How many ids one question holds: Intuit documents no limit, and this many are known to work. */
export const idsMax = 100

/** Customers and lists hide their inactive rows unless they are asked for. */
const withInactive: readonly QboEntity[] = ['Customer', 'Item', 'Account', 'Term', 'PaymentMethod']

/** Reads objects by their ids; what QuickBooks does not hold is simply absent. One read for each hundred. */
export async function readByIds(ctx: Context, merchantId: MerchantId, entity: QboEntity, ids: readonly string[]): Promise<QboAnswer<QboObject[]>> {
  const objects: QboObject[] = []
  let intuitTid: string | null = null
  for (let from = 0; from < ids.length; from += idsMax) {
    const where = whereIn('Id', ids.slice(from, from + idsMax)) + (withInactive.includes(entity) ? ' and Active in (true, false)' : '')
    const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.page(at, { entity, where, orderBy: null, start: 1, max: 1000 }))
    if (!answer.ok) return answer
    intuitTid = answer.intuitTid
    objects.push(...answer.value)
  }
  return { ok: true, value: objects, intuitTid }
}

export function whereIn(field: string, ids: readonly string[]): string {
  return `${field} in (${ids.map(quoted).join(', ')})`
}

/** A value of Intuit's query language. */
export function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/**
 * Fetches what the objects refer to and the mirror does not hold: their customers, and the payments that lowered an invoice,
 * because an invoice's balance and the payments behind it must be written together.
 */
export async function completed(ctx: Context, merchantId: MerchantId, read: Incoming, home: Currency, withPayments: boolean): Promise<QboAnswer<Incoming>> {
  let whole = read
  if (withPayments) {
    const linked = await missing(read.invoices.flatMap(row => row.linkedPayments), read.payments.map(row => row.qboId), ids => ctx.store.merchant(merchantId).mirror.knownPayments(ids))
    const answer = await readByIds(ctx, merchantId, 'Payment', linked)
    if (!answer.ok) return answer
    whole = mergeIncoming(whole, readObjects([{ entity: 'Payment', objects: answer.value }], home))
  }
  const referred = [...whole.invoices, ...whole.credits, ...whole.payments].map(row => row.customerQboId)
  const unknown = await missing(referred, whole.customers.map(row => row.qboId), ids => ctx.store.merchant(merchantId).mirror.knownCustomers(ids))
  const answer = await readByIds(ctx, merchantId, 'Customer', unknown)
  if (!answer.ok) return answer
  whole = mergeIncoming(whole, readObjects([{ entity: 'Customer', objects: answer.value }], home))
  const absent = new Set(unknown.filter(id => !whole.customers.some(row => row.qboId === id)))
  return { ok: true, value: absent.size === 0 ? whole : withoutCustomers(whole, absent), intuitTid: answer.intuitTid }
}

async function missing(wanted: readonly string[], inHand: readonly string[], known: (ids: string[]) => Promise<{ qboId: string }[]>): Promise<string[]> {
  const asked = [...new Set(wanted)].filter(id => !inHand.includes(id))
  if (asked.length === 0) return []
  const there = new Set((await known(asked)).map(row => row.qboId))
  return asked.filter(id => !there.has(id))
}

/** A document whose customer QuickBooks does not show cannot be anybody's: it is set aside and a person is told. */
function withoutCustomers(read: Incoming, absent: ReadonlySet<string>): Incoming {
  const reason = 'QuickBooks does not show its customer'
  const isOurs = (row: { customerQboId: string }) => !absent.has(row.customerQboId)
  const aside = (entity: QboEntity, rows: readonly { qboId: string; customerQboId: string }[]) => rows.filter(row => !isOurs(row)).map(row => ({ entity, qboId: row.qboId, reason }))
  return {
    ...read,
    invoices: read.invoices.filter(isOurs),
    credits: read.credits.filter(isOurs),
    payments: read.payments.filter(isOurs),
    unreadable: [...read.unreadable, ...aside('Invoice', read.invoices), ...aside('CreditMemo', read.credits), ...aside('Payment', read.payments)],
  }
}
