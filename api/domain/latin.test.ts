import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toLatin1 } from './latin.ts'

test('what ISO-8859-1 holds stays as it is, the rest becomes its plain form or is left out', () => {
  expect(toLatin1('Café Müller & Söhne')).toBe('Café Müller & Söhne')
  expect(toLatin1('“Zoë’s” – naïve… 5 €')).toBe('"Zoë\'s" - naïve... 5 EUR')
  expect(toLatin1('Łódź, Őrség, ﬁne')).toBe('Lódz, Orség, fine')
  expect(toLatin1('Thanks 🎉 日本')).toBe('Thanks  ')
})

test('nothing outside ISO-8859-1 ever comes out', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), text => [...toLatin1(text)].every(letter => (letter.codePointAt(0) ?? 0) <= 0xff)))
})
