import type { Figure, Place, Target, Unit } from './figures.ts'
import type { Machine } from './machine.ts'

export type MeasuredBench = { name: string; limit: string; figures: Figure[]; /** Where the product's processor time went; empty where that says nothing. */ places: Place[] }
export type Report = { takenOn: string; machine: Machine; benches: MeasuredBench[] }

const barWidth = 24

/** One line for each figure, for the terminal. */
export function tableOf({ benches }: Pick<Report, 'benches'>): string {
  const rows = benches.flatMap(bench => bench.figures).map(figure => [figure.target.kind === 'none' ? ' ' : figure.met ? '✓' : '✗', figure.what, amountText(figure.ours, figure.unit), figure.floor === null ? '' : amountText(figure.floor, figure.unit), ratioText(figure), targetText(figure.target, figure.unit)])
  const lines = [['', 'what', 'ours', 'floor', 'ratio', 'target'], ...rows]
  const widths = lines.reduce<number[]>((most, line) => line.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), [])
  return lines.map(line => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n')
}

/** The page `docs/performance.md`: every figure as it was measured, with what limits it. */
export function pageOf({ takenOn, machine, benches }: Report): string {
  const figures = benches.flatMap(bench => bench.figures)
  const aimed = figures.filter(figure => figure.target.kind !== 'none')
  const missed = aimed.filter(figure => !figure.met)
  return `# Performance

Written by \`npm run bench -- --write\` from \`docs/performance.json\`; no figure is typed. Each is measured beside its *floor*: what the platform does at the least, in the same run, in turn with ours. A figure is the median of its rounds (of what must never happen, the worst of them), a ratio the median of what each round's pair says. Speed differs from machine to machine, ratios less: what one code was measured at moved by a fifth between hosts.

Taken on ${takenOn}: ${machine.cores} cores (${machine.processor}), ${machine.memoryGb} GB of memory, ${machine.system}, Node ${machine.node.replace(/^v/, '')}. Load generator, product and vendors ran in processes of their own and shared those cores.

${missed.length === 0 ? 'Every target is met.' : `${aimed.length - missed.length} of ${aimed.length} targets are met. Missed: ${missed.map(figure => figure.what).join('; ')}.`}

| what | ours | floor | ratio | target | |
|---|---:|---:|---:|---|---|
${figures.map(rowOf).join('\n')}

## Ratios in a picture

Of each figure that has a ratio as its target: a full bar is the target, and what lies beyond it is left out. Longer is better.

\`\`\`
${figures.flatMap(barOf).join('\n')}
\`\`\`

## What limits each
${benches.map(limitOf).join('\n')}
`
}

function rowOf(figure: Figure): string {
  const floor = figure.floor === null ? '–' : `${amountText(figure.floor, figure.unit)} (${figure.floorIs ?? ''})`
  return `| ${figure.what} | ${amountText(figure.ours, figure.unit)} | ${floor} | ${ratioText(figure) || '–'} | ${targetText(figure.target, figure.unit)} | ${figure.target.kind === 'none' ? '' : figure.met ? 'met' : '**missed**'} |`
}

function limitOf({ limit, figures, places }: MeasuredBench): string {
  const heard = places.length === 0 ? '' : `\n\nWhere the product's time went: ${places.map(({ place, share }) => `${place} ${Math.round(share * 100)} %`).join(', ')}.`
  return `\n**${figures.map(figure => figure.what).join('; ')}.** ${limit}${heard}`
}

function barOf(figure: Figure): string[] {
  const share = shareOfTarget(figure)
  if (share === null) return []
  const filled = Math.round(Math.min(1, share) * barWidth)
  return [`${'█'.repeat(filled)}${'·'.repeat(barWidth - filled)} ${figure.id} (${ratioText(figure)}, ${targetText(figure.target, figure.unit)})`]
}

function shareOfTarget({ ratio, target }: Figure): number | null {
  if (ratio === null) return null
  switch (target.kind) {
    case 'ratio-at-least':
      return ratio / target.value
    case 'ratio-at-most':
      return target.value / ratio
    case 'at-most':
    case 'more-at-most':
    case 'none':
      return null
  }
}

function ratioText({ ratio }: Figure): string {
  return ratio === null ? '' : `${ratio < 0.1 ? ratio.toFixed(3) : ratio.toFixed(2)} ×`
}

function targetText(target: Target, unit: Unit): string {
  switch (target.kind) {
    case 'at-most':
      return `≤ ${amountText(target.value, unit)}`
    case 'ratio-at-least':
      return `≥ ${target.value} ×`
    case 'ratio-at-most':
      return `≤ ${target.value} ×`
    case 'more-at-most':
      return `≤ ${amountText(target.value, unit)} more`
    case 'none':
      return '–'
  }
}

function amountText(value: number, unit: Unit): string {
  const digits = value < 10 && !Number.isInteger(value) ? 1 : 0
  return `${value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`
}
