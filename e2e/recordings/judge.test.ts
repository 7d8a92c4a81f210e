import { expect, test } from 'vitest'
import { compareJson } from './compare.ts'
import type { Explained } from './differences.ts'
import { judge } from './judge.ts'

const difference = { at: 'a file: adds Invoice.Extra', recorded: 'nothing', answered: '1' }

function judged(differences: (typeof difference)[], explained: Explained[]) {
  const lines: string[] = []
  return { passes: judge(differences, explained, line => lines.push(line)), text: lines.join('\n') }
}

test('a difference without a reason fails and is printed', () => {
  const { passes, text } = judged([difference], [])
  expect(passes).toBe(false)
  expect(text).toContain('a file: adds Invoice.Extra')
})

test('a difference with a reason passes and is printed with it', () => {
  const { passes, text } = judged([difference], [{ at: [difference.at], reason: 'newer' }])
  expect(passes).toBe(true)
  expect(text).toContain('newer')
})

test('a reason covers the one field that it names, not its neighbours', () => {
  const neighbour = { ...difference, at: 'a file: adds Invoice.ExtraToo' }
  const { passes, text } = judged([difference, neighbour], [{ at: [difference.at], reason: 'newer' }])
  expect(passes).toBe(false)
  expect(text).toContain(`WITHOUT A REASON: 1\n- ${neighbour.at}`)
})

test('a reason whose difference no longer occurs fails, also where another of its differences still does', () => {
  expect(judged([], [{ at: [difference.at], reason: 'newer' }]).passes).toBe(false)
  expect(judged([difference], [{ at: [difference.at, 'a file: adds Invoice.Gone'], reason: 'newer' }]).passes).toBe(false)
})

test('a missing member, an added one, another kind, another value and another length are each told once', () => {
  const recorded = { a: 1, b: 'x', c: [1, 2], rows: [{ gone: 1 }, { gone: 2 }] }
  const answered = { a: '1', b: 'y', c: [1], rows: [{}, {}], extra: true }
  const told = compareJson('f', recorded, answered, () => false).map(each => each.at)
  expect(told).toEqual(['f: other kind a', 'f: other value b', 'f: other length c', 'f: lacks rows[].gone', 'f: adds extra'])
})
