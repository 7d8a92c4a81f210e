import { expect, test } from 'vitest'
import { plantedProject } from './planted.ts'
import { checkTree } from './tree.ts'

const inPlace = { 'api/main.ts': '', 'db/client.ts': '', 'widget/widget.ts': '', 'e2e/start.ts': '', 'docs/architecture.md': '', 'README.md': '', 'package.json': '{}', '.ci/run': '' }

test('a folder and a file that have no place at the top level are found', async () => {
  const findings = await checkTree(await plantedProject({ ...inPlace, 'scripts/build.ts': '', 'notes.md': '' }))
  expect(findings.map(({ rule, place }) => `${rule}: ${place}`).toSorted()).toEqual(['top-level: notes.md', 'top-level: scripts'])
})

test('what has its place, and what is hidden, is let be', async () => {
  expect(await checkTree(await plantedProject(inPlace))).toEqual([])
})
