import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Marks, marksOf, readMarks } from './marks.ts'
import { minor } from './money.ts'

const id = <P extends string>(prefix: P) => fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/).map(text => `${prefix}_${text}` as const)
const part = fc.record({ invoiceId: id('inv'), qboId: fc.option(fc.stringMatching(/^[1-9]\d{0,9}$/)), amount: fc.integer({ min: 1, max: 99_999_999 }).map(minor) })
const marks: fc.Arbitrary<Marks> = fc.record({
  merchantId: id('mer'), paymentId: id('pay'), customerId: id('cus'), checkoutId: id('chk'), reference: fc.stringMatching(/^QP-[0-9A-Z]{12}$/),
  parts: fc.uniqueArray(part, { minLength: 1, maxLength: 100, selector: each => each.invoiceId }),
})

test('a payment with up to a hundred invoices is read back from what the provider keeps, within its limits', () => {
  fc.assert(fc.property(marks, given => {
    const kept = marksOf(given)
    expect(Object.keys(kept).length).toBeLessThanOrEqual(50)
    for (const [name, text] of Object.entries(kept)) {
      expect(name.length).toBeLessThanOrEqual(40)
      expect(text.length).toBeLessThanOrEqual(500)
    }
    expect(readMarks(kept)).toEqual({ ...given, parts: given.parts.toSorted((a, b) => a.invoiceId.localeCompare(b.invoiceId)) })
    // The order in which the rows came back from the database makes no difference.
    expect(marksOf({ ...given, parts: given.parts.toReversed() })).toEqual(kept)
  }), { numRuns: 300 })
})

test('marks of which something is missing, or an amount that is none, are no marks', () => {
  const whole = { merchant: 'mer_1', payment: 'pay_1', customer: 'cus_1', checkout: 'chk_1', reference: 'QP-1', invoices: 'inv_1:7:500' }
  expect(readMarks(whole)).not.toBeNull()
  for (const name of Object.keys(whole)) expect(readMarks({ ...whole, [name]: '' })).toBeNull()
  for (const invoices of ['inv_1:7:0', 'inv_1:7:-5', 'inv_1:7:1.5', 'inv_1:7', 'inv_1', 'inv_1:7:500,', ',inv_1:7:500']) expect(readMarks({ ...whole, invoices })).toBeNull()
  expect(readMarks({})).toBeNull()
})
