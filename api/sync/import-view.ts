import type { ImportRow, ImportStepRow } from '../../db/queries/imports.ts'
import type { ImportStep, ImportView } from '../domain/console-views.ts'
import { counted } from './import-plan.ts'

const labels: Readonly<Record<string, string>> = {
  Term: 'Terms', PaymentMethod: 'Payment methods', Account: 'Ledger accounts', Item: 'Products and services', TaxCode: 'Tax codes', TaxRate: 'Tax rates',
  Customer: 'Customers', Invoice: 'Invoices', CreditMemo: 'Credit memos', Payment: 'Payments',
}

/** A run as the console and the terminal show it; parts that read the same entity are one line. */
export function importView(row: ImportRow, now: number): ImportView {
  const steps = joined(row.steps)
  const done = sumOf(steps.map(step => step.done))
  // Short lists are not counted beforehand: they would cost a read each and move the bar by nothing.
  const known = steps.every(step => step.total !== null || !counted.includes(step.entity))
  const total = known ? Math.max(done, sumOf(steps.map(step => step.total ?? step.done))) : null
  const elapsedMs = (row.finishedAt ?? Math.max(row.progressAt, row.startedAt)) - row.startedAt
  const rate = done > 0 && elapsedMs > 0 ? (done * 1000) / elapsedMs : null
  const left = row.state === 'running' && rate !== null && total !== null ? Math.max(0, (total - done) / rate - (now - row.progressAt) / 1000) : null
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    steps,
    done,
    total,
    rate: rate === null ? null : Math.round(rate),
    secondsLeft: left === null ? null : Math.ceil(left),
    startedAt: new Date(row.startedAt).toISOString(),
    finishedAt: row.finishedAt === null ? null : new Date(row.finishedAt).toISOString(),
    problem: row.problem,
  }
}

/** Parts without a total of their own (what is found to be needed) do not move the total until they end. */
function joined(rows: readonly ImportStepRow[]): ImportStep[] {
  const byEntity = new Map<string, ImportStepRow[]>()
  for (const row of rows) byEntity.set(row.entity, [...(byEntity.get(row.entity) ?? []), row])
  return [...byEntity].map(([entity, parts]) => {
    const measured = parts.filter(part => part.source === 'pages')
    const all = measured.length > 0 ? measured : parts
    const extra = sumOf(parts.filter(part => part.source === 'needed').map(part => part.done))
    const done = sumOf(all.map(part => part.done)) + (measured.length > 0 ? extra : 0)
    const total = all.every(part => part.total !== null) ? Math.max(done, sumOf(all.map(part => part.total ?? 0))) : null
    return { entity, label: labels[entity] ?? entity, done, total, state: stateOf(parts) }
  })
}

function stateOf(parts: readonly ImportStepRow[]): ImportStep['state'] {
  if (parts.some(part => part.state === 'failed')) return 'failed'
  if (parts.every(part => part.state === 'done')) return 'done'
  return parts.every(part => part.state === 'waiting') ? 'waiting' : 'running'
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}
