import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startQuickBooksEmulator, type QuickBooksEmulator, type QuickBooksOptions } from './index.ts'
import { appOf, realmA, redirectUri, startReceiver } from './testBench.ts'

let app: Awaited<ReturnType<typeof startReceiver>>
let folder: string
let quickbooks: QuickBooksEmulator
const start = async (options: QuickBooksOptions = {}) => {
  quickbooks = await startQuickBooksEmulator({ dataPath: join(folder, 'sandbox'), redirectUris: [redirectUri], webhookUrl: app.url, webhookFormat: 'classic', ...options })
  quickbooks.books.createCompany(realmA, { name: 'Alder & Finch' })
  return appOf(quickbooks)
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'quickbooks-'))
  app = await startReceiver()
})
afterEach(async () => {
  await quickbooks.close()
  await app.close()
  rmSync(folder, { recursive: true })
})

const createCustomer = async (accessToken: string, DisplayName: string) => {
  const response = await fetch(`${quickbooks.url}/v3/company/${realmA}/customer?minorversion=75`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({ DisplayName }),
  })
  return { status: response.status, tid: response.headers.get('intuit_tid'), body: (await response.json()) as { Customer: { Id: string } } }
}

test('a connected app writes to the books, and the change comes back as a webhook', async () => {
  const { body } = await (await start()).connect()
  const created = await createCustomer(body.access_token, 'Harbour Coffee')
  expect([created.status, typeof created.tid]).toEqual([200, 'string'])
  await quickbooks.deliveries.idle()
  expect(app.received.map(delivery => delivery.json)).toMatchObject([{ eventNotifications: [{ realmId: realmA, dataChangeEvent: { entities: [{ name: 'Customer', id: created.body.Customer.Id, operation: 'Create' }] } }] }])
})

test('books, grants and the place of the webhooks survive a restart together', async () => {
  const { body } = await (await start()).connect()
  await createCustomer(body.access_token, 'Harbour Coffee')
  await quickbooks.deliveries.idle()
  await quickbooks.close()
  const again = await start()
  expect((await again.read(body.access_token)).status).toBe(200)
  expect(quickbooks.books.counts(realmA)['Customer']).toBe(1)
  expect((await createCustomer(body.access_token, 'Second')).status).toBe(200)
})

test('a reset empties the books of what was written and ends the grants', async () => {
  const bench = await start()
  const { body } = await bench.connect()
  await createCustomer(body.access_token, 'Harbour Coffee')
  expect((await bench.control('reset', {})).status).toBe(200)
  expect((await bench.read(body.access_token)).status).toBe(401)
  expect(quickbooks.books.counts(realmA)['Customer']).toBe(0)
  expect(quickbooks.deliveries.endpoint()?.url).toBe(app.url)
})

test('the state view shows books, grants and deliveries in one', async () => {
  await (await start()).connect()
  expect(await (await fetch(`${quickbooks.url}/_emulator/state`)).json()).toMatchObject({ companies: [{ realmId: realmA }], grants: [{ realmId: realmA }], webhooks: { endpoint: { url: app.url } } })
})
