/** A calendar day, counted from 1970-01-01. */
export type Day = number

const dayMs = 86_400_000

/** Reads `YYYY-MM-DD`. Throws a RangeError when the text is no calendar day. */
export function dayOf(text: string): Day {
  const timeMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  if (Number.isNaN(timeMs) || dayText(timeMs / dayMs) !== text) throw new RangeError(`A day is written YYYY-MM-DD, not ${JSON.stringify(text)}.`)
  return timeMs / dayMs
}

/** Writes a day as `YYYY-MM-DD`. */
export function dayText(day: Day): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/**
 * Writes a moment as Intuit does, in Pacific time with its offset: `2026-03-08T10:15:00-07:00`.
 * @param second seconds since midnight there; daylight saving is decided by the day, which is right from 02:00 on.
 */
export function pacificTime(day: Day, second: number): string {
  const two = (part: number) => String(Math.floor(part)).padStart(2, '0')
  const time = `${two(second / 3600)}:${two((second / 60) % 60)}:${two(second % 60)}`
  return `${dayText(day)}T${time}${isSummerTime(day) ? '-07:00' : '-08:00'}`
}

/** United States: from the second Sunday of March to the first Sunday of November. */
function isSummerTime(day: Day): boolean {
  const date = new Date(day * dayMs)
  const month = date.getUTCMonth()
  if (month < 2 || month > 10) return false
  if (month > 2 && month < 10) return true
  const latestSunday = date.getUTCDate() - date.getUTCDay()
  return month === 2 ? latestSunday >= 8 : latestSunday < 1
}
