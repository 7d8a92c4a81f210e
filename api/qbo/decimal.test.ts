import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalNumber } from '../domain/decimal.ts'
import { currency, minor, parseDecimal } from '../domain/money.ts'
import { readJson, writeJson } from './decimal.ts'

const anyAmount = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER })
const anyCurrency = fc.constantFrom(...['USD', 'JPY', 'KWD'].map(currency))

test('an amount reaches QuickBooks digit by digit and comes back the same, however large', () => {
  fc.assert(
    fc.property(anyAmount, anyCurrency, (amount, code) => {
      const text = writeJson({ TotalAmt: decimalNumber(minor(amount), code) }, false)
      expect(text).toMatch(/^\{"TotalAmt":-?\d+(\.\d{2,3})?\}$/)
      expect(parseDecimal((readJson(text) as { TotalAmt: string }).TotalAmt, code)).toBe(minor(amount))
    }),
  )
})

test('figures that floats cannot hold keep their digits', () => {
  expect(writeJson({ a: decimalNumber(minor(9_007_199_254_740_991), currency('USD')), b: { decimal: '1.0850000' } }, false)).toBe('{"a":90071992547409.91,"b":1.0850000}')
  expect(readJson('{"a":4.35,"b":0.29,"c":90071992547409.91,"d":1.10}')).toEqual({ a: '4.35', b: '0.29', c: '90071992547409.91', d: '1.10' })
})

const typed = fc.oneof(fc.string(), fc.constantFrom('"a":5,', String.raw`\":5}`, ':5,', ': 5 boxes', ',', '{', 'due: 12.50 , or', '{"TotalAmt":1.10}', '\\'))
const objectOf = (key: fc.Arbitrary<string>) =>
  fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 3 }, typed, fc.integer(), fc.boolean(), fc.constant(null), tie('object'), fc.array(tie('object'), { maxLength: 3 })),
    object: fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  })).object
const indent = fc.constantFrom(0, 1)

test('only the numbers of fields become text: what a person typed stays as it was typed, whatever it looks like', () => {
  const name = fc.oneof(fc.constantFrom('TotalAmt', 'SyncToken', 'x_1'), fc.stringMatching(/^[\w.-]+$/).filter(key => key !== '__proto__'))
  fc.assert(fc.property(objectOf(name), indent, (written, spaces) => {
    expect(readJson(JSON.stringify(written, null, spaces))).toEqual(withTexts(written))
  }), { numRuns: 1_000 })
})

test('fields of any name leave their neighbours as they are', () => {
  fc.assert(fc.property(objectOf(typed.filter(key => key !== '__proto__')), indent, (written, spaces) => {
    expect(withTexts(readJson(JSON.stringify(written, null, spaces)))).toEqual(withTexts(written))
  }), { numRuns: 1_000 })
})

test('a memo that begins with a colon and a number can be read, and with it the whole page', () => {
  expect(readJson('{"CustomerMemo":{"value":":5, please"},"PrivateNote":": 7 boxes","TotalAmt":4.10}')).toEqual({ CustomerMemo: { value: ':5, please' }, PrivateNote: ': 7 boxes', TotalAmt: '4.10' })
})

function withTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(withTexts)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withTexts(part)])) : value
}
