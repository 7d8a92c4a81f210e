/** Stripe's published test cards (docs.stripe.com/testing) and what each does. */
export type TestCard = {
  number: string
  /** Ready-made payment methods that stand for the card in API calls. */
  tokens: readonly string[]
  brand: 'visa' | 'mastercard' | 'amex' | 'discover'
  funding: 'credit' | 'debit'
  country: string
  /** `always`: each payment asks for 3-D Secure. `unless_set_up`: not once the card is saved for later use. */
  authentication: 'none' | 'always' | 'unless_set_up'
  decline: Decline | null
  /** How a refund to it goes: at once, pending first, or succeeded first and failed later. */
  refund: 'at_once' | 'pending' | 'fails'
}
export type Decline = { code: string; declineCode: string | null; message: string }

const plain = { brand: 'visa', funding: 'credit', country: 'US', authentication: 'none', decline: null, refund: 'at_once' } as const
const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({ code: 'card_declined', declineCode, message })
const refused = (code: string, message: string): Decline => ({ code, declineCode: null, message })

export const testCards: readonly TestCard[] = [
  { ...plain, number: '4242424242424242', tokens: ['pm_card_visa'] },
  { ...plain, number: '4000056655665556', tokens: ['pm_card_visa_debit'], funding: 'debit' },
  { ...plain, number: '5555555555554444', tokens: ['pm_card_mastercard'], brand: 'mastercard' },
  { ...plain, number: '5200828282828210', tokens: ['pm_card_mastercard_debit'], brand: 'mastercard', funding: 'debit' },
  { ...plain, number: '378282246310005', tokens: ['pm_card_amex'], brand: 'amex' },
  { ...plain, number: '6011111111111117', tokens: ['pm_card_discover'], brand: 'discover' },
  { ...plain, number: '4000000000000002', tokens: ['pm_card_visa_chargeDeclined', 'pm_card_chargeDeclined'], decline: declined('generic_decline') },
  { ...plain, number: '4000000000009995', tokens: ['pm_card_visa_chargeDeclinedInsufficientFunds', 'pm_card_chargeDeclinedInsufficientFunds'], decline: declined('insufficient_funds', 'Your card has insufficient funds.') },
  { ...plain, number: '4000000000009987', tokens: ['pm_card_visa_chargeDeclinedLostCard'], decline: declined('lost_card') },
  { ...plain, number: '4000000000009979', tokens: ['pm_card_visa_chargeDeclinedStolenCard'], decline: declined('stolen_card') },
  { ...plain, number: '4000000000006975', tokens: ['pm_card_visa_chargeDeclinedVelocityLimitExceeded'], decline: declined('card_velocity_exceeded', 'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.') },
  { ...plain, number: '4000000000000069', tokens: ['pm_card_chargeDeclinedExpiredCard'], decline: refused('expired_card', 'Your card has expired.') },
  { ...plain, number: '4000000000000127', tokens: ['pm_card_chargeDeclinedIncorrectCvc'], decline: refused('incorrect_cvc', "Your card's security code is incorrect.") },
  { ...plain, number: '4000000000000119', tokens: ['pm_card_chargeDeclinedProcessingError'], decline: refused('processing_error', 'An error occurred while processing your card. Try again in a little bit.') },
  { ...plain, number: '4000002500003155', tokens: ['pm_card_authenticationRequiredOnSetup'], country: 'IE', authentication: 'unless_set_up' },
  { ...plain, number: '4000002760003184', tokens: ['pm_card_authenticationRequired'], country: 'DE', authentication: 'always' },
  { ...plain, number: '4000000000003220', tokens: ['pm_card_threeDSecure2Required'], authentication: 'always' },
  { ...plain, number: '4000000000003055', tokens: ['pm_card_threeDSecureOptional'] },
  { ...plain, number: '4000008400001629', tokens: ['pm_card_threeDSecureRequiredChargeDeclined'], authentication: 'always', decline: declined('generic_decline') },
  { ...plain, number: '4000000000007726', tokens: ['pm_card_pendingRefund'], refund: 'pending' },
  { ...plain, number: '4000000000005126', tokens: ['pm_card_refundFail'], refund: 'fails' },
]

/** The card with this number, spaces allowed. */
export function cardByNumber(number: string): TestCard | undefined {
  return testCards.find(card => card.number === number.replaceAll(/\s/g, ''))
}

/** The card that a ready-made payment method such as `pm_card_visa` stands for. */
export function cardByToken(token: string): TestCard | undefined {
  return testCards.find(card => card.tokens.includes(token))
}

/** Whether the check digit is right (Luhn). */
export function numberIsWhole(number: string): boolean {
  const digits = number.replaceAll(/\s/g, '')
  if (!/^\d{12,19}$/.test(digits)) return false
  const total = [...digits].reverse().reduce((sum, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1)
    return sum + (value > 9 ? value - 9 : value)
  }, 0)
  return total % 10 === 0
}
