import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../api/app.ts'
import type { CheckoutCreated, CheckoutView } from '../../api/domain/views.ts'
import { createLog } from '../../api/log.ts'
import { loadAssets } from '../../api/pages/assets.ts'
import { demoCustomer } from '../company/demo.ts'
import { codeFrom, mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { signInByCode, tokenIn } from './callers.ts'
import { payerOf, sentInvoice } from './payer.ts'
import { staffAt } from './staff.ts'

let world: World
let payer: Awaited<ReturnType<typeof payerOf>>
let link: string
let invoice: { id: string; customerId: string }
const logged: string[] = []
beforeAll(async () => {
  world = await startWorld({ invoices: 60, log: createLog('debug', { write: line => void logged.push(line) }) })
  payer = await payerOf(world)
  invoice = await newInvoice(80)
  link = await newLink()
}, 60_000)
afterAll(() => world?.close())

const minuteMs = 60_000
const newInvoice = async (amount: number) => {
  const { DocNumber } = sentInvoice(world, demoCustomer.id, amount)
  return (await until(() => staffAt(world).invoice(DocNumber), row => row !== undefined)) as { id: string; customerId: string }
}
const newLink = async () => tokenIn(((await world.merchant.call('POST', `/v1/merchant/customers/${invoice.customerId}/links`, { invoiceId: invoice.id })) as { url: string }).url)
const call = (method: string, path: string, headers: Record<string, string> = {}, body?: string) => fetch(`${world.apiUrl}${path}`, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) })
const bearer = () => ({ authorization: `Bearer ${payer.token}` })
const cursor = (text: string) => Buffer.from(text).toString('base64url')

/** Sends the address as it is written; fetch would tidy it first. */
const raw = (path: string): Promise<{ status: number; body: string }> => new Promise((resolve, reject) => {
  const { hostname, port } = new URL(world.apiUrl)
  request({ hostname, port, path }, answer => {
    let body = ''
    answer.on('data', (part: Buffer) => (body += part.toString())).on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
  }).on('error', reject).end()
})

describe('an odd question gets an answer or a clear refusal', () => {
  const cursors = ['null', '{}', '5', '"x"', '[]', '[1e999,"x"]', '[{"a":1},"x"]', '[null,null]', '["\\ud800","x"]', '["a\\u0000","x"]', 'not json'].map(text => `cursor=${cursor(text)}`)
  const locales = ['%00', 'en-12', 'en-US-US', 'i-klingon', 'x', '..', 'de'].map(tag => `locale=${tag}`)
  const others = ['q=%00', 'q=%25%5F%5C', 'q=%F0%9F%92%A9', `q=${'x'.repeat(100)}`, 'cursor=%FF', 'page=1e9', 'page=-1', 'page=NaN', 'unknown=1']
  const refused = ['limit=0', 'limit=101', 'limit=1e9', 'limit=x', 'limit=1.5', 'limit=-1', 'filter=draft', 'filter=archived', 'filter=', 'filter=all&filter=paid', 'sort=id', 'sort=%3Bdrop', `q=${'x'.repeat(101)}`, `cursor=${'x'.repeat(2_000)}`, `locale=${'x'.repeat(36)}`]
  test.each([...cursors, ...locales, ...others])('%s is answered', async query => {
    for (const path of [`/v1/invoices?${query}`, `/v1/portal?${query}`, `/v1/invoices/${invoice.id}?${query}`]) expect([path, (await call('GET', path, bearer())).status]).toEqual([path, 200])
    for (const path of ['invoices', 'customers', 'payments']) expect([path, (await call('GET', `/v1/merchant/${path}?${query}`, { authorization: `Bearer ${world.merchant.apiKey}` })).status]).toEqual([path, 200])
    expect((await call('GET', `/i/${link}?${query}`)).status).toBe(200)
  })
  test.each(refused)('%s is refused, and said to be', async query => {
    const answer = await call('GET', `/v1/invoices?${query}`, bearer())
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json'])
    expect(((await answer.json()) as { faults: { field: string }[] }).faults[0]?.field).toBe(query.split('=')[0])
  })
  test.each(['en-12', '%00', 'en-US-US;q=2,,,', '*'])('Accept-Language: %s is no failure', async language => {
    expect((await call('GET', '/v1/portal', { ...bearer(), 'accept-language': language })).status).toBe(200)
  })
  test('a page beyond the end of the list is its last page', async () => {
    const last = await (await call('GET', `/i/${link}?page=1e9&filter=all`)).text()
    expect(last).toContain('"page":1,')
    expect(last).toContain(invoice.id)
  })
  test.each(['/v1/c/..%2f..%2fserver.js', '/v1/c/../../server.js', '/v1/pages/%2e%2e/server.js', '/v1/c/server.js', '//etc/passwd', '/i/..%2f..%2fv1', '/v1/merchant/../../sandbox.json', '/%', '/v1/invoices/%E0%A4%A', '/.env', '/console/..%00'])('%s leads nowhere', async path => {
    const { status, body } = await raw(path)
    expect([200, 401, 404]).toContain(status)
    expect(body).not.toMatch(/renderLanding|root:|apiKey/)
  })
})

describe('a body that is not right is refused, and nothing is made of it', () => {
  const amounts = [0, -1, 0.5, 1e21, '12', null, true, Number.MAX_SAFE_INTEGER]
  const bodies: [string, string, string, number][] = [
    ['broken JSON', '{"invoices":[', 'application/json', 400], ['no JSON at all', 'invoices=1', 'application/x-www-form-urlencoded', 400], ['text', '{}', 'text/plain', 400], ['nothing', '', 'application/json', 400],
    ['null', 'null', 'application/json', 400], ['a list', '[]', 'application/json', 400], ['no choice', '{"invoices":[]}', 'application/json', 400], ['depth', '['.repeat(20_000), 'application/json', 400],
    ['too much', JSON.stringify({ invoices: [], returnUrl: 'x'.repeat(70_000) }), 'application/json', 413],
  ]
  test.each(bodies)('%s', async (_, body, type, status) => {
    for (const [path, headers] of [['/v1/checkouts', bearer()], ['/v1/sign-in/codes', {}], ['/v1/sessions', { authorization: `Bearer ${world.merchant.apiKey}` }], ['/v1/merchant/api-keys', { authorization: `Bearer ${world.merchant.apiKey}` }]] as const) {
      const answer = await call('POST', path, { ...headers, 'content-type': type }, body)
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([path, status, 'application/problem+json'])
    }
  })
  test.each(amounts)('an amount of %j', async amount => {
    const { status, body } = await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: invoice.id, amount }] })
    // A safe whole number that is too much is told with the amounts as they are.
    expect([status, (body as { type: string }).type]).toEqual(amount === Number.MAX_SAFE_INTEGER ? [409, '/problems/balance-changed'] : [400, '/problems/invalid-request'])
  })
  test('a field that nobody knows', async () => {
    expect((await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: invoice.id, currency: 'EUR' }] })).status).toBe(400)
    expect((await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: invoice.id }], amount: 1 })).status).toBe(400)
  })
  test.each([['abc'], ['1,240'], ['12.345'], ['-5'], ['1e3'], ['9'.repeat(40)], ['<b>']])('without scripts, an amount of “%s” is never taken for the whole', async typed => {
    const answer = await call('POST', `/i/${link}/checkouts`, { 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams({ invoice: invoice.id, [`amount-${invoice.id}`]: typed }).toString())
    expect([answer.status, answer.headers.get('location')]).toEqual([200, null])
    expect(await answer.text()).toContain('could not be read as an amount')
  })
  test('without scripts, a part is paid as it is written, with either mark', async () => {
    for (const typed of ['12,50', ' 12.5 ']) {
      const answer = await call('POST', `/i/${link}/checkouts`, { 'content-type': 'application/x-www-form-urlencoded' }, new URLSearchParams({ invoice: invoice.id, [`amount-${invoice.id}`]: typed }).toString())
      expect(answer.status).toBe(303)
      expect(((await (await call('GET', `${answer.headers.get('location')}/view`)).json()) as CheckoutView).total.text).toBe('$12.50')
    }
  })
  test.each([['application/json', '{}'], ['multipart/form-data', 'x'], ['multipart/form-data; boundary=b', '--b\r\nbroken'], ['', '']])('a form of the type “%s” chooses nothing', async (type, body) => {
    const answer = await call('POST', `/i/${link}/checkouts`, type ? { 'content-type': type } : {}, body)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Choose between 1 and 100 invoices')
  })
})

test('every page says how it may be used: no inline script, no frame, no referrer, nothing kept', async () => {
  const checkout = await payer.checkout([{ invoiceId: invoice.id }])
  for (const path of [`/i/${link}`, `/i/${link}/invoices/${invoice.id}`, '/i/lnk_unknown', `/pay-online/${world.merchant.publishableKey}`, checkout, '/pay/chk_unknown', '/console', '/console/invoices', '/docs', '/console/intuit/ended', '/quickbooks/disconnected', '/quickbooks/connect']) {
    const { headers } = await call('GET', path)
    const policy = Object.fromEntries((headers.get('content-security-policy') ?? '').split('; ').map(part => [part.split(' ')[0] ?? '', part.split(' ').slice(1)]))
    expect([path, policy['default-src'], policy['base-uri'], policy['form-action'], policy['frame-ancestors']]).toEqual([path, [`'none'`], [`'none'`], [`'self'`], [`'none'`]])
    expect([path, JSON.stringify(policy).match(/unsafe-|\*|http:\/\/(?!127)/)]).toEqual([path, null])
    expect([path, ...['x-content-type-options', 'referrer-policy', 'cache-control'].map(name => headers.get(name))]).toEqual([path, 'nosniff', 'no-referrer', 'private, no-store'])
  }
  const framedBy = async (origin: string) => /frame-ancestors ([^;]+)/.exec((await call('GET', `${checkout}?frame=${encodeURIComponent(origin)}`)).headers.get('content-security-policy') ?? '')?.[1]
  expect(await framedBy(world.outside.site.url)).toBe(world.outside.site.url)
  for (const origin of ['https://evil.example', `${world.outside.site.url}.evil.example`, `${world.outside.site.url}/`, '*', 'null', `https://a.example; script-src *`]) expect([origin, await framedBy(origin)]).toEqual([origin, `'none'`])
  for (const origin of ['https://a.example;script-src', 'http://shop.example', 'https://*', 'https://a.example/x', 'javascript:alert(1)', 'null']) expect([origin, (await world.ask(world.merchant.apiKey, 'PATCH', '/v1/merchant/settings', { allowedOrigins: [origin] })).status]).toEqual([origin, 400])
  for (const wish of [{ logoUrl: 'javascript:alert(1)' }, { logoUrl: 'http://a.example/x.png' }, { logoUrl: 'data:image/svg+xml,x' }, { accent: 'red' }, { accent: '#fff;}' }, { accent: 'url(https://a.example)' }]) expect([wish, (await world.ask(world.merchant.apiKey, 'PATCH', '/v1/merchant/settings', wish)).status]).toEqual([wish, 400])
})

test('any page may ask with a token, and none with the console’s cookie but our own', async () => {
  const asked = await call('OPTIONS', '/v1/portal', { origin: 'https://any.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' })
  expect([asked.status, asked.headers.get('access-control-allow-origin'), asked.headers.get('access-control-allow-credentials')]).toEqual([204, '*', null])
  const { cookie } = world.merchant
  const console = await call('OPTIONS', '/v1/merchant/settings', { origin: 'https://any.example', 'access-control-request-method': 'PATCH' })
  expect(console.headers.get('access-control-allow-origin')).toBeNull()
  for (const origin of ['https://any.example', 'null', `${world.apiUrl}.evil.example`, world.outside.site.url]) expect([origin, (await call('PATCH', '/v1/merchant/settings', { cookie, origin, 'content-type': 'application/json' }, '{}')).status]).toEqual([origin, 403])
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) expect((await call('POST', '/v1/merchant/api-keys', { cookie, origin: world.apiUrl, 'content-type': type }, '{"name":"x"}')).status).toBe(400)
})

test('where browsers come by https, the console’s cookie is Secure and bound to this host, and the page asks for https ever after', async () => {
  const { context } = world.api
  const app = createApp({ ...context, config: { ...context.config, publicUrl: 'https://pay.example.com', secureCookies: true } }, await loadAssets(context.config.widgetDir))
  const email = 'secure@orchardlane.example'
  const post = (path: string, body: object) => app.request(path, { method: 'POST', headers: { 'content-type': 'application/json', origin: 'https://pay.example.com' }, body: JSON.stringify(body) })
  expect((await post('/v1/merchant/sign-in/codes', { email })).status).toBe(202)
  const answer = await post('/v1/merchant/sign-in/sessions', { email, code: await codeFrom(world.outside.mail.url, email, 0) })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(/^__Host-quittance=mst_/)
  for (const rule of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i]) expect(cookie).toMatch(rule)
  expect(cookie).not.toMatch(/domain=/i)
  expect(answer.headers.get('strict-transport-security')).toContain('max-age=')
  // A cookie of the same name that another host planted is not taken.
  expect((await app.request('/v1/merchant', { headers: { cookie: (cookie.split(';')[0] ?? '').replace('__Host-', '') } })).status).toBe(401)
})

test('the way back leads to the merchant’s own sites alone', async () => {
  const backOf = async (returnUrl: string) => {
    const { status, body } = await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: invoice.id }], returnUrl })
    return status === 201 ? ((await world.ask(null, 'GET', `${new URL((body as CheckoutCreated).url).pathname}/view`)).body as CheckoutView).returnUrl : status
  }
  for (const own of [`${world.outside.site.url}/account?order=7`, `${world.apiUrl}/i/${link}`]) expect(await backOf(own)).toBe(own)
  for (const strange of ['https://evil.example/', `${world.outside.site.url}@evil.example/`, world.apiUrl.replace('127.0.0.1', 'localhost')]) expect([strange, await backOf(strange)]).toEqual([strange, null])
  for (const wrong of ['javascript:alert(1)', 'data:text/html,x', '/account', 'ftp://a.example', 'blob:https://a.example/x']) expect([wrong, await backOf(wrong)]).toEqual([wrong, 400])
})

test('whether an address is known shows nowhere but in its inbox', async () => {
  let commits = 0
  const forget = world.api.context.store.onCommit(() => void commits++)
  const asked: unknown[] = []
  for (const email of [demoCustomer.email, 'nobody@unknown.example']) {
    await world.settled()
    commits = 0
    const answer = await call('POST', '/v1/sign-in/codes', { 'content-type': 'application/json' }, JSON.stringify({ merchant: world.merchant.publishableKey, email }))
    // The same work is done before the answer, so that it takes as long.
    asked.push({ status: answer.status, body: await answer.text(), headers: [...answer.headers.keys()].toSorted(), wrote: commits > 0 })
    const wrong = await world.ask(null, 'POST', '/v1/sign-in/sessions', { merchant: world.merchant.publishableKey, email, code: '000000' })
    asked.push([wrong.status, { ...(wrong.body as object), requestId: '' }])
  }
  forget()
  expect(asked.slice(2)).toEqual(asked.slice(0, 2))
  await world.settled()
  expect(await mailsTo(world.outside.mail.url, 'nobody@unknown.example')).toEqual([])
})

test('through a whole payment no token, code, address or key is written to the log, and no token lies in the database', async () => {
  const session = await signInByCode(world, demoCustomer.email)
  const { text = '' } = (await mailsTo(world.outside.mail.url, demoCustomer.email)).at(-1) ?? {}
  const paid = await newInvoice(21)
  const { body } = await world.ask(session, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: paid.id }], returnUrl: `${world.apiUrl}/i/${link}` })
  const page = new URL((body as CheckoutCreated).url).pathname
  for (const path of [page, `/i/${link}`, `//i/${link}`, `/i/${link}/nowhere`, `${page}/nowhere`, `/console/${link}`]) await raw(path)
  expect((await payer.pay(page)).body.state).toBe('succeeded')
  await world.merchant.call('POST', `/v1/merchant/invoices/${paid.id}/send`, { email: 'new.address@harbourcoffee.example' })
  await world.ask(session, 'DELETE', '/v1/sessions/current')
  await world.settled()
  const mailed = (await mailsTo(world.outside.mail.url, 'new.address@harbourcoffee.example')).at(-1)?.text ?? ''
  const tokens = [session, payer.token, link, page.split('/')[2] ?? '', world.merchant.apiKey, world.merchant.cookie.split('=')[1] ?? '', /lnk_[\w-]+/.exec(mailed)?.[0] ?? '']
  const { environment } = world.outside
  const keys = [environment.INTUIT_CLIENT_SECRET, environment.INTUIT_WEBHOOK_VERIFIER, environment.STRIPE_SECRET_KEY, environment.STRIPE_WEBHOOK_SECRETS, environment.RESEND_API_KEY]
  const secrets = [...tokens, ...keys, /\d{6}/.exec(text)?.[0] ?? '', demoCustomer.email, 'new.address@harbourcoffee.example', 'avery@alderandfinch.example']
  expect(secrets.filter(secret => secret.length < 6)).toEqual([])
  expect(logged.length).toBeGreaterThan(50)
  expect(secrets.filter(secret => logged.some(line => line.includes(secret)))).toEqual([])
  const file = world.databaseFile
  const stored = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)])
  expect([...tokens, ...keys].filter(secret => stored.includes(secret))).toEqual([])
  // The file is read as it is: what must be there is found.
  expect(stored.includes(paid.id)).toBe(true)
})

test('codes and tries are limited by mailbox and by network address', async () => {
  const merchant = world.merchant.publishableKey
  const ask = (email: string) => world.ask(null, 'POST', '/v1/sign-in/codes', { merchant, email })
  const enter = (email: string, code: string) => call('POST', '/v1/sign-in/sessions', { 'content-type': 'application/json' }, JSON.stringify({ merchant, email, code }))
  world.outside.clock.advance(61 * minuteMs)
  const email = 'ingrid@northlightdental.example'
  const before = (await mailsTo(world.outside.mail.url, email)).length
  for (let i = 0; i < 8; i++) expect((await ask(email)).status).toBe(202)
  await world.settled()
  expect((await mailsTo(world.outside.mail.url, email)).length - before).toBe(6)
  const code = await codeFrom(world.outside.mail.url, email, before)
  for (let i = 0; i < 5; i++) expect((await enter(email, code === '111111' ? '222222' : '111111')).status).toBe(401)
  // Whoever guessed five times is past even the right code.
  expect((await enter(email, code)).status).toBe(401)
  for (let i = 8; i < 20; i++) expect((await ask(`somebody${i}@unknown.example`)).status).toBe(202)
  const limited = await call('POST', '/v1/sign-in/codes', { 'content-type': 'application/json' }, JSON.stringify({ merchant, email: 'last@unknown.example' }))
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '300'])
  for (let i = 6; i < 40; i++) expect((await enter(email, '333333')).status).toBe(401)
  expect((await enter(email, code)).status).toBe(429)
  world.outside.clock.advance(11 * minuteMs)
  expect((await ask('last@unknown.example')).status).toBe(202)
})
