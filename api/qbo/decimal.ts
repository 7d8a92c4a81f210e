import { isDecimalNumber } from '../domain/decimal.ts'
import { toLatin1 } from '../domain/latin.ts'

const { rawJSON } = JSON as unknown as { rawJSON(text: string): object }

/**
 * A number that is the value of a field. A quote in a text is escaped and an opening one stands behind a bracket, colon, comma or space;
 * so a quote behind anything else ends a text, and a text before a colon is a field's name.
 */
const fieldNumber = /(?<=[^"\\\s,:{}[\]]"\s*:\s*)-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?=[\s,}])/g

/**
 * Reads Intuit's JSON with each field's number as the text that was sent, so that no amount passes through a float. Throws a SyntaxError.
 * The numbers are quoted before they are parsed: a reviver would be called for every value there is, and takes five times as long.
 */
export function readJson(text: string): unknown {
  return JSON.parse(text.replace(fieldNumber, '"$&"'))
}

/** Writes a request. A `DecimalNumber` becomes a JSON number digit by digit; with `latin1` every text is written in ISO-8859-1. */
export function writeJson(body: object, latin1: boolean): string {
  return JSON.stringify(body, (_key, value: unknown) => {
    if (isDecimalNumber(value)) return rawJSON(value.decimal)
    return typeof value === 'string' && latin1 ? toLatin1(value) : value
  })
}
