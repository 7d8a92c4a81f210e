/**
 * The places between two effects where a process that dies leaves the most behind. The product passes each of them in silence;
 * the fault simulation ends a process there and sees that nothing is lost and nothing happens twice.
 */
export const crashPoints = {
  C1: 'an attempt is about to be stored with its hold on the invoices',
  C2: 'the attempt is stored, the provider is not called yet',
  C5: 'the provider has answered the charge, nothing of the answer is stored',
  C6: 'a capture is known, whichever door told it, and not stored',
  C8: 'the charge is settled, the payer has no answer yet',
  G1: 'an attempt was canceled at the provider, and that is not stored',
  W0: 'a webhook is verified and not stored',
  W1: 'a webhook is stored and not answered',
  W2: 'the provider was asked about an event, nothing of the answer is stored',
  Q1: 'effects are claimed, none is begun',
  Q2: 'the right to call QuickBooks is at hand, the call is not made',
  Q3: 'a posting is noted as being sent and is not sent',
  Q5: 'QuickBooks has answered a posting, it is not read back',
  Q6: 'an effect is carried out, its end is not stored',
  Q7: 'the end of an effect is stored, nothing follows yet',
  T1: 'the right to renew the tokens is held, Intuit is not asked',
  T3: 'Intuit has given new tokens, they are not stored',
  T4: 'the new tokens are stored and not used',
  K1: 'a company was chosen at Intuit, its tokens are not stored',
  K2: 'the connection is stored, the merchant has no answer yet',
  S1: 'a page of the first load is read and not stored',
  S3: 'changes are read from QuickBooks and not stored',
  M1: 'a letter is handed to the mail service, and that is not stored',
} as const

export type CrashPoint = keyof typeof crashPoints
