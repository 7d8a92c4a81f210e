import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Finding } from './finding.ts'

const manifest = z.object({ dependencies: z.record(z.string(), z.string()).default({}), devDependencies: z.record(z.string(), z.string()).default({}) })
const runtimeMax = 39
const page = 'docs/dependencies.md'

/** Fewer than 40 packages at run time, each pinned exactly and each with its reason in `docs/dependencies.md`. */
export async function checkDependencies(root: string): Promise<Finding[]> {
  const { dependencies, devDependencies } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const reasons = new Map([...(await readFile(join(root, page), 'utf8')).matchAll(/^\| `([^`]+)` \| (.*?) \|$/gm)].map(([, name = '', reason = '']) => [name, reason]))
  const named = { ...dependencies, ...devDependencies }
  const findings: Finding[] = []
  const count = Object.keys(dependencies).length
  if (count > runtimeMax) findings.push({ rule: 'few-dependencies', place: 'package.json', text: `${count} packages at run time; ${runtimeMax} are the most.` })
  for (const [name, version] of Object.entries(named)) {
    if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version)) findings.push({ rule: 'exact-versions', place: 'package.json', text: `${name} is ${version}: pin one version.` })
    if (!reasons.get(name)) findings.push({ rule: 'reasoned-dependencies', place: page, text: `${name} has no line that says why it is needed.` })
  }
  for (const name of reasons.keys()) {
    if (!(name in named)) findings.push({ rule: 'reasoned-dependencies', place: page, text: `${name} is not in package.json: delete its line.` })
  }
  return findings
}
