import { expect, test } from 'vitest'
import { checkDeadCode } from './deadcode.ts'
import { plantedProject } from './planted.ts'

test('a file, an export and a package that nothing uses are found', async () => {
  const root = await plantedProject(
    {
      'package.json': JSON.stringify({ name: 'planted', type: 'module', dependencies: { 'left-over': '1.0.0' } }),
      'api/main.ts': `import { used } from './part.ts'\nused()`,
      'api/part.ts': `export const used = () => 1\nexport const unused = () => 2`,
      'api/lonely.ts': `export const alone = 3`,
    },
    ['.knip.json'],
  )
  const findings = await checkDeadCode(root)
  expect(findings.map(({ rule, place }) => `${rule}: ${place}`).toSorted()).toEqual(['unused dependencies: package.json', 'unused exports: api/part.ts:2', 'unused files: api/lonely.ts'])
})
