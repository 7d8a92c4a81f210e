import fc from 'fast-check'
import { expect, test } from 'vitest'
import { editableAmount, readAmount, showAmount } from './amounts.ts'

test.each([
  ['1240', 'USD', '.', 124_000], ['1,240.00', 'USD', '.', 124_000], ['1.240,00 €', 'EUR', ',', 124_000], ['$12.5', 'USD', '.', 1_250],
  ['1 240,5', 'EUR', ',', 124_050], ['1,240', 'USD', '.', 124_000], ['.50', 'USD', '.', 50], ['1,50', 'USD', '.', 150], ['1.50', 'EUR', ',', 150],
  ['1,234,567.89', 'USD', '.', 123_456_789], ['1,240', 'JPY', '.', 1_240], ['1.234', 'KWD', '.', 1_234], ['1.234', 'KWD', ',', 1_234_000],
  ['١٢٫٥', 'USD', '.', 1_250], ['10.000', 'USD', '.', 1_000], ['10.000', 'EUR', ',', 1_000_000], ["1'240.00", 'CHF', '.', 124_000],
])('%s in %s reads as %i minor units', (typed, currency, mark, amount) => {
  expect(readAmount(typed, currency, mark)).toEqual({ amount })
})

test.each([['', 'USD'], ['abc', 'USD'], ['-5', 'USD'], ['1,24,0', 'USD'], ['12..5', 'USD'], ['1e5x5,5,5', 'USD'], ['9999999999999999', 'USD']])('%s is no amount', (typed, currency) => {
  expect(readAmount(typed, currency, '.')).toEqual({ fault: 'not-an-amount' })
})

test('an amount finer than its currency is refused, not rounded', () => {
  expect(readAmount('1.5', 'JPY', '.')).toEqual({ fault: 'too-fine' })
  expect(readAmount('1.2345', 'USD', '.')).toEqual({ fault: 'too-fine' })
})

test('what stands in the field reads back as the same amount, in every currency and language', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 999_999_999 }), fc.constantFrom('USD', 'JPY', 'KWD'), fc.constantFrom('.', ','), (amount, currency, mark) => {
    expect(readAmount(editableAmount(amount, currency, mark), currency, mark)).toEqual({ amount })
  }))
})

test('a total is shown to the last minor unit', () => {
  expect(showAmount(124_000, 'USD', 'en-US')).toBe('$1,240.00')
  expect(showAmount(900_719_925_474_099, 'USD', 'en-US')).toBe('$9,007,199,254,740.99')
  expect(showAmount(1_240, 'JPY', 'en-US')).toBe('¥1,240')
  expect(showAmount(1_234, 'KWD', 'en-US')).toContain('1.234')
})
