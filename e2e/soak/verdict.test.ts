import { expect, test } from 'vitest'
import { sparkline } from './page.ts'
import { type Sample, judge, slopeOf } from './verdict.ts'

const mb = 1024 * 1024
/** Eight hours of ten looks each; `change` says what differs from a calm process. */
function run(change: (hour: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: 80 }, (_, i) => {
    const hour = (i + 1) / 10
    // Memory rises in the first hours, as caches fill, and wavers afterwards.
    return { hour, rss: (200 + Math.min(hour, 3) * 10 + (i % 3)) * mb, heap: (40 + (i % 2)) * mb, files: 30, sockets: 60 + (i % 14), wal: 4 * mb, database: 9 * mb, lagP99: 0.02, streams: 0, blocked: 0, waiting: 3, lateS: 1, ...change(hour) }
  })
}
const broken = (samples: Sample[]) => judge(samples).filter(row => !row.met).map(row => row.what)

test('a process that filled its caches and then stays as it is passes', () => {
  expect(broken(run())).toEqual([])
})

test('each kind of leak is named, and no other', () => {
  expect(broken(run(hour => ({ rss: (200 + hour * 1.2) * mb })))).toEqual(['resident memory'])
  expect(broken(run(hour => ({ heap: (40 + hour * 1.2) * mb })))).toEqual(['heap after collecting'])
  expect(broken(run(hour => ({ files: Math.round(30 + hour) })))).toEqual(['open files'])
  expect(broken(run(hour => ({ sockets: Math.round(60 + hour * 5) })))).toEqual(['open sockets'])
  expect(broken(run(hour => ({ wal: hour > 7 ? 65 * mb : 4 * mb })))).toEqual(['write-ahead log'])
  expect(broken(run(hour => ({ lagP99: hour > 4 ? 0.05 : 0.02 })))).toEqual(['event loop, p99'])
  expect(broken(run(hour => ({ lateS: hour > 7.9 ? 4_000 : 0 })))).toEqual(['oldest due effect'])
  expect(broken(run(hour => ({ streams: hour > 7.9 ? 1 : 0 })))).toEqual(['event streams at rest'])
})

test('what rises by less than the bound passes', () => {
  expect(broken(run(hour => ({ rss: (200 + hour * 0.8) * mb })))).toEqual([])
})

test('a slope is that of the line closest to all points', () => {
  expect(slopeOf([[0, 1], [1, 3], [2, 5]])).toBe(2)
  expect(slopeOf([[0, 5], [1, 5]])).toBe(0)
  expect(slopeOf([[1, 5]])).toBe(0)
})

test('a row of bars stands on zero', () => {
  expect(sparkline([0, 0, 0])).toBe('▁▁▁')
  expect(sparkline([1, 2, 4])).toBe('▂▄█')
})
