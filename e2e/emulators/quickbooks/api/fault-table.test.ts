import { afterAll, beforeAll, expect, test } from 'vitest'
import { accessOf } from '../../../../api/connection/credentials.ts'
import type { FaultClass } from '../../../../api/domain/qbo-fault.ts'
import type { Accounting, QboCredentials } from '../../../../api/ports.ts'
import { createAccounting } from '../../../../api/qbo/client.ts'
import { type Bench, startQuickBooksBench } from '../../../quickbooks-bench.ts'

let bench: Bench
let at: QboCredentials

beforeAll(async () => {
  bench = await startQuickBooksBench({ asleep: true })
  await bench.connect()
  const grant = await accessOf(bench.ctx, bench.merchantId)
  if (grant.kind !== 'granted') throw new Error(grant.kind)
  at = grant.at
})
afterAll(() => bench.close())

/** A client of its own for each code, because a 429 pauses the whole company. */
const client = (): Accounting => createAccounting({ apiUrl: bench.quickbooks.url, timeoutMs: 5000, clock: bench.clock, log: bench.ctx.log, meter: () => undefined })

/** Where the published list names a code twice: 2010 is our mistake, because no person can mend it, and 10000 is retried, because a retry can heal it. */
const codes: Record<string, { onRead: FaultClass; onWrite?: FaultClass; codes: number[] }> = {
  reconnect: { onRead: 'auth', codes: [3200, 3202, 3100, 100, 110, 120] },
  'pause the company': { onRead: 'paused', codes: [6190, 140, 150, 5020] },
  'wait and retry': { onRead: 'throttled', codes: [3001] },
  'retry with the same request id': { onRead: 'transient', onWrite: 'unknown', codes: [10000, 130] },
  're-read, then retry': { onRead: 'stale', codes: [5010] },
  'the reference is gone': { onRead: 'gone', codes: [610, 2500, 6250, 620] },
  'a person is needed': { onRead: 'person', codes: [6000, 6200, 6210, 6540, 6450, 6480, 6140, 6240, 6430, 6440, 2020, 2050, 2040, 2290, 6160, 6170, 6470, 10200] },
  'our mistake': { onRead: 'ours', codes: [2000, 2010, 2030, 2170, 4000, 4001, 4002, 6070, 10100] },
  'a code that no list names goes to a person': { onRead: 'person', codes: [600, 6530] },
}
const rows = Object.entries(codes).flatMap(([meaning, row]) => row.codes.map(code => ({ code: `${code}`, meaning, onRead: row.onRead, onWrite: row.onWrite ?? row.onRead })))

test.each(rows)('$code: $meaning', async ({ code, onRead, onWrite }) => {
  const before = bench.quickbooks.books.counts(at.realmId)
  await bench.control('fault-code', { code, match: { method: 'GET', path: '/customer/1' } })
  expect(await client().read(at, 'Customer', '1')).toMatchObject({ ok: false, failure: { code, class: onRead } })
  await bench.control('fault-code', { code, match: { method: 'POST', path: '/payment' } })
  const body = { CustomerRef: { value: '1' }, TotalAmt: 1 }
  expect(await client().write(at, { entity: 'Payment', requestId: `fault-${code}`, body })).toMatchObject({ ok: false, failure: { code, class: onWrite } })
  expect(bench.quickbooks.books.counts(at.realmId)).toEqual(before)
  expect((await client().read(at, 'Customer', '1')).ok).toBe(true)
})

test('a code of the table strikes as often and as late as it was asked to', async () => {
  await bench.control('fault-code', { code: '5020', match: { path: '/customer/1' }, skip: 1, times: 2 })
  const answers = []
  for (let i = 0; i < 4; i++) answers.push((await client().read(at, 'Customer', '1')).ok)
  expect(answers).toEqual([true, false, false, true])
})

test('a code outside the table is refused and the known ones are named', async () => {
  const answer = await fetch(`${bench.quickbooks.url}/_emulator/fault-code`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ code: '98765' }) })
  expect(answer.status).toBe(400)
  const { known } = (await answer.json()) as { known: string[] }
  expect(known.toSorted()).toEqual(rows.map(({ code }) => code).toSorted())
})
