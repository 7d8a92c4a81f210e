import type { Write } from '../../db/client.ts'
import type { MerchantId } from '../../db/values.ts'
import { callQuickBooks } from '../connection/credentials.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import type { QboAnswer, QboEntity } from '../ports.ts'
import { homeCurrency, writesOf } from './apply.ts'
import { completed, idsMax, readByIds, whereIn } from './complete.ts'
import { resultOfFailure } from './failure.ts'
import { readObjects } from './incoming.ts'
import { dayMs } from './jobs.ts'

/** So many customers are read anew in one night; what is left waits for the next. */
const customersMax = 300
const shownMax = 20
const pageMax = 1000
const key = 'books-differ'

/**
 * Compares, every night, what the mirror adds up to with what QuickBooks states: invoices, credits, customers, to the cent.
 * Customers that differ are read anew; only a difference that stays is shown to a person.
 */
export const compareBalances = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const differing = await customersThatDiffer(ctx, job.merchantId)
  if (differing.length > 0) {
    const mended = await readAnew(ctx, job.merchantId, differing)
    if (!mended.ok) return resultOfFailure(ctx, job.merchantId, mended.failure)
  }
  return { kind: 'again', afterMs: dayMs, writes: [await cardFor(ctx, job.merchantId)] }
}

async function customersThatDiffer(ctx: Context, merchantId: MerchantId): Promise<string[]> {
  const { drift } = ctx.store.merchant(merchantId)
  const found = [...(await drift.customers(customersMax)), ...(await drift.customersOfInvoices(customersMax)), ...(await drift.customersOfCredits(customersMax))]
  return [...new Set(found.map(row => row.qboId))].slice(0, customersMax)
}

/** First the customers, whose own balance is what most often lags; then, of those that still differ, every document. */
async function readAnew(ctx: Context, merchantId: MerchantId, ids: readonly string[]): Promise<QboAnswer<null>> {
  const customers = await readByIds(ctx, merchantId, 'Customer', ids)
  if (!customers.ok) return customers
  await put(ctx, merchantId, 'Customer', customers.value)
  const still = (await customersThatDiffer(ctx, merchantId)).filter(id => ids.includes(id))
  for (const entity of ['Invoice', 'CreditMemo', 'Payment'] as const)
    for (let from = 0; from < still.length; from += idsMax)
      for (let start = 1; ; start += pageMax) {
        const where = whereIn('CustomerRef', still.slice(from, from + idsMax))
        const answer = await callQuickBooks(ctx, merchantId, at => ctx.accounting.page(at, { entity, where, orderBy: 'Id', start, max: pageMax }))
        if (!answer.ok) return answer
        await put(ctx, merchantId, entity, answer.value)
        if (answer.value.length < pageMax) break
      }
  return { ok: true, value: null, intuitTid: null }
}

async function put(ctx: Context, merchantId: MerchantId, entity: QboEntity, objects: Parameters<typeof readObjects>[0][number]['objects']): Promise<void> {
  const home = await homeCurrency(ctx, merchantId)
  const whole = await completed(ctx, merchantId, readObjects([{ entity, objects }], home), home, false)
  const outcome = whole.ok ? await ctx.store.commit(await writesOf(ctx, merchantId, whole.value, 'told')) : null
  if (outcome?.kind !== 'committed') ctx.log.warn({ merchant: merchantId, entity }, 'documents read anew could not be written')
}

async function cardFor(ctx: Context, merchantId: MerchantId): Promise<Write> {
  const { drift, cards } = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const customers = await drift.customers(customersMax)
  const invoices = await drift.customersOfInvoices(customersMax)
  const credits = await drift.customersOfCredits(customersMax)
  if (customers.length + invoices.length + credits.length === 0) return cards.close(key, 'comparison', now)
  ctx.log.warn({ merchant: merchantId, customers: customers.length, invoices: invoices.length, credits: credits.length }, 'the mirror does not add up to what QuickBooks states')
  const facts = { customers: customers.slice(0, shownMax), customersCount: customers.length, invoicesOfCustomers: invoices.length, creditsOfCustomers: credits.length }
  return cards.open({ id: newId('crd', now), key, kind: 'books_differ', facts, now })
}
