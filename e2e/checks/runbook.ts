import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Finding } from './finding.ts'
import { listFiles } from './files.ts'

const runbook = 'docs/runbook.md'
const alerts = 'docs/alerts.yml'
const figure = /\b(?:quittance|process|nodejs)_[a-z0-9_]+/g

/** The runbook has a section for each card and each alarm, and names each figure; an alarm watches only figures that are measured. */
export async function checkRunbook(root: string): Promise<Finding[]> {
  const text = await textOf(root, runbook)
  const rules = await textOf(root, alerts)
  const sections = new Set([...text.matchAll(/^### (\S+)$/gm)].map(match => match[1] ?? ''))
  const kinds = [...(/cardKinds = \[([^\]]*)\]/.exec(await textOf(root, 'db/values.ts'))?.[1] ?? '').matchAll(/'(\w+)'/g)].map(match => match[1] ?? '')
  const alarms = [...rules.matchAll(/^ *- alert: (\S+)$/gm)].map(match => match[1] ?? '')
  const measured = new Set(await measuredFigures(root))
  const missing = (names: readonly string[], what: string) => names.filter(name => !sections.has(name)).map((name): Finding => ({ rule: 'runbook-has-sections', place: runbook, text: `Write a section "### ${name}": what ${what} means, what is seen, what to do, and how to know that it is over.` }))
  const gone = [...sections].filter(name => !kinds.includes(name) && !alarms.includes(name))
  return [
    ...missing(kinds, 'the card'),
    ...missing(alarms, 'the alarm'),
    ...gone.map((name): Finding => ({ rule: 'runbook-sections-exist', place: runbook, text: `There is no card and no alarm called ${name}.` })),
    ...[...measured].filter(name => !text.includes(`\`${name}\``)).map((name): Finding => ({ rule: 'runbook-names-figures', place: runbook, text: `Say what the figure ${name} means.` })),
    ...unknownIn(alerts, rules, measured),
    ...unknownIn(runbook, text, measured),
  ]
}

function unknownIn(place: string, text: string, measured: ReadonlySet<string>): Finding[] {
  const names = new Set([...text.matchAll(figure)].map(match => match[0].replace(/_(?:bucket|sum|count)$/, '')))
  return [...names].filter(name => !measured.has(name)).map(name => ({ rule: 'figures-are-measured', place, text: `Nothing measures ${name}.` }))
}

/** What `/metrics` may answer, from where each figure is given its name. */
async function measuredFigures(root: string): Promise<string[]> {
  const files = (await listFiles(root)).filter(path => /^api\/metrics\/(?!.*[.]test[.])[\w-]+[.]ts$/.test(path))
  const texts = await Promise.all(files.map(path => readFile(join(root, path), 'utf8')))
  return texts.flatMap(text => [...text.matchAll(/'((?:quittance|process|nodejs)_[a-z0-9_]+)'/g)].map(match => match[1] ?? ''))
}

async function textOf(root: string, path: string): Promise<string> {
  return existsSync(join(root, path)) ? readFile(join(root, path), 'utf8') : ''
}
