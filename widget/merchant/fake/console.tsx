import type { VNode } from 'preact'
import { Console } from '../app.tsx'
import type { EventStream, Outside } from '../outside.ts'
import { FakeApi } from './api.ts'
import type { FakeCompany } from './company.ts'

export type Shown = { page: VNode; api: FakeApi; copied: string[]; opened: string[]; streams: number; clipboard: { refuses: boolean }; refuseStreams: () => void }

/** The whole console at an address, over a company in memory; `page` is for a test to render. */
export function fakeConsole(company: FakeCompany, { at = '/console', signedIn = true }: { at?: string; signedIn?: boolean } = {}): Shown {
  history.replaceState(null, '', at)
  const api = new FakeApi(company, { signedIn })
  const shown: Omit<Shown, 'page'> = { api, copied: [], opened: [], streams: 0, clipboard: { refuses: false }, refuseStreams: () => {} }
  return Object.assign(shown, { page: <Console outside={outsideOf(shown)} /> })
}

function outsideOf(shown: Omit<Shown, 'page'>): Outside {
  return {
    fetch: async (path, init) => {
      const url = new URL(path, 'https://console.example')
      const body = typeof init.body === 'string' ? (JSON.parse(init.body) as Record<string, unknown>) : {}
      const answer = shown.api.answer({ method: init.method ?? 'GET', path: url.pathname, query: url.searchParams, body })
      if (answer.status === 0) throw new TypeError('fetch failed')
      return new Response(answer.status === 204 ? null : JSON.stringify(answer.body ?? {}), { status: answer.status, headers: { 'content-type': 'application/json', ...answer.headers } })
    },
    openEvents: () => streamOf(shown),
    copy: async text => {
      if (shown.clipboard.refuses) throw new DOMException('refused', 'NotAllowedError')
      shown.copied.push(text)
    },
    openTab: () => ({ show: url => void shown.opened.push(url), close: () => void shown.opened.push('closed') }),
    now: () => Date.parse('2026-11-21T09:00:00Z'),
  }
}

function streamOf(shown: Omit<Shown, 'page'>): EventStream {
  const heard = new Map<string, (event: { data?: unknown }) => void>()
  shown.streams += 1
  setTimeout(() => heard.get('open')?.({}), 0)
  const stop = shown.api.onEvent((name, data) => heard.get(name)?.({ data: JSON.stringify(data) }))
  let readyState = 1
  shown.refuseStreams = () => {
    readyState = 2
    heard.get('error')?.({})
  }
  return { addEventListener: (name, listener) => void heard.set(name, listener), close: () => { shown.streams -= 1; stop() }, get readyState() { return readyState } }
}
