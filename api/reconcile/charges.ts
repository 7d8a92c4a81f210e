import type { MerchantId, PaymentId } from '../../db/values.ts'
import type { ChargedRow } from '../../db/queries/reconcile.ts'
import type { Context } from '../context.ts'
import { currency } from '../domain/money.ts'
import { readMarks } from '../domain/marks.ts'
import { isOpen } from '../domain/payment.ts'
import { type Finding, driftKeys, judgeCharge } from '../domain/reconcile.ts'
import type { PaymentProvider, ProviderPayment } from '../ports.ts'
import { rebuild } from '../payments/rebuild.ts'
import { settle } from '../payments/settle.ts'
import { refundCard, refundKey } from '../payments/stripe-event.ts'
import type { Compared } from './report.ts'

/** An attempt this young is still in the hands of whoever began it. */
const youngMs = 2 * 60_000

export type Listed = { kind: 'listed'; charges: ProviderPayment[] } | { kind: 'failed'; reason: string }

/** All that the provider took or was asked to take since, of all merchants: reading it is free. */
export async function listCharges(stripe: PaymentProvider, since: number, onCount: (listed: number) => void): Promise<Listed> {
  const charges: ProviderPayment[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<PaymentProvider['list']>> = await stripe.list({ createdAfter: since, after, stripeAccount: null })
    if (page.kind !== 'page') return { kind: 'failed', reason: page.kind === 'refused' ? page.failure.code : page.reason }
    charges.push(...page.payments)
    onCount(charges.length)
    after = page.next
  } while (after !== null)
  return { kind: 'listed', charges }
}

/**
 * Provider → us (J1) and us → provider (J2): each charge with a merchant's marks has its payment here, settled as the provider says,
 * and each payment that counts as paid is paid there. What the provider took and we lost is written anew.
 */
export async function compareCharges(ctx: Context, stripe: PaymentProvider, merchantId: MerchantId, all: readonly ProviderPayment[], since: number): Promise<Compared> {
  const { reconcile } = ctx.store.merchant(merchantId)
  const charges = all.filter(charge => charge.metadata['merchant'] === merchantId)
  const rows = await reconcile.charged(charges.flatMap(charge => charge.metadata['payment'] ?? []), stripe.id, charges.map(charge => charge.ref))
  const findings: Finding[] = []
  for (const charge of charges) findings.push(...(await compareCharge(ctx, stripe, merchantId, charge, ownerOf(rows, charge))))
  const paid = await reconcile.paidSince(since)
  const there = new Set(charges.filter(charge => charge.state === 'succeeded').map(charge => charge.ref))
  for (const row of paid) if (!there.has(row.providerRef ?? '')) findings.push(...(await askMissing(ctx, stripe, merchantId, row)))
  findings.push(...(await watchAgain(ctx, merchantId)))
  const refs = new Set(charges.map(charge => driftKeys.orphan(charge.ref)))
  const ids = new Set<string>(paid.map(row => driftKeys.missing(row.id)))
  return { findings, covers: key => refs.has(key) || ids.has(key) }
}

/** The payment under whose marks or name a charge was made. */
function ownerOf(rows: readonly ChargedRow[], charge: ProviderPayment): ChargedRow | null {
  return rows.find(row => row.id === charge.metadata['payment']) ?? rows.find(row => row.providerRef === charge.ref) ?? null
}

async function compareCharge(ctx: Context, stripe: PaymentProvider, merchantId: MerchantId, charge: ProviderPayment, row: ChargedRow | null): Promise<Finding[]> {
  const { payments } = ctx.store.merchant(merchantId)
  const verdict = judgeCharge(charge, row)
  switch (verdict) {
    case 'agrees':
      if (row?.state === 'succeeded' && charge.refunded > 0) await noteRefund(ctx, merchantId, row.id, charge)
      return []
    case 'settle': {
      const payment = row && (await payments.find(row.id))
      // Whoever began it settles it in a moment; until then it is no difference.
      if (!payment || (isOpen(payment.state) && payment.createdAt > ctx.clock.now() - youngMs)) return []
      await settle(ctx)(payment, { kind: 'done', payment: charge })
      const now = await payments.find(payment.id)
      const settled = now?.state === (charge.state === 'succeeded' ? 'succeeded' : 'canceled')
      const text = charge.state === 'succeeded' ? 'the provider took the money, and we had not heard of it' : 'the provider had ended it, and we had not heard of it'
      return [{ rule: 'J1', key: `amount:${payment.id}`, about: payment.reference, text: settled ? text : 'the provider holds another amount than was ordered', mended: settled }]
    }
    case 'rebuild':
      return rebuildOrAsk(ctx, merchantId, charge)
    case 'cancel': {
      if (charge.createdAt > ctx.clock.now() - youngMs) return []
      const outcome = await stripe.cancel({ ref: charge.ref, stripeAccount: null })
      if (outcome.kind !== 'done') ctx.log.warn({ merchant: merchantId, ref: charge.ref, outcome: outcome.kind }, 'a charge without a payment of ours could not be ended at the provider; it is asked again')
      return [{ rule: 'J1', key: driftKeys.orphan(charge.ref), about: aboutOf(charge), text: 'an attempt that we had lost is open at the provider; it is ended there', mended: outcome.kind === 'done', ...(outcome.kind === 'done' ? {} : { unasked: 'The payment provider did not end an open attempt.' }) }]
    }
    case 'stranger':
      return [orphan(charge, 'money was taken under the marks of a payment that another charge had paid')]
  }
}

async function rebuildOrAsk(ctx: Context, merchantId: MerchantId, charge: ProviderPayment): Promise<Finding[]> {
  const outcome = await rebuild(ctx)(merchantId, charge)
  switch (outcome.kind) {
    case 'rebuilt':
      return [{ rule: 'J1', key: driftKeys.orphan(charge.ref), about: aboutOf(charge), text: 'money was taken for a payment that we had lost; it was written anew', mended: true }]
    case 'impossible':
      return [orphan(charge, outcome.why)]
    case 'later':
      return [{ rule: 'J1', key: driftKeys.orphan(charge.ref), about: aboutOf(charge), text: `money was taken for a payment that we have lost; it could not be written anew yet: ${outcome.why}`, mended: false, unasked: outcome.why }]
  }
}

function orphan(charge: ProviderPayment, text: string): Finding {
  return {
    rule: 'J1', key: driftKeys.orphan(charge.ref), about: aboutOf(charge), text, mended: false,
    card: { kind: 'orphan_charge', facts: { ref: charge.ref, amount: charge.amount, currency: currency(charge.currency), reference: charge.metadata['reference'] ?? null } },
  }
}

/** Money went back, and its event may have been lost: a person is told once for each sum. */
async function noteRefund(ctx: Context, merchantId: MerchantId, id: PaymentId, charge: ProviderPayment): Promise<void> {
  const { cards, payments } = ctx.store.merchant(merchantId)
  if ((await cards.known([refundKey(id, charge.refunded)])).length > 0) return
  const payment = await payments.find(id)
  if (payment) await ctx.store.commit(refundCard(ctx, payment, { kind: 'done', payment: charge }))
}

/** It was begun in the window and is not among what the provider listed: it is asked by name before anybody is told. */
async function askMissing(ctx: Context, stripe: PaymentProvider, merchantId: MerchantId, row: ChargedRow): Promise<Finding[]> {
  const payment = await ctx.store.merchant(merchantId).payments.find(row.id)
  const outcome = row.providerRef === null ? null : await stripe.fetch(row.providerRef, payment?.stripeAccount ?? null)
  if (outcome?.kind === 'unknown' || (outcome?.kind === 'done' && outcome.payment.state === 'succeeded')) return []
  const text = 'it counts as paid here, and the provider does not hold the money'
  return [{ rule: 'J2', key: driftKeys.missing(row.id), about: row.reference, text, mended: false, card: { kind: 'charge_missing', facts: { paymentId: row.id, reference: row.reference, amount: row.amount, currency: row.currency, ref: row.providerRef } } }]
}

/** Open attempts whose watch has ended, whatever ended it: somebody asks after them again. */
async function watchAgain(ctx: Context, merchantId: MerchantId): Promise<Finding[]> {
  const merchant = ctx.store.merchant(merchantId)
  const left = await merchant.reconcile.unwatched(ctx.clock.now() - youngMs)
  if (left.length === 0) return []
  await ctx.store.commit(left.map(({ id }) => merchant.outbox.wake({ id: `watch:${id}`, lane: `payment:${id}`, kind: 'watch_payment', payload: { paymentId: id } })))
  return left.map(({ id, reference }) => ({ rule: 'J2', key: `watch:${id}`, about: reference, text: 'nobody asked any more how this attempt ended; the provider is asked again', mended: true }))
}

function aboutOf(charge: ProviderPayment): string {
  return readMarks(charge.metadata)?.reference ?? charge.ref
}
