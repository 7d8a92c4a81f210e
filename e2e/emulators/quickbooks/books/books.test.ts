import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { createClock } from '../../kit/clock.ts'
import { openBooks, type Books } from './books.ts'
import { starterRows } from './starter.ts'

const realm = '1'
const clock = createClock(Date.parse('2026-11-20T18:15:00Z'))
let books: Books
afterEach(() => books.close())

function inTrade(path?: string): Books {
  const opened = openBooks({ clock, ...(path === undefined ? {} : { path }) })
  opened.createCompany(realm, { name: 'Alder & Finch' })
  for (const [entity, objects] of starterRows({ currency: 'USD' }, clock.now())) opened.load(realm, entity, objects)
  return opened
}

const loaded = { Id: '500', SyncToken: '3', CustomerRef: { value: '7', name: 'An old name' }, TotalAmt: 100, Balance: 100, DocNumber: '2040', Line: [], MetaData: { CreateTime: '2026-01-01T00:00:00-08:00', LastUpdatedTime: '2026-01-02T00:00:00-08:00' } }
const customer = { Id: '7', SyncToken: '0', DisplayName: 'Harbour Coffee', FullyQualifiedName: 'Harbour Coffee', Active: true, Balance: 100, BalanceWithJobs: 100 }
const pay = () => books.write(realm, { entity: 'Payment', operation: 'create', user: 'x', body: { CustomerRef: { value: '7' }, TotalAmt: 100, Line: [{ Amount: 100, LinkedTxn: [{ TxnId: '500', TxnType: 'Invoice' }] }] } })

test('loaded objects keep ids, tokens, times and balances; ids and numbers go on above them; names are those of today', () => {
  books = inTrade()
  expect(books.load(realm, 'Customer', [customer])).toBe(1)
  expect(books.load(realm, 'Invoice', [loaded])).toBe(1)
  expect(books.read(realm, 'Invoice', '500')).toEqual({ ...loaded, CustomerRef: { value: '7', name: 'Harbour Coffee' } })
  expect(pay()['Id']).toBe('501')
  const body = { CustomerRef: { value: '7' }, Line: [{ Amount: 1, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' } } }] }
  expect(books.write(realm, { entity: 'Invoice', operation: 'create', user: 'x', body })).toMatchObject({ Id: '502', DocNumber: '2041' })
})

test('starting over gives back exactly what was loaded, deleted rows, links and counters included', () => {
  books = inTrade()
  books.load(realm, 'Customer', [customer])
  books.load(realm, 'Invoice', [loaded])
  const before = [...books.list(realm, 'Invoice'), ...books.list(realm, 'Customer'), ...books.list(realm, 'Account')]
  const paid = pay()
  books.write(realm, { entity: 'Payment', operation: 'delete', user: 'x', body: { Id: String(paid['Id']), SyncToken: '0' } })
  books.write(realm, { entity: 'Invoice', operation: 'delete', user: 'x', body: { Id: '500', SyncToken: '5' } })
  books.setCompany(realm, { status: 'lapsed' })
  books.reset()
  expect([...books.list(realm, 'Invoice'), ...books.list(realm, 'Customer'), ...books.list(realm, 'Account')]).toEqual(before)
  expect(books.company(realm)?.status).toBe('active')
  expect(books.changes(realm, 'Invoice', 0, 10).gone).toEqual([])
  expect(pay()).toMatchObject({ Id: '501', UnappliedAmt: 0 })
})

test('the books outlive the process, and can still start over', () => {
  const folder = mkdtempSync(join(tmpdir(), 'books-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'books.sqlite')
  books = inTrade(path)
  books.load(realm, 'Customer', [customer])
  books.load(realm, 'Invoice', [loaded])
  pay()
  books.close()
  books = openBooks({ clock, path })
  expect(books.read(realm, 'Invoice', '500')).toMatchObject({ Balance: 0, SyncToken: '4' })
  books.reset()
  expect(books.read(realm, 'Invoice', '500')).toMatchObject({ Balance: 100, SyncToken: '3' })
})

test('listeners hear of committed writes only', () => {
  books = inTrade()
  books.load(realm, 'Customer', [customer])
  const heard: string[] = []
  books.onChange(change => heard.push(`${change.entity} ${change.operation}`))
  expect(() => books.write(realm, { entity: 'Payment', operation: 'create', user: 'x', body: { CustomerRef: { value: '7' } } })).toThrow('Required param missing')
  expect(heard).toEqual([])
  books.write(realm, { entity: 'Payment', operation: 'create', user: 'x', body: { CustomerRef: { value: '7' }, TotalAmt: 5 } })
  expect(heard).toEqual(['Payment Create'])
})
