import { html } from 'hono/html'
import { addressIn } from './email.ts'
import type { Message } from './mailbox.ts'

export type Part = 'html' | 'text' | 'headers'
type Html = ReturnType<typeof html>

export type InboxView = {
  /** Newest first. */
  rows: readonly { message: Message; isNew: boolean }[]
  search: string
  selected: Message | undefined
  part: Part
  nowMs: number
  /** Nothing was ever sent, whatever is searched for. */
  isEmpty: boolean
}

/** The inbox, complete and readable without scripts; a script only brings it up to date. */
export function inboxPage(view: InboxView): Html {
  const { selected, rows } = view
  const unread = rows.filter(({ isNew }) => isNew).length
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${unread > 0 ? `(${unread}) ` : ''}${selected ? `${selected.subject} · ` : ''}Inbox</title>
        <link rel="stylesheet" href="/inbox.css" />
        <script src="/inbox.js" defer></script>
      </head>
      <body class="${selected ? 'reading' : 'listing'}">
        <header>
          <h1><a href="/">Inbox</a></h1>
          <form action="/" role="search">
            <input type="search" name="q" value="${view.search}" aria-label="Search by address or subject" placeholder="Search" autocomplete="off" />
          </form>
        </header>
        <nav aria-label="Messages">${list(view)}</nav>
        <main>${selected ? reading(selected, view.part) : html`<p class="hint">Choose a message to read it.</p>`}</main>
        <p id="news" role="status" class="unseen"></p>
      </body>
    </html>`
}

function list({ rows, search, selected, nowMs, isEmpty }: InboxView): Html {
  if (rows.length === 0) {
    return html`<div id="list" class="empty">
      ${isEmpty
        ? html`<p><strong>No mail yet</strong></p>
            <p>Whatever the sandbox sends, to whomever, arrives here by itself.</p>`
        : html`<p><strong>Nothing matches “${search}”</strong></p>
            <p><a href="/">Show all mail</a></p>`}
    </div>`
  }
  const query = search === '' ? '' : `?q=${encodeURIComponent(search)}`
  return html`<ol id="list">
    ${rows.map(
      ({ message, isNew }) =>
        html`<li>
          <a href="/inbox/${message.id}${query}" class="${isNew ? 'new' : ''}" ${message.id === selected?.id ? html`aria-current="true"` : ''}>
            <span class="who">${message.to.map(addressIn).join(', ')}</span>
            <time datetime="${new Date(message.createdAtMs).toISOString()}">${shortTime(message.createdAtMs, nowMs)}</time>
            <span class="subject">${isNew ? html`<span class="unseen">New: </span>` : ''}${message.subject}</span>
            <span class="glance">${glance(message)}</span>
          </a>
        </li>`,
    )}
  </ol>`
}

function reading(message: Message, part: Part): Html {
  const tab = (name: Part, label: string) =>
    html`<a href="/inbox/${message.id}?part=${name}" ${part === name ? html`aria-current="page"` : ''}>${label}</a>`
  return html`<article aria-labelledby="subject">
    <a class="back" href="/">‹ Inbox</a>
    <h2 id="subject">${message.subject}</h2>
    <p class="from"><span>From</span> ${message.from}</p>
    <p class="from"><span>To</span> ${message.to.join(', ')}</p>
    <p class="from">${longTime(message)}</p>
    ${attachments(message)}
    <nav class="tabs" aria-label="Parts of this message">
      ${message.html === undefined ? '' : tab('html', 'Message')} ${message.text === undefined ? '' : tab('text', 'Plain text')} ${tab('headers', 'Headers')}
    </nav>
    ${body(message, part)}
  </article>`
}

function body(message: Message, part: Part): Html {
  switch (part) {
    case 'html':
      return html`<iframe title="Message" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/inbox/${message.id}/html"></iframe>`
    case 'text':
      return html`<pre class="plain">${linked(message.text ?? '')}</pre>`
    case 'headers':
      return html`<dl class="headers">${headersOf(message).map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
  }
}

/** Plain text with its addresses made into links, which open beside the inbox. */
function linked(text: string): (string | Html)[] {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,;:!?)\]])/).map((piece, index) => (index % 2 === 1 ? html`<a href="${piece}" target="_blank" rel="noreferrer">${piece}</a>` : piece))
}

function attachments(message: Message): Html | string {
  if (message.attachments.length === 0) return ''
  return html`<ul class="attachments" aria-label="Attachments">
    ${message.attachments.map(({ filename, content, path }, index) => html`<li><a href="${content === undefined ? (path ?? '') : `/inbox/${message.id}/attachments/${index}`}" download>${filename}</a></li>`)}
  </ul>`
}

function headersOf(message: Message): [string, string][] {
  const named: [string, string][] = [
    ['From', message.from],
    ['To', message.to.join(', ')],
    ['Cc', message.cc.join(', ')],
    ['Bcc', message.bcc.join(', ')],
    ['Reply-To', message.reply_to.join(', ')],
    ['Subject', message.subject],
    ['Date', new Date(message.createdAtMs).toUTCString()],
    ['Message-ID', message.messageId],
    ...Object.entries(message.headers),
    ['Tags', message.tags.map(({ name, value }) => `${name}=${value}`).join(', ')],
    ['Idempotency-Key', message.idempotencyKey ?? ''],
    ['State', message.lastEvent],
  ]
  return named.filter(([, value]) => value !== '')
}

/** The first words, without what mail programs hide. */
function glance(message: Message): string {
  const words = message.text ?? message.html?.replaceAll(/<(style|title|script)[^>]*>[^]*?<\/\1>/gi, ' ').replaceAll(/<[^>]*>/g, ' ') ?? ''
  return words.replaceAll(/\s+/g, ' ').trim().slice(0, 140)
}

const timeOfDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const whole = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })

function shortTime(atMs: number, nowMs: number): string {
  return nowMs - atMs < 20 * 3_600_000 ? timeOfDay.format(atMs) : dayAndMonth.format(atMs)
}

function longTime(message: Message): string {
  if (message.lastEvent === 'canceled') return 'Canceled before it was sent'
  if (message.lastEvent === 'scheduled' && message.scheduledAtMs !== undefined) return `Will be sent ${whole.format(message.scheduledAtMs)}`
  return whole.format(message.createdAtMs)
}
