import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type Json, type JsonObject } from '../emulators/quickbooks/books/json.ts'

/** One recorded request and the answer that Intuit gave. */
export type Exchange = {
  request: { method: string; path: string; query: Record<string, string>; contentType: string | null; body: Json }
  response: { status: number; headers: Record<string, string>; body?: JsonObject; bodyText?: string }
  recordedAt: string
}

/** The folder of recordings, read when asked. Throws where a file is missing or is no JSON, naming it. */
export type Recordings = ReturnType<typeof openRecordings>

export function openRecordings(folder: string) {
  const json = (file: string): Json => {
    const path = join(folder, file)
    try {
      return JSON.parse(readFileSync(path, 'utf8')) as Json
    } catch (error) {
      throw new Error(`${path} cannot be read as JSON`, { cause: error })
    }
  }
  const object = (file: string): JsonObject => {
    const value = json(file)
    if (!isObject(value)) throw new Error(`${join(folder, file)} holds no JSON object`)
    return value
  }
  const list = (file: string): JsonObject[] => {
    const value = json(file)
    return Array.isArray(value) ? value.filter(isObject) : isObject(value) ? [value] : []
  }
  return {
    json,
    object,
    list,
    files: (part: string): string[] => namesIn(join(folder, part)).filter(name => name.endsWith('.json')).sort(),
    exchanges: (name: string): Exchange[] => json(`vcr-qbo_api/${name}`) as unknown as Exchange[],
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path)
  } catch (error) {
    throw new Error(`${path} is no folder of recordings that can be read`, { cause: error })
  }
}
