import { daysBetween } from '../domain/invoice.ts'
import { type Currency, type Minor, digitsOf, formatDecimal } from '../domain/money.ts'
import type { MoneyView } from '../domain/views.ts'

/** Writes amounts and days for one reader. */
export type Format = {
  money(amount: Minor, currency: Currency): MoneyView
  /** "3 Dec", with the year where it is not this one. */
  day(day: string): string
  /** "in 12 days", "9 days late", "today"; empty without a day. */
  hint(dueOn: string | null): string
  moment(at: number): string
  today: string
}
export type Reader = { locale: string; /** The company's calendar day. */ today: string; timeZone: string; /** True where the page holds more than one currency. */ spellCurrency: boolean }

export function createFormat(reader: Reader): Format {
  // Many amounts of a page are the same: what is open is often the whole, and what is paid owes nothing.
  const texts = new Map<string, string>()
  const textOf = (amount: Minor, currency: Currency) => {
    const key = `${amount} ${currency}`
    const known = texts.get(key) ?? moneyText(amount, currency, reader)
    texts.set(key, known)
    return known
  }
  const day = (text: string) => dayText(text, text.slice(0, 4) !== reader.today.slice(0, 4))
  return {
    today: reader.today,
    money: (amount, currency) => ({ amount, currency, text: textOf(amount, currency) }),
    day,
    hint: dueOn => (dueOn === null ? '' : hintText(daysBetween(reader.today, dueOn))),
    moment: at => `${day(localDay(at, reader.timeZone))}, ${timeFormat(sentencesIn(reader.locale), reader.timeZone).format(at)}`,
  }
}

/** The calendar day at this instant where the company is. */
export function localDay(at: number, timeZone: string): string {
  return dayFormat(timeZone).format(at)
}

/** The first language of the request that Intl knows; English where it knows none. */
export function localeOf(asked: string | null | undefined): string {
  for (const part of (asked ?? '').split(',')) {
    const tag = (part.split(';')[0] ?? '').trim()
    if (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(tag) && isKnown(tag)) return tag
  }
  return 'en-US'
}

/** Some tags that look right are not: `en-12`, `en-US-US`. */
function isKnown(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function hintText(days: number): string {
  if (days === 0) return 'today'
  if (days === 1) return 'tomorrow'
  if (days > 1) return `in ${days} days`
  return days === -1 ? '1 day late' : `${-days} days late`
}

function moneyText(amount: Minor, currency: Currency, reader: Reader): string {
  // The text of the decimal, not the number: Intl reads it without a float.
  return moneyFormat(reader.locale, currency, reader.spellCurrency ? 'code' : 'narrowSymbol').format(formatDecimal(amount, currency) as unknown as number)
}

const remembered = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>()
function remember<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: string, make: () => T): T {
  const known = remembered.get(key)
  if (known) return known as T
  if (remembered.size > 500) remembered.clear()
  const made = make()
  remembered.set(key, made)
  return made
}

const moneyFormat = (locale: string, currency: Currency, currencyDisplay: 'code' | 'narrowSymbol') =>
  remember(`money|${locale}|${currency}|${currencyDisplay}`, () =>
    new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay, minimumFractionDigits: digitsOf(currency), maximumFractionDigits: digitsOf(currency) }))
const timeFormat = (locale: string, timeZone: string) => remember(`time|${locale}|${timeZone}`, () => new Intl.DateTimeFormat(locale, { timeZone, hour: 'numeric', minute: '2-digit' }))
const dayFormat = (timeZone: string) => remember(`day|${timeZone}`, () => new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }))

/** The sentences around days and times are English, so these are too; amounts are the reader's own. */
function sentencesIn(locale: string): string {
  return locale.startsWith('en') ? locale : 'en-US'
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

function dayText(day: string, withYear: boolean): string {
  return `${Number(day.slice(8, 10))} ${months[Number(day.slice(5, 7)) - 1] ?? ''}${withYear ? ` ${day.slice(0, 4)}` : ''}`
}
