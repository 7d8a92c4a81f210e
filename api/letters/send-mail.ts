import type { Context } from '../context.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import { placeOf } from './queue.ts'

type Sealed = { to: string; replyTo: string | null; subject: string; html: string; text: string }

/** Sends an owed letter under the key of its row, so that a repeat is the same letter. */
export const sendMail = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { mailId, sealed } = job.payload as { mailId: string; sealed: string }
  const { mails, outbox } = ctx.store.merchant(job.merchantId)
  const letter = JSON.parse(ctx.vault.open(sealed, placeOf(job.merchantId, mailId))) as Sealed
  const sent = await ctx.mailer.send({ ...letter, from: ctx.config.mail.from, key: `mail:${job.merchantId}:${mailId}` })
  switch (sent.kind) {
    case 'sent':
      return { kind: 'done', writes: [mails.end(mailId, 'sent', sent.ref, null)], after: [outbox.forget(job.id)] }
    case 'refused':
      return { kind: 'blocked', problem: sent.reason, writes: [mails.end(mailId, 'refused', null, sent.reason)] }
    case 'unknown':
      return { kind: 'retry', problem: sent.reason, ...(sent.retryAfterMs === null ? {} : { afterMs: sent.retryAfterMs }) }
  }
}
