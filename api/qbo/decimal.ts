import { isDecimalNumber } from '../domain/decimal.ts'
import { toLatin1 } from '../domain/latin.ts'

type Reviver = (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown
// TypeScript's library does not know these two parts of the language yet.
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/** Reads Intuit's JSON with each number as the text that was sent, so that no amount passes through a float. Throws a SyntaxError. */
export function readJson(text: string): unknown {
  return parse(text, (_key, value, context) => (typeof value === 'number' ? (context.source ?? String(value)) : value))
}

/** Writes a request. A `DecimalNumber` becomes a JSON number digit by digit; with `latin1` every text is written in ISO-8859-1. */
export function writeJson(body: object, latin1: boolean): string {
  return JSON.stringify(body, (_key, value: unknown) => {
    if (isDecimalNumber(value)) return rawJSON(value.decimal)
    return typeof value === 'string' && latin1 ? toLatin1(value) : value
  })
}
