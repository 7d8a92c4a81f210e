const hourMs = 3_600_000
const offsets = new Map<number, string>()
const pacific = new Intl.DateTimeFormat('en-US', { timeZone: 'America/Los_Angeles', timeZoneName: 'longOffset' })

/** An instant as Intuit writes it in MetaData: Pacific time with its offset, whole seconds. */
export function stamp(ms: number): string {
  const offset = offsetAt(ms)
  const sign = offset.startsWith('-') ? -1 : 1
  const shiftedMs = ms + sign * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))) * 60_000
  return `${new Date(shiftedMs).toISOString().slice(0, 19)}${offset}`
}

/** An instant as Intuit writes it in an answer's `time`: with thousandths. */
export function stampWithMs(ms: number): string {
  const text = stamp(ms)
  return `${text.slice(0, 19)}.${String(Math.floor(ms) % 1000).padStart(3, '0')}${text.slice(19)}`
}

/** Reads a date or a date with time; without an offset it is Pacific time. Undefined where it is neither. */
export function parseTime(text: string): number | undefined {
  const trimmed = text.trim()
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/.test(trimmed)) return undefined
  if (/T.*(Z|[+-]\d{2}:?\d{2})$/.test(trimmed)) return finite(Date.parse(trimmed))
  const utc = finite(Date.parse(trimmed.includes('T') ? `${trimmed}Z` : `${trimmed.slice(0, 10)}T00:00:00Z`))
  if (utc === undefined) return undefined
  const offset = offsetAt(utc)
  return Date.parse(`${new Date(utc).toISOString().slice(0, 19)}${offset}`)
}

/** The calendar day of an instant in a time zone, `YYYY-MM-DD`. */
export function localDate(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(ms)
}

/** True for a calendar day that exists, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && finite(Date.parse(`${text}T00:00:00Z`)) !== undefined && addDays(text, 0) === text
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * hourMs).toISOString().slice(0, 10)
}

function offsetAt(ms: number): string {
  const hour = Math.floor(ms / hourMs)
  const known = offsets.get(hour)
  if (known) return known
  const name = pacific.formatToParts(ms).find(part => part.type === 'timeZoneName')?.value ?? 'GMT-08:00'
  const offset = name.replace('GMT', '') || '+00:00'
  if (offsets.size > 10_000) offsets.clear()
  offsets.set(hour, offset)
  return offset
}

function finite(ms: number): number | undefined {
  return Number.isFinite(ms) ? ms : undefined
}
