import type { Write } from '../../db/client.ts'
import type { KnownInvoice, KnownPayment, MirrorEvent, MirrorPayment } from '../../db/queries/mirror-rows.ts'
import type { MerchantId, PaymentId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { type DocumentFact, factsOfInvoice, factsOfPayment } from '../domain/document-history.ts'
import { currency } from '../domain/money.ts'
import { postingJob } from '../domain/posting.ts'
import { settingsOf } from '../domain/settings.ts'
import { visibilityOf } from '../domain/visibility.ts'
import { newId } from '../ids.ts'
import type { Incoming } from './incoming.ts'
import type { ReadInvoice } from './mapping.ts'

/** A first load tells nobody row by row: open pages are told once, by the run. */
export type Telling = 'told' | 'quiet'

export async function homeCurrency(ctx: Context, merchantId: MerchantId) {
  const connection = await ctx.store.merchant(merchantId).connection.find()
  return currency(connection?.homeCurrency ?? 'USD')
}

/** The writes for what was read, whose customers must be known already: rows newer only, history, our own payments seen again, and the word to open pages. */
export async function writesOf(ctx: Context, merchantId: MerchantId, read: Incoming, telling: Telling): Promise<Write[]> {
  const merchant = ctx.store.merchant(merchantId)
  const { mirror, mirrorSettle } = merchant
  const now = ctx.clock.now()
  const known = await knownRows(ctx, merchantId, read)
  const settings = settingsOf(await merchant.self.chosenSettings())
  const customers = read.customers.filter(row => !isKnown(row, known.customers.get(row.qboId), k => k.balance === row.balance && k.name === row.name))
  const invoices = read.invoices.filter(row => !isKnown(row, known.invoices.get(row.qboId), k => k.balance === row.balance && k.total === row.total && k.customerQboId === row.customerQboId))
  const credits = read.credits.filter(row => !isKnown(row, known.credits.get(row.qboId), k => k.rest === row.remaining && k.state === row.state && k.customerQboId === row.customerQboId))
  const payments = read.payments.filter(row => !isKnown(row, known.payments.get(row.qboId), k => k.rest === row.unapplied && k.state === row.state && k.customerQboId === row.customerQboId))
  const links = read.invoices.flatMap(row => row.linkedPayments.map(paymentQboId => ({ invoiceQboId: row.qboId, paymentQboId, updatedAt: row.updatedAt })))
  const writes: Write[] = []
  if (read.lists.length > 0) writes.push(mirror.putListEntries(read.lists))
  if (customers.length > 0) writes.push(...mirror.putCustomers(customers.map(row => ({ ...row, id: newId('cus', now) })), now))
  if (invoices.length > 0)
    writes.push(mirror.putInvoices(invoices.map(row => ({ ...row, id: newId('inv', now), visibility: visibilityOf(settings.publish, row, known.invoices.get(row.qboId)?.visibility ?? null) })), now))
  if (credits.length > 0) writes.push(mirror.putCredits(credits.map(row => ({ ...row, id: newId('crm', now) }))))
  const removed = [...payments.filter(row => row.state === 'void').map(row => ({ qboId: row.qboId, at: row.updatedAt })), ...read.gone.filter(gone => gone.entity === 'Payment')]
  if (removed.length > 0) writes.push(mirrorSettle.noteRemoved(removed))
  if (payments.length > 0) writes.push(...mirror.putPayments(payments))
  const own = await ownPostings(ctx, merchantId, payments.filter(row => row.state === 'live'))
  if (own.length > 0) writes.push(mirror.recognise(own), ...own.flatMap(({ paymentId }) => adoption(ctx, merchantId, paymentId)))
  writes.push(...goneWrites(ctx, merchantId, read, now), ...undoneWrites(ctx, merchantId, read, known.payments))
  const events = [...invoices.flatMap(row => eventsOfInvoice(row, known.invoices.get(row.qboId), now)), ...payments.flatMap(row => eventsOfPayment(row, now)), ...goneEvents(read, now)]
  if (events.length > 0) writes.push(mirror.addEvents(events))
  if (links.length > 0 || payments.length > 0) writes.push(...mirrorSettle.reflect(links, payments.map(row => row.qboId)))
  for (const { entity, qboId, reason } of read.unreadable) {
    ctx.log.error({ merchant: merchantId, entity, qboId, reason }, 'a document of QuickBooks cannot be read and was left out')
    writes.push(merchant.cards.open({ id: newId('crd', now), key: `unreadable:${entity}:${qboId}`, kind: 'unreadable_document', facts: { entity, qboId, reason }, now }))
  }
  const touched = {
    invoices: [...invoices.map(row => row.qboId), ...payments.flatMap(row => row.lines.filter(line => line.txnType === 'Invoice').map(line => line.txnQboId)), ...idsOf(read, 'Invoice')],
    customers: [...customers.map(row => row.qboId), ...credits.map(row => row.customerQboId), ...payments.map(row => row.customerQboId), ...idsOf(read, 'Customer')],
  }
  if (telling === 'told' && (touched.invoices.length > 0 || touched.customers.length > 0)) writes.push(...mirrorSettle.tell(touched.invoices, touched.customers, now), merchant.connection.sawChange(now))
  return writes
}

type Known = Awaited<ReturnType<typeof knownRows>>

async function knownRows(ctx: Context, merchantId: MerchantId, read: Incoming) {
  const { mirror } = ctx.store.merchant(merchantId)
  const byId = <T extends { qboId: string }>(rows: readonly T[]) => new Map(rows.map(row => [row.qboId, row]))
  const paymentIds = [...read.payments.map(row => row.qboId), ...idsOf(read, 'Payment')]
  return {
    customers: byId(read.customers.length > 0 ? await mirror.knownCustomers(read.customers.map(row => row.qboId)) : []),
    invoices: byId(read.invoices.length > 0 ? await mirror.knownInvoices(read.invoices.map(row => row.qboId)) : []),
    credits: byId(read.credits.length > 0 ? await mirror.knownCredits(read.credits.map(row => row.qboId)) : []),
    payments: byId(paymentIds.length > 0 ? await mirror.knownPayments(paymentIds) : []),
  }
}

/** Which of these payments may be postings of ours: by the marker in the note, else by the reference. */
async function ownPostings(ctx: Context, merchantId: MerchantId, payments: readonly MirrorPayment[]): Promise<{ qboId: string; paymentId: PaymentId }[]> {
  const marked = payments.flatMap(row => row.marker ?? [])
  const referred = payments.flatMap(row => row.reference ?? [])
  if (marked.length + referred.length === 0) return []
  const ours = await ctx.store.merchant(merchantId).mirror.ownPayments(marked, referred)
  return payments.flatMap(row => {
    const own = ours.find(payment => payment.id === row.marker) ?? ours.find(payment => payment.reference === row.reference)
    return own ? [{ qboId: row.qboId, paymentId: own.id }] : []
  })
}

/** What waited for a person is in QuickBooks after all, by their own hand: the posting goes on and finds it there. */
function adoption(ctx: Context, merchantId: MerchantId, paymentId: PaymentId): Write[] {
  const merchant = ctx.store.merchant(merchantId)
  return [merchant.postings.unblock(paymentId, ctx.clock.now()), merchant.outbox.release(postingJob(paymentId))]
}

/**
 * True where the mirror already holds this version or a newer one. Derived figures may change without the sync token,
 * so `same` compares those too.
 */
function isKnown<K extends { updatedAt: number; syncToken: string | null }>(row: { updatedAt: number; syncToken: string }, known: K | undefined, same: (known: K) => boolean): boolean {
  if (!known) return false
  return known.updatedAt > row.updatedAt || (known.updatedAt === row.updatedAt && known.syncToken === row.syncToken && same(known))
}

function goneWrites(ctx: Context, merchantId: MerchantId, read: Incoming, now: number): Write[] {
  const { mirrorSettle } = ctx.store.merchant(merchantId)
  const of = (entity: string) => read.gone.filter(gone => gone.entity === entity)
  const writes: Write[] = []
  if (of('Customer').length > 0) writes.push(mirrorSettle.archiveCustomers(of('Customer'), now))
  if (of('Invoice').length > 0) writes.push(mirrorSettle.archiveInvoices(of('Invoice'), now))
  if (of('CreditMemo').length > 0) writes.push(mirrorSettle.deleteCredits(of('CreditMemo')))
  if (of('Payment').length > 0) writes.push(mirrorSettle.deletePayments(of('Payment')))
  return writes
}

/** Our own posting was deleted, voided or changed by a person in QuickBooks: it is never made again by itself, a person is asked. */
function undoneWrites(ctx: Context, merchantId: MerchantId, read: Incoming, known: Known['payments']): Write[] {
  const merchant = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const ask = (row: KnownPayment, what: 'deleted' | 'voided' | 'changed') => [
    merchant.mirrorSettle.diverge(row.paymentId ?? '', `The payment was ${what} in QuickBooks.`),
    ...(what === 'changed' ? [] : [merchant.mirrorSettle.unreflect(row.paymentId ?? '')]),
    merchant.cards.open({ id: newId('crd', now), key: `posting:${row.paymentId}`, kind: 'posting_diverged', facts: { paymentId: row.paymentId, qboId: row.qboId, what, reference: row.reference, amount: row.total, currency: row.currency }, now }),
  ]
  const writes: Write[] = []
  for (const { qboId } of read.gone.filter(gone => gone.entity === 'Payment')) {
    const row = known.get(qboId)
    if (row?.paymentId && row.state === 'live') writes.push(...ask(row, 'deleted'))
  }
  for (const payment of read.payments) {
    const row = known.get(payment.qboId)
    if (!row?.paymentId || row.state !== 'live' || row.updatedAt > payment.updatedAt) continue
    if (payment.state === 'void') writes.push(...ask(row, 'voided'))
    else if (payment.total !== row.total) writes.push(...ask(row, 'changed'))
  }
  return writes
}

function eventsOfInvoice(row: ReadInvoice, known: KnownInvoice | undefined, now: number): MirrorEvent[] {
  const before = known ? { total: known.total, dueOn: known.dueOn, voided: known.voidedAt !== null, sent: known.emailStatus === 'EmailSent' } : null
  return factsOfInvoice(before, row).map(fact => eventOf(row.qboId, fact, now))
}

function eventsOfPayment(row: MirrorPayment, now: number): MirrorEvent[] {
  return row.state === 'live' ? factsOfPayment({ ...row, at: row.updatedAt }).map(({ invoiceQboId, fact }) => eventOf(invoiceQboId, fact, now)) : []
}

function goneEvents(read: Incoming, now: number): MirrorEvent[] {
  return read.gone.filter(gone => gone.entity === 'Invoice').map(gone => eventOf(gone.qboId, { kind: 'archived', key: 'archived', at: gone.at, facts: {} }, now))
}

function eventOf(invoiceQboId: string, fact: DocumentFact, now: number): MirrorEvent {
  return { id: newId('evt', now), invoiceQboId, key: fact.key, kind: fact.kind, facts: fact.facts, at: fact.at }
}

function idsOf(read: Incoming, entity: string): string[] {
  return read.gone.filter(gone => gone.entity === entity).map(gone => gone.qboId)
}
