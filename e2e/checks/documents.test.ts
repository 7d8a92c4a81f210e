import { expect, test } from 'vitest'
import { checkDocuments } from './documents.ts'
import { plantedProject } from './planted.ts'

const manifest = '{"scripts":{"start":"node x","test":"vitest","check":"node y"}}'
const readme = 'Run `npm start`, then `npm test`.'

test('a document that names a path or a script which does not exist is found, with its line', async () => {
  const root = await plantedProject({
    'package.json': manifest,
    'README.md': readme,
    'docs/architecture.md': 'Money is in `api/domain/money.ts`.\nSee [the decision](decisions/0001-gone.md) and run `npm run deploy`.',
  })
  expect(await checkDocuments(root)).toEqual([
    { rule: 'paths-exist', place: 'docs/architecture.md:1', text: 'api/domain/money.ts does not exist.' },
    { rule: 'paths-exist', place: 'docs/architecture.md:2', text: 'docs/decisions/0001-gone.md does not exist.' },
    { rule: 'scripts-exist', place: 'docs/architecture.md:2', text: 'package.json has no script "deploy".' },
  ])
})

test('what exists may be named: files, folders, patterns, lines, links and what the build makes', async () => {
  const root = await plantedProject({
    'package.json': manifest,
    'api/domain/money.ts': '',
    'docs/decisions/0001-one-database.md': '# One',
    'README.md': `${readme} \`api/domain/\`, \`api/domain/money.ts:12\`, \`api/**/*.ts\`, \`widget/dist/quittance.js\`, \`npm run check\`, [why](docs/decisions/0001-one-database.md#why), [elsewhere](https://example.com/x).`,
  })
  expect(await checkDocuments(root)).toEqual([])
})

test('a README without both commands is found', async () => {
  const root = await plantedProject({ 'package.json': manifest, 'README.md': '# Quittance' })
  expect((await checkDocuments(root)).map(finding => finding.rule)).toEqual(['shows-commands', 'shows-commands'])
})
