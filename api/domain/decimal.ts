import { type Currency, type Minor, formatDecimal } from './money.ts'

/** A number of a request to QuickBooks, written digit by digit instead of through a float. */
export type DecimalNumber = { readonly decimal: string }

/** An amount as the number that QuickBooks expects, e.g. 36207 USD → 362.07. */
export function decimalNumber(amount: Minor, code: Currency): DecimalNumber {
  return { decimal: formatDecimal(amount, code) }
}

export function isDecimalNumber(value: unknown): value is DecimalNumber {
  return typeof value === 'object' && value !== null && 'decimal' in value && typeof value.decimal === 'string' && Object.keys(value).length === 1
}
