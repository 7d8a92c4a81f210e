import { serviceMerchant } from '../letters/queue.ts'
import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { ProviderPayment } from '../ports.ts'
import { sentenceOf } from '../sync/failure.ts'
import { compareBooks } from './books.ts'
import { type Listed, compareCharges, listCharges } from './charges.ts'
import { compareQueues } from './late.ts'
import { compareLedger } from './ledger.ts'
import { type Compared, type Reported, report } from './report.ts'

/** How far a comparison has come, for whoever waits for it. */
export type Progress = (part: 'provider' | 'quickbooks', done: number, total: number | null) => void
export type Reconciled = {
  merchantId: MerchantId
  findings: Reported[]
  /** Why one side could not be asked, in a sentence; null where all sides were. */
  problem: string | null
}
export type Wanted = {
  /** Payments that were begun or captured since then (epoch ms) are compared. */
  since: number
  /** Whether QuickBooks, whose reads are metered, is asked about all of them or only about those that have changed since it was last asked. */
  books: 'changed' | 'all'
  onProgress?: Progress
}

/**
 * Compares a merchant's provider, ledger and QuickBooks. What both sides agree on is mended; a person is asked about the rest.
 * Safe to run at any moment and beside anything. `charges` are what the provider holds, where somebody has listed them already.
 */
export const reconcile = (ctx: Context) => async (merchantId: MerchantId, wanted: Wanted, charges?: Listed): Promise<Reconciled> => {
  const provider = await compareProvider(ctx, merchantId, wanted, charges)
  const books = await compareWithBooks(ctx, merchantId, wanted)
  const ours = [await compareLedger(ctx, merchantId, wanted.since), await compareQueues(ctx, merchantId)]
  const findings = await report(ctx, merchantId, [...provider.compared, ...books.compared, ...ours])
  return { merchantId, findings, problem: provider.problem ?? books.problem ?? findings.find(finding => finding.unasked !== undefined)?.unasked ?? null }
}

/** The same for all merchants, or one of them; the provider, who is one for all, is listed once. */
export const reconcileAll = (ctx: Context) => async (wanted: Wanted, only: MerchantId | null): Promise<Reconciled[]> => {
  const listed = ctx.stripe ? await listCharges(ctx.stripe, wanted.since, count => wanted.onProgress?.('provider', count, null)) : undefined
  const merchants = (await ctx.store.control.merchants.all()).filter(({ id }) => id !== serviceMerchant && (only === null || id === only))
  const results: Reconciled[] = []
  for (const { id } of merchants) results.push(await reconcile(ctx)(id, wanted, listed))
  return results
}

/** The part of the provider alone, which is free to read: one list, and each merchant beside it. */
export const reconcileCharges = (ctx: Context) => async (since: number): Promise<string | null> => {
  if (!ctx.stripe) return null
  const listed = await listCharges(ctx.stripe, since, () => {})
  if (listed.kind === 'failed') return listed.reason
  for (const { id } of await ctx.store.control.merchants.all()) {
    if (id === serviceMerchant) continue
    await report(ctx, id, [await compareCharges(ctx, ctx.stripe, id, listed.charges, since), await compareLedger(ctx, id, since), await compareQueues(ctx, id)])
  }
  noteStrangers(ctx, listed.charges, new Set((await ctx.store.control.merchants.all()).map(merchant => merchant.id)))
  return null
}

type Part = { compared: Compared[]; problem: string | null }

async function compareProvider(ctx: Context, merchantId: MerchantId, wanted: Wanted, given: Listed | undefined): Promise<Part> {
  if (!ctx.stripe) return { compared: [], problem: null }
  const listed = given ?? (await listCharges(ctx.stripe, wanted.since, count => wanted.onProgress?.('provider', count, null)))
  if (listed.kind === 'failed') return { compared: [], problem: `The payment provider could not be asked: ${listed.reason}.` }
  return { compared: [await compareCharges(ctx, ctx.stripe, merchantId, listed.charges, wanted.since)], problem: null }
}

/** A merchant without a connection has no books to compare with, which is said only where something is owed to them. */
async function compareWithBooks(ctx: Context, merchantId: MerchantId, wanted: Wanted): Promise<Part> {
  const connection = await ctx.store.merchant(merchantId).connection.find()
  if (!connection || connection.state === 'disconnected') return { compared: [], problem: null }
  const books = await compareBooks(ctx, merchantId, wanted.since, wanted.books, (done, total) => wanted.onProgress?.('quickbooks', done, total))
  return books.kind === 'compared' ? { compared: [books.compared], problem: null } : { compared: [], problem: sentenceOf(books.failure) }
}

/** Charges under the marks of a merchant who is not here: after a restore, of one who came later. */
function noteStrangers(ctx: Context, charges: readonly ProviderPayment[], known: ReadonlySet<string>): void {
  const strange = charges.filter(charge => charge.state === 'succeeded' && charge.metadata['merchant'] !== undefined && !known.has(charge.metadata['merchant']))
  if (strange.length > 0) ctx.log.error({ refs: strange.slice(0, 20).map(charge => charge.ref), count: strange.length }, 'the provider holds charges of merchants that are not here')
}
