import type { ChangedEvent, InvoiceDetail, InvoiceList, InvoiceRow } from '../api/domain/views.ts'
import type { Facts, Portal } from './portal.ts'
import { keepSettled } from './rows.ts'
import { followEvents } from './stream.ts'

const pagesKeptMax = 5
const changedRowsMax = 20

/**
 * Keeps a page true while someone looks at it: events from the server, the way back from a payment (a page restored from
 * the back-forward cache shows the past), and the return of the network. A hidden page holds no line open, because a
 * browser allows only six to one server; it reads everything anew when it is seen again. Returns what ends all this.
 */
export function goLive(portal: Portal): () => void {
  const whole = new AbortController()
  const { signal } = whole
  let line: AbortController | undefined
  let isFirst = true
  const stop = () => {
    line?.abort()
    line = undefined
  }
  const connect = () => {
    stop()
    if (document.visibilityState === 'hidden' || portal.state.phase !== 'ready') return
    line = new AbortController()
    // A page that has just been read hears what came after it; one that was hidden or without a network may show another day.
    const since = isFirst ? portal.state.view?.version : undefined
    isFirst = false
    void followEvents(portal.ports.client, { connected: () => void renew(portal), refused: () => void renew(portal), changed: event => void renew(portal, event) }, line.signal, since)
  }
  // A line belongs to who is signed in: it begins when there is something to follow, and ends with the sign-in.
  const unwatch = portal.watch(() => {
    if (portal.state.phase !== 'ready') stop()
    else if (!line) connect()
  })
  document.addEventListener('visibilitychange', connect, { signal })
  addEventListener('pageshow', event => { if (event.persisted) connect() }, { signal })
  addEventListener('online', connect, { signal })
  addEventListener('offline', () => void renew(portal), { signal })
  connect()
  return () => {
    whole.abort()
    unwatch()
    stop()
  }
}

/** Reads the list anew and puts it in place: who has scrolled far keeps their place, and what was just paid stays where it was seen. */
export async function renew(portal: Portal, event?: ChangedEvent): Promise<void> {
  await portal.refresh(async facts => {
    const { rows, nextCursor } = await deeper(portal, facts)
    const changed = [...(await changedRows(portal, event?.invoices ?? [])), ...(await goneRows(portal, rows, nextCursor))]
    return { ...facts, nextCursor, rows: keepSettled(portal.state, rows, changed), ...(event && event.said.length > 0 && { said: event.said.join('. ') }) }
  })
}

/** Rows that the reader sees and that the list no longer holds: what became of them is asked, even where no event told of them. */
async function goneRows(portal: Portal, fresh: readonly InvoiceRow[], nextCursor: string | null): Promise<InvoiceRow[]> {
  const present = new Set(fresh.map(row => row.id))
  const { rows } = portal.state
  const gone = rows.slice(0, nextCursor ? fresh.length : rows.length).filter(row => !present.has(row.id) && row.number !== null)
  const { client } = portal.ports
  // By its number in the whole list, because one that is archived is simply not there.
  const answers = await Promise.all(gone.slice(0, changedRowsMax).map(async row => client.json<InvoiceList>('GET', `/v1/invoices?filter=all&limit=100&q=${encodeURIComponent(row.number ?? '')}&locale=${encodeURIComponent(client.locale)}`)))
  const ids = new Set(gone.map(row => row.id))
  return answers.flatMap(answer => ('value' in answer ? answer.value.invoices.filter(row => ids.has(row.id)) : []))
}

/** The pages that the reader had are read again, up to a limit; the rest comes back as they scroll. */
async function deeper(portal: Portal, facts: Facts): Promise<Pick<Facts, 'rows' | 'nextCursor'>> {
  const had = portal.state.rows.length
  let { rows, nextCursor } = facts
  for (let page = 1; nextCursor && rows.length < had && page < pagesKeptMax; page++) {
    const answer = await portal.ports.client.json<InvoiceList>('GET', `/v1/invoices${portal.query(nextCursor)}`)
    if ('trouble' in answer) break
    rows = [...rows, ...answer.value.invoices]
    nextCursor = answer.value.nextCursor
  }
  return { rows, nextCursor }
}

async function changedRows(portal: Portal, ids: string[]): Promise<InvoiceRow[]> {
  const { client } = portal.ports
  const shown = ids.filter(id => portal.state.rows.some(row => row.id === id)).slice(0, changedRowsMax)
  const answers = await Promise.all(shown.map(async id => client.json<InvoiceDetail>('GET', `${invoicePath(id)}?locale=${encodeURIComponent(client.locale)}`)))
  return answers.flatMap(answer => ('value' in answer ? [answer.value] : []))
}

export function invoicePath(id: string): string {
  return `/v1/invoices/${encodeURIComponent(id)}`
}
