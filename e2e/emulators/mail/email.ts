import { z } from 'zod'
import { resendError, type ResendError } from './errors.ts'

/** What a request asks to send, in Resend's own field names; addresses always as lists. */
export type EmailRequest = {
  from: string
  to: string[]
  cc: string[]
  bcc: string[]
  reply_to: string[]
  subject: string
  html: string | undefined
  text: string | undefined
  headers: Record<string, string>
  tags: { name: string; value: string }[]
  attachments: { filename: string; content: string | undefined; path: string | undefined; content_type: string | undefined; content_id: string | undefined }[]
  scheduledAtMs: number | undefined
}

const recipientsMax = 50
const scheduleDaysMax = 30
const dayMs = 86_400_000

const oneOrMore = z.union([z.string().transform(address => [address]), z.array(z.string())])
const shape = z.object({
  from: z.string().optional(),
  to: oneOrMore.optional(),
  cc: oneOrMore.nullish(),
  bcc: oneOrMore.nullish(),
  reply_to: oneOrMore.nullish(),
  subject: z.string().optional(),
  html: z.string().nullish(),
  text: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tags: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  attachments: z.array(z.object({ filename: z.string().nullish(), content: z.string().nullish(), path: z.string().nullish(), content_type: z.string().nullish(), content_id: z.string().nullish() })).nullish(),
  scheduled_at: z.string().nullish(),
  template: z.unknown().optional(),
})

/**
 * Holds a request's body to Resend's rules and gives it back tidy, or what Resend says against it.
 * @param domains the domains that mail may come from; any when undefined
 */
export function parseEmail(body: unknown, nowMs: number, domains: readonly string[] | undefined): EmailRequest | ResendError {
  const parsed = shape.safeParse(body)
  if (!parsed.success) return wrongField(parsed.error)
  const asked = parsed.data
  for (const field of ['from', 'to', 'subject'] as const) {
    const value = asked[field]
    if (value === undefined || value.length === 0) return resendError('missing_required_field', `Missing \`${field}\` field.`)
  }
  const { from = '', to = [], subject = '' } = asked
  if (asked.template !== undefined) return resendError('validation_error', 'Template not found.')
  if (!asked.html && !asked.text) return resendError('missing_required_field', 'Missing `html` or `text` field.')
  const [cc, bcc, reply_to] = [asked.cc ?? [], asked.bcc ?? [], asked.reply_to ?? []]
  const wrong = wrongAddress({ from: [from], to, cc, bcc, reply_to }) ?? wrongSender(from, domains) ?? wrongTag(asked.tags ?? []) ?? wrongSchedule(asked.scheduled_at, nowMs)
  if (wrong) return wrong
  if (asked.attachments?.some(({ content, path }) => !content && !path)) return resendError('invalid_attachment', 'Attachment must have either a `content` or `path`.')
  return {
    from,
    to,
    cc,
    bcc,
    reply_to,
    subject,
    html: asked.html ?? undefined,
    text: asked.text ?? undefined,
    headers: asked.headers ?? {},
    tags: asked.tags ?? [],
    attachments: (asked.attachments ?? []).map(({ filename, content, path, content_type, content_id }) => ({
      filename: filename ?? 'attachment',
      content: content ?? undefined,
      path: path ?? undefined,
      content_type: content_type ?? undefined,
      content_id: content_id ?? undefined,
    })),
    scheduledAtMs: asked.scheduled_at ? Date.parse(asked.scheduled_at) : undefined,
  }
}

/** The bare address in `Name <address>`. */
export function addressIn(written: string): string {
  return /<([^<>]+)>\s*$/.exec(written)?.[1] ?? written
}

/** What is wrong with a time to send at, if anything. */
export function wrongSchedule(scheduledAt: string | null | undefined, nowMs: number): ResendError | undefined {
  if (!scheduledAt) return undefined
  const atMs = Date.parse(scheduledAt)
  if (Number.isNaN(atMs)) return resendError('validation_error', 'The `scheduled_at` field must be a valid date.')
  if (atMs <= nowMs) return resendError('validation_error', 'The `scheduled_at` field must be a future date')
  if (atMs > nowMs + scheduleDaysMax * dayMs) return resendError('validation_error', `The \`scheduled_at\` field must be at most ${scheduleDaysMax} days ahead.`)
  return undefined
}

function wrongField(error: z.ZodError): ResendError {
  const issue = error.issues[0]
  const field = issue?.path[0]
  if (field === undefined) return resendError('validation_error', 'The request body must be an object.')
  return resendError('validation_error', `Invalid \`${String(field)}\` field. ${issue?.message ?? ''}`.trim())
}

function wrongAddress(fields: Record<'from' | 'to' | 'cc' | 'bcc' | 'reply_to', string[]>): ResendError | undefined {
  for (const [field, addresses] of Object.entries(fields)) {
    if (addresses.some(written => !/^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/.test(addressIn(written).trim()))) {
      return resendError('validation_error', `Invalid \`${field}\` field. The email address needs to follow the \`email@example.com\` or \`Name <email@example.com>\` format.`)
    }
    if (field !== 'from' && addresses.length > recipientsMax) return resendError('validation_error', `The \`${field}\` field can have at most ${recipientsMax} addresses.`)
  }
  return undefined
}

function wrongSender(from: string, domains: readonly string[] | undefined): ResendError | undefined {
  const domain = addressIn(from).split('@')[1] ?? ''
  if (!domains || domains.includes(domain)) return undefined
  return resendError('validation_error', `The ${domain} domain is not verified. Please, add and verify your domain on https://resend.com/domains`, 403)
}

function wrongTag(tags: readonly { name: string; value: string }[]): ResendError | undefined {
  const wrong = tags.find(({ name, value }) => !/^[A-Za-z0-9_-]{1,256}$/.test(name) || !/^[A-Za-z0-9_-]{0,256}$/.test(value))
  return wrong && resendError('validation_error', 'Tags should only contain ASCII letters, numbers, underscores, or dashes.')
}
