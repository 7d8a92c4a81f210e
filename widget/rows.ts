import type { InvoiceFilter, InvoiceRow } from '../api/domain/views.ts'

/**
 * Puts fresh rows in the place of the old. A row that was just settled no longer belongs to "open", but it stays where
 * the reader saw it, with its new state, until they look at another part of the list.
 */
export function keepSettled(
  before: { rows: readonly InvoiceRow[]; filter: InvoiceFilter },
  fresh: readonly InvoiceRow[],
  changed: readonly InvoiceRow[],
): InvoiceRow[] {
  const rows = [...fresh]
  if (before.filter === 'all' || before.filter === 'paid') return rows
  const present = new Set(fresh.map(row => row.id))
  const changedById = new Map(changed.map(row => [row.id, row]))
  for (const [at, row] of before.rows.entries()) {
    if (present.has(row.id)) continue
    const now = changedById.get(row.id) ?? (isSettled(row) ? row : undefined)
    if (now && now.state !== 'void') rows.splice(Math.min(at, rows.length), 0, now)
  }
  return rows
}

function isSettled(row: InvoiceRow): boolean {
  return row.state === 'paid' || row.state === 'processing'
}
