import { expect, test } from 'vitest'
import { createVault } from './vault.ts'

const first = { name: 'k1', key: Buffer.alloc(32, 1) }
const second = { name: 'k2', key: Buffer.alloc(32, 2) }

test('what was sealed opens in its own place and nowhere else', () => {
  const vault = createVault([first])
  const sealed = vault.seal('refresh-token', 'connections|mer_1|refresh')
  expect(sealed).not.toContain('refresh-token')
  expect(vault.open(sealed, 'connections|mer_1|refresh')).toBe('refresh-token')
  expect(() => vault.open(sealed, 'connections|mer_2|refresh')).toThrow(/authenticate/)
  expect(() => vault.open(`${sealed.slice(0, -3)}AAA`, 'connections|mer_1|refresh')).toThrow(/authenticate/)
})

test('a new key seals from now on while the old one still opens', () => {
  const sealed = createVault([first]).seal('text', 'place')
  const turned = createVault([second, first])
  expect(turned.open(sealed, 'place')).toBe('text')
  expect(turned.seal('text', 'place').startsWith('k2.')).toBe(true)
  expect(() => createVault([second]).open(sealed, 'place')).toThrow('SEALING_KEYS')
})

test('a code is hashed with the key and its place, so a stolen table cannot be tried against a million codes', () => {
  expect(createVault([first]).hashCode('123456', 'a')).not.toBe(createVault([second]).hashCode('123456', 'a'))
  expect(createVault([first]).hashCode('123456', 'a')).not.toBe(createVault([first]).hashCode('123456', 'b'))
})
