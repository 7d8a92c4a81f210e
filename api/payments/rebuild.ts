import type { InvoiceId, MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { type MarkedPart, readMarks } from '../domain/marks.ts'
import { sum } from '../domain/money.ts'
import type { ProviderPayment, QboFailure } from '../ports.ts'
import { applyObjects } from '../sync/apply-objects.ts'
import { readByIds } from '../sync/complete.ts'
import { sentenceOf } from '../sync/failure.ts'
import { settle } from './settle.ts'

export type Rebuilt = { kind: 'rebuilt' } | { kind: 'impossible'; why: string } | { kind: 'later'; why: string }

/**
 * Writes a payment anew whose row was lost, from what its charge carries: the same id, checkout, reference, allocations, ledger entries and owed posting.
 * Invoices that were lost too are read from QuickBooks first.
 */
export const rebuild = (ctx: Context) => async (merchantId: MerchantId, charge: ProviderPayment): Promise<Rebuilt> => {
  const merchant = ctx.store.merchant(merchantId)
  const marks = readMarks(charge.metadata)
  if (!marks || marks.merchantId !== merchantId) return { kind: 'impossible', why: 'its marks at the provider are not whole' }
  if (sum(marks.parts.map(part => part.amount)) !== charge.amount) return { kind: 'impossible', why: 'the amount is not what its invoices add up to' }
  const found = await findInvoices(ctx, merchantId, marks.parts)
  if (!Array.isArray(found)) return found
  const [first] = found
  if (!first) return { kind: 'impossible', why: 'it names no invoice' }
  const { paymentId, checkoutId, reference } = marks
  const [customer] = await merchant.sessions.customers([marks.customerId])
  const outcome = await ctx.store.commit(
    merchant.reconcile.rebuild({
      id: paymentId, checkoutId, reference, customerId: customer?.id ?? first.customerId, currency: charge.currency, amount: charge.amount, provider: 'stripe', providerRef: charge.ref, createdAt: charge.createdAt,
      parts: found.map(({ invoiceId, amount }) => ({ invoiceId, amount })),
    }),
    // Should this process die here, somebody else settles it.
    merchant.outbox.add({ id: `watch:${paymentId}`, lane: `payment:${paymentId}`, kind: 'watch_payment', payload: { paymentId }, delayMs: 60_000 }),
  )
  if (outcome.kind === 'refused') return { kind: 'impossible', why: `it stands in the way of another payment: ${outcome.rule}` }
  const payment = await merchant.payments.find(paymentId)
  if (payment) await settle(ctx)(payment, { kind: 'done', payment: charge })
  ctx.log.warn({ merchant: merchantId, payment: paymentId, ref: charge.ref }, 'a payment that was lost was written anew from what the provider holds')
  return { kind: 'rebuilt' }
}

type Found = { invoiceId: InvoiceId; amount: MarkedPart['amount']; customerId: `cus_${string}` }

async function findInvoices(ctx: Context, merchantId: MerchantId, parts: readonly MarkedPart[]): Promise<Found[] | Rebuilt> {
  const here = await known(ctx, merchantId, parts)
  if (here.length === parts.length) return here
  const lost = parts.filter(part => !here.some(row => row.part === part)).flatMap(part => part.qboId ?? [])
  const read = await readByIds(ctx, merchantId, 'Invoice', lost)
  if (!read.ok) return failed(read.failure)
  const writes = await applyObjects(ctx, merchantId, [{ entity: 'Invoice', objects: read.value }])
  if (!writes.ok) return failed(writes.failure)
  await ctx.store.commit(writes.value)
  const all = await known(ctx, merchantId, parts)
  return all.length === parts.length ? all : { kind: 'impossible', why: 'an invoice that it paid is neither here nor in QuickBooks' }
}

async function known(ctx: Context, merchantId: MerchantId, parts: readonly MarkedPart[]): Promise<(Found & { part: MarkedPart })[]> {
  const rows = await ctx.store.merchant(merchantId).reconcile.invoicesBy(parts.map(part => part.invoiceId), parts.flatMap(part => part.qboId ?? []))
  return parts.flatMap(part => {
    const row = rows.find(each => each.id === part.invoiceId) ?? rows.find(each => each.qboId !== null && each.qboId === part.qboId)
    return row ? [{ part, invoiceId: row.id, amount: part.amount, customerId: row.customerId }] : []
  })
}

function failed(failure: QboFailure): Rebuilt {
  return { kind: 'later', why: sentenceOf(failure) }
}
