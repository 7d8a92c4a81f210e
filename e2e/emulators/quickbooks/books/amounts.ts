import type { Json } from './json.ts'

/** A whole number of hundredths of the currency's unit. QuickBooks keeps two decimals in every currency. */
export type Cents = number

/** Reads a JSON amount (number or decimal text) as hundredths, half a cent rounded up; 0 when absent or no number. */
export function cents(value: Json | undefined): Cents {
  return Number(scaled(value, 2))
}

/** Writes hundredths as the JSON number that QuickBooks sends. */
export function amount(value: Cents): number {
  return value === 0 ? 0 : value / 100
}

/** True where the JSON value is a decimal number, as a number or as text. */
export function isDecimal(value: Json): boolean {
  return (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value.trim()))
}

/** `quantity × price` in hundredths, half a cent rounded away from zero. */
export function times(quantity: Json | undefined, price: Json | undefined): Cents {
  return Number(roundedDivision(scaled(quantity, 7) * scaled(price, 7), 10n ** 12n))
}

/** `percent` of an amount, half a unit rounded away from zero; the unit is one cent, or a whole one where the currency has none. */
export function percentOf(base: Cents, percent: Json | undefined, currency = 'USD'): Cents {
  const unit = withoutDecimals.has(currency) ? 100n : 1n
  return Number(roundedDivision(BigInt(base) * scaled(percent, 7), 100n * 10n ** 7n * unit) * unit)
}

/** An amount of a foreign currency in the home currency. */
export function converted(base: Cents, rate: Json | undefined): Cents {
  return rate === undefined ? base : Number(roundedDivision(BigInt(base) * scaled(rate, 7), 10n ** 7n))
}

const withoutDecimals: ReadonlySet<string> = new Set(['BIF', 'CLP', 'DJF', 'GNF', 'JPY', 'KMF', 'KRW', 'MGA', 'PYG', 'RWF', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'])

/** The decimal times 10^digits, rounded half away from zero; through text, so that no binary fraction takes part. */
function scaled(value: Json | undefined, digits: number): bigint {
  if ((typeof value !== 'number' && typeof value !== 'string') || !isDecimal(value)) return 0n
  const text = typeof value === 'string' ? value.trim() : /e/.test(String(value)) ? value.toFixed(12) : String(value)
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const kept = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  const rounded = Number(fraction[digits] ?? '0') >= 5 ? kept + 1n : kept
  return text.startsWith('-') ? -rounded : rounded
}

function roundedDivision(dividend: bigint, divisor: bigint): bigint {
  const sign = dividend < 0n ? -1n : 1n
  return (sign * (sign * dividend * 2n + divisor)) / (divisor * 2n)
}
