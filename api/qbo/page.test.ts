import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromQuery, objectsAt } from './answer.ts'
import { fromPage } from './page.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const whole = fromQuery(response => objectsAt(response, 'Invoice'))
const oneByOne = fromPage('Invoice', object => object)

const typed = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"Invoice":[', '"Invoice":[]', ']', '}', '{"Id":"9"}', '\\', '\\"', ', 5', '“Café”'))
const object = fc.record({ Id: fc.constantFrom('1', '22'), TotalAmt: fc.double({ noNaN: true, noDefaultInfinity: true }), Memo: typed, Line: fc.array(fc.record({ Description: typed, Invoice: fc.array(fc.record({ Id: typed })) }), { maxLength: 2 }) }, { requiredKeys: [] })
/** As Intuit answers, with the list in its place, elsewhere, twice or not at all, and with what is no object in it. */
const answer = fc.oneof(
  { weight: 4, arbitrary: fc.record({ QueryResponse: fc.record({ Invoice: fc.array(object, { maxLength: 4 }), startPosition: fc.constant(1), maxResults: fc.nat() }, { requiredKeys: [] }), time: typed }, { requiredKeys: ['QueryResponse'] }) },
  fc.record({ before: fc.record({ Invoice: fc.array(object) }), QueryResponse: fc.record({ Invoice: fc.array(fc.oneof(object, fc.integer(), typed), { maxLength: 3 }) }) }),
  fc.record({ QueryResponse: fc.record({ Other: fc.array(fc.record({ Invoice: fc.array(object) })), Invoice: fc.array(object) }) }),
  fc.record({ Fault: fc.record({ Error: fc.constant([{ code: '610', Message: 'Object Not Found' }]) }), QueryResponse: fc.record({ Invoice: fc.array(object) }) }),
)

test('a page read object by object says what it says as a whole, wherever it holds whatever, and wherever it is cut off', () => {
  fc.assert(fc.property(answer, fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (told, indent, part, isCut) => {
    const bytes = bytesOf(JSON.stringify(told, null, indent))
    const seen = isCut ? bytes.subarray(0, Math.floor(bytes.length * part)) : bytes
    expect(oneByOne(seen)).toEqual(whole(seen))
  }), { numRuns: 2_000 })
})

test.each(['{"QueryResponse":{"Invoice":[{"Id":"1"},]}}', '{"QueryResponse":{"Invoice":[,{"Id":"1"}]}}', '{"QueryResponse":{"Invoice":[{"Id":"1"}{"Id":"2"}]}}', '{"QueryResponse":{"Invoice":[{"Id":"1","TotalAmt":4.}]}}', '{"QueryResponse":{"Invoice":[{"Id":"1"}]}', '<html>{"QueryResponse":{"Invoice":[{"Id":"1"}]}}'])('what is no JSON is no page: %s', text => {
  expect(oneByOne(bytesOf(text))).toEqual({ fault: null, value: null })
})

test('each object is handed over before the next is read', () => {
  const page = bytesOf(`{"QueryResponse":{"Invoice":[{"Id":"1"},{"Id":"2"},{"Id":"broken" "Balance":1}]}}`)
  const seen: string[] = []
  expect(fromPage('Invoice', ({ Id }) => seen.push(Id))(page)).toEqual({ fault: null, value: null })
  expect(seen).toEqual(['1', '2'])
})
