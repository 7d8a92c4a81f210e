import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { migrate } from './migrate.ts'
import { type ListFilter, invoiceQueries } from './queries/invoices.ts'
import { deskQueries } from './queries/desk.ts'
import type { Db } from './sql.ts'
import type { LocalDate, MerchantId } from './values.ts'

const merchantId: MerchantId = 'mer_00000000000000000000000001'
const whole = { customerIds: null, search: null, today: '2026-11-22' as LocalDate, publishedOnly: false, after: null, most: 51 }

/** How SQLite goes about a query, step by step. */
async function planOf(ask: (db: Db) => Promise<unknown>): Promise<string[]> {
  const { client, close } = await connect('file::memory:', { timeoutMs: 0 })
  await migrate(client)
  const plan: string[] = []
  const explained: Db['rows'] = async (sql, args = []) => {
    const { rows } = await client.execute({ sql: `explain query plan ${sql}`, args: args as never[] })
    plan.push(...rows.map(row => String(row['detail'])))
    return []
  }
  await ask({ rows: explained, wideRows: (_columns, sql, args) => explained(sql, args) } as Db)
  await close()
  return plan
}

test.each(['all', 'open', 'paid'] as const)('a page of a merchant’s million invoices (%s) reads no more than it shows, and sorts only what was issued on one day', async (filter: ListFilter) => {
  const plan = await planOf(db => invoiceQueries(db, merchantId).list({ ...whole, filter, sort: { by: 'issued', descending: true } }))
  expect(plan).toContain('SEARCH i USING INDEX invoices_by_issue (merchant_id=?)')
  expect(plan).not.toContain('USE TEMP B-TREE FOR ORDER BY')
})

test.each([
  ['draft', 'invoices_drafts'], ['void', 'invoices_void'], ['archived', 'invoices_archived'], ['overdue', 'invoices_open'], ['due_soon', 'invoices_open'],
] as const)('the few that are %s are not looked for among a million', async (filter: ListFilter, index: string) => {
  const by = filter === 'overdue' || filter === 'due_soon' ? 'due' : 'issued'
  const page = await planOf(db => invoiceQueries(db, merchantId).list({ ...whole, filter, sort: { by, descending: false } }))
  const count = await planOf(db => invoiceQueries(db, merchantId).count({ ...whole, filter }))
  for (const plan of [page, count]) expect(plan.filter(step => step.startsWith('SEARCH i ')).map(step => step.split(' ')[4])).toEqual([index])
})

test('the number beside the Draft folder reads the drafts alone', async () => {
  expect(await planOf(db => deskQueries(db, merchantId).draftCount())).toEqual(['SEARCH invoices USING INDEX invoices_drafts (merchant_id=?)'])
})
