import { cleanup, renderHook } from '@testing-library/preact'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { useEvents } from './events.ts'
import type { EventStream, Outside } from './outside.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function follow() {
  const streams: { tell(name: string): void; readyState: number; closed: boolean }[] = []
  const heard: string[] = []
  const outside = {
    openEvents: (): EventStream => {
      const listeners = new Map<string, (event: { data?: unknown }) => void>()
      const stream = { tell: (name: string) => listeners.get(name)?.({ data: '{}' }), readyState: 1, closed: false }
      streams.push(stream)
      return { addEventListener: (name, listener) => void listeners.set(name, listener), close: () => { stream.closed = true }, get readyState() { return stream.readyState } }
    },
  } as unknown as Outside
  const { unmount } = renderHook(() => useEvents(outside, {
    onImport: () => void heard.push('import'),
    onChanged: () => void heard.push('changed'),
    onRefused: () => void heard.push('refused'),
    onOpen: first => void heard.push(first ? 'first open' : 'open again'),
  }))
  vi.advanceTimersByTime(200)
  return { streams, heard, unmount }
}

test('a stream that the server refused is opened again, and what was missed is read', () => {
  const { streams, heard } = follow()
  streams[0]?.tell('open')
  Object.assign(streams[0] ?? {}, { readyState: 2 })
  streams[0]?.tell('error')
  expect(streams.length).toBe(1)
  vi.advanceTimersByTime(5_000)
  expect(streams.length).toBe(2)
  streams[1]?.tell('open')
  expect(heard).toEqual(['first open', 'refused', 'open again'])
})

test('a server that keeps refusing is asked ever more rarely', () => {
  const { streams } = follow()
  for (let i = 0; i < 60; i += 1) {
    const last = streams.at(-1)
    if (last && last.readyState !== 2) {
      last.readyState = 2
      last.tell('error')
    }
    vi.advanceTimersByTime(5_000)
  }
  expect(streams.length).toBe(1 + 7)
})

test('a stream that the browser is reopening by itself is left to it', () => {
  const { streams } = follow()
  Object.assign(streams[0] ?? {}, { readyState: 0 })
  streams[0]?.tell('error')
  vi.advanceTimersByTime(60_000)
  expect(streams.length).toBe(1)
})

test('nothing is opened or told after the page is left', () => {
  const { streams, heard, unmount } = follow()
  streams[0]?.tell('changed')
  Object.assign(streams[0] ?? {}, { readyState: 2 })
  streams[0]?.tell('error')
  heard.length = 0
  unmount()
  vi.advanceTimersByTime(60_000)
  expect(streams.map(({ closed }) => closed)).toEqual([true])
  expect(heard).toEqual([])
})
