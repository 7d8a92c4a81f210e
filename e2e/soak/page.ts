import { thisMachine } from '../bench/machine.ts'
import { perStep, stepsPerHour } from './load.ts'
import type { Soaked } from './soak.ts'
import type { Row } from './verdict.ts'

const bars = '▁▂▃▄▅▆▇█'

/** The figures of a run as a page of the documents. */
export function pageOf({ hours, done, seconds, samples }: Soaked, rows: readonly Row[]): string {
  const perHour = (n: number) => (n * stepsPerHour).toLocaleString('en')
  const machine = thisMachine()
  const refused = Object.entries(done.refused)
  return `# ${hours} simulated hours of load

\`npm run soak -- --hours ${hours}\` wrote this page: the product in a process of its own on an embedded file, the emulators around it, and everybody's clock moved by six minutes after each step, so that ${hours} hours passed in ${seconds} seconds. The clock stands still within a step; leases, tokens, sweeps, comparisons and tidying run by the moved clock.

Each simulated hour: ${perHour(perStep.visits)} customers look at their invoices, search and open some, ${perHour(perStep.payments)} new invoices are written in QuickBooks and paid by card, ${perHour(perStep.edits)} others are changed there, ${perHour(perStep.streams)} pages follow what is new and are closed, ${perHour(perStep.consoleReads)} looks at the console. A shop that sends 2,000 invoices a month sees about ten such visits and three payments in a working hour, so this is the load of some twenty such shops.
In all: ${done.requests.toLocaleString('en')} requests, ${done.payments.toLocaleString('en')} payments taken and written to QuickBooks, ${done.changes.toLocaleString('en')} changes read, ${done.streams.toLocaleString('en')} streams opened and dropped; ${refused.length === 0 ? 'none was refused' : `refused: ${refused.map(([what, count]) => `${count} × ${what}`).join(', ')}`}.

| what | start | middle | end | over time | found | bound | |
|---|---|---|---|---|---|---|---|
${rows.map(row => `| ${row.what} | ${number(row.start, row.unit)} | ${number(row.middle, row.unit)} | ${number(row.end, row.unit)} | ${sparkline(row.values)} | ${row.found} | ${row.bound} | ${row.met ? '✓' : '✗'} |`).join('\n')}

Slopes are those of the second half, after two collections before each of ${samples.length} looks; the event loop is compared with its own start, because how fast it is depends on the machine: ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB, Node ${machine.node}. The database grew from ${megabytes(samples[0]?.database)} to ${megabytes(samples.at(-1)?.database)}.
The process runs as \`npm run serve\` runs it, with \`MALLOC_ARENA_MAX=1\`: without it glibc keeps what each of its arenas has freed, and resident memory rises by 1.8 MB an hour while the heap stays as it is. SQLite's cache is narrowed to 1 MB here, so that memory says what leaks: with its usual 8 MB, resident memory rises for as long as the cache fills with the database.
A leak that is planted is seen: \`npm run soak -- --hours 2 --plant memory\` and \`--plant handles\` fail.
`
}

/** A value over time as a row of bars, at most 40 wide; what never changes is a flat line. */
export function sparkline(values: readonly number[]): string {
  const width = Math.min(40, values.length)
  const groups = Array.from({ length: width }, (_, i) => values.slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width)))
  const means = groups.map(group => group.reduce((sum, value) => sum + value, 0) / group.length)
  const top = Math.max(...means, 0)
  return means.map(mean => bars[top === 0 ? 0 : Math.min(7, Math.floor((mean / top) * 7.99))]).join('')
}

function number(value: number, unit: string): string {
  return `${value >= 10 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(1)}${unit ? ` ${unit}` : ''}`
}

function megabytes(bytes = 0): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
