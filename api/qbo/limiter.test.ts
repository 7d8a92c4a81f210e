import { expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

/** A time that passes only where somebody waits for it. */
function patientTime() {
  let now = 0
  return { now: () => now, wait: async (ms: number) => void (now += ms) }
}

test('within any second no more calls of a company begin than are allowed', async () => {
  const time = patientTime()
  const limiter = createLimiter({ inFlightMax: 100, perSecondMax: 5 }, time)
  const begun: number[] = []
  for (let i = 0; i < 12; i++) await limiter.run('a', async () => void begun.push(time.now()))
  expect(begun).toEqual([0, 0, 0, 0, 0, 1000, 1000, 1000, 1000, 1000, 2000, 2000])
})

test('no more calls of a company are under way at once than are allowed, and another company does not wait for them', async () => {
  const limiter = createLimiter({ inFlightMax: 3, perSecondMax: 100 }, patientTime())
  let release = () => {}
  const held = new Promise<void>(resolve => (release = resolve))
  let begun = 0
  const calls = Array.from({ length: 8 }, () => limiter.run('a', async () => {
    begun += 1
    await held
  }))
  expect(await limiter.run('b', async () => begun)).toBe(3)
  release()
  await Promise.all(calls)
  expect(begun).toBe(8)
})

test('a call that fails gives its place back', async () => {
  const limiter = createLimiter({ inFlightMax: 1, perSecondMax: 100 }, patientTime())
  await expect(limiter.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await limiter.run('a', async () => 'next')).toBe('next')
})
