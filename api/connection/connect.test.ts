import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Bench, benchRealm, otherRealm, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import { walkConsent } from '../../e2e/emulators/quickbooks/oauth/walkConsent.ts'
import { createIntuitWebhook } from '../qbo/webhook.ts'
import { disconnect } from './disconnect.ts'

let bench: Bench
beforeEach(async () => {
  bench = await startQuickBooksBench()
})
afterEach(() => bench.close())

const person = 'avery@alderandfinch.example'
const get = (path: string, cookie = bench.cookie) => fetch(`${bench.url}${path}`, { redirect: 'manual', headers: { cookie } })
const consentUrl = async (cookie = bench.cookie) => (await get('/console/connect', cookie)).headers.get('location') ?? ''
const grants = async () => ((await (await fetch(`${bench.quickbooks.url}/_emulator/state`)).json()) as { grants: { ended?: { why: string } }[] }).grants
const deliver = (body: string, key = bench.quickbooks.app.verifierToken) =>
  fetch(`${bench.url}/hooks/quickbooks`, { method: 'POST', body, headers: { 'content-type': 'application/json', 'intuit-signature': createHmac('sha256', key).update(body).digest('base64') } })

test('IL13 IL14 IL15 IL16 IL17: the merchant picks a company at Intuit, authorises it, comes back connected, and the tokens lie sealed', async () => {
  expect(await bench.connect()).toBe('/console?connected=1')
  const row = await bench.merchant.connection.find()
  expect(row).toMatchObject({ realmId: benchRealm, state: 'connected', companyName: 'Alder & Finch Joinery', country: 'US', homeCurrency: 'USD', timeZone: 'America/Chicago', notice: null })
  const grant = bench.ctx.vault.open(row?.sealedRefresh ?? '', `connections|${bench.merchantId}|refresh`)
  expect(row?.sealedRefresh).not.toContain(grant)
  expect(() => bench.ctx.vault.open(row?.sealedRefresh ?? '', 'connections|mer_other|refresh')).toThrow(/authenticate/)
})

test('TO17: without the accounting permission nothing is connected, what is missing is named, and the grant is given back', async () => {
  expect(await bench.connect({ scopes: ['openid', 'email'] })).toBe('/console?problem=missing-permission')
  expect(await bench.merchant.connection.find()).toBeNull()
  expect(bench.quickbooks.isConnected(benchRealm)).toBe(false)
  expect((await grants()).map(grant => grant.ended?.why)).toEqual(['revoked'])
})

test('where QuickBooks does not say at once what the company is, it is connected all the same and asked before anything is read', async () => {
  await bench.fault({ match: { path: '/preferences' }, kind: 'html-500', status: 503 })
  expect(await bench.connect()).toBe('/console?connected=1')
  await bench.settled()
  expect(await bench.merchant.connection.find()).toMatchObject({ companyName: 'Alder & Finch Joinery', homeCurrency: 'USD' })
  expect((await bench.merchant.imports.latest())?.state).toBe('done')
})

test('declining at Intuit connects nothing and says so', async () => {
  expect(await bench.connect({ decline: true })).toBe('/console?problem=access-denied')
  expect(await bench.merchant.connection.find()).toBeNull()
})

test('a consent is good once, for ten minutes, and for the session that asked', async () => {
  const back = await walkConsent(await consentUrl(), { as: person, realmId: benchRealm })
  const stranger = await bench.signUp('stranger@elsewhere.example')
  expect((await fetch(back, { redirect: 'manual', headers: { cookie: stranger.cookie } })).headers.get('location')).toBe('/console?problem=state-expired')
  expect((await fetch(back, { redirect: 'manual', headers: { cookie: bench.cookie } })).headers.get('location')).toBe('/console?problem=state-expired')

  const late = await walkConsent(await consentUrl(), { as: person, realmId: benchRealm })
  bench.clock.advance(11 * 60_000)
  expect((await fetch(late, { redirect: 'manual', headers: { cookie: bench.cookie } })).headers.get('location')).toBe('/console?problem=state-expired')
  expect((await get('/quickbooks/callback?code=x&state=invented&realmId=1')).headers.get('location')).toBe('/console?problem=state-expired')
  expect(await bench.merchant.connection.find()).toBeNull()
})

test('a company that another merchant has connected is refused, and their connection goes on', async () => {
  await bench.connect()
  await bench.settled()
  const second = await bench.signUp('second@elsewhere.example')
  expect(await bench.connect({}, second.cookie)).toBe('/console?problem=company-taken')
  expect(await bench.ctx.store.merchant(second.merchantId).connection.find()).toBeNull()
  expect((await bench.merchant.connection.find())?.state).toBe('connected')
})

test('reconnecting keeps the mirror, every mapping and choice, and reads only what changed since', async () => {
  await bench.connect()
  await bench.settled()
  await bench.ctx.store.commit(bench.merchant.self.chooseSettings({ recordingAccountId: '35' }, bench.clock.now()))
  const before = await bench.merchant.mirror.knownCustomers(['1'])
  await disconnect(bench.ctx)(bench.merchantId)
  const { Id } = await bench.inQuickBooks('Customer', 'create', { DisplayName: 'Came Meanwhile' })
  expect(await bench.connect()).toBe('/console?connected=1')
  await bench.settled()
  expect((await bench.merchant.imports.latest())?.kind).toBe('since_last')
  expect(await bench.merchant.mirror.knownCustomers(['1'])).toEqual(before)
  expect(await bench.merchant.mirror.knownCustomers([Id])).toHaveLength(1)
  expect(await bench.merchant.self.chosenSettings()).toEqual({ recordingAccountId: '35' })
})

test('another company than the one that is mirrored is refused in clear words', async () => {
  await bench.connect()
  await bench.settled()
  await disconnect(bench.ctx)(bench.merchantId)
  expect(await bench.connect({ realmId: otherRealm })).toBe('/console?problem=other-company')
  expect(await bench.merchant.connection.find()).toMatchObject({ realmId: benchRealm, state: 'disconnected', notice: expect.stringContaining('another QuickBooks company') as string })
  expect(bench.quickbooks.isConnected(otherRealm)).toBe(false)
})

test('disconnecting revokes at Intuit and deletes the tokens; the mirror stays and nothing recurs', async () => {
  await bench.connect()
  await bench.settled()
  await disconnect(bench.ctx)(bench.merchantId)
  expect(bench.quickbooks.isConnected(benchRealm)).toBe(false)
  expect(await bench.merchant.connection.find()).toMatchObject({ state: 'disconnected', sealedAccess: null, sealedRefresh: null, sealedPrevious: null })
  expect(await bench.merchant.mirror.isEmpty()).toBe(false)
  for (const job of ['sweep', 'compare', 'company', 'changes']) expect(await bench.merchant.outbox.find(`${job}:${benchRealm}`)).toBeNull()
})

test('the tokens are deleted here even where Intuit does not answer, and the merchant is told what to do', async () => {
  await bench.connect()
  await bench.settled()
  await bench.fault({ match: { path: 'revoke' }, kind: 'refuse' })
  await disconnect(bench.ctx)(bench.merchantId)
  expect(await bench.merchant.connection.find()).toMatchObject({ state: 'disconnected', sealedRefresh: null, notice: expect.stringContaining('remove the app') as string })
})

test('the page that Intuit opens after a disconnection believes only Intuit itself', async () => {
  await bench.connect()
  await bench.settled()
  const page = await get(`/quickbooks/disconnected?realmId=${benchRealm}`, '')
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/quickbooks/reconnect') as string])
  expect((await bench.merchant.connection.find())?.state).toBe('connected')
  bench.quickbooks.disconnect(benchRealm)
  await get(`/quickbooks/disconnected?realmId=${benchRealm}`, '')
  expect(await bench.merchant.connection.find()).toMatchObject({ state: 'disconnected', sealedRefresh: null })
})

test('the connect, reconnect and launch pages lead signed-in merchants to Intuit and others to the sign-in', async () => {
  expect((await get('/quickbooks/connect')).headers.get('location')).toBe('/console/connect')
  expect((await get('/quickbooks/reconnect')).headers.get('location')).toBe('/console/connect')
  expect((await get('/quickbooks/launch')).headers.get('location')).toBe('/console')
  expect((await get('/console/connect', '')).headers.get('location')).toBe('/console')
  for (const path of ['/quickbooks/connect', '/quickbooks/reconnect']) expect(await (await get(path, '')).text()).toContain('href="/console"')
})

test('a webhook with a wrong signature is refused and nothing of it is kept', async () => {
  await bench.connect()
  await bench.settled()
  const body = JSON.stringify({ eventNotifications: [{ realmId: benchRealm, dataChangeEvent: { entities: [{ name: 'Invoice', id: '1', operation: 'Update', lastUpdated: '2026-11-20T10:00:00Z' }] } }] })
  expect((await deliver(body, 'another key')).status).toBe(401)
  expect((await fetch(`${bench.url}/hooks/quickbooks`, { method: 'POST', body })).status).toBe(401)
  expect((await bench.ctx.store.control.inbox.waiting('quickbooks', benchRealm, 10)).length).toBe(0)
})

test('a signed webhook that cannot be read is kept word for word as a dead letter', async () => {
  expect((await deliver('{"eventNotifications": "what')).status).toBe(200)
  const { createHash } = await import('node:crypto')
  const kept = await bench.ctx.store.control.inbox.find('quickbooks', '', createHash('sha256').update('{"eventNotifications": "what').digest('hex'))
  expect(kept).toMatchObject({ state: 'dead', body: '{"eventNotifications": "what' })
})

test('events of a company that nobody connected are kept as ignored', async () => {
  const event = { specversion: '1.0', id: 'event-1', type: 'qbo.invoice.updated.v1', time: '2026-11-20T10:00:00Z', intuitentityid: '7', intuitaccountid: '999', data: {} }
  expect((await deliver(JSON.stringify([event]))).status).toBe(200)
  expect(await bench.ctx.store.control.inbox.find('quickbooks', '999', 'event-1')).toMatchObject({ state: 'ignored' })
})

test('without a verifier token nothing is taken, so that Intuit sends it again', async () => {
  bench.ctx.intuitWebhook = createIntuitWebhook(null)
  expect((await deliver('[]')).status).toBe(503)
})
