import { expect, test } from 'vitest'
import { currency } from '../domain/money.ts'
import { readPage } from './read-page.ts'
import { startReading } from './reading.ts'

const order = { entity: 'Invoice', home: currency('USD') } as const
const updated = { LastUpdatedTime: '2026-11-20T10:00:00-08:00' }

function pageOfInvoices(count: number, memo = ''): Uint8Array<ArrayBuffer> {
  const invoices = Array.from({ length: count }, (_, i) => ({ Id: String(i + 1), SyncToken: '0', MetaData: updated, TxnDate: '2026-11-20', TotalAmt: 10.1, Balance: 0.3, CustomerRef: { value: '7' }, CustomerMemo: { value: memo } }))
  return new TextEncoder().encode(JSON.stringify({ QueryResponse: { Invoice: invoices } }))
}

test('a long page is read in another thread, to the same rows as a short one in this', async () => {
  const read = startReading()
  const short = pageOfInvoices(2)
  expect(await read(short, order)).toEqual(readPage(pageOfInvoices(2), order))
  expect(short.byteLength).toBeGreaterThan(0)
  const long = pageOfInvoices(400, 'Thank you – Duluth’s best. '.repeat(40))
  const expected = readPage(long, order)
  const asked = read(long, order)
  expect(long.byteLength).toBe(0)
  expect(await asked).toEqual(expected)
  expect(expected.value?.incoming.invoices[399]).toMatchObject({ qboId: '400', total: 1010, balance: 30 })
})

test('several long pages are each given to whoever asked for them', async () => {
  const read = startReading()
  const counts = [401, 402, 403]
  const pages = await Promise.all(counts.map(count => read(pageOfInvoices(count, 'm'.repeat(1000)), order)))
  expect(pages.map(page => page.value?.ids.length)).toEqual(counts)
})

test('where the thread ends, who waits is told, and the next page is read by another', async () => {
  const read = startReading()
  await expect(read(pageOfInvoices(400, 'm'.repeat(1000)), null as never)).rejects.toThrow(TypeError)
  expect((await read(pageOfInvoices(400, 'm'.repeat(1000)), order)).value?.ids).toHaveLength(400)
})
