import type { Write } from '../../db/client.ts'
import type { PaymentRow } from '../../db/queries/payments.ts'
import type { CardKind } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { Minor } from '../domain/money.ts'
import { newId } from '../ids.ts'

/** QuickBooks would not take the payment: a person must decide how it gets there. */
export function parkedCard(ctx: Context, payment: PaymentRow, code: string, problem: string): Write {
  return card(ctx, payment, `posting:${payment.id}`, 'posting_blocked', { code, problem }, ctx.clock.now())
}

/** The money found no room on its invoices, or QuickBooks holds something else than was captured. */
export function unappliedCard(ctx: Context, payment: PaymentRow, unapplied: Minor, differs: string | null, now: number): Write {
  return card(ctx, payment, `unapplied:${payment.id}`, differs ? 'posting_differs' : 'payment_unapplied', { unapplied, differs }, now)
}

/** Somebody deleted in QuickBooks what we had written. */
export function missingCard(ctx: Context, payment: PaymentRow, now: number): Write {
  return card(ctx, payment, `posting:${payment.id}`, 'posting_diverged', { what: 'deleted' }, now)
}

function card(ctx: Context, payment: PaymentRow, key: string, kind: CardKind, facts: Record<string, unknown>, now: number): Write {
  return ctx.store.merchant(payment.merchantId).cards.open({
    id: newId('crd', now), key, kind, facts: { ...facts, paymentId: payment.id, reference: payment.reference, amount: payment.amount, currency: payment.currency }, now,
  })
}
