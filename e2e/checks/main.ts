import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkCoverage, coveragePage, findProofs } from './coverage.ts'
import { checkDeadCode } from './deadcode.ts'
import { checkDependencies } from './dependencies.ts'
import { checkDocuments } from './documents.ts'
import type { Check, Finding } from './finding.ts'
import { checkLayers } from './layers.ts'
import { checkLint } from './lint.ts'
import { checkMigrations } from './migrations.ts'
import { promised } from './rows.ts'
import { checkRunbook } from './runbook.ts'
import { checkBuild } from './sizes.ts'
import { checkTree } from './tree.ts'
import { checkTypes } from './types.ts'
import { checkWords } from './words.ts'

/** The slow ones first, so that the quick ones fill the gaps. */
const checks: readonly [name: string, check: Check][] = [
  ['types', checkTypes],
  ['sizes', checkBuild],
  ['lint', checkLint],
  ['dead code', checkDeadCode],
  ['layers', checkLayers],
  ['migrations', checkMigrations],
  ['words', checkWords],
  ['documents', checkDocuments],
  ['runbook', checkRunbook],
  ['coverage', checkCoverage],
  ['dependencies', checkDependencies],
  ['tree', checkTree],
]

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const asked = process.argv.slice(2)
if (asked.includes('--fix')) await writeFile(join(root, 'docs/coverage.md'), coveragePage(promised, await findProofs(root)))
const names = asked.filter(argument => !argument.startsWith('--'))
const unknown = names.filter(name => !checks.some(([known]) => known === name))
if (unknown.length > 0) {
  console.error(`There is no check called ${unknown.join(', ')}. There are: ${checks.map(([name]) => name).join(', ')}.`)
  process.exitCode = 2
} else {
  const found = await runChecks(checks.filter(([name]) => names.length === 0 || names.includes(name)))
  console.log(found === 0 ? '\nEverything is in order.' : `\n${found} ${found === 1 ? 'thing' : 'things'} to mend.`)
  process.exitCode = found === 0 ? 0 : 1
}

/** Runs as many at once as there are cores, reports each as it ends, and answers how many findings there were. */
async function runChecks(chosen: readonly [string, Check][]): Promise<number> {
  const waiting = [...chosen]
  let found = 0
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [name, check] = next
      const startedAt = performance.now()
      const findings = await check(root).catch((error: unknown): Finding[] => [{ rule: 'check-runs', place: name, text: error instanceof Error ? error.message : String(error) }])
      report(name, findings, performance.now() - startedAt)
      found += findings.length
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return found
}

function report(name: string, findings: readonly Finding[], tookMs: number): void {
  const took = `${(tookMs / 1000).toFixed(1)} s`
  if (findings.length === 0) return console.log(`✓ ${name} (${took})`)
  const lines = findings.map(({ rule, place, text }) => `    ${place}  ${text.replaceAll('\n', ' ').trim()}  [${rule}]`)
  console.log(`✗ ${name} (${took}): ${findings.length}\n${lines.toSorted().join('\n')}`)
}
