import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomBytes } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { placeOf } from '../../api/connection/credentials.ts'
import { silentLog } from '../../api/log.ts'
import { reseal } from '../../api/sealing/reseal.ts'
import { createVault } from '../../api/vault.ts'
import type { MerchantId } from '../../db/values.ts'
import { demoCustomer } from '../company/demo.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { payerOf, sentInvoice } from './payer.ts'
import { staffAt } from './staff.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
}, 60_000)
afterAll(() => world?.close())

const newest = { name: 'next', key: randomBytes(32) }

/** Every sealed text in the file, whatever table it lies in: nothing else looks like one. */
function sealedTexts(): string[] {
  const db = new DatabaseSync(world.databaseFile, { readOnly: true })
  try {
    const tables = db.prepare(`select name from sqlite_master where type = 'table'`).all().map(row => String(row['name']))
    return tables.flatMap(name => db.prepare(`select * from "${name}"`).all()).flatMap(row => Object.values(row)).flatMap(value => (typeof value === 'string' ? (value.match(/\b(?:test|next)\.[\w-]{16}\.[\w-]{22,}/g) ?? []) : []))
  } finally {
    db.close()
  }
}
const keysOf = (texts: readonly string[]) => [...new Set(texts.map(text => text.split('.')[0]))]

test('a sealed text that is moved to another merchant, another column or another row opens nowhere', () => {
  const { vault } = world.api.context
  const merchantId = world.merchant.merchantId as MerchantId
  const sealed = vault.seal('token', placeOf(merchantId, 'refresh'))
  for (const place of [placeOf('mer_another', 'refresh'), placeOf(merchantId, 'access'), `outbox|${merchantId}|mail:1`, '']) expect(() => vault.open(sealed, place)).toThrow(/authenticate/)
  expect(() => vault.open(sealed.replace('test.', 'next.'), placeOf(merchantId, 'refresh'))).toThrow(/no sealing key/)
})

test('under load everything is sealed anew under the newest key, what is written meanwhile stays, and all opens once the old key is gone', async () => {
  const { context } = world.api
  const payer = await payerOf(world)
  // Letters that cannot leave yet, ways back of pay pages, and the grant.
  world.outside.mail.faults.queue({ kind: 'html-500', match: {}, times: 10_000 })
  const invoices = Array.from({ length: 12 }, (_, i) => sentInvoice(world, demoCustomer.id, 20 + i))
  const rows = await Promise.all(invoices.map(invoice => until(() => staffAt(world).invoice(invoice['DocNumber']), row => row !== undefined)))
  const returnUrl = `${world.outside.site.url}/account?order=7`
  const pages: string[] = []
  const work = async (i: number) => {
    const id = rows[i % rows.length]?.id
    await world.merchant.call('POST', `/v1/merchant/invoices/${id}/send`, {})
    const { body } = await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: id }], returnUrl })
    pages.push(new URL((body as { url: string }).url).pathname)
  }
  for (let i = 0; i < 12; i++) await work(i)
  expect(keysOf(sealedTexts())).toEqual(['test'])
  expect(sealedTexts().length).toBeGreaterThan(20)

  const old = context.vault
  const both = createVault([newest, ...context.config.sealingKeys])
  context.vault = both
  const busy = (async () => {
    for (let i = 12; i < 40; i++) await work(i)
  })()
  const first = await reseal(context)()
  await busy
  expect([first.lost, first.done > 20]).toEqual([0, true])
  expect(await reseal(context)()).toEqual({ done: 0, lost: 0 })
  expect(keysOf(sealedTexts())).toEqual(['next'])

  // The old key is taken out of the settings.
  context.vault = createVault([newest])
  for (const page of pages) expect(((await world.ask(null, 'GET', `${page}/view`)).body as { returnUrl: string }).returnUrl).toBe(returnUrl)
  world.outside.mail.faults.clear()
  world.outside.clock.advance(6 * 3_600_000)
  await world.settled()
  await world.merchant.call('POST', '/v1/merchant/imports', { kind: 'customers' })
  await until(() => staffAt(world).get<{ import: { state: string } | null }>('/v1/merchant/imports/current'), ({ import: run }) => run?.state === 'done')
  const row = await context.store.merchant(world.merchant.merchantId as MerchantId).connection.find()
  expect(context.vault.open(row?.sealedRefresh ?? '', placeOf(world.merchant.merchantId as MerchantId, 'refresh'))).toMatch(/\w{10}/)
  // Without the newest key nothing of it can be read, and what cannot be read is counted and left as it is.
  const texts = sealedTexts()
  expect(await reseal({ ...context, log: silentLog, vault: old })()).toEqual({ done: 0, lost: texts.length })
  expect(sealedTexts()).toEqual(texts)
})
