import { currency, digitsOf, formatDecimal, minor, parseDecimal, type Minor } from '../api/domain/money.ts'

export type TypedAmount = { amount: Minor } | { fault: 'not-an-amount' | 'too-fine' }

const digitsMax = 15

/**
 * Reads what a person typed ("1,240.50", "1.240,50 €", "1 240.5") as minor units, without ever making a fraction.
 * `mark` is the decimal mark of the reader's language; it decides only where "1.240" could mean two things.
 */
export function readAmount(typed: string, code: string, mark: string): TypedAmount {
  const bare = asciiDigits(typed).replace(/[\s'’\p{Sc}\p{L}]/gu, '')
  if (!/^[\d.,]*\d[\d.,]*$/.test(bare)) return { fault: 'not-an-amount' }
  const digits = digitsOf(currency(code))
  const at = Math.max(bare.lastIndexOf('.'), bare.lastIndexOf(','))
  const separator = bare[at]
  const tail = bare.slice(at + 1)
  const isMark =
    separator !== undefined && bare.indexOf(separator) === at && (separator === mark || tail.length !== 3 || at === 0)
  const whole = isMark ? bare.slice(0, at) : bare
  const groups = whole.split(/[.,]/)
  if (groups.some((group, i) => (i > 0 ? group.length !== 3 : groups.length > 1 && (group.length === 0 || group.length > 3)))) return { fault: 'not-an-amount' }
  const fraction = isMark ? tail : ''
  if (fraction.length > digits && /[1-9]/.test(fraction.slice(digits))) return { fault: 'too-fine' }
  const units = groups.join('') || '0'
  if (units.length + digits > digitsMax) return { fault: 'not-an-amount' }
  return { amount: parseDecimal(fraction ? `${units}.${fraction}` : units, currency(code)) }
}

/** "124000" USD → "$1,240.00" in the reader's language; exact for every amount, as it goes by its decimal text. */
export function showAmount(amount: number, code: string, locale: string): string {
  const digits = digitsOf(currency(code))
  return new Intl.NumberFormat(locale, { style: 'currency', currency: code, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(
    decimalOf(amount, code) as `${number}`,
  )
}

/** The text that stands in an amount field at first: plain, with the reader's decimal mark. */
export function editableAmount(amount: number, code: string, mark: string): string {
  return decimalOf(amount, code).replace('.', mark)
}

/** "." or ",", as the reader's language writes it. */
export function decimalMark(locale: string): string {
  return new Intl.NumberFormat(locale).formatToParts(1.5).find(part => part.type === 'decimal')?.value === ',' ? ',' : '.'
}

function decimalOf(amount: number, code: string): string {
  return formatDecimal(minor(amount), currency(code))
}

function asciiDigits(typed: string): string {
  return typed.replace(/[٠-٩۰-۹]/g, digit => String((digit.codePointAt(0) ?? 0) & 15)).replaceAll('٫', '.').replaceAll('٬', ',')
}

/** How many digits the currency has behind its mark. */
export function fractionDigits(code: string): number {
  return digitsOf(currency(code))
}
