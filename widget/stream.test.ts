import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Client } from './client.ts'
import { followEvents } from './stream.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

/** A client whose lines are answered in this order; the last answer stays. */
function clientOf(answers: (() => Response)[]) {
  let token = 'ses_old'
  const sent: string[] = []
  const asked: string[] = []
  const client = {
    origin: 'https://api.example', locale: 'en',
    session: { token: async () => token },
    fetch: async (url: string, init: { headers: { authorization: string } }) => {
      sent.push(init.headers.authorization)
      asked.push(new URL(url).search)
      return (answers.length > 1 ? answers.shift() : answers[0])?.() ?? new Response(null, { status: 503 })
    },
  } as unknown as Client
  return { client, sent, asked, renew: () => { token = 'ses_new' } }
}

test('a line whose token has ended asks for another one and is taken up again with it', async () => {
  const end = new AbortController()
  const heard: string[] = []
  const { client, sent, renew } = clientOf([() => new Response(null, { status: 401 }), () => new Response('event: changed\ndata: {"version":1,"invoices":["inv_1"],"said":[]}\n\n')])
  const followed = followEvents(client, {
    connected: () => heard.push('connected'),
    refused: () => { heard.push('refused'); renew() },
    changed: ({ invoices }) => { heard.push(...invoices); end.abort() },
  }, end.signal)
  await vi.advanceTimersByTimeAsync(5_000)
  await followed
  expect(heard).toEqual(['refused', 'connected', 'inv_1'])
  expect(sent).toEqual(['Bearer ses_old', 'Bearer ses_new'])
})

test('where the server has no room for a line the page is read anew at the pace that the server asks for, until there is room', async () => {
  const end = new AbortController()
  const read: number[] = []
  const began = Date.now()
  const full = () => new Response(null, { status: 429, headers: { 'retry-after': '30' } })
  const { client, sent } = clientOf([full, full, () => new Response('event: changed\ndata: {"version":1,"invoices":["inv_1"],"said":[]}\n\n')])
  const followed = followEvents(client, { connected: () => read.push(Math.round((Date.now() - began) / 1000)), refused: () => undefined, changed: () => end.abort() }, end.signal)
  await vi.advanceTimersByTimeAsync(61_000)
  await followed
  expect(sent).toHaveLength(3)
  expect(read).toEqual([0, 30, 60])
})

test('a server that stops says when it wants to see the page again', async () => {
  const end = new AbortController()
  const began = Date.now()
  const connected: number[] = []
  const { client } = clientOf([() => new Response(': hello\n\nretry: 4000\n\n')])
  const followed = followEvents(client, { connected: () => { if (connected.push(Date.now() - began) === 2) end.abort() }, refused: () => undefined, changed: () => undefined }, end.signal)
  await vi.advanceTimersByTimeAsync(5_000)
  await followed
  expect(connected).toEqual([0, 4_000])
})

test('where there is no line to be had, none is asked for again', async () => {
  const { client, sent } = clientOf([() => new Response(null, { status: 404 })])
  await followEvents(client, { connected: () => undefined, refused: () => undefined, changed: () => undefined }, new AbortController().signal)
  expect(sent).toHaveLength(1)
})

test('a page that has just been read is told what came after it, and not read again; behind a line that was lost it is', async () => {
  const end = new AbortController()
  const heard: string[] = []
  const { client, asked } = clientOf([() => new Response(null, { status: 500 }), () => new Response(': hello\n\n'), () => new Response(': hello\n\n')])
  const followed = followEvents(client, { connected: () => { heard.push('read anew'); end.abort() }, refused: () => undefined, changed: () => undefined }, end.signal, 41)
  await vi.advanceTimersByTimeAsync(5_000)
  await followed
  expect(heard).toEqual(['read anew'])
  expect(asked).toEqual(['?since=41', '?since=41', ''])
})
