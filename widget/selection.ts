import { minor, sum, type Minor } from '../api/domain/money.ts'
import type { InvoiceRow } from '../api/domain/views.ts'
import { readAmount } from './amounts.ts'

/** The chosen invoices by id; `part` is what was typed into the amount field, null for the whole payable amount. */
export type Selection = ReadonlyMap<string, { row: InvoiceRow; part: string | null }>

export type Fault = 'not-an-amount' | 'too-fine' | 'too-small' | 'too-large'
export type ChosenLine = { row: InvoiceRow; amount: Minor; fault: Fault | null }
export type Chosen = { lines: ChosenLine[]; total: Minor; currency: string | null; faulty: boolean }

/** Whether this row may join the selection, or why not. */
export function mayChoose(selection: Selection, row: InvoiceRow, several: boolean): 'yes' | 'not-payable' | 'other-payment' | 'one-at-a-time' {
  if (!row.canPay) return 'not-payable'
  if (selection.has(row.id) || selection.size === 0) return 'yes'
  if (!several) return 'one-at-a-time'
  return [...selection.values()].every(chosen => paidTogether(chosen.row, row)) ? 'yes' : 'other-payment'
}

/** One payment takes one currency and is of one customer. */
export function paidTogether(a: InvoiceRow, b: InvoiceRow): boolean {
  return a.payable.currency === b.payable.currency && a.customerId === b.customerId
}

/** Takes a row in or out. Where invoices are paid one at a time, the new one takes the place of the old. */
export function toggle(selection: Selection, row: InvoiceRow, several: boolean): Selection {
  const next = new Map(selection)
  if (next.delete(row.id)) return next
  const answer = mayChoose(selection, row, several)
  if (answer === 'one-at-a-time') next.clear()
  else if (answer !== 'yes') return selection
  return next.set(row.id, { row, part: null })
}

export function typePart(selection: Selection, id: string, part: string | null): Selection {
  const entry = selection.get(id)
  return entry ? new Map(selection).set(id, { ...entry, part }) : selection
}

/** The same selection over fresh rows; what can no longer be paid is no longer in it. */
export function refreshed(selection: Selection, fresh: readonly InvoiceRow[]): Selection {
  const freshById = new Map(fresh.map(row => [row.id, row]))
  const next = new Map(selection)
  for (const [id, { row, part }] of selection) {
    const now = freshById.get(id) ?? row
    if (now.canPay) next.set(id, { row: now, part })
    else next.delete(id)
  }
  return next
}

/** What a press on the main button would pay: the selection, or where there is none, everything shown that can be paid together. */
export function choiceOf(selection: Selection, all: readonly InvoiceRow[], complete: boolean, several: boolean): Selection {
  if (selection.size > 0) return selection
  const payable = all.filter(row => row.canPay)
  const [first] = payable
  const together = complete && first && (payable.length === 1 || several) && payable.every(row => paidTogether(row, first))
  return together ? new Map(payable.map(row => [row.id, { row, part: null }])) : selection
}

/** The amounts of a selection in minor units, each checked against what is payable; `mark` is the reader's decimal mark. */
export function chosenOf(selection: Selection, mark: string): Chosen {
  const lines = [...selection.values()].map(({ row, part }) => lineOf(row, part, mark))
  return {
    lines,
    total: sum(lines.map(line => line.amount)),
    currency: currencyOf(selection),
    faulty: lines.some(line => line.fault !== null),
  }
}

function lineOf(row: InvoiceRow, part: string | null, mark: string): ChosenLine {
  const whole = minor(row.payable.amount)
  if (part === null) return { row, amount: whole, fault: null }
  const typed = readAmount(part, row.payable.currency, mark)
  if ('fault' in typed) return { row, amount: minor(0), fault: typed.fault }
  if (typed.amount <= 0) return { row, amount: minor(0), fault: 'too-small' }
  return { row, amount: typed.amount, fault: typed.amount > whole ? 'too-large' : null }
}

function currencyOf(selection: Selection): string | null {
  for (const { row } of selection.values()) return row.payable.currency
  return null
}
