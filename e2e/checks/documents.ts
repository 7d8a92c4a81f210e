import { existsSync } from 'node:fs'
import { glob, readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { z } from 'zod'
import { listFiles } from './files.ts'
import type { Finding } from './finding.ts'

const manifest = z.object({ scripts: z.record(z.string(), z.string()).default({}) })
/** A code span that is a path of this project, e.g. `api/domain/money.ts`, `db/`, `e2e/specs/*.spec.ts`. */
const pathSpan = /^(?:(?:api|db|widget|e2e|docs|[.]ci)\/[\w./*{},@-]*|(?:package|package-lock|tsconfig)[.]json|vite[.]config[.]ts|README[.]md|[.](?:oxlintrc|knip)[.]json|[.]dependency-cruiser[.]mjs|[.]npmrc)$/
/** What tools make: a fresh clone has none of it, and a document may still name it. */
const madeByTools = /^(widget\/dist|node_modules|[.]data)(\/|$)/

/** Every path and npm script that README.md and docs/ name exists, and the README shows both commands. */
export async function checkDocuments(root: string): Promise<Finding[]> {
  const { scripts } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const documents = (await listFiles(root)).filter(path => path === 'README.md' || /^docs\/.*[.]md$/.test(path))
  const findings: Finding[] = []
  for (const document of documents) {
    const text = await readFile(join(root, document), 'utf8')
    for (const { path, line } of pathsIn(document, text)) {
      if (!(await isThere(root, path))) findings.push({ rule: 'paths-exist', place: `${document}:${line}`, text: `${path} does not exist.` })
    }
    for (const { script, line } of scriptsIn(text)) {
      if (!(script in scripts)) findings.push({ rule: 'scripts-exist', place: `${document}:${line}`, text: `package.json has no script "${script}".` })
    }
  }
  const readme = documents.includes('README.md') ? await readFile(join(root, 'README.md'), 'utf8') : ''
  for (const command of ['npm start', 'npm test']) {
    if (!readme.includes(command)) findings.push({ rule: 'shows-commands', place: 'README.md', text: `Show the command ${command}.` })
  }
  return findings
}

function pathsIn(document: string, text: string): { path: string; line: number }[] {
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].flatMap(match => {
    const path = (match[1] ?? '').replace(/:\d+$/, '')
    return pathSpan.test(path) ? [{ path, line: lineAt(text, match.index) }] : []
  })
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(match => {
    const target = (match[1] ?? '').replace(/#.*$/, '')
    if (target === '' || /^[a-z]+:/.test(target)) return []
    return [{ path: relative('.', join(dirname(document), target)), line: lineAt(text, match.index) }]
  })
  return [...spans, ...links]
}

function scriptsIn(text: string): { script: string; line: number }[] {
  return [...text.matchAll(/\bnpm (?:run )?(start|test|(?<=run )[\w:-]+)/g)].map(match => ({ script: match[1] ?? '', line: lineAt(text, match.index) }))
}

async function isThere(root: string, path: string): Promise<boolean> {
  if (madeByTools.test(path)) return true
  if (!/[*{]/.test(path)) return existsSync(join(root, path))
  for await (const _ of glob(path, { cwd: root })) return true
  return false
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}
