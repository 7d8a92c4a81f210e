import { afterEach, expect, test } from 'vitest'
import { type Bench, benchRealm, type BenchOptions, startQuickBooksBench } from '../../e2e/quickbooks-bench.ts'
import type { Context } from '../context.ts'
import { accessOf, callQuickBooks } from './credentials.ts'

let bench: Bench
const connected = async (options: BenchOptions = {}) => {
  bench = await startQuickBooksBench({ asleep: true, ...options })
  expect(await bench.connect()).toBe('/console?connected=1')
}
afterEach(() => bench.close())

const row = async () => await bench.merchant.connection.find()
/** Another process has promises of its own and shares the database alone. */
const otherProcess = (): Context => ({ ...bench.ctx, store: { ...bench.ctx.store } })
const readCompany = (ctx: Context) => callQuickBooks(ctx, bench.merchantId, at => ctx.accounting.read(at, 'CompanyInfo', at.realmId))
const minute = 60_000

test('a token younger than three quarters of its life is used as it is', async () => {
  await connected()
  bench.clock.advance(44 * minute)
  expect((await accessOf(bench.ctx, bench.merchantId)).kind).toBe('granted')
  expect((await row())?.tokenVersion).toBe(1)
})

test('however many ask at once in one process, Intuit is asked for new tokens once', async () => {
  await connected()
  bench.clock.advance(50 * minute)
  const grants = await Promise.all(Array.from({ length: 25 }, () => accessOf(bench.ctx, bench.merchantId)))
  expect(new Set(grants.map(grant => (grant.kind === 'granted' ? grant.at.accessToken : grant.kind))).size).toBe(1)
  expect(await row()).toMatchObject({ tokenVersion: 2, leaseOwner: null, state: 'connected' })
})

test('processes that renew at the same moment do not kill the grant: one asks, the others take what it stored', async () => {
  await connected()
  for (let round = 1; round <= 5; round++) {
    bench.clock.advance(50 * minute)
    const grants = await Promise.all(Array.from({ length: 6 }, () => accessOf(otherProcess(), bench.merchantId)))
    expect(new Set(grants.map(grant => (grant.kind === 'granted' ? grant.at.accessToken : grant.kind))).size).toBe(1)
    expect(await row()).toMatchObject({ tokenVersion: round + 1, state: 'connected' })
  }
})

test('a call that QuickBooks refuses with 401 is repeated once with fresh tokens', async () => {
  await connected()
  await bench.fault({ match: { path: 'companyinfo' }, kind: 'unauthorized' })
  expect((await readCompany(bench.ctx)).ok).toBe(true)
  expect((await row())?.tokenVersion).toBe(2)
})

test('an answer that gets lost is asked for again with the same refresh token while Intuit still takes it', async () => {
  await connected({ graceMs: 60_000 })
  bench.clock.advance(50 * minute)
  await bench.fault({ match: { path: 'tokens/bearer' }, kind: 'lose-answer' })
  expect((await accessOf(bench.ctx, bench.merchantId)).kind).toBe('granted')
  expect((await readCompany(bench.ctx)).ok).toBe(true)
  expect((await row())?.state).toBe('connected')
})

test('a network error never ends a connection: the old token serves until it expires, and renewing goes on later', async () => {
  await connected()
  bench.clock.advance(50 * minute)
  await bench.fault({ match: { path: 'tokens/bearer' }, kind: 'refuse', times: 2 })
  expect((await accessOf(bench.ctx, bench.merchantId)).kind).toBe('granted')
  expect(await row()).toMatchObject({ tokenVersion: 1, state: 'connected', leaseOwner: null })
  bench.clock.advance(20 * minute)
  await bench.fault({ match: { path: 'tokens/bearer' }, kind: 'html-500', status: 502, times: 2 })
  expect((await accessOf(bench.ctx, bench.merchantId)).kind).toBe('unavailable')
  expect((await row())?.state).toBe('connected')
  expect((await accessOf(bench.ctx, bench.merchantId)).kind).toBe('granted')
})

test('a refresh token that Intuit refuses needs the merchant, who is told what to do, and connecting again mends it', async () => {
  await connected()
  bench.quickbooks.disconnect(benchRealm)
  expect(await readCompany(bench.ctx)).toMatchObject({ ok: false, failure: { class: 'auth' } })
  expect(await row()).toMatchObject({ state: 'needs_reconnect', notice: expect.stringContaining('Connect again') as string })
  expect(await bench.connect()).toBe('/console?connected=1')
  expect((await readCompany(bench.ctx)).ok).toBe(true)
  expect(await row()).toMatchObject({ state: 'connected', notice: null })
})

test('a reused refresh token that somebody else has already renewed does not end the connection', async () => {
  await connected()
  bench.clock.advance(50 * minute)
  const other = otherProcess()
  // The other process reads the row before, and asks Intuit after, this one has renewed and stored.
  const slow: Context = { ...other, intuit: { ...other.intuit, refresh: async request => {
    await bench.ctx.store.commit(bench.merchant.connection.releaseLease(String((await row())?.leaseOwner)))
    await accessOf(bench.ctx, bench.merchantId)
    return other.intuit.refresh(request)
  } } }
  expect((await accessOf(slow, bench.merchantId)).kind).toBe('granted')
  expect(await row()).toMatchObject({ tokenVersion: 2, state: 'connected' })
})
