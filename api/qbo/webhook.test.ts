import { createHmac } from 'node:crypto'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { realmA, realmB, startBench, startReceiver } from '../../e2e/emulators/quickbooks/testBench.ts'
import { parseIntuitWebhook, verifyIntuitSignature } from './webhook.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const signatureOf = (text: string, token: string) => createHmac('sha256', token).update(text).digest('base64')

describe('what Intuit sends', () => {
  let bench: Awaited<ReturnType<typeof startBench>>
  let app: Awaited<ReturnType<typeof startReceiver>>
  beforeEach(async () => {
    app = await startReceiver()
    bench = await startBench({ webhookUrl: app.url })
    await bench.connect()
    await bench.connect({ realmId: realmB })
  })
  afterEach(async () => {
    await bench.intuit.close()
    await app.close()
  })

  test.each(['classic', 'cloudevents'] as const)('a %s delivery is verified and read: companies, entities, operations, merges', async format => {
    await bench.control('webhooks', { url: app.url, format })
    bench.change(realmA, 'CreditMemo', '7', 'Void')
    bench.change(realmA, 'Customer', '9', 'Merge', { deletedId: '12' })
    bench.change(realmB, 'Invoice', '3', 'Emailed')
    await bench.intuit.deliveries.idle()
    const [delivery] = app.received
    expect(verifyIntuitSignature(bytes(delivery?.body ?? ''), delivery?.headers.get('intuit-signature'), bench.intuit.app.verifierToken)).toBe(true)
    const changedAt = Date.parse('2026-11-20T18:15:00Z')
    expect(parseIntuitWebhook(delivery?.body ?? '')).toMatchObject({
      unreadable: 0,
      events: [
        { realmId: realmA, entity: 'CreditMemo', id: '7', operation: 'void', changedAt, deletedId: null },
        { realmId: realmA, entity: 'Customer', id: '9', operation: 'merge', changedAt, deletedId: '12' },
        { realmId: realmB, entity: 'Invoice', id: '3', operation: 'email', changedAt, deletedId: null },
      ],
    })
  })

  test.each(['classic', 'cloudevents'] as const)('a %s event that comes twice has the same key, another event has another', async format => {
    await bench.control('webhooks', { url: app.url, format })
    bench.intuit.faults.queue({ kind: 'duplicate', match: { event: 'Payment.Create' } })
    bench.change(realmA, 'Payment', '1', 'Create')
    bench.change(realmA, 'Payment', '1', 'Update')
    await bench.intuit.deliveries.idle()
    const keys = app.received.flatMap(delivery => {
      const read = parseIntuitWebhook(delivery.body)
      return 'events' in read ? read.events.map(event => `${event.operation} ${event.key}`) : []
    })
    expect(keys).toHaveLength(3)
    expect(keys[2]).toBe(keys[0])
    expect(keys[1]?.split(' ')[1]).not.toBe(keys[0]?.split(' ')[1])
  })

  test('a forged delivery is not verified', async () => {
    bench.intuit.faults.queue({ kind: 'forge', match: { event: 'Invoice.Update' } })
    bench.change(realmA, 'Invoice', '1', 'Update')
    await bench.intuit.deliveries.idle()
    const [delivery] = app.received
    expect(verifyIntuitSignature(bytes(delivery?.body ?? ''), delivery?.headers.get('intuit-signature'), bench.intuit.app.verifierToken)).toBe(false)
  })
})

describe('the signature', () => {
  test('fits its own body and token alone', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string({ minLength: 1 }), (token, body, other) => {
        const signature = signatureOf(body, token)
        expect(verifyIntuitSignature(bytes(body), signature, token)).toBe(true)
        expect(verifyIntuitSignature(bytes(`${body}${other}`), signature, token)).toBe(false)
        expect(verifyIntuitSignature(bytes(body), signature, `${token}${other}`)).toBe(false)
      }),
    )
  })

  test('is never found in a missing, short, long, padded or foreign header, nor under an empty token', () => {
    const good = signatureOf('body', 'token')
    const wrong = [undefined, null, '', 'x', `${good}=`, good.slice(0, -1), ` ${good}`, `${good}\n`, Buffer.from(good).toString('base64'), 'é'.repeat(44)]
    for (const header of wrong) expect(verifyIntuitSignature(bytes('body'), header, 'token')).toBe(false)
    expect(verifyIntuitSignature(bytes('body'), signatureOf('body', ''), '')).toBe(false)
  })
})

describe('reading', () => {
  const cloudEvent = (more: object) => ({ specversion: '1.0', id: 'e-1', source: 'intuit.x', type: 'qbo.invoice.updated.v1', time: '2026-09-10T21:31:25.179851517Z', intuitentityid: '1234', intuitaccountid: '310687', data: {}, ...more })
  const classic = (...entities: object[]) => ({ eventNotifications: [{ realmId: '310687', dataChangeEvent: { entities } }] })
  const eventsIn = (body: unknown) => {
    const read = parseIntuitWebhook(JSON.stringify(body))
    return 'events' in read ? read.events : []
  }

  test('void and voided, Void and Voided are one operation', () => {
    for (const verb of ['void', 'voided', 'VOIDED']) expect(eventsIn([cloudEvent({ type: `qbo.invoice.${verb}.v1` })])).toMatchObject([{ operation: 'void', entity: 'Invoice' }])
    for (const operation of ['Void', 'Voided']) expect(eventsIn(classic({ name: 'Invoice', id: '1', operation, lastUpdated: '2026-10-05T14:42:19-0700' }))).toMatchObject([{ operation: 'void' }])
  })

  test('times are read with nine digits, with an offset without a colon, or not at all', () => {
    expect(eventsIn([cloudEvent({})])).toMatchObject([{ changedAt: Date.parse('2026-09-10T21:31:25.179Z') }])
    expect(eventsIn(classic({ name: 'Invoice', id: '1', operation: 'Update', lastUpdated: '2026-10-05T14:42:19-0700' }))).toMatchObject([{ changedAt: Date.parse('2026-10-05T21:42:19Z') }])
    expect(eventsIn(classic({ name: 'Invoice', id: '1', operation: 'Update', lastUpdated: 'lately' }))).toMatchObject([{ changedAt: null }])
  })

  test('an unknown verb, entity or member is no reason to lose an event', () => {
    expect(eventsIn([cloudEvent({ type: 'qbo.salesorder.closed.v2', novelty: true })])).toMatchObject([{ entity: 'salesorder', operation: 'other', id: '1234' }])
  })

  test('an event that cannot be read is counted and the others are kept', () => {
    expect(parseIntuitWebhook(JSON.stringify([cloudEvent({}), cloudEvent({ intuitaccountid: undefined }), 'nothing']))).toMatchObject({ events: [{ id: '1234' }], unreadable: 2 })
    expect(parseIntuitWebhook(JSON.stringify({ eventNotifications: [{}, ...classic({ name: 'Item', id: 5, operation: 'Update' }, {}).eventNotifications] }))).toMatchObject({ events: [{ entity: 'Item', id: '5' }], unreadable: 2 })
  })

  test.each(['', 'not json', '"text"', '{}', '{"eventNotifications":{}}', 'null', '7'])('%j is malformed', text => {
    expect(parseIntuitWebhook(text)).toHaveProperty('malformed')
  })

  test('no text whatever makes it throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        expect(parseIntuitWebhook(text)).toBeTypeOf('object')
      }),
    )
  })
})
