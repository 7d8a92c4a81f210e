/** Schedules that once failed: each is played on every run of the tests. */
export const failedBefore: readonly { seed: number; because: string }[] = [
  { seed: 63, because: 'two companies renewed their tokens at once, one answer was lost and a day passed before anybody asked again' },
]
