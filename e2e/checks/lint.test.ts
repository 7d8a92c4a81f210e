import { expect, test } from 'vitest'
import { checkLint } from './lint.ts'
import { plantedProject } from './planted.ts'

/** What each file must be told, by the rule's own name. */
const sins: Record<string, [rule: string, text: string]> = {
  'api/domain/clock.ts': ['no-restricted-globals', 'export const now = () => Date.now()'],
  'api/domain/network.ts': ['no-restricted-globals', `export const ask = () => fetch('https://example.com')`],
  'api/domain/chance.ts': ['no-restricted-properties', 'export const throwDice = () => Math.random()'],
  'api/routes/exit.ts': ['no-restricted-globals', 'export const stop = () => process.exit(1)'],
  'widget/node.ts': ['no-restricted-imports', `import { cwd } from 'node:process'\nexport const here = cwd`],
  'api/any.ts': ['no-explicit-any', 'export const anything = (value: any): unknown => value'],
  'api/bang.ts': ['no-non-null-assertion', 'export const first = (values: string[]): string => values[0]!'],
  'api/floating.ts': ['no-floating-promises', 'export const start = (work: () => Promise<void>): void => {\n  work()\n}'],
  'api/state.ts': ['switch-exhaustiveness-check', `export const next = (state: 'open' | 'paid'): number => {\n  switch (state) {\n    case 'open':\n      return 1\n  }\n  return 0\n}`],
  'api/long.ts': ['max-lines', Array.from({ length: 301 }, (_, i) => `export const line${i} = ${i}`).join('\n')],
  'api/wordy.ts': ['max-lines-per-function', `export function wordy(): number {\n  let total = 0\n${'  total += 1\n'.repeat(70)}  return total\n}`],
  'api/defaults.ts': ['no-default-export', 'export default 1'],
  'api/idle.test.ts': ['expect-expect', `import { test } from 'vitest'\ntest('nothing', () => {\n  String(1)\n})`],
}

const clean = {
  'api/config.ts': 'export const config = Object.freeze({ port: Number(process.env.PORT ?? 4000) })',
  'api/domain/pure.ts': 'export const later = (now: number, byMs: number): number => now + byMs',
}

const tsconfig = JSON.stringify({ compilerOptions: { target: 'es2024', module: 'nodenext', strict: true, noEmit: true, allowImportingTsExtensions: true, types: [] }, include: ['api', 'widget'] })

test('each lint rule catches the sin planted for it, those that need types included', async () => {
  const files = Object.fromEntries(Object.entries(sins).map(([path, [, text]]) => [path, text]))
  const root = await plantedProject({ ...clean, ...files, 'package.json': '{"type":"module"}', 'tsconfig.json': tsconfig }, ['.oxlintrc.json'])
  const findings = await checkLint(root)
  for (const [path, [rule]] of Object.entries(sins)) {
    expect(findings.filter(({ place }) => place.startsWith(`${path}:`)).map(finding => finding.rule), path).toContainEqual(expect.stringContaining(rule))
  }
  expect(findings.filter(({ place }) => Object.keys(clean).some(path => place.startsWith(path)))).toEqual([])
})
