import { expect, test } from 'vitest'
import * as ports from './ports.ts'

test('two that ask for ports side by side are never given the same one, however near their numbers lie', async () => {
  // The same process, twice: the worst case of two processes whose numbers lead to the same block.
  const again = './ports.ts?again'
  const others = (await import(again)) as typeof ports
  const given = []
  for (let round = 0; round < 30; round++) given.push(...(await Promise.all([ports.freePort(), others.freePort()])))
  expect(new Set(given).size).toBe(given.length)
})

test('a port that was given comes round again only when all others of the block were given', async () => {
  const given = []
  for (let round = 0; round < 200; round++) given.push(await ports.freePort())
  expect(new Set(given).size).toBe(given.length)
})
