import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { readFileSync } from 'node:fs'
import type { Clock } from '../kit/clock.ts'
import { inboxPage, type Part } from './inbox-page.ts'
import type { Mailbox, Message } from './mailbox.ts'

const style = readFileSync(new URL('inbox.css', import.meta.url), 'utf8')
const script = readFileSync(new URL('inbox.js', import.meta.url), 'utf8')

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
/** A message may look as it likes and open its links, and may do nothing else. */
const messagePolicy = "default-src 'none'; img-src * data:; style-src 'unsafe-inline' *; font-src *; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

export type InboxParts = { mailbox: Mailbox; clock: Clock }

/** Mounts the inbox: the list at `/`, a message at `/inbox/<id>`, its parts below that. */
export function mountInbox(app: Hono<{ Bindings: HttpBindings }>, parts: InboxParts): void {
  const { mailbox } = parts
  app.get('/inbox.css', c => c.body(style, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.get('/inbox.js', c => c.body(script, 200, { 'content-type': 'text/javascript; charset=utf-8' }))
  app.get('/favicon.ico', c => c.body(null, 204))
  app.get('/', c => page(c, parts, undefined))
  app.get('/inbox/events', c =>
    streamSSE(c, async stream => {
      await new Promise<void>(done => {
        const stop = mailbox.onChange(() => void stream.writeSSE({ event: 'change', data: '' }))
        stream.onAbort(() => {
          stop()
          done()
        })
      })
    }),
  )
  app.get('/inbox/:id', c => {
    const message = mailbox.read(c.req.param('id'))
    if (!message) return c.redirect('/', 303)
    mailbox.open(message.id)
    return page(c, parts, message)
  })
  app.get('/inbox/:id/html', c => {
    const message = mailbox.read(c.req.param('id'))
    return message?.html === undefined ? c.notFound() : c.html(openingLinksOutside(message.html), 200, { 'content-security-policy': messagePolicy, 'referrer-policy': 'no-referrer' })
  })
  app.get('/inbox/:id/attachments/:index', c => {
    const attachment = mailbox.read(c.req.param('id'))?.attachments[Number(c.req.param('index'))]
    if (attachment?.content === undefined) return c.notFound()
    return c.body(Buffer.from(attachment.content, 'base64'), 200, {
      'content-type': attachment.content_type ?? 'application/octet-stream',
      'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(attachment.filename)}`,
      'x-content-type-options': 'nosniff',
    })
  })
}

function page(c: Context, { mailbox, clock }: InboxParts, selected: Message | undefined): Response | Promise<Response> {
  const search = c.req.query('q')?.trim() ?? ''
  const messages = mailbox.all().filter(message => matches(message, search))
  const rows = messages.toReversed().map(message => ({ message, isNew: !mailbox.isOpened(message.id) }))
  const asked = c.req.query('part')
  const part: Part = asked === 'text' || asked === 'headers' ? asked : selected?.html === undefined ? 'text' : 'html'
  return c.html(inboxPage({ rows, search, selected, part, nowMs: clock.now(), isEmpty: mailbox.all().length === 0 }), 200, { 'content-security-policy': policy, 'cache-control': 'no-store' })
}

function matches(message: Message, search: string): boolean {
  return [...message.to, message.subject, message.from].some(text => text.toLowerCase().includes(search.toLowerCase()))
}

/** The message stands in a frame, so its links open beside it. */
function openingLinksOutside(html: string): string {
  const base = '<base target="_blank">'
  const head = /<head[^>]*>/i.exec(html)
  return head ? html.slice(0, head.index + head[0].length) + base + html.slice(head.index + head[0].length) : `<!doctype html><meta charset="utf-8">${base}${html}`
}
