/** A whole number of minor units of some currency: cents, or yen. */
export type Minor = number

export type CurrencyCode = 'USD' | 'EUR' | 'JPY'

/** How many digits stand behind the decimal point; 2 for every currency that is not listed. */
export function digitsOf(currency: string): number {
  return { JPY: 0, KRW: 0, VND: 0, CLP: 0, BHD: 3, KWD: 3, JOD: 3, OMR: 3, TND: 3 }[currency] ?? 2
}

/** `amount × numerator / denominator`, a half rounded up (away from zero). All four are whole numbers below 2^53. */
export function share(amount: Minor, numerator: number, denominator: number): Minor {
  const product = amount * numerator
  if (!Number.isSafeInteger(product)) throw new RangeError(`${amount} × ${numerator} is too large to be exact`)
  const rounded = Math.floor((2 * Math.abs(product) + denominator) / (2 * denominator))
  return product < 0 ? -rounded : rounded
}

/** The JSON number that QuickBooks would send, e.g. 36207 cents → 362.07. One division of whole numbers gives the nearest double, so it prints exactly. */
export function toDecimal(amount: Minor, currency: string): number {
  return amount / 10 ** digitsOf(currency)
}

/**
 * Reads a JSON number (or decimal text) of QuickBooks as minor units, by its digits and never by float arithmetic.
 * Throws a RangeError where it is no decimal or finer than the currency allows.
 */
export function fromDecimal(value: unknown, currency: string): Minor {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value))
  if (!match) throw new RangeError(`not an amount: ${JSON.stringify(value)}`)
  const [, sign, whole = '', fraction = ''] = match
  const digits = digitsOf(currency)
  if (/[1-9]/.test(fraction.slice(digits))) throw new RangeError(`finer than ${currency} allows: ${String(value)}`)
  const amount = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  if (!Number.isSafeInteger(amount)) throw new RangeError(`too large to be exact: ${String(value)}`)
  return sign && amount !== 0 ? -amount : amount
}

/** `amount × factor × 10^shift`, a half rounded up (away from zero); `factor` is decimal text, as a rate of exchange or a percentage. Exact at any size. */
export function times(amount: Minor, factor: string, shift: number): Minor {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(factor)
  if (!match) throw new RangeError(`not a decimal: ${JSON.stringify(factor)}`)
  const [, sign = '', whole = '', fraction = ''] = match
  const power = shift - fraction.length
  const product = BigInt(amount) * BigInt(sign + whole + fraction) * 10n ** BigInt(Math.max(0, power))
  const divisor = 10n ** BigInt(Math.max(0, -power))
  const rounded = ((product < 0n ? -product : product) * 2n + divisor) / (2n * divisor)
  return Number(product < 0n ? -rounded : rounded)
}

export function total(amounts: Iterable<Minor>): Minor {
  let sum = 0
  for (const amount of amounts) sum += amount
  return sum
}
