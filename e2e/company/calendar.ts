import type { Day } from './dates.ts'

/** Where an invoice stands in the company's history: its day, and its number, which grows with the days. */
export type Place = { on: Day; number: string }

export type Calendar = {
  /** The places of the days that were asked for, in their order. */
  fixed: readonly Place[]
  /** The place of the n-th other invoice; neighbours lie far apart in time. */
  spread(index: number): Place
  /** The first day of business. */
  opensOn: Day
}

const firstNumber = 1001

/**
 * Gives every invoice a place in time without holding any list of them: the number line has one slot per invoice, the fixed days
 * take theirs, and a walk with a stride that shares no divisor with the rest visits each of the others once.
 * @param lastOn the last day on which something may have happened
 */
export function createCalendar(invoices: number, lastOn: Day, fixedDays: readonly Day[]): Calendar {
  const span = Math.min(1_095, Math.max(150, invoices))
  const opensOn = lastOn - span
  const dayAt = (slot: number) => opensOn + Math.floor(((slot + 1) * span) / invoices)
  const fixedSlots = placeFixed(invoices, fixedDays.map(day => Math.round(((day - opensOn) * invoices) / span) - 1))
  const free = invoices - fixedSlots.length
  const stride = strideFor(free)
  return {
    opensOn,
    fixed: fixedDays.map((on, index) => ({ on, number: String(firstNumber + (fixedSlots[index] ?? 0)) })),
    spread(index) {
      if (index >= free) throw new RangeError(`only ${free} invoices are left to place, not ${index + 1}`)
      let slot = (index * stride) % free
      for (const taken of fixedSlots) if (taken <= slot) slot += 1
      return { on: dayAt(slot), number: String(firstNumber + slot) }
    },
  }
}

/** Distinct slots in the order of the days, each as near to the wished one as its neighbours allow. */
function placeFixed(slots: number, wished: readonly number[]): number[] {
  const placed: number[] = []
  wished.forEach((wish, index) => {
    const least = (placed[index - 1] ?? -1) + 1
    const most = slots - (wished.length - index)
    placed.push(Math.min(most, Math.max(least, wish)))
  })
  return placed
}

/** About the golden part of `count`, which spreads neighbours evenly. */
function strideFor(count: number): number {
  let stride = Math.max(1, Math.round(count * 0.618))
  while (divisor(stride, count) !== 1) stride += 1
  return stride
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b)
}
