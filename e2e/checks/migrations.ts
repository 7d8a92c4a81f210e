import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import type { Finding } from './finding.ts'
import { runTool } from './tool.ts'

const folder = 'db/migrations'
const journalPath = `${folder}/meta/_journal.json`
const journal = z.object({ entries: z.array(z.object({ idx: z.number(), tag: z.string(), when: z.number() })) })
type Entry = z.output<typeof journal>['entries'][number]

/**
 * The migrations say what the schema says, and their journal only grows at its end: the migrator applies what is
 * newer than the last applied, so a migration that slips in before it would never run.
 */
export async function checkMigrations(root: string): Promise<Finding[]> {
  if (!existsSync(join(root, 'db/drizzle.config.ts'))) return []
  if (!existsSync(join(root, journalPath))) return [{ rule: 'migrations-fresh', place: folder, text: 'The schema has no migration: run npx drizzle-kit generate --config db/drizzle.config.ts.' }]
  const entries = journal.parse(JSON.parse(await readFile(join(root, journalPath), 'utf8'))).entries
  const files = await readdir(join(root, folder))
  return [...checkJournal(entries, files), ...(await checkGrowth(root, entries)), ...(await checkFresh(root))]
}

/** The journal in itself: numbered in order, ever later, one file for each entry and one entry for each file. */
export function checkJournal(entries: readonly Entry[], files: readonly string[]): Finding[] {
  const tags = new Set(entries.map(entry => `${entry.tag}.sql`))
  const problems = [
    ...entries.flatMap((entry, i) => (entry.idx === i ? [] : [`entry ${i} is numbered ${entry.idx}.`])),
    ...entries.flatMap((entry, i) => (i > 0 && entry.when <= (entries[i - 1]?.when ?? 0) ? [`${entry.tag} is not later than the entry before it, so the migrator would pass it over. Generate it again.`] : [])),
    ...[...tags].filter(file => !files.includes(file)).map(file => `${file} is missing.`),
    ...files.filter(file => file.endsWith('.sql') && !tags.has(file)).map(file => `${file} is not in the journal, so it would never run.`),
  ]
  return problems.map(text => ({ rule: 'journal-in-order', place: journalPath, text }))
}

/** Against every version that the main line ever had: a database may have applied any of them. */
async function checkGrowth(root: string, entries: readonly Entry[]): Promise<Finding[]> {
  const versions = await committedJournals(root)
  return versions.flatMap(version => grownFrom(version, entries)).slice(0, 1)
}

export function grownFrom(before: readonly Entry[], after: readonly Entry[]): Finding[] {
  const changed = before.find((entry, i) => entry.tag !== after[i]?.tag || entry.when !== after[i].when)
  return changed ? [{ rule: 'journal-grows-at-its-end', place: journalPath, text: `${changed.tag} was moved, changed or taken out. A database that has applied it would differ from a new one: add a migration instead.` }] : []
}

async function committedJournals(root: string): Promise<Entry[][]> {
  const git = async (...args: string[]) => (await promisify(execFile)('git', args, { cwd: root })).stdout
  const isRepository = await git('rev-parse', '--verify', 'HEAD').then(() => true, () => false)
  if (!isRepository) return []
  const revisions = (await git('log', '--first-parent', '--diff-filter=AM', '--format=%H', '--', journalPath)).split('\n').filter(Boolean)
  return Promise.all(revisions.map(async revision => journal.parse(JSON.parse(await git('show', `${revision}:./${journalPath}`))).entries))
}

/** Generates in a copy; a new file there means that the schema has moved on. */
async function checkFresh(root: string): Promise<Finding[]> {
  const copy = await mkdtemp(join(tmpdir(), 'migrations-'))
  try {
    for (const path of ['db', 'package.json', 'tsconfig.json']) await cp(join(root, path), join(copy, path), { recursive: true })
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
    const run = await runTool('drizzle-kit', ['generate', '--config', 'db/drizzle.config.ts'], copy)
    if (run.status !== 0) throw new Error(`drizzle-kit failed: ${run.stdout}${run.stderr}`)
    const known = new Set(await readdir(join(root, folder)))
    const added = (await readdir(join(copy, folder))).filter(file => !known.has(file))
    return added.map(file => ({ rule: 'migrations-fresh', place: folder, text: `The schema has changes without a migration (it would be ${file}): run npx drizzle-kit generate --config db/drizzle.config.ts.` }))
  } finally {
    await rm(copy, { recursive: true })
  }
}
