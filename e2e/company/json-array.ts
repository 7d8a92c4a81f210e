import { closeSync, openSync, readSync } from 'node:fs'

const chunkBytes = 1 << 16
const quote = 0x22
const backslash = 0x5c
const comma = 0x2c
const space = 0x20

/**
 * The elements of a JSON file that holds one array, parsed one after the other, so that a file of any size can be read.
 * Throws an Error that says where the file stops being such an array: the element (counted from 0) and why.
 */
export function* readJsonArray(path: string): Generator {
  const file = openSync(path, 'r')
  try {
    yield* elementsOf(chunksOf(file))
  } finally {
    closeSync(file)
  }
}

function* chunksOf(file: number): Generator<Buffer> {
  for (;;) {
    const chunk = Buffer.alloc(chunkBytes)
    const length = readSync(file, chunk)
    if (length === 0) return
    yield chunk.subarray(0, length)
  }
}

/** Finds the commas between elements by depth alone and leaves everything else to the parser. Works on bytes: UTF-8 never hides one of these inside another letter. */
function* elementsOf(chunks: Iterable<Buffer>): Generator {
  let kept: Buffer[] = []
  let depth = 0
  let inText = false
  let escaped = false
  let index = 0
  let opened = false
  let closed = false
  for (const chunk of chunks) {
    let from = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0
      if (inText) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inText = false
      } else if (!opened || closed) {
        if (byte <= space || (!opened && isByteOrderMark(byte))) continue
        if (closed) throw new Error(`there is ${JSON.stringify(String.fromCharCode(byte))} after the end of the array`)
        if (byte !== 0x5b) throw new Error(`an array was expected, but the file begins with ${JSON.stringify(String.fromCharCode(byte))}`)
        opened = true
        depth = 1
        from = at + 1
      } else if (byte === quote) inText = true
      else if (byte === 0x7b || byte === 0x5b) depth += 1
      else if (byte === 0x7d || byte === 0x5d) depth -= 1
      if (!opened || inText || closed || (byte !== comma && depth > 0) || depth > 1) continue
      const text = Buffer.concat([...kept, chunk.subarray(from, at)]).toString('utf8')
      kept = []
      from = at + 1
      closed = depth === 0
      if (closed && index === 0 && text.trim() === '') continue
      yield parsed(text, index)
      index += 1
    }
    kept.push(chunk.subarray(from))
  }
  if (!opened) throw new Error('an array was expected, but the file is empty')
  if (!closed) throw new Error(`the file ends inside object ${index}`)
}

function parsed(text: string, index: number): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`object ${index} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function isByteOrderMark(byte: number): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf
}
