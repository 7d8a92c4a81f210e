import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createClock } from '../../e2e/emulators/kit/clock.ts'
import { listen, type RunningServer } from '../../e2e/emulators/kit/server.ts'
import { createDiscovery } from './discovery.ts'

const dayMs = 86_400_000
const document = (host: string) => ({
  issuer: `${host}/op/v1`,
  authorization_endpoint: `${host}/connect/oauth2`,
  token_endpoint: `${host}/oauth2/v1/tokens/bearer`,
  userinfo_endpoint: `${host}/v1/openid_connect/userinfo`,
  revocation_endpoint: `${host}/v2/oauth2/tokens/revoke`,
  jwks_uri: `${host}/op/v1/jwks`,
})

let server: RunningServer
let answer: { status: number; body: unknown }
let calls: number
beforeEach(async () => {
  answer = { status: 200, body: { ...document('https://intuit.example'), claims_supported: ['sub'] } }
  calls = 0
  const app = new Hono()
  app.get('/moved', c => c.redirect('/document'))
  app.get('/document', c => {
    calls += 1
    return c.json(answer.body as object, answer.status as 200)
  })
  server = await listen(app)
})
afterEach(() => server.close())

const open = (url = `${server.url}/document`, clock = createClock()) => createDiscovery({ url, clock, timeoutMs: 5000 })

test('the document is fetched once a day, and once for all who ask at the same time', async () => {
  const clock = createClock()
  const discovery = open(undefined, clock)
  await Promise.all([discovery(), discovery()])
  expect(await discovery()).toEqual(document('https://intuit.example'))
  expect(calls).toBe(1)
  clock.advance(dayMs)
  await discovery()
  expect(calls).toBe(2)
})

test('while the document cannot be fetched again, the known one goes on being used', async () => {
  const clock = createClock()
  const discovery = open(undefined, clock)
  await discovery()
  answer = { status: 503, body: {} }
  clock.advance(dayMs)
  expect((await discovery()).token_endpoint).toBe('https://intuit.example/oauth2/v1/tokens/bearer')
})

test('a first failure is told, and the next call tries again', async () => {
  const good = answer
  answer = { status: 503, body: {} }
  const discovery = open()
  await expect(discovery()).rejects.toThrow('answered 503')
  answer = good
  expect((await discovery()).issuer).toBe('https://intuit.example/op/v1')
})

test.each([
  ['an endpoint without https', { ...document('https://intuit.example'), token_endpoint: 'http://intuit.example/token' }, 'token_endpoint'],
  ['an endpoint that is no address', { ...document('https://intuit.example'), jwks_uri: 'keys' }, 'jwks_uri'],
  ['a missing endpoint', { ...document('https://intuit.example'), revocation_endpoint: undefined }, 'revocation_endpoint'],
  ['no object', 'nothing', 'not usable'],
])('%s makes the document unusable, and the error says which', async (_, body, word) => {
  answer = { status: 200, body }
  await expect(open()()).rejects.toThrow(word)
})

test('loopback addresses need no https', async () => {
  answer = { status: 200, body: document('http://127.0.0.1:4100') }
  expect((await open()()).jwks_uri).toBe('http://127.0.0.1:4100/op/v1/jwks')
})

test('a document elsewhere than on an https address, or behind a redirect, is not read', async () => {
  await expect(open('http://intuit.example/document')()).rejects.toThrow('https')
  await expect(open(`${server.url}/moved`)()).rejects.toThrow('no usable answer')
  expect(calls).toBe(0)
})
