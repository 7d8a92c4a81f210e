import { type FoundFault, findFault } from '../domain/qbo-fault.ts'
import type { QboEntity, QboObject } from '../ports.ts'
import { readJson } from './decimal.ts'

/** What the bytes of an answer say: Intuit's fault, or what was asked for; neither where they cannot be read. */
export type QboRead<T> = { fault: FoundFault | null; value: T | null }

/** What JSON these bytes are, one part behind the other; undefined where they are none, such as a proxy's HTML page. */
export function readBytes(...parts: readonly Uint8Array[]): unknown {
  try {
    return readJson(parts.map(part => decoder.decode(part)).join(''))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const decoder = new TextDecoder()

/** Reads an answer in JSON by `read`, unless it holds a fault; an HTTP 200 may hold one too. */
export const fromJson = <T>(read: (body: unknown) => T | null) => (bytes: Uint8Array): QboRead<T> => {
  const body = readBytes(bytes)
  const fault = findFault(body)
  return { fault, value: fault ? null : read(body) }
}

/** Reads the answer to a query. */
export const fromQuery = <T>(read: (response: Record<string, unknown>) => T | null) =>
  fromJson(body => {
    const response = recordAt(body, 'QueryResponse')
    return response && read(response)
  })

/** Reads a PDF; an answer in its place is a fault. */
export function fromPdf(bytes: Uint8Array): QboRead<Uint8Array> {
  return isPdf(bytes) ? { fault: null, value: bytes } : fromJson<never>(() => null)(bytes)
}

/** An empty result has no array at all; null where there is one and it holds something else than objects. */
export function objectsAt(response: Record<string, unknown>, entity: QboEntity): QboObject[] | null {
  const objects = response[entity] ?? []
  return Array.isArray(objects) && objects.every(isObject) ? objects : null
}

export function recordAt(body: unknown, name: string): Record<string, unknown> | null {
  const part = isRecord(body) ? body[name] : undefined
  return isRecord(part) ? part : null
}

export function isObject(value: unknown): value is QboObject {
  return isRecord(value) && typeof value['Id'] === 'string'
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPdf(bytes: Uint8Array): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(0, 5)) === '%PDF-'
}
