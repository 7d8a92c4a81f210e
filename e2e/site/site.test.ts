import { Hono } from 'hono'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoCustomer } from '../company/demo.ts'
import { listen, type RunningServer } from '../emulators/kit/server.ts'
import type { SiteConnection } from './connection.ts'
import { startSite, type Site } from './index.ts'

let site: Site
let api: RunningServer
let asked: { authorization: string | undefined; body: unknown }[]
let answer: () => Response
let connection: SiteConnection

beforeEach(async () => {
  asked = []
  answer = () => Response.json({ token: `ses_${asked.length}`, expiresAt: '2026-11-21T12:00:00Z' }, { status: 201 })
  const app = new Hono()
  app.post('/v1/sessions', async c => {
    asked.push({ authorization: c.req.header('authorization'), body: await c.req.json() })
    return answer()
  })
  api = await listen(app)
  connection = { apiUrl: api.url, publishableKey: 'pk_1', apiKey: 'qk_secret', fallbackUrl: `${api.url}/pay-online/pk_1` }
  site = await startSite({ connection })
})
afterEach(async () => {
  await site.close()
  await api.close()
})

const get = (path: string, cookie = '') => fetch(site.url + path, { headers: { cookie }, redirect: 'manual' })
const cookieOf = (answer: Response) => answer.headers.get('set-cookie')?.split(';')[0] ?? ''

test('whoever comes by the start link is signed in, and their page carries a token that the shop’s server asked for', async () => {
  const arrival = await get('/account?demo')
  expect([arrival.status, arrival.headers.get('location')]).toEqual([303, '/account'])
  const page = await (await get('/account', cookieOf(arrival))).text()
  expect(page).toContain(`<quittance-invoices merchant="pk_1" token="ses_1"><a href="${api.url}/pay-online/pk_1">View and pay your invoices</a></quittance-invoices>`)
  expect(page).toContain(`<script async src="${api.url}/v1/quittance.js"></script>`)
  expect(page).toContain('Harbour Coffee Roasters')
  expect(asked).toEqual([{ authorization: 'Bearer qk_secret', body: { customer: { email: demoCustomer.email } } }])
})

test('the developer key never reaches a visitor', async () => {
  const cookie = cookieOf(await get('/account?demo'))
  const pages = await Promise.all(['/', '/services', '/account', '/quittance-token', '/hostile/csp'].map(async path => (await get(path, cookie)).text()))
  expect(pages.join()).not.toContain('qk_secret')
})

test('after signing out the tag is the plain two lines and the shop gives no token', async () => {
  const cookie = cookieOf(await get('/account?demo'))
  await fetch(`${site.url}/sign-out`, { method: 'POST', headers: { cookie }, redirect: 'manual' })
  const page = await (await get('/account', cookie)).text()
  expect(page).toContain('<quittance-invoices merchant="pk_1"><a href=')
  expect(page).toContain('Sign in as Pat at Harbour Coffee Roasters')
  expect((await get('/quittance-token', cookie)).status).toBe(401)
  expect(asked).toHaveLength(0)
})

test('the page’s script gets a fresh token from the shop', async () => {
  const cookie = cookieOf(await get('/account?demo'))
  expect(await (await get('/quittance-token', cookie)).json()).toEqual({ token: 'ses_1', expiresAt: '2026-11-21T12:00:00Z' })
  expect(await (await get('/quittance-token', cookie)).json()).toMatchObject({ token: 'ses_2' })
})

test('when the API refuses or is gone, the page still stands and says what is left to do', async () => {
  const cookie = cookieOf(await get('/account?demo'))
  answer = () => Response.json({}, { status: 503 })
  const refused = await (await get('/account', cookie)).text()
  expect(refused).toContain('We could not look up your invoices with your login just now.')
  expect(refused).toContain('<quittance-invoices merchant="pk_1"><a')
  site.connect({ ...connection, apiUrl: 'http://127.0.0.1:1' })
  const gone = await get('/quittance-token', cookie)
  expect(gone.status).toBe(502)
})

test('before it is connected the shop says that invoices are not switched on', async () => {
  const young = await startSite()
  expect(await (await fetch(`${young.url}/account`)).text()).toContain('Online invoices are not switched on yet.')
  young.connect({ ...connection, visitor: { email: 'other@example.com', name: 'Other People' } })
  const page = await (await fetch(`${young.url}/account`)).text()
  expect(page).toContain('Sign in as Other People')
  expect(page).toContain('merchant="pk_1"')
  await young.close()
})

test.each(['css', 'rtl', 'dark', 'sidebar', 'csp'])('the hostile page %s carries the tag, with and without a token', async kind => {
  expect(await (await get(`/hostile/${kind}`)).text()).toContain('<quittance-invoices merchant="pk_1" token="ses_1">')
  expect(await (await get(`/hostile/${kind}?anonymous`)).text()).toContain('<quittance-invoices merchant="pk_1"><a')
})

test('the strict page allows scripts from the API alone, and nothing inline', async () => {
  const policy = (await get('/hostile/csp')).headers.get('content-security-policy') ?? ''
  expect(policy).toContain(`script-src ${api.url};`)
  expect(policy).not.toContain('unsafe')
})
