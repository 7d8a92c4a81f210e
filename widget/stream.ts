import type { ChangedEvent } from '../api/domain/views.ts'
import type { Client } from './client.ts'

const firstWaitMs = 500
const longestWaitMs = 30_000
/** The server sends a comment every 15 s; silence for three of them means that the line is dead. */
const silenceMs = 45_000

export type StreamEvents = {
  /** What is new since the last time will not be told: read anew. */
  connected(): void
  changed(event: ChangedEvent): void
  /** The token is no longer taken: an ordinary call gets another or finds that the sign-in has ended. */
  refused(): void
}

/**
 * Keeps one event stream open over fetch (an EventSource cannot carry the token) until the signal ends it.
 * A lost line is taken up again after half a second, then 1 s … 30 s, each with some chance in it so that pages do not return all at once.
 * Where the server has no room for a line, the page is read anew each time that one is asked for.
 * @param since the version of what the page shows: the first line then begins with what happened after it.
 */
export async function followEvents(client: Client, events: StreamEvents, signal: AbortSignal, since?: number): Promise<void> {
  let waitMs = firstWaitMs
  while (!signal.aborted) {
    const { outcome, afterMs = 0 } = await followOnce(client, events, signal, since)
    if (outcome === 'absent' || signal.aborted) return
    if (outcome === 'refused') events.refused()
    if (outcome === 'full') events.connected()
    if (outcome === 'was-connected') {
      waitMs = firstWaitMs
      since = undefined
    }
    await pause(Math.max(afterMs, waitMs * (0.5 + Math.random())), signal)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
}

async function followOnce(client: Client, events: StreamEvents, signal: AbortSignal, since: number | undefined): Promise<{ outcome: 'refused' | 'absent' | 'full' | 'was-connected' | 'unreachable'; /** The server's own wish. */ afterMs?: number }> {
  const line = new AbortController()
  const end = () => line.abort()
  signal.addEventListener('abort', end)
  let outcome: 'was-connected' | 'unreachable' = 'unreachable'
  try {
    const token = await client.session.token()
    const response = await client.fetch(`${client.origin}/v1/events${since === undefined ? '' : `?since=${since}`}`, {
      credentials: 'omit', cache: 'no-store', signal: line.signal,
      headers: { accept: 'text/event-stream', ...(token && { authorization: `Bearer ${token}` }) },
    })
    if (response.status === 401) return { outcome: 'refused' }
    if (response.status === 404) return { outcome: 'absent' }
    if (response.status === 429 || response.status === 503) return { outcome: 'full', afterMs: (Number(response.headers.get('retry-after')) || 0) * 1000 }
    if (!response.ok || !response.body) return { outcome }
    outcome = 'was-connected'
    if (since === undefined) events.connected()
    return { outcome, afterMs: await readEvents(response.body, events.changed, line) }
  } catch {
    // A line that breaks is the ordinary end of every stream; the caller takes it up again.
    return { outcome }
  } finally {
    signal.removeEventListener('abort', end)
  }
}

/** Answers after how many milliseconds the server wants to see the page again; 0 where it said nothing. */
async function readEvents(body: ReadableStream<Uint8Array>, changed: (event: ChangedEvent) => void, line: AbortController): Promise<number> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader()
  let rest = ''
  let afterMs = 0
  for (;;) {
    const deadline = setTimeout(() => line.abort(), silenceMs)
    const { done, value } = await reader.read().finally(() => clearTimeout(deadline))
    if (done) return afterMs
    const blocks = (rest + value).split(/\r?\n\r?\n/)
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      afterMs = Number(/^retry: ?(\d+)$/m.exec(block)?.[1] ?? afterMs)
      const event = readBlock(block)
      if (event) changed(event)
    }
  }
}

function readBlock(block: string): ChangedEvent | null {
  const lines = block.split(/\r?\n/)
  const field = (name: string) => lines.filter(line => line.startsWith(`${name}:`)).map(line => line.slice(name.length + 1).trimStart()).join('\n')
  return field('event') === 'changed' ? (JSON.parse(field('data')) as ChangedEvent) : null
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(done => {
    const timer = setTimeout(finish, ms)
    signal.addEventListener('abort', finish, { once: true })
    function finish(): void {
      clearTimeout(timer)
      done()
    }
  })
}
