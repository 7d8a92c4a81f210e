import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { realmA, realmB, startBench, startReceiver } from '../testBench.ts'

let bench: Awaited<ReturnType<typeof startBench>>
let app: Awaited<ReturnType<typeof startReceiver>>
beforeEach(async () => {
  app = await startReceiver()
  bench = await startBench({ webhookUrl: app.url, webhookFormat: 'classic' })
  await bench.connect()
})
afterEach(async () => {
  await bench.intuit.close()
  await app.close()
})

const sent = async () => {
  await bench.intuit.deliveries.idle()
  return app.received
}
/** The ids of what each POST carried. */
const idsOf = (body: string) => [...body.matchAll(/"id":"([^"]+)","operation"/g)].map(match => match[1])
const delaysMs = [10_000, 20_000, 30_000, 300_000, 1_200_000, 7_200_000, 14_400_000, 21_600_000, 21_600_000, 21_600_000]

describe('what is sent', () => {
  test('a change becomes one signed POST with Intuit’s headers', async () => {
    bench.change(realmA, 'Invoice', '145', 'Update')
    const [delivery] = await sent()
    expect(app.received).toHaveLength(1)
    const signature = createHmac('sha256', bench.intuit.app.verifierToken).update(delivery?.body ?? '').digest('base64')
    expect(Object.fromEntries(delivery?.headers ?? [])).toMatchObject({
      'intuit-signature': signature,
      'intuit-notification-schema-version': '0.1',
      'intuit-created-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-0[78]00$/),
      'intuit-t-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      'user-agent': 'intuit_notification_server/0.1',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(delivery?.json).toEqual({
      eventNotifications: [{ realmId: realmA, dataChangeEvent: { entities: [{ name: 'Invoice', id: '145', operation: 'Update', lastUpdated: '2026-11-20T18:15:00.000Z' }] } }],
    })
  })

  test('a CloudEvents delivery is an array, one event each', async () => {
    await bench.control('webhooks', { url: app.url, format: 'cloudevents' })
    bench.change(realmA, 'CreditMemo', '7', 'Void')
    bench.change(realmA, 'Customer', '9', 'Merge', { deletedId: '12' })
    const [delivery] = await sent()
    expect(delivery?.headers.get('content-type')).toContain('cloudevents')
    expect(delivery?.json).toMatchObject([
      { specversion: '1.0', type: 'qbo.creditmemo.void.v1', intuitentityid: '7', intuitaccountid: realmA, time: '2026-11-20T18:15:00.000000000Z', source: expect.stringMatching(/^intuit\./), data: {} },
      { type: 'qbo.customer.merged.v1', intuitentityid: '9', data: { deletedid: '12' } },
    ])
  })

  test('events that come together share a POST, those of several companies too', async () => {
    await bench.connect({ realmId: realmB })
    for (const id of ['1', '2']) bench.change(realmA, 'Payment', id, 'Create')
    bench.change(realmB, 'Invoice', '3', 'Emailed')
    expect((await sent()).map(delivery => idsOf(delivery.body))).toEqual([['1', '2', '3']])
    expect(JSON.stringify(app.received[0]?.json)).toContain(realmB)
  })

  test('nothing is sent for a company that is not connected, nor for what has no webhook', async () => {
    bench.change(realmB, 'Invoice', '1', 'Create')
    for (const entity of ['TaxCode', 'TaxRate', 'Attachable', 'CompanyInfo']) bench.change(realmA, entity, '1', 'Update')
    expect(await sent()).toEqual([])
    expect(bench.intuit.deliveries.waiting()).toEqual([])
  })

  test('a company that was disconnected sends no more', async () => {
    bench.intuit.disconnect(realmA)
    bench.change(realmA, 'Invoice', '1', 'Update')
    expect(await sent()).toEqual([])
  })

  test('no more than a hundred events go in one POST', async () => {
    for (let n = 1; n <= 130; n++) bench.change(realmA, 'Invoice', String(n), 'Update')
    expect((await sent()).map(delivery => idsOf(delivery.body).length)).toEqual([100, 30])
  })
})

describe('retries', () => {
  test('an unacknowledged delivery is repeated after 10 s, 20 s, 30 s, 5 m, 20 m, 2 h, 4 h, 6 h, then every 6 h', async () => {
    app.answers.push(...Array.from({ length: delaysMs.length }, () => 503))
    bench.change(realmA, 'Invoice', '145', 'Update')
    for (const [index, delayMs] of delaysMs.entries()) {
      expect(await sent()).toHaveLength(index + 1)
      bench.intuit.clock.advance(delayMs - 2000)
      expect(await sent()).toHaveLength(index + 1)
      bench.intuit.clock.advance(2000)
    }
    expect(await sent()).toHaveLength(delaysMs.length + 1)
    expect(new Set(app.received.map(delivery => delivery.body)).size).toBe(1)
    expect(bench.intuit.deliveries.waiting()).toEqual([])
  })

  test('only 200 acknowledges', async () => {
    app.answers.push(202)
    bench.change(realmA, 'Invoice', '145', 'Update')
    await sent()
    expect(bench.intuit.deliveries.log().at(-1)).toMatchObject({ outcome: 'failed', answer: 202 })
  })

  test('later events wait behind the first until it is acknowledged', async () => {
    app.answers.push(500)
    bench.change(realmA, 'Invoice', '1', 'Update')
    await sent()
    bench.change(realmA, 'Invoice', '2', 'Update')
    expect((await sent()).map(delivery => idsOf(delivery.body))).toEqual([['1']])
    bench.intuit.clock.advance(10_000)
    expect((await sent()).map(delivery => idsOf(delivery.body))).toEqual([['1'], ['1'], ['2']])
  })

  test('an address that does not answer is tried again, and a new address takes over at once', async () => {
    await bench.control('webhooks', { url: 'http://127.0.0.1:1/hooks', format: 'classic' })
    bench.change(realmA, 'Invoice', '1', 'Update')
    expect(await sent()).toEqual([])
    expect(bench.intuit.deliveries.log().at(-1)).toMatchObject({ outcome: 'failed' })
    await bench.control('webhooks', { url: app.url, format: 'classic' })
    expect((await sent()).map(delivery => idsOf(delivery.body))).toEqual([['1']])
  })

  test('what waits survives a restart on the same path', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'intuit-'))
    const options = { dataPath: join(folder, 'sandbox'), webhookUrl: app.url, webhookFormat: 'classic' as const }
    const before = await startBench(options)
    await before.connect()
    app.answers.push(500)
    before.change(realmA, 'Invoice', '1', 'Update')
    await before.intuit.deliveries.idle()
    before.change(realmA, 'Invoice', '2', 'Update')
    await before.intuit.close()
    const after = await startBench(options)
    await after.intuit.deliveries.idle()
    expect(app.received.map(delivery => idsOf(delivery.body))).toEqual([['1'], ['1'], ['2']])
    await after.intuit.close()
    rmSync(folder, { recursive: true })
  })
})

test('the delivery log is in the state view, without the signature or the verifier token', async () => {
  bench.change(realmA, 'Invoice', '145', 'Update')
  await sent()
  const state = await (await fetch(`${bench.intuit.url}/_emulator/state`)).text()
  expect(JSON.parse(state)).toMatchObject({ webhooks: { endpoint: { url: app.url, format: 'classic' }, waiting: [], deliveries: [{ outcome: 'acknowledged', answer: 200, attempt: 1, events: [{ realmId: realmA, entity: 'Invoice', id: '145', operation: 'Update' }] }] } })
  expect(state).not.toContain(bench.intuit.app.verifierToken)
  expect(state).not.toContain(app.received[0]?.headers.get('intuit-signature'))
})

test('a malformed address for webhooks is refused with a reason', async () => {
  const answer = await bench.control('webhooks', { url: 'not an address' })
  expect(answer.status).toBe(400)
  expect(JSON.stringify(await answer.json())).toContain('url')
})
