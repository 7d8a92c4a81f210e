import { expect, test } from 'vitest'
import { type InvoiceFacts, daysBetween, payable, stateOf } from './invoice.ts'
import { minor } from './money.ts'

const open: InvoiceFacts = { total: minor(10_000), balance: minor(10_000), held: minor(0), captured: minor(0), dueOn: '2026-12-24', visibility: 'published', voided: false }
const today = '2026-11-21'

test('an invoice is named by what is owed and when', () => {
  expect(stateOf(open, today)).toBe('open')
  expect(stateOf({ ...open, dueOn: '2026-11-28' }, today)).toBe('due_soon')
  expect(stateOf({ ...open, dueOn: '2026-11-21' }, today)).toBe('due_soon')
  expect(stateOf({ ...open, dueOn: '2026-11-20' }, today)).toBe('overdue')
  expect(stateOf({ ...open, balance: minor(4_000) }, today)).toBe('partly_paid')
  expect(stateOf({ ...open, balance: minor(0) }, today)).toBe('paid')
  expect(stateOf({ ...open, voided: true, balance: minor(0) }, today)).toBe('void')
  expect(stateOf({ ...open, visibility: 'draft' }, today)).toBe('draft')
})

test('money captured here makes an invoice paid before QuickBooks shows it', () => {
  expect(stateOf({ ...open, captured: minor(10_000) }, today)).toBe('paid')
})

test('money on its way is not asked for again', () => {
  const half = { ...open, held: minor(4_000) }
  expect(payable(half)).toBe(6_000)
  expect(stateOf({ ...open, held: minor(10_000) }, today)).toBe('processing')
})

test('days are counted over leap days and years', () => {
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
  expect(daysBetween('2026-12-31', '2027-01-01')).toBe(1)
  expect(daysBetween('2027-03-01', '2026-03-01')).toBe(-365)
})
