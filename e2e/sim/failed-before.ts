/** Schedules that once failed: each is played on every run of the tests. */
export const failedBefore: readonly { seed: number; because: string }[] = [
  { seed: 63, because: 'two companies renewed their tokens at once, one answer was lost and a day passed before anybody asked again' },
  { seed: 13, because: 'somebody voided a posted payment in QuickBooks, and the payer was asked for the money again before the event came' },
  { seed: 332, because: 'a node died while it was given new tokens, and nobody noticed before the old ones had run out' },
]
