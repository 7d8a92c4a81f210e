import { afterAll, beforeAll, expect, test } from 'vitest'
import { objectAt, objectsAt, type JsonObject } from '../books/json.ts'
import { faultCode, invoiceFor, payment, startAccounting, realm, type AccountingBench } from './testBench.ts'

let bench: AccountingBench
beforeAll(async () => {
  bench = await startAccounting()
  for (const DisplayName of ["Amy's Birds", 'Birch & Sons', 'Cedar_1', 'Cedar%2']) await bench.made('Customer', { DisplayName })
  for (let number = 0; number < 120; number += 1) {
    bench.clock.advance(1_000)
    await bench.made('Invoice', { ...invoiceFor(String(1 + (number % 4)), 10 + number), DueDate: number < 60 ? '2026-12-01' : '2027-01-01' })
  }
  await bench.made('Payment', { ...payment('1', 10, [['1', 10]]), PaymentRefNum: 'REF-1' })
})
afterAll(() => bench.close())

const response = async (text: string) => (await bench.query(text)).body['QueryResponse'] as JsonObject
const ids = async (text: string) => Object.values(await response(text)).filter(Array.isArray).flat().map(row => (row as JsonObject)['Id'])
const detail = async (text: string) => (((await bench.query(text)).body['Fault'] as JsonObject)['Error'] as JsonObject[])[0]?.['Detail']

test('a page has 100 rows unless asked, 1000 at most, and says where it begins', async () => {
  expect(await response('select * from Invoice')).toMatchObject({ startPosition: 1, maxResults: 100 })
  expect(await response('select * from Invoice startposition 101 maxresults 1000')).toMatchObject({ startPosition: 101, maxResults: 20 })
  expect(await response('select * from Invoice startposition 121')).toEqual({})
  expect(await detail('select * from Invoice maxresults 1001')).toBe('QueryValidationError: value 1001 is too large. Max allowed value is 1000')
  expect(await detail('select * from Invoice startposition 0')).toBe('QueryValidationError: value 0 is too small. Min allowed value is 1')
})

test('count(*) counts what the filter leaves', async () => {
  expect(await response("SELECT COUNT(*) FROM Invoice WHERE CustomerRef = '2'")).toEqual({ totalCount: 30 })
  expect(await response("select count(*) from Invoice where Balance > '0'")).toEqual({ totalCount: 119 })
})

test('pages in an order hold every row once', async () => {
  const pages = [1, 51, 101].map(start => ids(`select Id from Invoice orderby MetaData.LastUpdatedTime asc startposition ${start} maxresults 50`))
  const all = (await Promise.all(pages)).flat()
  expect(new Set(all).size).toBe(120)
  expect((await ids('select * from Invoice Order By Id desc maxresults 3'))).toEqual(['120', '119', '118'])
})

test('operators compare ids, texts, amounts, dates, times and flags by their kind', async () => {
  expect(await ids("select * from Invoice where Id in ('3', '117', '9999') orderby Id")).toEqual(['3', '117'])
  expect(await ids("select * from Invoice where TotalAmt >= '128.00' and TotalAmt < '129'")).toEqual(['119'])
  expect(await response("select count(*) from Invoice where DueDate > '2026-12-01'")).toEqual({ totalCount: 60 })
  const hundredth = objectsAt(await response("select * from Invoice where Id = '100'"), 'Invoice')[0] ?? {}
  const time = String(objectAt(hundredth, 'MetaData')['LastUpdatedTime'])
  // The hundredth and the twenty after it, and the first, which was paid at the end.
  expect(await response(`select count(*) from Invoice where MetaData.LastUpdatedTime >= '${time}'`)).toEqual({ totalCount: 22 })
  expect(await ids("select * from Payment where PaymentRefNum = 'ref-1'")).toEqual(['121'])
  expect(await response('select count(*) from Customer where Active = true')).toEqual({ totalCount: 4 })
  expect(await response("select count(*) from Invoice where DocNumber = ' '")).toEqual({ totalCount: 0 })
})

test('apostrophes are escaped, % is the only wildcard, an ampersand is an ampersand', async () => {
  expect(await ids("select * from Customer where DisplayName = 'amy\\'s birds'")).toEqual(['1'])
  expect(await ids("select * from Customer where DisplayName like 'Cedar_%'")).toEqual(['3'])
  expect(await ids("select * from Customer where DisplayName = 'Birch & Sons'")).toEqual(['2'])
})

test('a query in the body of a POST is answered alike', async () => {
  const answer = await bench.call('POST', `/v3/company/${realm}/query`, "select * from Payment where TotalAmt = '10.00'")
  expect(answer.body['QueryResponse']).toMatchObject({ maxResults: 1 })
})

test('what the parser does not know is a fault 4000 that names the place', async () => {
  for (const text of ['selct * from Invoice', 'select * from Invoice where', "select * from Invoice where Id = '1' or Id = '2'", "select * from Invoice where Id = 'x", 'select * from Invoice where TotalAmt > 5', "select * from Invoice where Id <> '1'"]) {
    expect(faultCode(await bench.query(text)), text).toBe('4000')
  }
  expect(await detail('select * from null')).toContain('Encountered " "null" "NULL "" at line 1, column 15.')
})

test('what the schema does not know, or does not filter by, is a fault 4001', async () => {
  expect(await detail('select * from Custmoer')).toBe('QueryValidationError: invalid context declaration: Custmoer')
  for (const text of ["select * from Invoice where Foo = '1'", "select * from Invoice where PrivateNote = 'x'", "select * from Invoice where Id > '1'", "select * from Invoice where TxnDate = 'soon'", "select * from Invoice where DepartmentRef = '1'", "select Foo from Invoice", 'select * from Invoice orderby Line']) {
    expect(faultCode(await bench.query(text)), text).toBe('4001')
  }
})
