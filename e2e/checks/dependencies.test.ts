import { expect, test } from 'vitest'
import { checkDependencies } from './dependencies.ts'
import { plantedProject } from './planted.ts'

const project = (dependencies: Record<string, string>, lines: readonly string[]) =>
  plantedProject({ 'package.json': JSON.stringify({ dependencies }), 'docs/dependencies.md': ['| package | why |', '|---|---|', ...lines].join('\n') })

test('a package without a reason, a reason without its package, and a version that floats are found', async () => {
  const root = await project({ hono: '4.0.0', zod: '^4.0.0' }, ['| `zod` | Parses. |', '| `lodash` | Old times. |'])
  expect((await checkDependencies(root)).map(({ rule, text }) => `${rule}: ${text.split(' ')[0]}`)).toEqual(['reasoned-dependencies: hono', 'exact-versions: zod', 'reasoned-dependencies: lodash'])
})

test('the fortieth package at run time is one too many', async () => {
  const packages = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, '1.0.0']))
  const lines = Object.keys(packages(40)).map(name => `| \`${name}\` | Needed. |`)
  expect(await checkDependencies(await project(packages(39), lines.slice(0, 39)))).toEqual([])
  expect(await checkDependencies(await project(packages(40), lines))).toMatchObject([{ rule: 'few-dependencies' }])
})
