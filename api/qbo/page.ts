import { findFault } from '../domain/qbo-fault.ts'
import type { QboEntity, QboObject } from '../ports.ts'
import { fromQuery, isObject, objectsAt, type QboRead, readBytes, recordAt } from './answer.ts'

/**
 * Reads the answer to a query object by object, each as `make` has it: a thousand invoices at once are ten megabytes of objects, which
 * live until the last of them is read, while those of a single one are gone before the next. An answer of another shape is read as a whole.
 */
export const fromPage = <T>(entity: QboEntity, make: (object: QboObject) => T) => (bytes: Uint8Array): QboRead<T[]> => {
  const list = findList(bytes, entity)
  // Without its list the answer is short. Where another list was found, elsewhere in the answer, the mark does not stand in the answer's own.
  const body = list && readBytes(bytes.subarray(0, list.from), mark, bytes.subarray(list.to))
  const marked = recordAt(body, 'QueryResponse')?.[entity]
  if (!list || !Array.isArray(marked) || marked[0] !== markText) return fromQuery(response => objectsAt(response, entity)?.map(make) ?? null)(bytes)
  const fault = findFault(body)
  return { fault, value: fault ? null : made(bytes, list.objects, make) }
}

const markText = 'the list'
const mark = Buffer.from(JSON.stringify(markText))

/** Null where one is no object of QuickBooks. */
function made<T>(bytes: Uint8Array, objects: readonly Span[], make: (object: QboObject) => T): T[] | null {
  const all: T[] = []
  for (const { from, to } of objects) {
    const object = readBytes(bytes.subarray(from, to))
    if (!isObject(object)) return null
    all.push(make(object))
  }
  return all
}

/** From the first byte to behind the last. */
type Span = { from: number; to: number }
type List = Span & { objects: Span[] }

const [quote, backslash, comma, opened, closed, listClosed] = Buffer.from('"\\,{}]')
const isSpace = (byte: number | undefined) => byte === 32 || byte === 10 || byte === 13 || byte === 9

/** What stands between the brackets behind the entity's name; null where there is no such list, or something else than objects in it. */
function findList(bytes: Uint8Array, entity: QboEntity): List | null {
  const name = `"${entity}":[`
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(name)
  if (at < 0) return null
  const from = at + name.length
  const objects: Span[] = []
  let isBehindObject = false
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === opened && !isBehindObject) {
      const to = endOfObject(bytes, i)
      objects.push({ from: i, to })
      isBehindObject = true
      i = to - 1
    } else if (byte === comma && isBehindObject) isBehindObject = false
    else if (byte === listClosed && (isBehindObject || objects.length === 0)) return { from, to: i, objects }
    else if (!isSpace(byte)) return null
  }
  return null
}

/** Behind the bracket that closes the object which begins here; behind all bytes where none does. */
function endOfObject(bytes: Uint8Array, from: number): number {
  let depth = 0
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === quote) i = endOfText(bytes, i)
    else if (byte === opened) depth += 1
    else if (byte === closed && --depth === 0) return i + 1
  }
  return bytes.length
}

/** Where the quote stands that ends the text which begins here. */
function endOfText(bytes: Uint8Array, from: number): number {
  let i = from + 1
  while (i < bytes.length && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1
  return i
}
