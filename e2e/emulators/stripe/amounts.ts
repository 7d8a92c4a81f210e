import { invalid } from './wire/failure.ts'

/** Stripe's currencies and their least charges in minor units where they differ from 50 (docs.stripe.com/currencies). */
const currencies = new Set(
  'aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xcg xof xpf yer zar zmw'.split(' '),
)
const leastCharge: Readonly<Record<string, number>> = { aed: 200, bgn: 100, czk: 1500, dkk: 250, gbp: 30, hkd: 400, huf: 17500, mxn: 1000, myr: 200, nok: 300, pln: 200, ron: 200, sek: 300, thb: 1000 }
const threeDigits: readonly string[] = ['bhd', 'jod', 'kwd', 'omr', 'tnd']
const wholeUnits: readonly string[] = ['isk', 'ugx']
const digitsMax = 8

/** The currency in small letters. Throws a 400 for one that Stripe does not take. */
export function readCurrency(code: string): string {
  const small = code.toLowerCase()
  if (!currencies.has(small)) throw invalid(`Invalid currency: ${small}. Stripe currently supports these currencies: ${[...currencies].join(', ')}`, { param: 'currency' })
  return small
}

/** Throws a 400 unless Stripe would charge this amount of minor units. */
export function checkAmount(amount: number, currency: string): void {
  if (amount < 1) throw invalid('This value must be greater than or equal to 1.', { param: 'amount', code: 'parameter_invalid_integer' })
  if (String(amount).length > digitsMax) throw invalid(`Amount must be no more than ${'9'.repeat(digitsMax)} in the smallest unit of ${currency}`, { param: 'amount', code: 'amount_too_large' })
  const least = leastCharge[currency] ?? 50
  if (amount < least) throw invalid(`Amount must be at least ${least} in the smallest unit of ${currency}`, { param: 'amount', code: 'amount_too_small' })
  if (threeDigits.includes(currency) && amount % 10 !== 0) throw invalid(`Amounts in ${currency} must end in 0.`, { param: 'amount', code: 'invalid_charge_amount' })
  if (wholeUnits.includes(currency) && amount % 100 !== 0) throw invalid(`Amounts in ${currency} must be divisible by 100.`, { param: 'amount', code: 'invalid_charge_amount_no_decimal_compatible' })
}

/** Stripe's US list price for a card, as a test figure: 2.9 % and 30 minor units. */
export function cardFee(amount: number): number {
  return Math.round((amount * 29) / 1000) + 30
}
