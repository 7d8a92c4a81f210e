import type { Currency, Minor } from '../../db/values.ts'

export type { Currency, Minor }

/** Stripe's list (docs.stripe.com/currencies), written down: ICU disagrees with it for HUF, ISK, UGX and COP. Every other currency has 2 digits. */
const digitsByCurrency: Readonly<Record<string, number>> = {
  BIF: 0, CLP: 0, DJF: 0, GNF: 0, JPY: 0, KMF: 0, KRW: 0, MGA: 0, PYG: 0, RWF: 0, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0,
  BHD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3,
}

export const zero = 0 as Minor

/** How many digits stand behind the decimal point of this currency. */
export function digitsOf(currency: Currency): number {
  return digitsByCurrency[currency] ?? 2
}

/** Takes a number for minor units. Throws a RangeError unless it is a safe whole number. */
export function minor(value: number): Minor {
  if (!Number.isSafeInteger(value)) throw new RangeError(`An amount must be a whole number of minor units, not ${value}.`)
  return (value === 0 ? 0 : value) as Minor
}

/** Takes a text for a currency. Throws a RangeError unless it is three letters. */
export function currency(code: string): Currency {
  if (!/^[A-Za-z]{3}$/.test(code)) throw new RangeError(`A currency is three letters, not ${JSON.stringify(code)}.`)
  return code.toUpperCase() as Currency
}

/**
 * Reads QuickBooks' decimal text ("362.07", "5", "-0.5") as minor units.
 * Throws a RangeError where the text is no decimal or is finer than the currency allows.
 */
export function parseDecimal(text: string, code: Currency): Minor {
  const digits = digitsOf(code)
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new RangeError(`not a decimal: ${text}`)
  const [, sign, whole = '', fraction = ''] = match
  if (/[1-9]/.test(fraction.slice(digits))) throw new RangeError(`finer than ${code} allows: ${text}`)
  const value = Number(whole + fraction.slice(0, digits).padEnd(digits, '0'))
  return minor(sign ? -value : value)
}

/** Writes minor units as a decimal text that QuickBooks reads, e.g. 36207 USD → "362.07". */
export function formatDecimal(amount: Minor, code: Currency): string {
  const digits = digitsOf(code)
  const text = String(Math.abs(amount)).padStart(digits + 1, '0')
  const sign = amount < 0 ? '-' : ''
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`
}

export function add(a: Minor, b: Minor): Minor {
  return minor(a + b)
}

export function subtract(a: Minor, b: Minor): Minor {
  return minor(a - b)
}

export function sum(amounts: Iterable<Minor>): Minor {
  let total = zero
  for (const amount of amounts) total = add(total, amount)
  return total
}

export function smaller(a: Minor, b: Minor): Minor {
  return a < b ? a : b
}
