import { expect, test } from 'vitest'
import { type Plan, figureOf, median, percentile } from './figures.ts'
import { placesOf } from './profile.ts'
import { type Report, pageOf, tableOf } from './report.ts'
import { pageOf as pageOfTape, recordTape } from './tape.ts'

const plan = (target: Plan['target']): Plan => ({ id: 'list', what: 'list of 20 invoices', floorIs: 'a constant', unit: 'a second', target })

test('a figure is the middle of its rounds, and one slow round moves it little', () => {
  expect(median([5, 1, 900])).toBe(5)
  expect(median([4, 1, 2, 900])).toBe(3)
  expect(() => median([])).toThrow(RangeError)
  expect(percentile([...Array.from({ length: 95 }, () => 10), 20, 30, 40, 50, 60], 0.95)).toBe(10)
  expect(percentile([3], 0.95)).toBe(3)
})

test('a ratio is taken round by round, so that a slow moment touches both sides', () => {
  const figure = figureOf(plan({ kind: 'ratio-at-least', value: 0.5 }), [{ ours: 60, floor: 100 }, { ours: 6, floor: 10 }, { ours: 30, floor: 50 }])
  expect(figure).toMatchObject({ ours: 30, floor: 50, ratio: 0.6, met: true })
})

test('what must never happen is told of the worst round, though four of five went well', () => {
  const missed = [0, 0, 1, 0, 0].map(ours => ({ ours, floor: null }))
  expect(figureOf({ ...plan({ kind: 'at-most', value: 0 }), takesMost: true }, missed)).toMatchObject({ ours: 1, met: false })
})

test.each([
  [{ kind: 'at-most', value: 40 }, 40, null, true],
  [{ kind: 'at-most', value: 40 }, 40.1, null, false],
  [{ kind: 'ratio-at-least', value: 0.4 }, 39, 100, false],
  [{ kind: 'ratio-at-least', value: 0.4 }, 40, 100, true],
  [{ kind: 'ratio-at-most', value: 1.3 }, 130, 100, true],
  [{ kind: 'ratio-at-most', value: 1.3 }, 131, 100, false],
  [{ kind: 'more-at-most', value: 1_000 }, 1_100, 100, true],
  [{ kind: 'more-at-most', value: 1_000 }, 1_101, 100, false],
  [{ kind: 'ratio-at-least', value: 0.4 }, 100, null, false],
] as const)('the target %o with %d beside %s is met: %s', (target, ours, floor, met) => {
  expect(figureOf(plan(target), [{ ours, floor }]).met).toBe(met)
})

const report: Report = {
  takenOn: '2026-11-20',
  machine: { cores: 2, processor: 'A processor', memoryGb: 8, system: 'linux x64', node: 'v24.1.0' },
  benches: [{
    name: 'list', limit: 'It is read anew.', places: [{ place: 'libsql', share: 0.614 }],
    figures: [figureOf(plan({ kind: 'ratio-at-least', value: 0.4 }), [{ ours: 1_234.5, floor: 12_345 }]), figureOf({ ...plan({ kind: 'at-most', value: 50 }), id: 'p99', what: 'the slowest', floorIs: null, unit: 'ms' }, [{ ours: 4.25, floor: null }])],
  }],
}

test('the page shows figure, floor, ratio, target, machine and limit, and names what is missed', () => {
  const page = pageOf(report)
  expect(page).toContain('| list of 20 invoices | 1,235 a second | 12,345 a second (a constant) | 0.10 × | ≥ 0.4 × | **missed** |')
  expect(page).toContain('| the slowest | 4.3 ms | – | – | ≤ 50 ms | met |')
  expect(page).toContain('1 of 2 targets are met. Missed: list of 20 invoices.')
  expect(page).toContain('2 cores (A processor), 8 GB of memory, linux x64, Node 24.1.0')
  expect(page).toContain(`${'█'.repeat(6)}${'·'.repeat(18)} list (0.10 ×, ≥ 0.4 ×)`)
  expect(page).toContain("It is read anew.\n\nWhere the product's time went: libsql 61 %.")
})

test('the table has a line for each figure, marked where its target is missed', () => {
  const [head = '', missed = '', met = ''] = tableOf(report).split('\n')
  expect(head.split(/\s{2,}/)).toEqual(['', 'what', 'ours', 'floor', 'ratio', 'target'])
  expect(missed).toMatch(/^✗ {2}list of 20 invoices +1,235 a second +12,345 a second +0\.10 × +≥ 0\.4 ×$/)
  expect(met).toMatch(/^✓ {2}the slowest +4\.3 ms +≤ 50 ms$/)
})

test('a profile is told by packages and parts of the project; waiting counts as nothing', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 1 })
  const nodes = [frame('(idle)', ''), frame('prepare', 'file:///x/node_modules/libsql/index.js'), frame('libsql_js::next', ''), frame('listView', 'file:///x/api/present/portal.ts'), frame('writev', '')].map((callFrame, i) => ({ id: i + 1, callFrame }))
  expect(placesOf({ nodes, samples: [1, 2, 3, 4, 5], timeDeltas: [900, 40, 20, 30, 10] }, 3)).toEqual([{ place: 'libsql', share: 0.6 }, { place: 'api/present/', share: 0.3 }, { place: 'Node itself', share: 0.1 }])
})

test('a tape repeats its objects under other ids, and what refers to them follows', () => {
  const tape = recordTape([{ Id: '7', CustomerRef: { value: '3', name: 'Ada' }, TotalAmt: 7, Line: [{ Id: '1', LinkedTxn: [{ TxnId: '9', TxnType: 'Invoice' }] }] }])
  expect(pageOfTape(tape, 0, 2).map(text => JSON.parse(text))).toEqual([
    { Id: '7', CustomerRef: { value: '3', name: 'Ada' }, TotalAmt: 7, Line: [{ Id: '1', LinkedTxn: [{ TxnId: '9', TxnType: 'Invoice' }] }] },
    { Id: '1000007', CustomerRef: { value: '1000003', name: 'Ada' }, TotalAmt: 7, Line: [{ Id: '1', LinkedTxn: [{ TxnId: '1000009', TxnType: 'Invoice' }] }] },
  ])
})
