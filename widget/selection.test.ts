import fc from 'fast-check'
import { expect, test } from 'vitest'
import { invoiceRow, money } from './fake/invoices.ts'
import { choiceOf, chosenOf, mayChoose, refreshed, toggle, typePart, type Selection } from './selection.ts'

const none: Selection = new Map()
const first = invoiceRow({ id: 'inv_1', total: money(10_000) })
const second = invoiceRow({ id: 'inv_2', total: money(2_550) })
const euro = invoiceRow({ id: 'inv_3', total: money(900, 'EUR') })
const paid = invoiceRow({ id: 'inv_4', state: 'paid' })

test('invoices of one currency are chosen together, and the total is their sum', () => {
  const both = toggle(toggle(none, first, true), second, true)
  expect(chosenOf(both, '.')).toMatchObject({ total: 12_550, currency: 'USD', faulty: false })
})

test('an invoice in another currency does not join, and the reason is known', () => {
  const one = toggle(none, first, true)
  expect(mayChoose(one, euro, true)).toBe('other-payment')
  expect(mayChoose(one, invoiceRow({ id: 'inv_job', customerId: 'cus_2' }), true)).toBe('other-payment')
  expect(toggle(one, euro, true)).toBe(one)
})

test('what cannot be paid cannot be chosen', () => {
  expect(toggle(none, paid, true)).toBe(none)
})

test('where invoices are paid one at a time, the second takes the place of the first', () => {
  expect([...toggle(toggle(none, first, false), second, false).keys()]).toEqual(['inv_2'])
})

test.each([['0', 'too-small'], ['100.01', 'too-large'], ['x', 'not-an-amount'], ['1.001', 'too-fine']] as const)('a part of %s is refused as %s', (typed, fault) => {
  const chosen = chosenOf(typePart(toggle(none, first, true), 'inv_1', typed), '.')
  expect(chosen.faulty).toBe(true)
  expect(chosen.lines[0]?.fault).toBe(fault)
})

test('a part is paid to the cent', () => {
  expect(chosenOf(typePart(toggle(none, first, true), 'inv_1', '33.33'), '.')).toMatchObject({ total: 3_333, faulty: false })
})

test('an invoice that was paid meanwhile leaves the selection, and the others keep their part', () => {
  const both = typePart(toggle(toggle(none, first, true), second, true), 'inv_2', '5')
  const now = refreshed(both, [invoiceRow({ id: 'inv_1', state: 'paid' })])
  expect(chosenOf(now, '.')).toMatchObject({ total: 500, lines: [{ row: { id: 'inv_2' } }] })
})

test('with nothing chosen, everything that can be paid together is meant', () => {
  expect([...choiceOf(none, [first, second, paid], true, true).keys()]).toEqual(['inv_1', 'inv_2'])
})

test('with nothing chosen, nothing is guessed: not over two currencies, not over a list that goes on, not over several where only one may be paid', () => {
  expect(choiceOf(none, [first, euro], true, true).size).toBe(0)
  expect(choiceOf(none, [first, second], false, true).size).toBe(0)
  expect(choiceOf(none, [first, second], true, false).size).toBe(0)
  expect(choiceOf(none, [first], true, false).size).toBe(1)
})

test('the total is always the sum of its lines, and no line without a fault is above what is payable', () => {
  fc.assert(fc.property(fc.array(fc.record({ payable: fc.integer({ min: 1, max: 5_000_000 }), part: fc.option(fc.integer({ min: 0, max: 6_000_000 })) }), { minLength: 1, maxLength: 20 }), wanted => {
    let selection: Selection = none
    for (const [i, { payable, part }] of wanted.entries()) {
      selection = toggle(selection, invoiceRow({ id: `inv_${i}`, total: money(payable) }), true)
      if (part !== null) selection = typePart(selection, `inv_${i}`, (part / 100).toFixed(2))
    }
    const { lines, total } = chosenOf(selection, '.')
    expect(lines.reduce((all, line) => all + line.amount, 0)).toBe(total)
    expect(lines.filter(line => line.fault === null).every(line => line.amount > 0 && line.amount <= line.row.payable.amount)).toBe(true)
  }))
})
