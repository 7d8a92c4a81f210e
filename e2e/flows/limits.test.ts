import { BlockList } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { Context } from '../../api/context.ts'
import { type Assets, loadAssets } from '../../api/pages/assets.ts'
import { demoCustomer } from '../company/demo.ts'
import { listen } from '../emulators/kit/server.ts'
import { type World, startWorld } from '../world.ts'
import { payerOf, sentInvoice } from './payer.ts'
import { anotherMerchant, staffAt } from './staff.ts'
import { linkOf } from './visitor.ts'

const perMinute = { perAddress: 6, perLink: 4, perMerchant: 10 }
type Limited = Awaited<ReturnType<typeof limited>>
type Sent = { from?: string; token?: string; cookie?: string; accept?: string; method?: string }

let world: World
let assets: Assets
let link: string
let otherKey: string
let api: Limited
beforeAll(async () => {
  world = await startWorld({ invoices: 50 })
  assets = await loadAssets(world.api.context.config.widgetDir)
  link = new URL((await linkOf(world, demoCustomer)).url).pathname.split('/').at(-1) ?? ''
  const other = await anotherMerchant(world, 'jules@ledgerdesk.example')
  otherKey = (await other.ask<{ key: string }>('POST', '/v1/merchant/api-keys', { name: 'A server' })).body.key
}, 60_000)
beforeEach(async () => {
  api = await limited()
  return api.close
})
afterAll(() => world?.close())

/** The same product at an address of its own with low limits and a clock that stands, behind a proxy that is trusted or is not. */
async function limited({ isTrusted = true, ...change }: Partial<Context> & { isTrusted?: boolean } = {}) {
  const { context } = world.api
  const trustedProxies = new BlockList()
  if (isTrusted) trustedProxies.addAddress('127.0.0.1')
  const time = { now: context.clock.now() }
  const app = createApp({ ...context, ...change, clock: { now: () => time.now }, config: { ...context.config, requestsPerMinute: perMinute, trustedProxies, metricsToken: 'figures-of-this-test' } }, assets)
  const server = await listen(app)
  const send = async (path: string, { from = '198.51.100.1', token, cookie, accept = '*/*', method = 'GET' }: Sent = {}) => {
    const answer = await fetch(`${server.url}${path}`, { method, redirect: 'manual', headers: { 'x-forwarded-for': from, accept, ...(token ? { authorization: `Bearer ${token}` } : {}), ...(cookie ? { cookie } : {}) } })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }
  return {
    send,
    url: server.url,
    /** The statuses of so many requests, one after the other; `nth` may change what is sent. */
    statuses: async (count: number, path: string, nth: (i: number) => Sent = () => ({})) => {
      const found: number[] = []
      for (let i = 0; i < count; i++) found.push((await send(path, nth(i))).status)
      return found
    },
    wait: (seconds: number) => void (time.now += seconds * 1_000),
    close: server.close,
  }
}

const times = (count: number, status: number) => Array.from({ length: count }, () => status)
const somewhere = (i: number) => ({ from: `203.0.113.${i + 1}` })
const merchantPage = () => `/v1/merchants/${world.merchant.publishableKey}`

test('an address that asks too often is refused with 429 and Retry-After and may go on after that time; another address is not touched', async () => {
  expect(await api.statuses(6, merchantPage())).toEqual(times(6, 200))
  const refused = await api.send(merchantPage())
  expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('content-type')]).toEqual([429, '10', 'application/problem+json'])
  // A page of another site may read why, and when to come back.
  expect([refused.headers.get('access-control-allow-origin'), refused.headers.get('access-control-expose-headers')]).toEqual(['*', 'x-request-id,retry-after'])
  expect(JSON.parse(refused.text)).toMatchObject({ type: '/problems/rate-limited', status: 429, detail: expect.stringMatching(/your network.*not carried out: wait 10 seconds/) })
  expect((await api.send(merchantPage(), { from: '198.51.100.2' })).status).toBe(200)
  api.wait(9)
  expect((await api.send(merchantPage())).status).toBe(429)
  api.wait(1)
  expect(await api.statuses(2, merchantPage())).toEqual([200, 429])
  api.wait(60)
  expect(await api.statuses(7, merchantPage())).toEqual([...times(6, 200), 429])
})

test('every door counts, what is not there included; health, figures, webhooks and files do not and are never refused', async () => {
  const doors = ['/v1/portal', `/pay-online/${world.merchant.publishableKey}`, '/pay/chk_unknown', '/console', '/openapi.json', '/.env']
  for (const door of doors) expect([door, (await api.send(door)).status === 429]).toEqual([door, false])
  for (const door of doors) expect([door, (await api.send(door)).status]).toEqual([door, 429])
  for (const path of ['/healthz', '/v1/quittance.js']) expect(await api.statuses(8, path)).toEqual(times(8, 200))
  expect(await api.statuses(8, '/hooks/stripe', () => ({ method: 'POST' }))).toEqual(times(8, 400))
  expect(await api.statuses(8, '/hooks/quickbooks', () => ({ method: 'POST' }))).toEqual(times(8, 401))
  expect(await api.statuses(8, '/metrics', () => ({ token: 'figures-of-this-test' }))).toEqual(times(8, 200))
  expect((await api.send('/metrics', { token: 'figures-of-this-test' })).text).toMatch(/quittance_requests_limited_total\{by="address"\} [1-9]/)
})

test('two IPv6 addresses of one /64 count together', async () => {
  expect(await api.statuses(7, merchantPage(), i => ({ from: `2001:db8:1:2::${i + 1}` }))).toEqual([...times(6, 200), 429])
  expect((await api.send(merchantPage(), { from: '2001:db8:1:3::1' })).status).toBe(200)
})

test('whoever is no trusted proxy gains nothing by naming other addresses', async () => {
  const open = await limited({ isTrusted: false })
  try {
    expect(await open.statuses(7, merchantPage(), somewhere)).toEqual([...times(6, 200), 429])
  } finally {
    await open.close()
  }
  // What stands before the address that our proxy wrote was written by anybody.
  expect(await api.statuses(7, merchantPage(), i => ({ from: `203.0.113.${i}, 198.51.100.1` }))).toEqual([...times(6, 200), 429])
})

test('a link that is used from many addresses is limited, on its page and in the API together, however it is written', async () => {
  expect(await api.statuses(2, `/i/${link}`, somewhere)).toEqual([200, 200])
  expect(await api.statuses(2, '/v1/portal', i => ({ from: `192.0.2.${i}`, token: link }))).toEqual([200, 200])
  const refused = await api.send('/v1/portal', { from: '192.0.2.9', token: link })
  expect([refused.status, refused.headers.get('retry-after'), JSON.parse(refused.text)]).toEqual([429, '15', expect.objectContaining({ detail: expect.stringContaining('with this link') })])
  const written = [`/i/${link}`, `/i/%6C${link.slice(1)}`, `/%69/${link.slice(0, 9)}%${link.charCodeAt(9).toString(16)}${link.slice(10)}`, `/i/${link}/invoices/inv_1?page=2`]
  for (const [i, path] of written.entries()) expect([path, (await api.send(path, { from: `192.0.2.${20 + i}`, token: `lnk_${'x'.repeat(20)}${i}` })).status]).toEqual([path, 429])
  const page = await api.send(`/i/${link}`, { from: '192.0.2.30', accept: 'text/html,*/*;q=0.8' })
  expect([page.status, page.headers.get('retry-after'), page.headers.get('content-type')]).toEqual([429, '15', 'text/html; charset=utf-8'])
  expect(page.text).toContain('wait 15 seconds, then try again')
  api.wait(15)
  expect((await api.send(`/i/${link}`, { from: '192.0.2.31' })).status).toBe(200)
})

test('a session, a pay page and a sign-in to the console are limited wherever they are used, and each by itself', async () => {
  const payer = await payerOf(world)
  const [invoice] = (await payer.portal()).list.invoices.filter(row => row.canPay)
  const checkout = await payer.checkout([{ invoiceId: invoice?.id ?? '' }])
  const fiveTimes = (path: string, sent: Sent) => api.statuses(5, path, i => ({ ...somewhere(i), ...sent }))
  const asLimited = [...times(4, 200), 429]
  expect(await fiveTimes('/v1/invoices', { token: payer.token })).toEqual(asLimited)
  expect(await fiveTimes(`${checkout}/view`, {})).toEqual(asLimited)
  expect(await fiveTimes('/v1/merchant', { cookie: world.merchant.cookie })).toEqual(asLimited)
  expect((await api.send('/v1/invoices', { token: await world.session() })).status).toBe(200)
  const charge = await api.send(`${checkout}/payments`, { from: '192.0.2.1', method: 'POST', accept: 'application/json' })
  expect([charge.status, JSON.parse(charge.text)]).toEqual([429, expect.objectContaining({ detail: expect.stringContaining('You were not charged.') })])
})

test('an event stream counts once, when it is opened, however much it tells', async () => {
  const token = await world.session()
  const line = new AbortController()
  const stream = await fetch(`${api.url}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: line.signal })
  expect(stream.status).toBe(200)
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
  for (const amount of [51, 52, 53]) {
    sentInvoice(world, demoCustomer.id, amount)
    for (let told = ''; !told.includes('event: changed'); ) {
      const part = await reader?.read()
      expect(part?.done).toBe(false)
      told += part?.value ?? ''
    }
    await world.settled()
  }
  expect(await api.statuses(4, '/v1/portal', i => ({ ...somewhere(i), token }))).toEqual([...times(3, 200), 429])
  expect((await api.send('/v1/events', { from: '192.0.2.1', token })).status).toBe(429)
  line.abort()
})

test('the API keys of one merchant share what is the merchant’s, and another merchant’s server at the same address is not touched', async () => {
  const second = (await staffAt(world).ask<{ key: string; id: string }>('POST', '/v1/merchant/api-keys', { name: 'Second' })).body
  const keys = [world.merchant.apiKey, second.key]
  expect(await api.statuses(2, '/v1/merchant', i => ({ token: keys[i] ?? '' }))).toEqual([200, 200])
  expect((await api.send('/v1/merchant', { token: otherKey })).status).toBe(200)
  // Each stood, so from now on they count by merchant, though all of them come from one address.
  expect(await api.statuses(11, '/v1/merchant', i => ({ token: keys[i % 2] ?? '' }))).toEqual([...times(10, 200), 429])
  expect(await api.statuses(10, '/v1/merchant', () => ({ token: otherKey }))).toEqual(times(10, 200))
  await staffAt(world).ask('DELETE', `/v1/merchant/api-keys/${second.id}`)
  api.wait(60)
  // A key that was ended is a stranger's: it uses up its own address, and nothing of the merchant's.
  expect(await api.statuses(8, '/v1/merchant', () => ({ ...somewhere(0), token: second.key }))).toEqual([...times(7, 401), 429])
  expect(await api.statuses(9, '/v1/merchant', () => ({ token: world.merchant.apiKey }))).toEqual(times(9, 200))
})

test('keys and links that somebody makes up count by the address that they come from', async () => {
  expect(await api.statuses(7, '/v1/merchant', i => ({ token: `qk_made_up_by_somebody_${i}` }))).toEqual([...times(6, 401), 429])
  expect(await api.statuses(7, '/v1/portal', i => ({ from: '198.51.100.2', token: `lnk_${i}_made_up_by_somebody` }))).toEqual([...times(6, 401), 429])
  // One that is sent where no key is asked for is not thereby known to stand.
  expect(await api.statuses(7, merchantPage(), () => ({ from: '198.51.100.3', token: 'qk_made_up_by_somebody' }))).toEqual([...times(6, 200), 429])
})

test('refused requests ask nothing of the database, and write nothing into it', async () => {
  let uses = 0
  const { store } = world.api.context
  const watched = await limited({ store: new Proxy(store, { get: (target, name) => (uses++, Reflect.get(target, name) as unknown) }) })
  try {
    await watched.statuses(6, merchantPage())
    expect(uses).toBeGreaterThanOrEqual(6)
    uses = 0
    for (const [path, sent] of [[merchantPage(), {}], [`/i/${link}`, {}], ['/v1/portal', { token: link }], ['/v1/merchant', { token: world.merchant.apiKey }], ['/pay/chk_unknown/view', {}], ['/console/connect', { cookie: world.merchant.cookie }]] as [string, Sent][]) {
      expect([path, await watched.statuses(20, path, () => sent)]).toEqual([path, times(20, 429)])
    }
    expect(uses).toBe(0)
  } finally {
    await watched.close()
  }
})
