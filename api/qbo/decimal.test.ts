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

test('only the numbers of fields become text: what a person typed stays as it was typed, whatever it looks like', () => {
  const typed = fc.oneof(fc.string(), fc.constantFrom('"a":5,', String.raw`\":5}`, 'due: 12.50 , or', '{"TotalAmt":1.10}', '\\'))
  const value = fc.letrec(tie => ({
    any: fc.oneof({ maxDepth: 3 }, typed, fc.integer(), fc.boolean(), fc.constant(null), tie('object'), fc.array(tie('object'), { maxLength: 3 })),
    object: fc.dictionary(typed.filter(key => !key.endsWith('\\') && key !== '__proto__'), tie('any'), { maxKeys: 4 }),
  })).object
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1), (written, indent) => {
      expect(readJson(JSON.stringify(written, null, indent))).toEqual(withTexts(written))
    }),
  )
})

function withTexts(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return value.map(withTexts)
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withTexts(part)])) : value
}
