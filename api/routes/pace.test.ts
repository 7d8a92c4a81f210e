import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { createPace } from './pace.ts'

const at = Date.parse('2026-11-20T18:15:00Z')

test.each([1, 7, 60, 1_200])('%i a minute may come at once, no more, and over an hour as many as that a minute', perMinute => {
  const pace = createPace(perMinute)
  for (let i = 0; i < perMinute; i++) expect(pace.count('one', at)).toBe(0)
  const waitMs = pace.count('one', at)
  expect(Math.abs(waitMs - 60_000 / perMinute)).toBeLessThan(1)
  expect(pace.count('another', at)).toBe(0)
  let taken = 0
  for (let s = 1; s <= 3_600; s++) while (taken < perMinute * 61 && pace.count('one', at + s * 1_000) === 0) taken++
  expect(taken / (perMinute * 60)).toBeCloseTo(1, 2)
})

test('whoever waits as long as they were told may go on, and asking meanwhile does not make it longer', () => {
  const pace = createPace(3)
  for (let i = 0; i < 3; i++) pace.count('one', at)
  const waitMs = pace.count('one', at)
  for (let ms = 1_000; ms < waitMs - 1_000; ms += 1_000) expect(pace.count('one', at + ms)).toBeCloseTo(waitMs - ms, 3)
  expect(pace.count('one', at + waitMs)).toBe(0)
})

test('a clock that is set back by an hour refuses nobody for longer than a place takes', () => {
  const pace = createPace(60)
  for (let i = 0; i < 61; i++) pace.count('one', at)
  expect(pace.count('one', at - 3_600_000)).toBeLessThanOrEqual(1_000)
  expect(pace.count('one', at - 3_600_000 + 1_000)).toBe(0)
})

test('100,000 names within a minute are kept in little memory, whoever asks on is kept among them, and a minute of rest empties it', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const pace = createPace(600)
  for (let i = 0; i < 600; i++) pace.count('busy', at)
  collect()
  const before = process.memoryUsage().heapUsed
  for (let i = 0; i < 100_000; i++) {
    // What a header of 4 kB holds at its end: kept as it is, it would keep the header.
    pace.count(`${'x'.repeat(4_000)}, 2001:db8:${i}`.split(', ')[1] ?? '', at)
    if (i % 10_000 === 0) expect(pace.count('busy', at)).toBeGreaterThan(0)
  }
  collect()
  expect(pace.size()).toBeLessThanOrEqual(40_000)
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 1024 * 1024)
  for (const ms of [60_000, 120_000]) pace.count('later', at + ms)
  expect(pace.size()).toBeLessThanOrEqual(2)
})
