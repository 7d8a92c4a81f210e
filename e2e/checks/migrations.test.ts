import { execFile } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { checkJournal, checkMigrations, grownFrom } from './migrations.ts'
import { plantedProject, project } from './planted.ts'

const first = { idx: 0, tag: '0000_begin', when: 100 }
const second = { idx: 1, tag: '0001_more', when: 200 }

test('a journal in order, with a file for each entry, is accepted', () => {
  expect(checkJournal([first, second], ['0000_begin.sql', '0001_more.sql', 'meta'])).toEqual([])
})

test('a migration that the migrator would pass over is found', () => {
  expect(checkJournal([first, { ...second, when: 50 }], ['0000_begin.sql', '0001_more.sql'])).toMatchObject([{ text: expect.stringContaining('pass it over') }])
})

test('a file without an entry and an entry without a file are found', () => {
  expect(checkJournal([first], ['0000_begin.sql', '0001_more.sql'])).toHaveLength(1)
  expect(checkJournal([first, second], ['0000_begin.sql'])).toHaveLength(1)
})

test('a journal that lost or changed an applied entry is found; one that grew is accepted', () => {
  expect(grownFrom([first], [first, second])).toEqual([])
  expect(grownFrom([], [first])).toEqual([])
  expect(grownFrom([first, second], [first])).toMatchObject([{ rule: 'journal-grows-at-its-end' }])
  expect(grownFrom([first], [{ ...first, when: 150 }, second])).toMatchObject([{ rule: 'journal-grows-at-its-end' }])
})

test('a journal is compared with every version that was ever committed, however long ago', async () => {
  const root = await plantedProject({}, ['db', 'package.json', 'tsconfig.json'])
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'))
  const path = join(root, 'db/migrations/meta/_journal.json')
  const whole = await readFile(path, 'utf8')
  const parsed = JSON.parse(whole) as { entries: { when: number }[] }
  const git = (...args: string[]) => promisify(execFile)('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], { cwd: root })
  const commit = async (entries: object[]) => {
    await writeFile(path, JSON.stringify({ ...parsed, entries }))
    await git('add', 'db')
    await git('commit', '-q', '-m', 'next')
  }
  await git('init', '-q')
  await commit(parsed.entries)
  const [begin, ...rest] = parsed.entries
  await commit([{ ...begin, when: 1 }, ...rest])
  await commit(parsed.entries.slice(0, -1))
  await writeFile(path, whole)
  expect(await checkMigrations(root)).toMatchObject([{ rule: 'journal-grows-at-its-end', text: expect.stringContaining('0000_begin was moved, changed or taken out') }])
})

test('a schema that has moved on without a migration is found', async () => {
  const root = await plantedProject({}, ['db', 'package.json', 'tsconfig.json'])
  await symlink(join(project, 'node_modules'), join(root, 'node_modules'))
  expect(await checkMigrations(root)).toEqual([])
  await writeFile(join(root, 'db/schema/extra.ts'), `import { sqliteTable, text } from 'drizzle-orm/sqlite-core'\nexport const extra = sqliteTable('extra', { id: text().primaryKey() })\n`)
  await writeFile(join(root, 'db/schema/index.ts'), `export * from './extra.ts'\n`, { flag: 'a' })
  expect(await checkMigrations(root)).toMatchObject([{ rule: 'migrations-fresh' }])
})
