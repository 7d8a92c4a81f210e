import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../api/config.ts'
import { silentLog } from '../../api/log.ts'
import { type Node, startNode } from '../../api/main.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import { write } from '../../db/sql.ts'
import { type HranaServer, startHranaServer } from '../emulators/libsql/index.ts'

const merchantId: MerchantId = 'mer_1'
const customerId: CustomerId = 'cus_1'
let server: HranaServer
let folder: string
let nodes: [Node, Node]
beforeAll(async () => {
  server = await startHranaServer()
  folder = mkdtempSync(join(tmpdir(), 'two-nodes-'))
  const config = readConfig({
    DATA_DIR: folder, DATABASE_URL: server.url, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, PUBLIC_URL: 'https://pay.example.com', LOG_LEVEL: 'silent',
    INTUIT_CLIENT_ID: 'id', INTUIT_CLIENT_SECRET: 'secret', RESEND_API_KEY: 're_key', MAIL_FROM: 'invoices@example.com', TRUSTED_PROXIES: '127.0.0.1',
  })
  const start = () => startNode(config, { log: silentLog })
  nodes = [await start(), await start()]
  const { store } = nodes[0].context
  await store.commit(
    store.control.merchants.create({ id: merchantId, name: 'Harbour', publishableKey: 'pk_harbour1', now: 0 }),
    write(`insert into customers (merchant_id, id, name, currency, balance, active, qbo_updated_at) values (?, ?, 'Pat', 'USD', 0, 1, 0)`, merchantId, customerId))
}, 60_000)
afterAll(async () => {
  await Promise.all((nodes ?? []).map(node => node.stop()))
  await server?.close()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (node: Node, method: string, path: string, token: string | null, body?: object) =>
  node.app.fetch(new Request(`https://pay.example.com${path}`, { method, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}) }), { incoming: { socket: { remoteAddress: '203.0.113.7' } } })

/** Reads an event stream until its end. */
async function heard(answer: Response): Promise<string> {
  let text = ''
  for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) text += part
  return text
}

// The streams' own heartbeat looks after fifteen seconds: what ends here has been told of.
test('a link, a session and a key that end at one process end the event streams of another, and are refused there', { timeout: 10_000 }, async () => {
  const [here, there] = nodes
  const { store, vault } = here.context
  const { sessions } = store.merchant(merchantId)
  const [link, session, key, other] = ['lnk_of_pat_who_reads_elsewhere', 'ses_of_pat_who_reads_elsewhere', 'qk_of_a_server_that_reads_elsewhere', 'qk_of_a_server_that_ends_rights']
  const life = { createdAt: 0, expiresAt: Date.now() + 86_400_000 }
  await store.commit(
    sessions.addLink({ id: 'lnk_1', tokenHash: vault.hash(link), customerId, invoiceId: null, scope: 'customer', email: null, preview: false, ...life }),
    sessions.addSession({ tokenHash: vault.hash(session), customerIds: [customerId], email: null, via: 'server', ...life }),
    ...[key, other].map((secret, i) => sessions.addApiKey({ id: `key_${i}`, name: 'A server', keyHash: vault.hash(secret), lastFour: '0000', createdAt: 0 })))
  const cases = [
    { token: link, stream: '/v1/events', path: '/v1/portal', end: () => ask(here, 'DELETE', '/v1/merchant/links/lnk_1', other) },
    { token: session, stream: '/v1/events', path: '/v1/portal', end: () => ask(here, 'DELETE', '/v1/sessions/current', session) },
    { token: key, stream: '/v1/merchant/events', path: '/v1/merchant', end: () => ask(here, 'DELETE', '/v1/merchant/api-keys/key_0', other) },
  ]
  for (const { token, stream, path, end } of cases) {
    const [open, stays] = [await ask(there, 'GET', stream, token), await ask(there, 'GET', '/v1/merchant/events', other)]
    expect([stream, open.status, (await ask(there, 'GET', path, token)).status]).toEqual([stream, 200, 200])
    const told = heard(open)
    expect((await end()).status).toBe(204)
    expect((await ask(there, 'GET', path, token)).status).toBe(401)
    // It brings nothing but its own beats: that another right ended is no news for a page.
    expect(await told).not.toContain('changed')
    await stays.body?.cancel()
  }
})

test('tries are counted over all processes together, and beyond the limit nothing is written', async () => {
  const code = (node: Node, i: number) => ask(node, 'POST', '/v1/sign-in/codes', null, { merchant: 'pk_harbour1', email: `pat${i}@example.com` })
  for (let i = 0; i < 20; i++) expect((await code(nodes[i % 2] ?? nodes[0], i)).status).toBe(202)
  const before = limits()
  for (const node of [...nodes, ...nodes]) {
    const answer = await code(node, 99)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '300'])
  }
  expect([before.length > 10, limits()]).toEqual([true, before])
})

/** What the server's database holds, read beside the product. */
function limits(): string {
  const copy = join(folder, 'copy.db')
  rmSync(copy, { force: true })
  server.snapshot(copy)
  const db = new DatabaseSync(copy, { readOnly: true })
  try {
    return JSON.stringify(db.prepare('select * from rate_limits order by key').all())
  } finally {
    db.close()
  }
}
