import type { ProviderFailure } from '../../ports.ts'

const notCharged = 'You were not charged.'
const anyReason = `Your bank declined this card without giving a reason. ${notCharged} Call your bank, or use another card.`
const busy = `Your bank could not handle the payment just now. ${notCharged} Try again in a few minutes, or use another card.`
const tooMuch = `Your bank says that this card has reached a limit. ${notCharged} Use another card, or ask your bank.`
const unfit = `This card cannot be used for this payment. ${notCharged} Use another card.`
const wrongDate = `The expiry date of the card is not right. ${notCharged} Check the month and year, and try again.`
const wrongNumber = `The card number is not right. ${notCharged} Check the digits and try again.`
const wrongCode = `The security code does not match the card. ${notCharged} Check the three or four digits and try again.`
const wrongAddress = `The postal code does not match the card's. ${notCharged} Check it and try again.`
const unconfirmed = `Your bank could not confirm that it was you. ${notCharged} Try again, or use another card.`

/**
 * What a payer is told, by decline code or error code (docs.stripe.com/declines/codes). A card that is reported lost or stolen,
 * or a payment that is taken for fraud, is not in the list: who holds the card then must not learn why.
 */
const texts: Readonly<Record<string, string>> = {
  insufficient_funds: `Your bank says that there is not enough money on this card. ${notCharged} Use another card, or try again later.`,
  expired_card: `This card has expired. ${notCharged} Check the date, or use another card.`,
  incorrect_cvc: wrongCode,
  invalid_cvc: wrongCode,
  incorrect_number: wrongNumber,
  invalid_number: wrongNumber,
  invalid_expiry_month: wrongDate,
  invalid_expiry_year: wrongDate,
  incorrect_zip: wrongAddress,
  incorrect_address: wrongAddress,
  postal_code_invalid: wrongAddress,
  processing_error: busy,
  issuer_not_available: busy,
  try_again_later: busy,
  reenter_transaction: busy,
  approve_with_id: busy,
  card_velocity_exceeded: tooMuch,
  withdrawal_count_limit_exceeded: tooMuch,
  card_not_supported: unfit,
  currency_not_supported: unfit,
  transaction_not_allowed: unfit,
  service_not_allowed: unfit,
  not_permitted: unfit,
  test_mode_live_card: `This page takes test cards only. ${notCharged} Use a test card, such as 4242 4242 4242 4242.`,
  authentication_required: unconfirmed,
  payment_intent_authentication_failure: unconfirmed,
}

/** A card that was declined: the payer may try again or use another. */
export function declined(code: string, declineCode: string | null): ProviderFailure {
  return { code, declineCode, retryable: true, payerText: texts[declineCode ?? ''] ?? texts[code] ?? anyReason }
}

/** A request that Stripe would not carry out at all: nothing the payer can mend. */
export function misdirected(code: string): ProviderFailure {
  return { code, declineCode: null, retryable: false, payerText: `Card payments do not work here at the moment. ${notCharged} Please tell the business that sent you the invoice.` }
}

/** A card form that is too old or was used already: a fresh one may pay. */
export function worn(code: string): ProviderFailure {
  return { code, declineCode: null, retryable: true, payerText: `This payment form is no longer valid. ${notCharged} Enter the card again.` }
}
