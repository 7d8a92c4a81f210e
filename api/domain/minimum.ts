import { type Currency, type Minor, digitsOf, minor, subtract } from './money.ts'

/** The least that Stripe charges, in minor units (docs.stripe.com/currencies, "Minimum and maximum charge amounts"). */
const leastByCurrency: Readonly<Record<string, number>> = { USD: 50, EUR: 50, CAD: 50, AUD: 50, NZD: 50, CHF: 50, GBP: 30, DKK: 250, NOK: 300, SEK: 300, MXN: 1000, JPY: 50, HKD: 400, SGD: 50, PLN: 200, CZK: 1500 }

export function leastCharge(currency: Currency): Minor {
  return minor(leastByCurrency[currency] ?? (digitsOf(currency) === 3 ? 500 : 50))
}

/** The least part of an invoice: one whole unit of its currency, for small sums of one's own choice are what stolen cards are tried with. */
export function leastPart(currency: Currency): Minor {
  return minor(Math.max(leastCharge(currency), 10 ** digitsOf(currency)))
}

/** Why a part of an invoice cannot be paid; null where it can. What remains must be payable too, or the customer could never finish. */
export function partProblem(amount: Minor, payable: Minor, currency: Currency): 'too-little' | 'too-much' | 'leaves-too-little' | null {
  if (amount > payable) return 'too-much'
  if (amount <= 0 || amount < (amount === payable ? leastCharge(currency) : leastPart(currency))) return 'too-little'
  const rest = subtract(payable, amount)
  return rest > 0 && rest < leastCharge(currency) ? 'leaves-too-little' : null
}
