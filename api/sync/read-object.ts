import type { QboObject } from '../ports.ts'

/** Reading Intuit's JSON, whose numbers are text: what is absent or of another type is null, never a guess. */
export type Json = Readonly<Record<string, unknown>>

export function textAt(object: Json | null, name: string): string | null {
  const value = object?.[name]
  return typeof value === 'string' && value !== '' ? value : null
}

export function recordAt(object: Json | null, name: string): Json | null {
  const value = object?.[name]
  return isRecord(value) ? value : null
}

export function recordsAt(object: Json | null, name: string): Json[] {
  const value = object?.[name]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

export function refAt(object: Json | null, name: string): string | null {
  return textAt(recordAt(object, name), 'value')
}

/** What must be there. Throws a RangeError that names it. */
export function must<T>(value: T | null, what: string): T {
  if (value === null) throw new RangeError(`${what} is missing`)
  return value
}

/** Intuit's sync token and time of the last change. Throws a RangeError where the time cannot be read. */
export function versionOf(object: QboObject): { qboId: string; syncToken: string; updatedAt: number } {
  const updatedAt = timeAt(recordAt(object, 'MetaData'), 'LastUpdatedTime')
  return { qboId: object.Id, syncToken: textAt(object, 'SyncToken') ?? '0', updatedAt: must(updatedAt, 'MetaData.LastUpdatedTime') }
}

/** Epoch ms of a text like `2026-02-24T10:33:39-07:00`. */
export function timeAt(object: Json | null, name: string): number | null {
  const ms = Date.parse(textAt(object, name) ?? '')
  return Number.isNaN(ms) ? null : ms
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
