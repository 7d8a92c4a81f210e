import { expect, test } from 'vitest'
import { currency, minor } from '../domain/money.ts'
import { createFormat, localDay, localeOf } from './format.ts'

const format = createFormat({ locale: 'en-US', today: '2026-11-21', timeZone: 'America/Los_Angeles', spellCurrency: false })

test('amounts are written with the digits of their currency, however large', () => {
  expect(format.money(minor(124_000), currency('USD')).text).toBe('$1,240.00')
  expect(format.money(minor(-5), currency('USD')).text).toBe('-$0.05')
  expect(format.money(minor(1_240), currency('JPY')).text).toBe('¥1,240')
  expect(format.money(minor(9_007_199_254_740_991), currency('USD')).text).toBe('$90,071,992,547,409.91')
})

test('the currency is written out where a page holds several', () => {
  const spelt = createFormat({ locale: 'en-US', today: '2026-11-21', timeZone: 'UTC', spellCurrency: true })
  expect(spelt.money(minor(500), currency('EUR')).text.replace(/\s/g, ' ')).toBe('EUR 5.00')
})

test('days read as a person says them', () => {
  expect(format.day('2026-12-03')).toBe('3 Dec')
  expect(format.day('2025-12-03')).toBe('3 Dec 2025')
  expect([format.hint('2026-12-03'), format.hint('2026-11-12'), format.hint('2026-11-21'), format.hint('2026-11-22'), format.hint('2026-11-20'), format.hint(null)]).toEqual(['in 12 days', '9 days late', 'today', 'tomorrow', '1 day late', ''])
})

test('days stay in the language of the sentences around them; amounts are the reader’s own', () => {
  const german = createFormat({ locale: 'de-DE', today: '2026-11-21', timeZone: 'UTC', spellCurrency: false })
  expect(german.day('2026-12-03')).toBe('3 Dec')
  expect(german.money(minor(124_000), currency('USD')).text.replace(/\s/g, ' ')).toBe('1.240,00 $')
})

test('a payment at night belongs to the day where the company is', () => {
  expect(localDay(Date.parse('2026-11-22T05:00:00Z'), 'America/Los_Angeles')).toBe('2026-11-21')
})

test('a language that nobody knows becomes English', () => {
  expect(localeOf('xx-YY, de-CH;q=0.8')).toBe('de-CH')
  expect(localeOf('*')).toBe('en-US')
  expect(localeOf(undefined)).toBe('en-US')
})
