import type { Write } from '../../db/client.ts'
import type { Context } from '../context.ts'
import { newId } from '../ids.ts'
import type { Job, JobResult } from '../outbox/worker.ts'
import { letterPlace } from './queue.ts'

type Sealed = { to: string; replyTo: string | null; subject: string; html: string; text: string }

/** Sends an owed letter under the key of its row, so that a repeat is the same letter. */
export const sendMail = (ctx: Context) => async (job: Job): Promise<JobResult> => {
  const { mailId, sealed } = job.payload as { mailId: string; sealed: string }
  const { mails, outbox } = ctx.store.merchant(job.merchantId)
  const letter = JSON.parse(ctx.vault.open(sealed, letterPlace(job.merchantId, mailId))) as Sealed
  const sent = await ctx.mailer.send({ ...letter, from: ctx.config.mail.from, key: `mail:${job.merchantId}:${mailId}` })
  await ctx.pass('M1')
  switch (sent.kind) {
    case 'sent':
      return { kind: 'done', writes: [mails.end(mailId, 'sent', sent.ref, null)], after: [outbox.forget(job.id)] }
    case 'refused':
      return { kind: 'blocked', problem: sent.reason, writes: [mails.end(mailId, 'refused', null, sent.reason), ...(await refusedCard(ctx, job, mailId, sent.reason))] }
    case 'unknown':
      return { kind: 'retry', problem: sent.reason, ...(sent.retryAfterMs === null ? {} : { afterMs: sent.retryAfterMs }) }
  }
}

/** The merchant is told of what their customer did not get; who waits for a code sees that none came, and asks again. */
async function refusedCard(ctx: Context, job: Job, mailId: string, reason: string): Promise<Write[]> {
  const { mails, cards, changes } = ctx.store.merchant(job.merchantId)
  const mail = await mails.find(mailId)
  if (!mail || mail.kind === 'sign_in') return []
  const now = ctx.clock.now()
  return [
    cards.open({ id: newId('crd', now), key: `mail:${mailId}`, kind: 'mail_refused', facts: { to: mail.recipient, about: mail.kind, reason }, now }),
    changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }),
  ]
}
