import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createHmac } from 'node:crypto'
import { isObject, textAt, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'
import { realm, startBench, type Bench } from './bench.ts'
import { compareJson, compareShape, type Difference } from './compare.ts'
import type { Recordings } from './folder.ts'

/** OAuth: the discovery document, tokens, refresh, refusal, user and keys have the recorded members. */
export async function compareOAuth(recordings: Recordings): Promise<Difference[]> {
  const bench = await startBench(Date.parse('2026-11-20T18:00:00Z'))
  const recorded = (name: string) => recordings.object(`oauth/${name}.json`)
  const refresh = (token: string) => bench.form('/oauth2/v1/tokens/bearer', { grant_type: 'refresh_token', refresh_token: token })
  const tokens = isObject(bench.tokens.body) ? bench.tokens.body : {}
  const discovery = await bench.get('/.well-known/openid_configuration')
  const found = isObject(discovery.body) ? discovery.body : {}
  const at = (name: string) => new URL(textAt(found, name) ?? '').pathname
  const user = await bench.get(at('userinfo_endpoint'))
  const keys = await bench.get(at('jwks_uri'))
  const differences = [
    ...compareJson('oauth discovery', recorded('openid_configuration'), found, path => /endpoint$|_uri$|^issuer$/.test(path)),
    ...compareShape('oauth token', recorded('tokenResponse'), tokens),
    ...compareShape('oauth user', recorded('userInfo'), user.body),
    ...compareShape('oauth keys', recorded('jwkResponse'), keys.body),
    ...compareShape('oauth refresh', recorded('refreshResponse'), (await refresh(textAt(tokens, 'refresh_token') ?? '')).body),
  ]
  const refused = await refresh('a token that was never given')
  const recordedRefusal = JSON.parse(textAt(recorded('errorResponse'), 'body') ?? '{}') as Json
  differences.push(...compareJson('oauth refusal', { status: 400, body: recordedRefusal }, { status: refused.status, body: refused.body }, path => path.endsWith('error_description')))
  await bench.close()
  return differences
}

type Delivery = { headers: JsonObject; raw: string; body: Json }

/** Webhooks: bodies of both formats and headers have the recorded members, and the signature is made as in Intuit's own test. */
export async function compareWebhooks(recordings: Recordings): Promise<Difference[]> {
  const bench = await startBench(Date.parse('2026-11-20T18:00:00Z'))
  const vector = recordings.object('webhooks/hmac-vector-classic.json')
  const signed = createHmac('sha256', textAt(vector, 'verifierToken') ?? '').update(textAt(vector, 'rawBody') ?? '').digest('base64')
  const classic = await delivered(bench, 'classic')
  const cloud = await delivered(bench, 'cloudevents')
  const ours = createHmac('sha256', bench.emulator.app.verifierToken).update(classic.raw).digest('base64')
  const differences = [
    ...compareJson('webhook signature of the test vector', textAt(vector, 'signature') ?? '', signed, () => false),
    ...compareJson('webhook signature of a delivery', ours, classic.headers['intuit-signature'] ?? null, () => false),
    ...compareShape('webhook classic', one(recordings.json('webhooks/classic-two-entities.json')), one(classic.body)),
    ...compareShape('webhook cloudevents', one(recordings.json('webhooks/cloudevents-account-created.json')), one(cloud.body)),
    ...compareShape('webhook cloudevents of a class', one(recordings.json('webhooks/cloudevents-class-created.json')), one(cloud.body)),
    ...compareJson('webhook headers', recordings.object('webhooks/delivery-headers.json'), classic.headers, path => !['content-type', 'accept', 'user-agent', 'intuit-notification-schema-version'].includes(path)),
  ]
  await bench.close()
  return differences
}

/** Bodies of different length are compared by their first event. */
function one(body: Json): Json {
  const text = JSON.stringify(body, (key, value: Json) => (key === 'entities' && Array.isArray(value) ? value.slice(0, 1) : value))
  return JSON.parse(text) as Json
}

async function delivered(bench: Bench, format: 'classic' | 'cloudevents'): Promise<Delivery> {
  let take: (delivery: Delivery) => void = () => undefined
  const first = new Promise<Delivery>(resolve => {
    take = resolve
  })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString('utf8')
      response.end()
      take({ headers: { ...request.headers } as JsonObject, raw, body: JSON.parse(raw) as Json })
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  bench.emulator.deliveries.setEndpoint({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, format })
  bench.books.write(realm, { entity: 'Account', operation: 'create', body: { Name: `Account ${format}`, AccountType: 'Bank' }, user: 'recordings' })
  bench.emulator.clock.advance(1_000)
  const delivery = await first
  bench.emulator.deliveries.setEndpoint(undefined)
  server.closeAllConnections()
  server.close()
  return delivery
}
