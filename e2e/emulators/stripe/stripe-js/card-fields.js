/** How a card's fields are written while somebody types, and what is wrong with them. */

/** @typedef {{ type: 'validation_error', code: string, message: string }} FieldError */

const brands = [
  { name: 'amex', begins: /^3[47]/, groups: [4, 6, 5], cvc: 4 },
  { name: 'mastercard', begins: /^(5[1-5]|2[2-7])/, groups: [4, 4, 4, 4], cvc: 3 },
  { name: 'discover', begins: /^6(011|5)/, groups: [4, 4, 4, 4], cvc: 3 },
  { name: 'visa', begins: /^4/, groups: [4, 4, 4, 4], cvc: 3 },
]
const unknownBrand = { name: 'unknown', begins: /^/, groups: [4, 4, 4, 4], cvc: 3 }

/** @param {string} text */
export const digitsOf = text => text.replaceAll(/\D/g, '')
/** @param {string} number */
export const brandOf = number => brands.find(brand => brand.begins.test(digitsOf(number))) ?? unknownBrand

/** "4242424242" → "4242 4242 42", American Express in 4-6-5. @param {string} text */
export function writeNumber(text) {
  const { groups } = brandOf(text)
  let rest = digitsOf(text).slice(0, groups.reduce((sum, size) => sum + size, 0))
  const parts = []
  for (const size of groups) {
    if (rest !== '') parts.push(rest.slice(0, size))
    rest = rest.slice(size)
  }
  return parts.join(' ')
}

/** "1234" → "12 / 34", "4" → "04 / ". @param {string} text @param {boolean} erasing */
export function writeExpiry(text, erasing) {
  const typed = digitsOf(text)
  const digits = (/^[2-9]/.test(typed) ? `0${typed}` : typed).slice(0, 4)
  if (digits.length < 2) return digits
  if (digits.length === 2) return erasing ? digits : `${digits} / `
  return `${digits.slice(0, 2)} / ${digits.slice(2)}`
}

/** @param {string} text @returns {FieldError | null} */
export function numberError(text) {
  const digits = digitsOf(text)
  const length = brandOf(digits).groups.reduce((sum, size) => sum + size, 0)
  if (digits.length < length) return wrong('incomplete_number', 'Your card number is incomplete.')
  return checkDigitIsRight(digits) ? null : wrong('invalid_number', 'Your card number is invalid.')
}

/** @param {string} text @param {Date} now @returns {FieldError | null} */
export function expiryError(text, now) {
  const digits = digitsOf(text)
  if (digits.length < 4) return wrong('incomplete_expiry', "Your card's expiration date is incomplete.")
  const { month, year } = readExpiry(text)
  if (month < 1 || month > 12) return wrong('invalid_expiry_month', "Your card's expiration date is invalid.")
  if (year < now.getFullYear()) return wrong('invalid_expiry_year_past', "Your card's expiration year is in the past.")
  if (year === now.getFullYear() && month < now.getMonth() + 1) return wrong('invalid_expiry_month_past', "Your card's expiration date is in the past.")
  return year > now.getFullYear() + 50 ? wrong('invalid_expiry_year', "Your card's expiration year is invalid.") : null
}

/** @param {string} text */
export function readExpiry(text) {
  const digits = digitsOf(text)
  return { month: Number(digits.slice(0, 2)), year: 2000 + Number(digits.slice(2, 4)) }
}

/** @param {string} text @param {string} number @returns {FieldError | null} */
export function cvcError(text, number) {
  return digitsOf(text).length < brandOf(number).cvc ? wrong('incomplete_cvc', "Your card's security code is incomplete.") : null
}

/** Countries whose cards are checked by postal code, as Stripe asks for it. */
export const postalCountries = ['US', 'CA', 'GB']

/** @param {string} text @param {string} country @returns {FieldError | null} */
export function postalError(text, country) {
  if (!postalCountries.includes(country)) return null
  const enough = country === 'US' ? digitsOf(text).length >= 5 : text.trim().length >= 5
  return enough ? null : wrong('incomplete_zip', country === 'US' ? 'Your ZIP code is incomplete.' : 'Your postal code is incomplete.')
}

/** @param {string} code @param {string} message @returns {FieldError} */
function wrong(code, message) {
  return { type: 'validation_error', code, message }
}

/** Luhn. @param {string} digits */
function checkDigitIsRight(digits) {
  const sum = [...digits].toReversed().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
