import type { Write } from '../../db/client.ts'
import type { AllocationRow, PaymentRow, PostingRow } from '../../db/queries/payments.ts'
import type { PaymentId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import { spread } from '../domain/allocation.ts'
import { type Minor, zero } from '../domain/money.ts'
import { markOf, paymentBody, requestIdOf } from '../domain/posting.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { QboAnswer, QboFailure, QboObject } from '../ports.ts'
import { localDay } from '../present/format.ts'
import { applyObjects } from '../sync/apply-objects.ts'
import { readByIds } from '../sync/complete.ts'
import { resultOfFailure } from '../sync/failure.ts'
import { amountAt } from '../sync/mapping.ts'
import { refAt, textAt } from '../sync/read-object.ts'
import { compareWritten } from './compare.ts'
import { missingCard, parkedCard, unappliedCard } from './cards.ts'
import { depositTo } from './deposit-to.ts'

const recoveringMs = 60_000

/**
 * Writes a captured payment into QuickBooks: exactly one Payment, read back and compared. A payment that QuickBooks
 * already holds under our mark or our reference is adopted; one that somebody deleted there is never written again by itself.
 */
export const postPayment = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const merchant = ctx.store.merchant(job.merchantId)
  const paymentId = job.payload['paymentId'] as PaymentId
  const payment = await merchant.payments.find(paymentId)
  const posting = await merchant.postings.find(paymentId)
  if (!payment || posting?.state !== 'waiting') return { kind: 'done' }
  if (await merchant.recovery.underWay()) return { kind: 'retry', problem: 'The database was restored from a backup; what happened since is found again first.', afterMs: recoveringMs }
  const allocations = await merchant.payments.allocations(paymentId)
  const found = posting.firstSentAt === null ? null : await findWritten(ctx, payment)
  if (found && !found.ok) return failed(ctx, payment, found.failure)
  if (found?.value) return take(ctx, payment, posting, allocations, found.value)
  return job.payload['byHand'] === true ? takeByHand(ctx, payment, allocations) : writeNew(ctx, payment, posting, allocations, job)
}

/** The Payment in QuickBooks that carries our reference: first what an earlier try of ours left, else what a person recorded. What was voided is none. */
async function findWritten(ctx: Context, payment: PaymentRow): Promise<QboAnswer<QboObject | null>> {
  const found = await callQuickBooks(ctx, payment.merchantId, at =>
    ctx.accounting.page(at, { entity: 'Payment', where: `PaymentRefNum = '${payment.reference}'`, orderBy: null, start: 1, max: 10 }))
  if (!found.ok) return found
  const isMarked = (object: QboObject) => String(object['PrivateNote'] ?? '').includes(markOf(payment.id))
  const live = found.value.filter(object => amountOf(object, 'TotalAmt', payment) > 0).toSorted((a, b) => Number(a.Id) - Number(b.Id))
  return { ...found, value: live.find(isMarked) ?? live[0] ?? null }
}

async function writeNew(ctx: Context, payment: PaymentRow, posting: PostingRow, allocations: readonly AllocationRow[], job: Job): Promise<JobResult> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const connection = await merchant.connection.find()
  const invoices = await readInvoices(ctx, payment, allocations)
  if (!invoices.ok) return failed(ctx, payment, invoices.failure)
  const payee = payeeOf(allocations, invoices.value)
  const { providerRef } = payment
  if (!payee || !providerRef) return park(ctx, payment, 'incomplete', 'The payment has no customer in QuickBooks.')
  const account = await depositTo(ctx, payment.merchantId)
  if (!account) return park(ctx, payment, 'no-account', 'The account where payments are recorded is not active in QuickBooks; choose one in Settings')
  const homeCurrency = connection?.homeCurrency ?? payment.currency
  const exchangeRate = rateOf(invoices.value)
  // Without a rate QuickBooks would take a foreign amount for as much of its own currency.
  if (payment.currency !== homeCurrency && exchangeRate === null) return park(ctx, payment, 'no-rate', `QuickBooks names no exchange rate for ${payment.currency}, because the invoice is gone`)
  // An invoice that belongs to another customer by now takes nothing.
  const owedOf = (qboId: string): Minor => {
    const invoice = invoices.value.find(object => object.Id === qboId && refAt(object, 'CustomerRef') === payee)
    return invoice ? amountOf(invoice, 'Balance', payment) : zero
  }
  const parts = spread(allocations.map(a => ({ invoiceId: a.qboId ?? '', amount: a.amount })), owedOf)
  // From here on the request may have reached QuickBooks, whatever becomes of this process.
  const noted = await ctx.store.commit(merchant.postings.sending(payment.id, ctx.clock.now()))
  if (noted.kind === 'refused') return { kind: 'retry', problem: noted.rule }
  await ctx.pass('Q3')
  const written = await callQuickBooks(ctx, payment.merchantId, at =>
    ctx.accounting.write(at, {
      entity: 'Payment',
      requestId: requestIdOf(payment.id, posting.generation),
      body: paymentBody({
        paymentId: payment.id, reference: payment.reference, customerQboId: payee, currency: payment.currency, homeCurrency, exchangeRate,
        paidOn: dayOf(payment, job, connection?.timeZone ?? 'UTC'), depositAccountQboId: account, methodQboId: null,
        provider: payment.provider, providerRef, lines: parts.lines.map(line => ({ invoiceQboId: line.invoiceId, amount: line.amount })), unapplied: parts.unapplied,
      }),
    }))
  await ctx.pass('Q5')
  if (!written.ok) return failed(ctx, payment, written.failure)
  return take(ctx, payment, posting, allocations, written.value)
}

/**
 * Reads back what QuickBooks holds, for its answer to a repeated request is the first answer even where the payment has been deleted since.
 * The posting, the mirror's new balances and our allocations change in the batch that ends the job.
 */
async function take(ctx: Context, payment: PaymentRow, posting: PostingRow, allocations: readonly AllocationRow[], written: QboObject): Promise<JobResult> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  const read = await callQuickBooks(ctx, payment.merchantId, at => ctx.accounting.read(at, 'Payment', written.Id))
  if (!read.ok) {
    if (read.failure.class !== 'gone') return failed(ctx, payment, read.failure)
    return { kind: 'done', writes: [merchant.postings.diverge(payment.id, 'It was deleted in QuickBooks.'), missingCard(ctx, payment, now)] }
  }
  const invoices = await readInvoices(ctx, payment, allocations)
  if (!invoices.ok) return failed(ctx, payment, invoices.failure)
  const differs = compareWritten(payment, payeeOf(allocations, invoices.value), allocations, read.value)
  const unapplied = amountOf(read.value, 'UnappliedAmt', payment)
  const mirrored = await applyObjects(ctx, payment.merchantId, [{ entity: 'Payment', objects: [read.value] }, { entity: 'Invoice', objects: invoices.value }])
  if (!mirrored.ok) return failed(ctx, payment, mirrored.failure)
  const writes: Write[] = [
    ...merchant.postings.posted(payment.id, { qboId: read.value.Id, syncToken: String(read.value['SyncToken'] ?? '0'), unapplied, now }),
    merchant.payments.moveAllocations(payment.id, ['captured'], 'reflected'),
    ...mirrored.value,
    merchant.cards.close(`posting:${payment.id}`, 'posted', now),
    merchant.cards.close('company-locked', 'posted', now),
    ...(unapplied > 0 || differs ? [unappliedCard(ctx, payment, unapplied, differs, now)] : []),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'posted', now }),
  ]
  ctx.log.info({ payment: payment.id, qboPayment: read.value.Id, generation: posting.generation, intuitTid: read.intuitTid }, 'a payment stands in QuickBooks')
  return { kind: 'done', writes }
}

/** A person says that they recorded it, and it does not carry our reference: from now on QuickBooks' figures alone count, where they show it. */
async function takeByHand(ctx: Context, payment: PaymentRow, allocations: readonly AllocationRow[]): Promise<JobResult> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const now = ctx.clock.now()
  const invoices = await readInvoices(ctx, payment, allocations)
  if (!invoices.ok) return failed(ctx, payment, invoices.failure)
  const mirrored = await applyObjects(ctx, payment.merchantId, [{ entity: 'Invoice', objects: invoices.value }])
  if (!mirrored.ok) return failed(ctx, payment, mirrored.failure)
  const told = allocations.map(a => merchant.changes.tell({ customerId: payment.customerId, invoiceId: a.invoiceId, kind: 'payment', now }))
  return { kind: 'done', writes: [...mirrored.value, merchant.mirrorSettle.reflectByHand(payment.id), merchant.postings.byHand(payment.id, now), ...told] }
}

function readInvoices(ctx: Context, payment: PaymentRow, allocations: readonly AllocationRow[]): Promise<QboAnswer<QboObject[]>> {
  return readByIds(ctx, payment.merchantId, 'Invoice', allocations.flatMap(a => a.qboId ?? []))
}

/** Whose payment it is in QuickBooks: the customer that was charged, unless all their invoices belong to another by now, e.g. after a merge. */
function payeeOf(allocations: readonly AllocationRow[], invoices: readonly QboObject[]): string | null {
  const known = allocations[0]?.customerQboId ?? null
  const [first] = invoices
  return !first || invoices.some(invoice => refAt(invoice, 'CustomerRef') === known) ? known : refAt(first, 'CustomerRef')
}

function amountOf(object: QboObject, name: string, payment: PaymentRow): Minor {
  return amountAt(object, name, payment.currency) ?? zero
}

async function failed(ctx: Context, payment: PaymentRow, failure: QboFailure): Promise<JobResult> {
  const problem = `${failure.code} ${failure.message} ${failure.detail}`.trim()
  switch (failure.class) {
    case 'transient':
    case 'unknown':
      return { kind: 'retry', problem }
    case 'stale':
      // A definite no: what was read has moved on meanwhile. It is read again, and asked for as a request of its own.
      return { kind: 'retry', problem, writes: [ctx.store.merchant(payment.merchantId).postings.renew(payment.id)] }
    case 'throttled':
      return { kind: 'retry', problem, afterMs: failure.retryAfterMs ?? 60_000 }
    case 'auth':
      // The lane waits for the merchant to connect again; what is owed stays owed.
      return { kind: 'retry', problem, afterMs: 5 * 60_000 }
    case 'paused':
      return resultOfFailure(ctx, payment.merchantId, failure)
    case 'gone':
    case 'person':
    case 'ours':
      return park(ctx, payment, failure.code, problem)
  }
}

function park(ctx: Context, payment: PaymentRow, code: string, problem: string): JobResult {
  const merchant = ctx.store.merchant(payment.merchantId)
  return { kind: 'blocked', problem, writes: [merchant.postings.block(payment.id, problem), parkedCard(ctx, payment, code, problem)] }
}

/** The day of the payment where the company is, or the later one that a person chose because the books of that day are closed. */
function dayOf(payment: PaymentRow, job: Job, timeZone: string): string {
  const chosen = job.payload['paidOn']
  return typeof chosen === 'string' ? chosen : localDay(payment.capturedAt ?? payment.createdAt, timeZone)
}

function rateOf([invoice]: readonly QboObject[]): string | null {
  return invoice ? textAt(invoice, 'ExchangeRate') : null
}
