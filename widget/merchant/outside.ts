/** What the console needs of the browser, as an argument, so that a test can stand in for it. */
export type Outside = {
  /** The console and its API are one origin; paths begin with a slash. */
  fetch(path: string, init: RequestInit): Promise<Response>
  openEvents(path: string): EventStream
  /** Puts a text on the clipboard; rejects where the browser refuses. */
  copy(text: string): Promise<void>
  /** Opens an empty tab at once, while the click still allows it; null where the browser refuses. */
  openTab(): Tab | null
  /** Milliseconds since 1970. */
  now(): number
}

export type EventStream = {
  addEventListener(name: string, listener: (event: { data?: unknown }) => void): void
  close(): void
  /** 2 is closed for good, as in EventSource. */
  readonly readyState: number
}

export type Tab = { show(url: string): void; close(): void }

/** The real browser. */
export function browserOutside(): Outside {
  return {
    fetch: (path, init) => fetch(path, init),
    openEvents: path => new EventSource(path),
    copy: text => navigator.clipboard.writeText(text),
    openTab,
    now: () => Date.now(),
  }
}

function openTab(): Tab | null {
  const tab = window.open('', '_blank')
  if (!tab) return null
  tab.opener = null
  return { show: url => tab.location.replace(url), close: () => tab.close() }
}
