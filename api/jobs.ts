import type { Context } from './context.ts'
import { sendMail } from './letters/send-mail.ts'
import type { JobHandler } from './outbox/worker.ts'
import { takeStripeEvent } from './payments/stripe-event.ts'
import { watchPayment } from './payments/watch.ts'
import { postPayment } from './posting/payment.ts'
import { reconcileBooksJob, reconcileChargesJob } from './reconcile/jobs.ts'
import { recover } from './reconcile/recovery.ts'
import { syncJobs } from './sync/handlers.ts'

/** Kinds that write nothing outside. */
export const readingJobs: readonly string[] = ['import_step', 'read_changes', 'sweep_changes', 'compare_balances', 'read_company', 'take_stripe_event', 'reconcile_books']

/** Who carries out which kind of owed effect. */
export function jobHandlers(ctx: Context): Readonly<Record<string, JobHandler>> {
  const handlers: Readonly<Record<string, JobHandler>> = {
    ...syncJobs(ctx),
    post_payment: postPayment(ctx),
    watch_payment: watchPayment(ctx),
    take_stripe_event: takeStripeEvent(ctx),
    send_mail: sendMail(ctx),
    reconcile_charges: reconcileChargesJob(ctx),
    reconcile_books: reconcileBooksJob(ctx),
    recover: recover(ctx),
  }
  return Object.fromEntries(Object.entries(handlers).map(([kind, handler]) => [kind, watched(ctx, kind, handler)]))
}

/** Writes a line about each effect that was carried out, and counts it. */
function watched(ctx: Context, kind: string, handler: JobHandler): JobHandler {
  return async job => {
    const began = performance.now()
    let outcome = 'threw'
    try {
      const result = await handler(job)
      outcome = result.kind
      return result
    } finally {
      ctx.metrics.job(kind, outcome)
      ctx.log.info({ outcome, ms: Math.round(performance.now() - began) }, 'an effect was carried out')
    }
  }
}
