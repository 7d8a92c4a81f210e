import type { Write } from '../../db/client.ts'
import type { AllocationRow, PaymentRow, PostingRow } from '../../db/queries/payments.ts'
import type { PaymentId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import { spread } from '../domain/allocation.ts'
import { type Minor, parseDecimal, zero } from '../domain/money.ts'
import { markOf, paymentBody, requestIdOf } from '../domain/posting.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { QboAnswer, QboFailure, QboObject } from '../ports.ts'
import { localDay } from '../present/format.ts'
import { applyObjects } from '../sync/apply.ts'
import { compareWritten } from './compare.ts'
import { missingCard, parkedCard, unappliedCard } from './cards.ts'
import { depositTo } from './deposit-to.ts'

/**
 * Writes a captured payment into QuickBooks: exactly one Payment, read back and compared. A payment that QuickBooks
 * already holds under our mark is adopted; one that somebody deleted there is never written again by itself.
 */
export const postPayment = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const merchant = ctx.store.merchant(job.merchantId)
  const paymentId = job.payload['paymentId'] as PaymentId
  const payment = await merchant.payments.find(paymentId)
  const posting = await merchant.postings.find(paymentId)
  if (!payment || !posting || posting.state === 'posted' || posting.state === 'diverged') return { kind: 'done' }
  const allocations = await merchant.payments.allocations(paymentId)
  const adopted = posting.firstSentAt === null ? null : await findWritten(ctx, payment)
  if (adopted && !adopted.ok) return failed(ctx, payment, adopted.failure)
  if (adopted?.value) return take(ctx, payment, posting, allocations, adopted.value)
  return writeNew(ctx, payment, posting, allocations, job)
}

/** The Payment that an earlier try of ours left in QuickBooks, if any; copies made by hand carry our reference but not our first id. */
async function findWritten(ctx: Context, payment: PaymentRow): Promise<QboAnswer<QboObject | null>> {
  const found = await callQuickBooks(ctx, payment.merchantId, at =>
    ctx.accounting.page(at, { entity: 'Payment', where: `PaymentRefNum = '${payment.reference}'`, orderBy: null, start: 1, max: 10 }))
  if (!found.ok) return found
  const ours = found.value.filter(object => String(object['PrivateNote'] ?? '').includes(markOf(payment.id))).toSorted((a, b) => Number(a.Id) - Number(b.Id))
  return { ...found, value: ours[0] ?? null }
}

async function writeNew(ctx: Context, payment: PaymentRow, posting: PostingRow, allocations: readonly AllocationRow[], job: Job): Promise<JobResult> {
  const merchant = ctx.store.merchant(payment.merchantId)
  const connection = await merchant.connection.find()
  const invoices = await readInvoices(ctx, payment, allocations)
  if (!invoices.ok) return failed(ctx, payment, invoices.failure)
  const owedOf = (qboId: string): Minor => {
    const invoice = invoices.value.find(object => object.Id === qboId)
    return invoice ? parseDecimal(String(invoice['Balance'] ?? '0'), payment.currency) : zero
  }
  const parts = spread(allocations.map(a => ({ invoiceId: a.qboId ?? '', amount: a.amount })), owedOf)
  const account = await depositTo(ctx, payment.merchantId)
  if (!account) return park(ctx, payment, 'no-account', 'Choose in Settings where payments are recorded: QuickBooks has no Undeposited Funds account that we can see.')
  const customerQboId = allocations[0]?.customerQboId
  if (!customerQboId || !payment.providerRef) return park(ctx, payment, 'incomplete', 'The payment has no customer in QuickBooks.')
  // From here on the request may have reached QuickBooks, whatever becomes of this process.
  const noted = await ctx.store.commit(merchant.postings.sending(payment.id, ctx.clock.now()))
  if (noted.kind === 'refused') return { kind: 'retry', problem: noted.rule }
  const written = await callQuickBooks(ctx, payment.merchantId, at =>
    ctx.accounting.write(at, {
      entity: 'Payment',
      requestId: requestIdOf(payment.id, posting.generation),
      body: paymentBody({
        paymentId: payment.id, reference: payment.reference, customerQboId, currency: payment.currency, homeCurrency: connection?.homeCurrency ?? payment.currency,
        exchangeRate: rateOf(invoices.value), paidOn: dayOf(payment, job, connection?.timeZone ?? 'UTC'), depositAccountQboId: account, methodQboId: null,
        provider: payment.provider, providerRef: payment.providerRef ?? '', lines: parts.lines.map(line => ({ invoiceQboId: line.invoiceId, amount: line.amount })), unapplied: parts.unapplied,
      }),
    }))
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
  const differs = compareWritten(payment, allocations, read.value)
  const unapplied = parseDecimal(String(read.value['UnappliedAmt'] ?? '0'), payment.currency)
  const mirrored = await applyObjects(ctx, payment.merchantId, [{ entity: 'Payment', objects: [read.value] }, { entity: 'Invoice', objects: invoices.value }])
  const writes: Write[] = [
    ...merchant.postings.posted(payment.id, { qboId: read.value.Id, syncToken: String(read.value['SyncToken'] ?? '0'), unapplied, now }),
    merchant.payments.moveAllocations(payment.id, ['captured'], 'reflected'),
    ...mirrored,
    merchant.cards.close(`posting:${payment.id}`, 'posted', now),
    ...(unapplied > 0 || differs ? [unappliedCard(ctx, payment, unapplied, differs, now)] : []),
    merchant.changes.tell({ customerId: '', invoiceId: null, kind: 'posted', now }),
  ]
  ctx.log.info({ payment: payment.id, qboPayment: read.value.Id, generation: posting.generation, intuitTid: read.intuitTid }, 'a payment stands in QuickBooks')
  return { kind: 'done', writes }
}

function readInvoices(ctx: Context, payment: PaymentRow, allocations: readonly AllocationRow[]): Promise<QboAnswer<QboObject[]>> {
  const ids = allocations.flatMap(a => (a.qboId ? [`'${a.qboId}'`] : []))
  return callQuickBooks(ctx, payment.merchantId, at => ctx.accounting.page(at, { entity: 'Invoice', where: `Id in (${ids.join(', ')})`, orderBy: null, start: 1, max: 1000 }))
}

async function failed(ctx: Context, payment: PaymentRow, failure: QboFailure): Promise<JobResult> {
  const problem = `${failure.code} ${failure.message} ${failure.detail}`.trim()
  switch (failure.class) {
    case 'transient':
    case 'unknown':
    case 'stale':
      return { kind: 'retry', problem }
    case 'throttled':
      return { kind: 'retry', problem, afterMs: failure.retryAfterMs ?? 60_000 }
    case 'auth':
      // The lane waits for the merchant to connect again; what is owed stays owed.
      return { kind: 'retry', problem, afterMs: 5 * 60_000 }
    case 'paused':
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

function rateOf(invoices: readonly QboObject[]): string | null {
  const rate = invoices[0]?.['ExchangeRate']
  return rate === undefined || rate === null ? null : String(rate)
}
