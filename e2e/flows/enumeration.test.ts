import { AsyncLocalStorage } from 'node:async_hooks'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '../../api/config.ts'
import { silentLog } from '../../api/log.ts'
import { type Given, type Node, startNode } from '../../api/main.ts'
import { write } from '../../db/sql.ts'
import type { MerchantId } from '../../db/values.ts'

type Client = Parameters<NonNullable<Given['around']>>[0]

const merchantId: MerchantId = 'mer_1'
const calls = new AsyncLocalStorage<{ execute: number; batch: number }>()
let node: Node
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'enumeration-'))
  const config = readConfig({
    DATA_DIR: folder, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, PUBLIC_URL: 'https://pay.example.com', LOG_LEVEL: 'silent',
    INTUIT_CLIENT_ID: 'id', INTUIT_CLIENT_SECRET: 'secret', RESEND_API_KEY: 're_key', RESEND_BASE_URL: 'http://127.0.0.1:9', MAIL_FROM: 'invoices@example.com',
  })
  node = await startNode(config, { log: silentLog, around: counted })
  const { store } = node.context
  await store.commit(
    store.control.merchants.create({ id: merchantId, name: 'Harbour', publishableKey: 'pk_harbour1', now: 0 }),
    write(`insert into customers (merchant_id, id, name, currency, balance, active, qbo_updated_at) values (?, 'cus_1', 'Pat', 'USD', 0, 1, 0)`, merchantId),
    write(`insert into customer_emails (merchant_id, customer_id, email) values (?, 'cus_1', 'pat@known.example')`, merchantId))
}, 60_000)
afterAll(async () => {
  await node?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Counts what a request has the database do, apart from what goes on beside it. */
function counted(client: Client): Client {
  const counting = (name: 'execute' | 'batch') => (...args: unknown[]) => {
    const count = calls.getStore()
    if (count) count[name] += 1
    return (client[name] as (...given: unknown[]) => unknown)(...args)
  }
  const own: Partial<Record<string | symbol, unknown>> = { execute: counting('execute'), batch: counting('batch') }
  return new Proxy(client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      return own[name] ?? (typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value)
    },
  })
}

async function ask(path: string, body: object) {
  const count = { execute: 0, batch: 0 }
  const answer = await calls.run(count, async () => node.app.fetch(new Request(`https://pay.example.com${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }), { incoming: { socket: { remoteAddress: '203.0.113.7' } } }))
  const text = (await answer.text()).replaceAll(/req_\w+/g, 'REQ')
  return { status: answer.status, text, headers: [...answer.headers].map(([name, value]) => (name === 'x-request-id' ? name : `${name}: ${value}`)), count: { ...count } }
}

test.each(['a code', 'a session', 'the console’s code'])('%s for an address that is known is answered, and worked for, like one for an address that nobody knows', async what => {
  const asked = (email: string) => {
    switch (what) {
      case 'a code': return ask('/v1/sign-in/codes', { merchant: 'pk_harbour1', email })
      case 'a session': return ask('/v1/sign-in/sessions', { merchant: 'pk_harbour1', email, code: '000000' })
      default: return ask('/v1/merchant/sign-in/codes', { email })
    }
  }
  const [known, unknown] = [await asked('pat@known.example'), await asked('sam@stranger.example')]
  expect(unknown).toEqual(known)
  expect(known.count.execute).toBeGreaterThan(1)
  // Beyond the limit of the mailbox too.
  const many = [await Promise.all(Array.from({ length: 3 }, () => asked('pat@known.example'))), await Promise.all(Array.from({ length: 3 }, () => asked('sam@stranger.example')))]
  expect(many[1]).toEqual(many[0])
})
