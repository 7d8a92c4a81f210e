import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { plantedProject } from './planted.ts'
import { checkSizes } from './sizes.ts'

/** Text that no compression makes smaller than `bytes`. */
const noise = (bytes: number) => randomBytes(bytes).toString('latin1')
const built = (entry: string, chunk: string) => ({
  'widget/dist/manifest.json': JSON.stringify({ files: { 'quittance.js': { kind: 'entry' }, 'c/detail.js': { kind: 'chunk' }, 'pages/pay.js': { kind: 'page' } } }),
  'widget/dist/quittance.js': entry,
  'widget/dist/c/detail.js': chunk,
  'widget/dist/pages/pay.js': noise(50_000),
})

test('an entry over 12 kB and a lazy part over 8 kB are found, weighed by what stands there', async () => {
  const findings = await checkSizes(await plantedProject(built(noise(12_001), noise(8_001))))
  expect(findings.map(finding => finding.place)).toEqual(['widget/dist/quittance.js', 'widget/dist/c/detail.js'])
})

test('long text that compresses well is within its budget', async () => {
  expect(await checkSizes(await plantedProject(built('quittance '.repeat(5_000), 'detail '.repeat(5_000))))).toEqual([])
})

test('nothing built, or a manifest that lists no entry, is found', async () => {
  expect(await checkSizes(await plantedProject({}))).toHaveLength(1)
  expect(await checkSizes(await plantedProject({ 'widget/dist/manifest.json': '{"files":{}}' }))).toHaveLength(2)
})
