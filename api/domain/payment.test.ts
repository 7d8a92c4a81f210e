import fc from 'fast-check'
import { expect, test } from 'vitest'
import { captured } from './ledger.ts'
import { currency, minor, sum } from './money.ts'
import { spread } from './allocation.ts'
import { isPaymentId, referenceOf, statesBefore } from './payment.ts'

test('17-18: a payment reference fits the 21 characters of QuickBooks whole', () => {
  const reference = referenceOf('pay_01JD3ZK8Q2V7M5N6P7R8S9T0AB')
  expect(reference).toBe('QP-N6P7R8S9T0AB')
  expect(reference.length).toBeLessThanOrEqual(21)
  expect(isPaymentId('pay_01JD3ZK8Q2V7M5N6P7R8S9T0AB')).toBe(true)
  expect(isPaymentId('pay_01JD3ZK8Q2V7M5N6P7R8S9T0A')).toBe(false)
})

test('a success is taken from every state, and nothing follows it', () => {
  expect(statesBefore('succeeded').toSorted()).toEqual(['canceled', 'failed', 'needs_action', 'processing', 'reserved'])
  expect(statesBefore('failed')).not.toContain('succeeded')
  expect(statesBefore('needs_action')).not.toContain('processing')
})

const amounts = fc.integer({ min: 1, max: 10 ** 9 }).map(minor)

test('captured money is spread without a cent made or lost, and never above what is owed', () => {
  fc.assert(
    fc.property(fc.array(fc.record({ amount: amounts, owed: fc.integer({ min: -1000, max: 10 ** 9 }).map(minor) }), { minLength: 1, maxLength: 30 }), rows => {
      const result = spread(rows.map((row, i) => ({ invoiceId: i, amount: row.amount })), i => rows[i]?.owed ?? minor(0))
      expect(sum([...result.lines.map(l => l.amount), result.unapplied])).toBe(sum(rows.map(r => r.amount)))
      for (const line of result.lines) expect(line.amount).toBeLessThanOrEqual(rows[line.invoiceId]?.owed ?? 0)
      expect(result.lines.every(l => l.amount > 0)).toBe(true)
    }),
  )
})

test('the ledger entries of a captured payment sum to zero', () => {
  fc.assert(
    fc.property(fc.array(amounts, { minLength: 1, maxLength: 30 }), parts => {
      const entries = captured('stripe', currency('USD'), parts.map((amount, i) => ({ invoiceId: `inv_${i}`, amount })))
      expect(sum(entries.map(e => e.amount))).toBe(0)
    }),
  )
})
