import { expect, test } from 'vitest'
import { checkCoverage, coveragePage, findProofs } from './coverage.ts'
import { plantedProject } from './planted.ts'
import { promised } from './rows.ts'

const proof = `test('AP7 IL36: a payment made there lowers the balance here', () => expect(1).toBe(1))`

test('a stale page is found, and the page that the tests make is accepted', async () => {
  const stale = await plantedProject({ 'api/sync/apply.test.ts': proof, 'docs/coverage.md': coveragePage(promised, []) })
  expect(await checkCoverage(stale)).toMatchObject([{ rule: 'coverage-fresh' }])
  const fresh = await plantedProject({ 'api/sync/apply.test.ts': proof, 'docs/coverage.md': coveragePage(promised, await findProofs(stale)) })
  expect(await checkCoverage(fresh)).toEqual([])
})

test('a missing page is found', async () => {
  expect(await checkCoverage(await plantedProject({ 'api/sync/apply.test.ts': proof }))).toMatchObject([{ rule: 'coverage-fresh' }])
})

test('a test may prove several rows, and each links to it', async () => {
  const root = await plantedProject({ 'api/sync/apply.test.ts': proof })
  expect(await findProofs(root)).toEqual([
    { id: 'AP7', title: 'a payment made there lowers the balance here', path: 'api/sync/apply.test.ts' },
    { id: 'IL36', title: 'a payment made there lowers the balance here', path: 'api/sync/apply.test.ts' },
  ])
  expect(coveragePage(promised, await findProofs(root))).toContain('[a payment made there lowers the balance here](../api/sync/apply.test.ts)')
})

test('a test that claims a row which nobody promised is found', async () => {
  const root = await plantedProject({ 'e2e/specs/pay.spec.ts': 'test(`17-36: nothing of the kind`, () => expect(1).toBe(1))' })
  expect(await checkCoverage(root)).toContainEqual(expect.objectContaining({ rule: 'rows-exist', place: 'e2e/specs/pay.spec.ts' }))
})

test('the page holds all 129 rows, once each', () => {
  const page = coveragePage(promised, [])
  const ids = [...page.matchAll(/^\| ((?:IL|AP|CC|TO)\d+|17-\d+) \| [^|]+ \| not yet \|$/gm)].map(([, id]) => id)
  expect(ids).toHaveLength(129)
  expect(new Set(ids)).toHaveLength(129)
})
