import { Resend } from 'resend'
import type { Mailer } from '../ports.ts'

const timeoutMs = 15_000

/**
 * Sends by Resend. The key makes a repeated call one mail for 24 hours (resend.com/docs, "Idempotency Keys").
 * @param settings `apiUrl` without a slash at its end.
 */
export function createMailer(settings: { apiUrl: string; apiKey: string }): Mailer {
  const resend = new Resend(settings.apiKey, { baseUrl: settings.apiUrl })
  return {
    async send(mail) {
      const sending = resend.emails.send(
        { from: mail.from, to: [mail.to], subject: mail.subject, html: mail.html, text: mail.text, ...(mail.replyTo ? { replyTo: mail.replyTo } : {}) },
        { idempotencyKey: mail.key },
      )
      const answer = await inTime(sending)
      if (answer === 'late') return { kind: 'unknown', reason: `no answer in ${timeoutMs} ms`, retryAfterMs: null }
      if (answer.data) return { kind: 'sent', ref: answer.data.id }
      const { name, message, statusCode } = answer.error
      // A letter went out under this key, in other words than these: it is not written a second time.
      if (name === 'invalid_idempotent_request') return { kind: 'sent', ref: null }
      // What Resend may take later: its own troubles, its limits, and the same key still in work.
      if (statusCode === null || statusCode >= 500 || statusCode === 429 || name === 'concurrent_idempotent_requests')
        return { kind: 'unknown', reason: name, retryAfterMs: statusCode === 429 ? 1_000 : null }
      return { kind: 'refused', reason: `${name}: ${message}` }
    },
  }
}

/** The client has no timeout of its own. */
async function inTime<T>(call: Promise<T>): Promise<T | 'late'> {
  const late = Promise.withResolvers<'late'>()
  const timer = setTimeout(() => late.resolve('late'), timeoutMs)
  return Promise.race([call, late.promise]).finally(() => clearTimeout(timer))
}
