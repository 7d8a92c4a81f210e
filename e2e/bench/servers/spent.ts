import { subscribe } from 'node:diagnostics_channel'
import type { IncomingMessage } from 'node:http'

/** Adds up the milliseconds that this process takes for the requests that count, each from its headers to the end of its answer. */
export function watchSpent(counts: (request: IncomingMessage) => boolean): () => number {
  const began = new WeakMap<IncomingMessage, number>()
  let spentMs = 0
  subscribe('http.server.request.start', message => {
    const { request } = message as { request: IncomingMessage }
    if (counts(request)) began.set(request, performance.now())
  })
  subscribe('http.server.response.finish', message => {
    const beganAt = began.get((message as { request: IncomingMessage }).request)
    if (beganAt !== undefined) spentMs += performance.now() - beganAt
  })
  return () => spentMs
}
