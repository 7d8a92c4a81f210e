import { useEffect, useRef } from 'preact/hooks'
import type { ImportView } from '../../api/domain/console-views.ts'
import type { Outside } from './outside.ts'

const reopenAfterMs = 5_000
const reopenAfterMsMax = 60_000
const gatherMs = 1_000

export type EventsHeard = {
  onImport(view: ImportView): void
  /** Something of this merchant is different; told at most once a second. */
  onChanged(): void
  /** The stream is open. What was told before it opened was missed: since the page was loaded, or since it was lost. */
  onOpen(first: boolean): void
  /** The server refused the stream, perhaps because the session has ended. */
  onRefused(): void
}

/** Follows the merchant's event stream as long as the component lives. */
export function useEvents(outside: Outside, heard: EventsHeard): void {
  const latest = useRef(heard)
  latest.current = heard
  useEffect(() => follow(outside, latest), [outside])
}

function follow(outside: Outside, latest: { readonly current: EventsHeard }): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let gathering: ReturnType<typeof setTimeout> | undefined
  let first = true
  let waitMs = reopenAfterMs
  let stream = open()
  return () => {
    clearTimeout(timer)
    clearTimeout(gathering)
    stream.close()
  }

  function open() {
    const opened = outside.openEvents('/v1/merchant/events')
    opened.addEventListener('import', ({ data }) => latest.current.onImport(JSON.parse(String(data)) as ImportView))
    opened.addEventListener('changed', () => {
      gathering ??= setTimeout(() => {
        gathering = undefined
        latest.current.onChanged()
      }, gatherMs)
    })
    opened.addEventListener('open', () => {
      latest.current.onOpen(first)
      first = false
      waitMs = reopenAfterMs
    })
    opened.addEventListener('error', () => {
      // EventSource comes back from a lost connection by itself, but not from an answer such as 503.
      if (opened.readyState !== 2) return
      clearTimeout(timer)
      timer = setTimeout(() => { stream = open() }, waitMs)
      waitMs = Math.min(waitMs * 2, reopenAfterMsMax)
      latest.current.onRefused()
    })
    return opened
  }
}
