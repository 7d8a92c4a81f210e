import { expect, test } from 'vitest'
import { cardKinds } from '../../db/values.ts'
import { cardWords } from './cards.ts'
import { createFormat } from './format.ts'

test('each kind of card has words of its own, says what was not done, and is never left without a name', () => {
  const format = createFormat({ locale: 'en', today: '2026-11-22', timeZone: 'UTC', spellCurrency: false })
  const titles = cardKinds.map(kind => cardWords({ kind, facts: {} }, format).title)
  expect(new Set(titles).size).toBe(cardKinds.length)
  expect(titles).not.toContain('Something needs a look')
})
