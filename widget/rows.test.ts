import { expect, test } from 'vitest'
import { invoiceRow } from './fake/invoices.ts'
import { keepSettled } from './rows.ts'

const [a, b, c] = [invoiceRow({ id: 'inv_a' }), invoiceRow({ id: 'inv_b' }), invoiceRow({ id: 'inv_c' })]

test('an invoice that was just paid stays where it was seen, with its new state', () => {
  const rows = keepSettled({ rows: [a, b, c], filter: 'open' }, [a, c], [invoiceRow({ id: 'inv_b', state: 'paid' })])
  expect(rows.map(row => [row.id, row.state])).toEqual([['inv_a', 'open'], ['inv_b', 'paid'], ['inv_c', 'open']])
})

test('an invoice that vanished without being paid is gone', () => {
  expect(keepSettled({ rows: [a, b], filter: 'open' }, [a], [])).toEqual([a])
  expect(keepSettled({ rows: [a, b], filter: 'open' }, [a], [invoiceRow({ id: 'inv_b', state: 'void' })])).toEqual([a])
})

test('the paid list is exactly what the server says', () => {
  const settled = invoiceRow({ id: 'inv_b', state: 'paid' })
  expect(keepSettled({ rows: [settled], filter: 'paid' }, [a], [])).toEqual([a])
})
