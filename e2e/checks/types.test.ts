import { expect, test } from 'vitest'
import { plantedProject } from './planted.ts'
import { checkTypes } from './types.ts'

/** One sin that any compiler tells of, and three that only the project's own strict settings do. */
const sins = {
  'api/wrong.ts': `export const port: number = '4000'\n`,
  'db/first.ts': 'export const first = (values: string[]): string => values[0]\n',
  'e2e/absent.ts': 'export const options: { port?: number } = { port: undefined }\n',
  'widget/kinds.ts': 'export enum Kind { open, paid }\n',
}
const clean = { 'api/right.ts': 'export const port: number = 4000\n', 'package.json': '{"type":"module"}' }
/** The packages of types that the settings name; what is in them does not matter here. */
const packages = { 'node_modules/@types/node/index.d.ts': '', 'node_modules/vite/client.d.ts': '' }

test('each type error planted is found at its line under the project’s own settings, and nothing else is', async () => {
  const findings = await checkTypes(await plantedProject({ ...clean, ...packages, ...sins }, ['tsconfig.json']))
  expect(findings.map(({ rule, place }) => `${rule} ${place}`).toSorted()).toEqual(['TS1294 widget/kinds.ts:1', 'TS2322 api/wrong.ts:1', 'TS2322 db/first.ts:1', 'TS2375 e2e/absent.ts:1'])
})

test('without a sin there is no finding', async () => {
  expect(await checkTypes(await plantedProject({ ...clean, ...packages }, ['tsconfig.json']))).toEqual([])
})

test('a compiler that cannot do its work is no clean result', async () => {
  await expect(checkTypes(await plantedProject(clean))).rejects.toThrow('tsc failed')
})
