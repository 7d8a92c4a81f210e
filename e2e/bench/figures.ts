/** How a figure must stand: by itself, or beside the floor that was measured in the same round. */
export type Target =
  | { kind: 'at-most'; value: number }
  | { kind: 'ratio-at-least'; value: number }
  | { kind: 'ratio-at-most'; value: number }
  | { kind: 'more-at-most'; value: number }
  /** Told so that another figure is understood. */
  | { kind: 'none' }
export type Unit = 'bytes' | 'ms' | 'a second' | 'MB' | 'reads' | 'missed'

export type Plan = {
  id: string
  /** What is measured, in words for a page. */
  what: string
  /** What it is measured against in the same round; null where it stands alone. */
  floorIs: string | null
  unit: Unit
  target: Target
  /** Not the median but the largest of the rounds, for what must never happen. */
  takesMost?: true
}
/** One round: our figure and the floor's, taken right after each other. */
export type Round = { ours: number; floor: number | null }
/** A function and the share of the processor's time that it took itself. */
export type Place = { place: string; share: number }
export type Figure = Plan & { rounds: Round[]; ours: number; floor: number | null; /** Ours over the floor's; null without a floor. */ ratio: number | null; met: boolean }

/** The figure of all rounds: medians, unless the plan takes the most, and the median of what each round's pair says, so that a slow moment touches both sides. Throws a RangeError without rounds. */
export function figureOf(plan: Plan, rounds: readonly Round[]): Figure {
  const floors = rounds.flatMap(round => round.floor ?? [])
  const ratios = rounds.flatMap(round => (round.floor === null || round.floor === 0 ? [] : [round.ours / round.floor]))
  const all = rounds.map(round => round.ours)
  const ours = plan.takesMost ? Math.max(...all) : median(all)
  const floor = floors.length === 0 ? null : median(floors)
  const ratio = ratios.length === 0 ? null : median(ratios)
  return { ...plan, rounds: [...rounds], ours, floor, ratio, met: isMet(plan.target, { ours, floor, ratio }) }
}

/** The middle value, or the mean of the two in the middle. Throws a RangeError where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new RangeError('there is no middle of nothing')
  return (upper + lower) / 2
}

/** The value that `share` of all values do not exceed (nearest rank). Throws a RangeError where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
  if (found === undefined) throw new RangeError('there is no percentile of nothing')
  return found
}

function isMet(target: Target, { ours, floor, ratio }: Pick<Figure, 'ours' | 'floor' | 'ratio'>): boolean {
  switch (target.kind) {
    case 'at-most':
      return ours <= target.value
    case 'ratio-at-least':
      return ratio !== null && ratio >= target.value
    case 'ratio-at-most':
      return ratio !== null && ratio <= target.value
    case 'more-at-most':
      return floor !== null && ours - floor <= target.value
    case 'none':
      return true
  }
}
