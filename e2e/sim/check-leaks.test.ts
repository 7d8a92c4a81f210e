import { expect, test } from 'vitest'
import { tokensIn } from './check-leaks.ts'

const code = 'AB11717000000abcdefghijklmnopqrstuvw'

test.each([`"url":"/callback?code=${code}"`, `code%3D${code}`, 'Bearer eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4', '"refresh":"RT1-12-H0-1234567890abcdefghij"', '/i/lnk_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'])('a token in a log is found: %s', line => {
  expect(tokensIn(line)).toHaveLength(1)
})

test('the id of a payment that happens to begin like a code is none', () => {
  expect(tokensIn('"job":"mail:receipt-pay_AB11NVM0NXVYH9PB3J4H9HC1HG","kind":"send_mail"')).toEqual([])
})
