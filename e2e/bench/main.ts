import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Bench, OpenBench } from './bench.ts'
import { benches } from './benches.ts'
import { type Round, figureOf } from './figures.ts'
import { thisMachine } from './machine.ts'
import { type BenchOptions, readBenchOptions } from './options.ts'
import { type MeasuredBench, type Report, pageOf, tableOf } from './report.ts'

const usage = `npm run bench [-- names…] [-- --runs N] [-- --json FILE] [-- --write] [-- --render]
  names        ${benches.map(bench => bench.name).join(', ')}; all where none is named
  --runs N     how many rounds (5); a figure is their median
  --json FILE  writes the figures there
  --write      writes docs/performance.json and docs/performance.md
  --render     writes docs/performance.md anew from docs/performance.json, measuring nothing
Each figure stands beside its floor, measured in the same run. Ends with 1 where a target is missed.`

const docs = resolve(import.meta.dirname, '../../docs')
const beganAt = performance.now()

async function measureAll({ names, runs, json, write }: BenchOptions): Promise<void> {
  const chosen = benches.filter(bench => names.length === 0 || names.includes(bench.name))
  const measured: MeasuredBench[] = []
  for (const [i, bench] of chosen.entries()) measured.push(await measure(bench, runs, text => progress(`[${i + 1}/${chosen.length}] ${bench.name}: ${text}`)))
  const report: Report = { takenOn: new Date().toISOString().slice(0, 10), machine: thisMachine(), benches: measured }
  progress('')
  say(tableOf(report))
  const missed = measured.flatMap(bench => bench.figures).filter(figure => !figure.met)
  say(missed.length === 0 ? '\nEvery target is met.' : `\n${missed.length} ${missed.length === 1 ? 'target is' : 'targets are'} missed.`)
  if (json !== null) writeFileSync(json, jsonOf(report))
  if (write) writeFileSync(resolve(docs, 'performance.json'), jsonOf(report))
  if (write) render()
  process.exitCode = missed.length === 0 ? 0 : 1
}

async function measure(bench: Bench, runs: number, tell: (text: string) => void): Promise<MeasuredBench> {
  tell('getting ready')
  const open = await bench.open(tell)
  try {
    const rounds = await roundsOf(open, Math.min(runs, bench.roundsMax ?? runs), tell)
    if (open.places) tell('watching where the time goes')
    const places = (await open.places?.()) ?? []
    const figures = bench.plans.map(plan => figureOf(plan, rounds.flatMap(round => round[plan.id] ?? [])))
    return { name: bench.name, limit: bench.limit, figures, places }
  } finally {
    await open.close()
  }
}

async function roundsOf(open: OpenBench, count: number, tell: (text: string) => void): Promise<Record<string, Round>[]> {
  const rounds: Record<string, Round>[] = []
  for (let i = 1; i <= count; i++) {
    tell(`round ${i} of ${count}`)
    rounds.push(await open.round())
  }
  return rounds
}

function render(): void {
  const report = JSON.parse(readFileSync(resolve(docs, 'performance.json'), 'utf8')) as Report
  writeFileSync(resolve(docs, 'performance.md'), pageOf(report))
}

const jsonOf = (report: Report) => `${JSON.stringify(report, null, 2)}\n`

let shown = false

/** One line that is written over, where somebody looks; a line each, where a file does. */
function progress(text: string): void {
  const line = text && `${Math.round((performance.now() - beganAt) / 1_000)} s ${text}`
  if (process.stdout.isTTY) process.stdout.write(`${shown ? '\r\u001b[2K' : ''}${line}`)
  else if (line) say(line)
  shown = true
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

const wish = readBenchOptions(process.argv.slice(2), benches.map(bench => bench.name))
switch (wish.kind) {
  case 'help':
    say(usage)
    break
  case 'refused':
    process.stderr.write(`${wish.problem}\n\n${usage}\n`)
    process.exitCode = 2
    break
  case 'render':
    render()
    break
  case 'measure':
    await measureAll(wish.options)
}
