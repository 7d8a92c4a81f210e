import { expect, test } from 'vitest'
import { type SeenCharge, driftKeys, judgeBooks, judgeCharge, judgeLedger, paymentOfKey } from './reconcile.ts'
import { minor } from './money.ts'

const amount = minor(5_000)
const charge = (state: SeenCharge['state'], refunded = 0): SeenCharge => ({ ref: 'pi_1', state, amount, refunded: minor(refunded) })

test('of a charge without a payment of ours, money that was taken is written anew, and what is still open is ended', () => {
  expect((['succeeded', 'needs_action', 'needs_method', 'processing', 'canceled'] as const).map(state => judgeCharge(charge(state), null))).toEqual(['rebuild', 'cancel', 'cancel', 'cancel', 'agrees'])
  // Money that went back is still a payment that was made.
  expect(judgeCharge(charge('succeeded', 5_000), null)).toBe('rebuild')
})

test('the provider’s word is taken where it knows more; what has ended here is not opened again', () => {
  const ours = (state: 'reserved' | 'needs_action' | 'failed' | 'canceled' | 'succeeded', providerRef: string | null = 'pi_1') => ({ state, providerRef })
  expect((['reserved', 'needs_action', 'failed', 'canceled', 'succeeded'] as const).map(state => judgeCharge(charge('succeeded'), ours(state)))).toEqual(['settle', 'settle', 'settle', 'settle', 'agrees'])
  expect((['reserved', 'failed', 'succeeded'] as const).map(state => judgeCharge(charge('canceled'), ours(state)))).toEqual(['settle', 'agrees', 'agrees'])
  expect(judgeCharge(charge('succeeded'), ours('reserved', null))).toBe('settle')
  expect(judgeCharge(charge('needs_action'), ours('reserved'))).toBe('agrees')
})

test('a second charge under the marks of one payment is a stranger for as long as its money is not given back', () => {
  const ours = { state: 'succeeded', providerRef: 'pi_0' } as const
  expect(judgeCharge(charge('succeeded'), ours)).toBe('stranger')
  expect(judgeCharge(charge('succeeded', 4_999), ours)).toBe('stranger')
  expect(judgeCharge(charge('succeeded', 5_000), ours)).toBe('agrees')
  expect(judgeCharge(charge('canceled'), ours)).toBe('agrees')
})

test('a payment’s entries are one capture of its amount that sums to zero, or it is said what they are', () => {
  const row = { state: 'succeeded', amount, facts: 1, taken: amount, rest: minor(0) } as const
  expect(judgeLedger(row)).toBeNull()
  expect(judgeLedger({ ...row, rest: minor(1) })).toContain('zero')
  expect(judgeLedger({ ...row, facts: 0, taken: minor(0) })).toContain('does not hold it')
  expect(judgeLedger({ ...row, facts: 2 })).toContain('2 times')
  expect(judgeLedger({ ...row, taken: minor(4_999) })).toContain('another amount')
  expect(judgeLedger({ ...row, state: 'failed' })).toContain('not paid')
  expect(judgeLedger({ ...row, state: 'failed', facts: 0, taken: minor(0) })).toBeNull()
})

test('in QuickBooks a payment is there once: gone, twice, and there although it waits are told apart', () => {
  const posted = { state: 'posted', qboId: '7', amount }
  const there = { qboId: '7', amount }
  expect(judgeBooks(posted, [there])).toBe('agrees')
  expect(judgeBooks(posted, [])).toBe('gone')
  expect(judgeBooks(posted, [{ ...there, qboId: '8' }])).toBe('gone')
  expect(judgeBooks(posted, [there, { ...there, qboId: '8' }])).toBe('twice')
  const blocked = { state: 'blocked', qboId: null, amount }
  expect(judgeBooks(blocked, [])).toBe('agrees')
  expect(judgeBooks(blocked, [there])).toBe('adopt')
  expect(judgeBooks(blocked, [{ ...there, amount: minor(1) }])).toBe('agrees')
})

test('a key names the payment that it speaks of', () => {
  const id = 'pay_01ARZ3NDEKTSV4RRFFQ69G5FAV'
  expect([driftKeys.missing(id), driftKeys.ledger(id), driftKeys.twice(id), driftKeys.differs(id, '3')].map(paymentOfKey)).toEqual([id, id, id, id])
  expect([driftKeys.unknown('7'), driftKeys.late('effect', 'send_mail'), driftKeys.posting(id)].map(paymentOfKey)).toEqual([null, null, null])
})
