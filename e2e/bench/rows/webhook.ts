import { createHmac, randomUUID } from 'node:crypto'
import { freePort } from '../../ports.ts'
import type { Bench } from '../bench.ts'
import { startChild, startServed } from '../child.ts'
import type { Place } from '../figures.ts'
import { type LoadRequest, startLoad } from '../load.ts'
import { prepareDatabase, preparedRealm, settingsFor } from '../prepared.ts'

const connections = 50
const perRound = 4_000

/** Intuit's webhooks under load: each with a signature and an event of its own, about an invoice whose newer version is here already, so that no reading follows. */
export const webhook: Bench = {
  name: 'webhook',
  plans: [
    { id: 'webhook', what: 'webhook in to 200, 50 connections', floorIs: 'a server storing the body in one batch', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.7 } },
    { id: 'webhook-p99', what: 'the same, the slowest in a hundred', floorIs: null, unit: 'ms', target: { kind: 'at-most', value: 50 } },
  ],
  limit: 'Beside storing the body, the signature is checked, the company is looked up, the reading of it is owed in the same batch, and the worker that reads shares the thread and the database.',
  async open() {
    const prepared = await prepareDatabase(1_000)
    const settings = settingsFor(prepared, await freePort())
    const api = await startServed(settings)
    const floorServer = await startChild('servers/store-body.ts')
    const load = await startLoad()
    const send = (url: unknown) => load.send(url as string, deliveries(settings['INTUIT_WEBHOOK_VERIFIER'] ?? ''), { connections })
    return {
      async round() {
        const floor = await send(floorServer.ready['url'])
        const ours = await send(api.ready['url'])
        await api.ask('idle')
        return { webhook: { ours: ours.perSecond, floor: floor.perSecond }, 'webhook-p99': { ours: ours.p99Ms, floor: null } }
      },
      async places() {
        await api.ask('profile')
        await send(api.ready['url'])
        return api.ask<Place[]>('places')
      },
      close: async () => {
        await Promise.all([api.stop(), floorServer.stop(), load.stop()])
        prepared.drop()
      },
    }
  },
}

function deliveries(verifier: string): LoadRequest[] {
  return Array.from({ length: perRound }, (_, i) => {
    const event = { specversion: '1.0', id: randomUUID(), source: 'intuit.bench', type: 'qbo.invoice.updated.v1', time: '2025-01-01T00:00:00Z', intuitentityid: String(1 + (i % 1_000)), intuitaccountid: preparedRealm, data: {} }
    const body = JSON.stringify([event])
    return { method: 'POST', path: '/hooks/quickbooks', headers: { 'content-type': 'application/cloudevents-batch+json', 'intuit-signature': createHmac('sha256', verifier).update(body).digest('base64') }, body }
  })
}
