import { spawnSync } from 'node:child_process'
import { readFile, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedProject } from './checks/planted.ts'

/** An npm that installs what the lock file lists, builds, and notes each call. */
const npm = `
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
appendFileSync('calls.txt', process.argv.slice(2).join(' ') + '\\n')
if (process.argv[2] === 'ci') {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'))
  const installed = Object.fromEntries(Object.entries(packages).filter(([path, entry]) => path && !entry.optional))
  mkdirSync('node_modules/.bin', { recursive: true })
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages: installed }))
  if (!process.env.WITHOUT_NODE) symlinkSync(process.execPath, 'node_modules/.bin/node')
}
if (process.argv[2] === 'run') {
  if (process.env.BROKEN_BUILD) process.exit(1)
  mkdirSync('widget/dist', { recursive: true })
}`

const lock = (version: string) =>
  JSON.stringify({ packages: { '': { name: 'planted' }, 'node_modules/hono': { version, integrity: `sha512-${version}` }, 'node_modules/elsewhere-only': { version: '1.0.0', optional: true } } })

async function freshClone(): Promise<{ root: string; ensure: (env?: Record<string, string>) => { status: number | null; said: string }; calls: () => Promise<string[]> }> {
  const root = await plantedProject(
    { 'package.json': '{"type":"module","scripts":{"build":"vite build"}}', 'package-lock.json': lock('1.0.0'), 'npm.mjs': npm, 'calls.txt': '', 'widget/widget.ts': '', 'api/domain/money.ts': '', 'db/values.ts': '' },
    ['e2e/ensure.mjs', 'vite.config.ts', 'tsconfig.json'],
  )
  return {
    root,
    ensure(env = {}) {
      const run = spawnSync(process.execPath, ['e2e/ensure.mjs'], { cwd: root, encoding: 'utf8', env: { ...process.env, npm_execpath: join(root, 'npm.mjs'), npm_node_execpath: process.execPath, ...env } })
      return { status: run.status, said: run.stdout + run.stderr }
    },
    calls: async () => (await readFile(join(root, 'calls.txt'), 'utf8')).trim().split('\n'),
  }
}

test('a fresh clone is installed and built once; the second time nothing is done', async () => {
  const { ensure, calls } = await freshClone()
  expect(ensure()).toMatchObject({ status: 0 })
  expect(ensure()).toEqual({ status: 0, said: '' })
  expect(await calls()).toEqual(['ci --include=dev --no-audit --no-fund', 'run build'])
})

test('a changed lock file is installed again', async () => {
  const { root, ensure, calls } = await freshClone()
  ensure()
  await writeFile(join(root, 'package-lock.json'), lock('2.0.0'))
  expect(ensure().said).toContain('not those of package-lock.json')
  expect((await calls()).filter(call => call.startsWith('ci'))).toHaveLength(2)
})

test('what someone installed by hand is accepted as it is when it fits the lock file', async () => {
  const { root, ensure, calls } = await freshClone()
  ensure()
  await writeFile(join(root, 'node_modules/.installed'), 'of another lock file')
  ensure()
  expect((await calls()).filter(call => call.startsWith('ci'))).toHaveLength(1)
})

test('the widget is built again when a source is newer than what was built', async () => {
  const { root, ensure, calls } = await freshClone()
  ensure()
  const later = new Date(Date.now() + 5_000)
  await utimes(join(root, 'api/domain/money.ts'), later, later)
  ensure()
  expect((await calls()).filter(call => call === 'run build')).toHaveLength(2)
})

test('without its own Node 24 it stops and says what to do', async () => {
  const { ensure } = await freshClone()
  const { status, said } = ensure({ WITHOUT_NODE: '1' })
  expect(status).toBe(1)
  expect(said).toContain('Node 24 is needed')
  expect(said).toContain('Delete node_modules')
})

test('a build that fails stops it, and is tried again the next time', async () => {
  const { ensure } = await freshClone()
  expect(ensure({ BROKEN_BUILD: '1' })).toMatchObject({ status: 1 })
  expect(ensure()).toMatchObject({ status: 0 })
})
