import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsoleView } from '../domain/console-views.ts'
import { walkConsent } from '../../e2e/emulators/quickbooks/oauth/walkConsent.ts'
import { type Ask, asking, staffAt } from '../../e2e/flows/staff.ts'
import { codeFrom, mailsTo, signInToConsole } from '../../e2e/merchant.ts'
import { type World, startWorld } from '../../e2e/world.ts'

let world: World
let nobody: Ask
beforeAll(async () => {
  world = await startWorld({ connected: false, invoices: 50 })
  nobody = asking(world, '')
})
afterAll(() => world.close())

const avery = 'avery@alderandfinch.example'
const signIn = (email: string) => signInToConsole({ apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email })
const viewOf = async (cookie: string) => (await asking(world, cookie)<ConsoleView>('GET', '/v1/merchant')).body
const inBrowser = (url: string, cookie: string) => fetch(url, { redirect: 'manual', headers: { cookie } })

/** A browser that keeps cookies, as far as a sign-in needs it. */
function browser() {
  const jar = new Map<string, string>()
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = (answer: Response) => {
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const at = pair.indexOf('=')
      if (/max-age=0/i.test(line)) jar.delete(pair.slice(0, at))
      else jar.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return answer
  }
  const visit = async (url: string) => keep(await inBrowser(url, cookie()))
  return {
    cookie, visit,
    /** Signs in with Intuit as far as the address where the browser ends up. */
    intuit: async (as: string, decline = false) => {
      const begun = await visit(`${world.apiUrl}/console/intuit`)
      const back = await walkConsent(begun.headers.get('location') ?? '', { as, decline })
      return { back, to: (await visit(back.href)).headers.get('location') }
    },
    code: async (email: string) => {
      const before = (await mailsTo(world.outside.mail.url, email)).length
      await nobody('POST', '/v1/merchant/sign-in/codes', { email })
      const code = await codeFrom(world.outside.mail.url, email, before)
      return keep(await fetch(`${world.apiUrl}/v1/merchant/sign-in/sessions`, { method: 'POST', headers: { cookie: cookie(), origin: world.apiUrl, 'content-type': 'application/json' }, body: JSON.stringify({ email, code }) }))
    },
  }
}

test('a person who comes for the first time becomes a merchant, and is the same one ever after', async () => {
  const first = await viewOf(await signIn('kim@orchardlane.example'))
  expect(first).toMatchObject({ merchant: { name: 'orchardlane.example', publishableKey: expect.stringMatching(/^pk_\w{16,}$/) as string }, member: { email: 'kim@orchardlane.example' }, connection: { state: 'none' }, import: null })
  const before = (await mailsTo(world.outside.mail.url, 'kim@orchardlane.example')).length
  await nobody('POST', '/v1/merchant/sign-in/codes', { email: ' Kim@OrchardLane.example' })
  const code = await codeFrom(world.outside.mail.url, 'kim@orchardlane.example', before)
  const again = await nobody('POST', '/v1/merchant/sign-in/sessions', { email: 'KIM@orchardlane.example', code })
  expect(again).toMatchObject({ status: 201, body: { merchantId: first.merchant.id } })
  const other = await viewOf(await signIn('lee@orchardlane.example'))
  expect(other.merchant.id).not.toBe(first.merchant.id)
})

test('the cookie cannot be read by scripts, goes along with no foreign form, and lives for fourteen days', async () => {
  const email = 'cookie@orchardlane.example'
  const answer = await browser().code(email)
  expect(answer.status).toBe(201)
  const [session] = answer.headers.getSetCookie()
  expect(session).toMatch(/^quittance=mst_[\w-]+;/)
  for (const rule of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\//i, /; Max-Age=1209600/i]) expect(session).toMatch(rule)
})

test('a session ends after fourteen days, and at once when its person signs out', async () => {
  const cookie = await signIn('brief@orchardlane.example')
  const ask = asking(world, cookie)
  expect((await ask('GET', '/v1/merchant')).status).toBe(200)
  expect((await ask('DELETE', '/v1/merchant/session')).status).toBe(204)
  expect((await ask('GET', '/v1/merchant')).status).toBe(401)
  const kept = await signIn('brief@orchardlane.example')
  world.outside.clock.advance(14 * 24 * 60 * 60_000)
  expect((await asking(world, kept)('GET', '/v1/merchant')).status).toBe(401)
})

test('a wrong code lets nobody in, a code is good once, and five wrong tries end it', async () => {
  const email = 'guess@orchardlane.example'
  const ask = async (code: string) => (await nobody('POST', '/v1/merchant/sign-in/sessions', { email, code })).status
  const mailed = async () => {
    const before = (await mailsTo(world.outside.mail.url, email)).length
    expect((await nobody('POST', '/v1/merchant/sign-in/codes', { email })).status).toBe(202)
    return codeFrom(world.outside.mail.url, email, before)
  }
  const code = await mailed()
  const wrong = code === '111111' ? '222222' : '111111'
  expect([await ask(wrong), await ask(code), await ask(code)]).toEqual([401, 201, 401])
  const second = await mailed()
  for (let i = 0; i < 5; i++) expect(await ask(second === wrong ? '333333' : wrong)).toBe(401)
  expect(await ask(second)).toBe(401)
})

const doors: readonly [string, string, object?][] = [
  ['GET', '/v1/merchant'], ['GET', '/v1/merchant/home'], ['GET', '/v1/merchant/invoices'], ['GET', '/v1/merchant/customers'], ['GET', '/v1/merchant/payments'], ['GET', '/v1/merchant/ledger-accounts'],
  ['GET', '/v1/merchant/api-keys'], ['GET', '/v1/merchant/imports/current'], ['GET', '/v1/merchant/events'], ['GET', '/v1/merchant/customers/cus_1/links'],
  ['POST', '/v1/merchant/imports', { kind: 'full' }], ['POST', '/v1/merchant/disconnect', {}], ['POST', '/v1/merchant/publications', { ids: ['inv_1'] }], ['POST', '/v1/merchant/invoices/inv_1/send', {}],
  ['POST', '/v1/merchant/invoices/inv_1/archive', {}], ['POST', '/v1/merchant/customers/cus_1/links', {}], ['POST', '/v1/merchant/customers/cus_1/preview', {}], ['POST', '/v1/merchant/cards/crd_1/done', {}],
  ['POST', '/v1/merchant/api-keys', { name: 'x' }], ['PATCH', '/v1/merchant/settings', { publish: 'review' }], ['DELETE', '/v1/merchant/links/lnk_1'], ['DELETE', '/v1/merchant/api-keys/key_1'], ['DELETE', '/v1/merchant/session'],
]

test.each(doors)('nobody gets past %s %s without a session or a key', async (method, path, body) => {
  const answer = await nobody(method, path, body)
  expect(answer).toMatchObject({ status: 401, body: { title: 'Please sign in' } })
  expect((await nobody(method, path, body, { authorization: 'Bearer qk_invented_key_of_nobody' })).status).toBe(401)
})

test.each(doors.filter(([method]) => method !== 'GET'))('%s %s is taken from the console’s own pages alone', async (method, path, body) => {
  const ask = asking(world, await signIn('csrf@orchardlane.example').finally(() => world.outside.clock.advance(20 * 60_000)))
  expect((await ask(method, path, body, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await ask(method, path, body, { origin: 'null' })).status).toBe(403)
  expect((await ask(method, path, body, { origin: '' })).status).toBe(403)
  expect((await ask(method, path, body, { 'content-type': 'text/plain' })).status).toBe(400)
  expect((await ask(method, path, body, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(400)
  expect((await ask<ConsoleView>('GET', '/v1/merchant')).body.settings.publish).toBe('auto_if_sent')
})

test('a page of another origin cannot sign its visitor in either', async () => {
  const answer = await nobody('POST', '/v1/merchant/sign-in/codes', { email: 'victim@orchardlane.example' }, { origin: 'https://evil.example' })
  expect(answer.status).toBe(403)
  expect(await mailsTo(world.outside.mail.url, 'victim@orchardlane.example')).toEqual([])
})

test('signing in with Intuit opens a console, and the same one next time', async () => {
  const first = browser()
  expect((await first.intuit('jules@ledgerdesk.example')).to).toBe('/console')
  const view = await viewOf(first.cookie())
  expect(view).toMatchObject({ merchant: { name: 'ledgerdesk.example' }, member: { email: 'jules@ledgerdesk.example', name: 'Jules Moreno' } })
  const second = browser()
  await second.intuit('jules@ledgerdesk.example')
  expect((await viewOf(second.cookie())).merchant).toEqual(view.merchant)
})

test('the answer of Intuit is good once and in the browser alone that asked', async () => {
  const asked = browser()
  const begun = await asked.visit(`${world.apiUrl}/console/intuit`)
  const back = await walkConsent(begun.headers.get('location') ?? '', { as: 'jules@ledgerdesk.example' })
  const stranger = browser()
  expect((await stranger.visit(back.href)).headers.get('location')).toBe('/console/intuit/ended?why=expired')
  expect((await asked.visit(back.href)).headers.get('location')).toBe('/console/intuit/ended?why=expired')
  expect([stranger.cookie(), asked.cookie()].join()).not.toContain('quittance=')
})

test('an address that is in use here is linked to the person at Intuit only after a mailed code has shown that it is theirs', async () => {
  const { merchant } = await viewOf(await signIn(avery))
  const person = browser()
  expect((await person.intuit(avery)).to).toBe('/console/intuit/ended?why=known-address')
  expect(person.cookie()).not.toContain('quittance=')
  expect(await (await person.visit(`${world.apiUrl}/console/intuit/ended?why=known-address`)).text()).toContain('Sign in once with the code')
  await person.code(avery)
  expect((await viewOf(person.cookie())).merchant).toEqual(merchant)
  const later = browser()
  expect((await later.intuit(avery)).to).toBe('/console')
  expect((await viewOf(later.cookie())).merchant).toEqual(merchant)
})

test('an address that Intuit has not confirmed proves nobody, and a decline changes nothing', async () => {
  const person = browser()
  expect((await person.intuit('sam@newcomer.example')).to).toBe('/console/intuit/ended?why=unverified')
  expect((await person.intuit('jules@ledgerdesk.example', true)).to).toBe('/console/intuit/ended?why=declined')
  expect(person.cookie()).not.toContain('quittance=')
})

test('the console is a page for everybody at every one of its places, framed by nobody, with words for those without scripts', async () => {
  for (const path of ['/console', '/console/invoices', '/console/settings']) {
    const { status, body, headers } = await nobody<{ text: string }>('GET', path)
    expect(status).toBe(200)
    expect(body.text).toMatch(/<div id="console"><\/div><noscript>[\s\S]*The console needs JavaScript/)
    expect(headers.get('content-security-policy')).toContain(`frame-ancestors 'none'`)
    expect(body.text).toMatch(/<script type="module" nonce="[^"]+" src="\/v1\/pages\/console-[\w-]+\.js">/)
  }
})

test('a signed-in person is told apart from the merchant’s own server', async () => {
  const cookie = await signIn('server@orchardlane.example')
  const { body } = await asking(world, cookie)<{ key: string }>('POST', '/v1/merchant/api-keys', { name: 'Web shop' })
  const server = staffAt(world, '')
  const asked = await server.ask<ConsoleView>('GET', '/v1/merchant', undefined, { authorization: `Bearer ${body.key}` })
  expect(asked.body.member).toEqual({ email: '', name: 'Web shop' })
  const changed = await server.ask<{ publish: string }>('PATCH', '/v1/merchant/settings', { publish: 'review' }, { authorization: `Bearer ${body.key}`, origin: '' })
  expect([changed.status, changed.body.publish]).toEqual([200, 'review'])
})
