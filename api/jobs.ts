import type { Context } from './context.ts'
import { sendMail } from './letters/send-mail.ts'
import type { JobHandler } from './outbox/worker.ts'
import { takeStripeEvent } from './payments/stripe-event.ts'
import { watchPayment } from './payments/watch.ts'
import { postPayment } from './posting/payment.ts'
import { reconcileBooksJob, reconcileChargesJob } from './reconcile/jobs.ts'
import { recover } from './reconcile/recovery.ts'
import { syncJobs } from './sync/handlers.ts'

const changesKeptMs = 24 * 60 * 60_000
const tidyMs = 60 * 60_000

/** Who carries out which kind of owed effect. */
export function jobHandlers(ctx: Context): Readonly<Record<string, JobHandler>> {
  return {
    ...syncJobs(ctx),
    post_payment: postPayment(ctx),
    watch_payment: watchPayment(ctx),
    take_stripe_event: takeStripeEvent(ctx),
    send_mail: sendMail(ctx),
    reconcile_charges: reconcileChargesJob(ctx),
    reconcile_books: reconcileBooksJob(ctx),
    recover: recover(ctx),
  }
}

/** Drops, every hour, what has run out: codes, windows, sessions, old changes. Answers how to stop. */
export function startTidying(ctx: Context): () => void {
  const tidy = () => {
    const now = ctx.clock.now()
    ctx.store.commit(ctx.store.control.sessions.dropExpired(now), ctx.store.control.changes.drop(now - changesKeptMs), ctx.store.control.operations.drop()).catch((error: unknown) => ctx.log.error({ err: error }, 'what has run out was not dropped'))
  }
  const timer = setInterval(tidy, tidyMs)
  return () => clearInterval(timer)
}
