import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { migrate } from './migrate.ts'
import { type ListFilter, invoiceQueries } from './queries/invoices.ts'
import { deskQueries } from './queries/desk.ts'
import { type Db, rowsOf } from './sql.ts'
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

test.each([
  ['all', 'invoices_by_issue'], ['paid', 'invoices_by_issue'], ['open', 'invoices_open_by_issue'], ['partly_paid', 'invoices_open_by_issue'],
] as const)('a page of a merchant’s million invoices (%s) reads no more than some thousands at a time, and sorts only what was issued on one day', async (filter: ListFilter, index: string) => {
  const plan = await planOf(db => invoiceQueries(db, merchantId).list({ ...whole, filter, sort: { by: 'issued', descending: true } }))
  expect(plan).toContain(`SEARCH i USING INDEX ${index} (merchant_id=? AND issued_on>? AND issued_on<?)`)
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

test('a word that nothing holds is looked for in slices of a merchant’s invoices, and what holds it is found in order, page by page', async () => {
  const { client, close } = await connect('file::memory:', { timeoutMs: 0 })
  await migrate(client)
  await client.batch([
    { sql: `insert into merchants (id, name, publishable_key, created_at) values (?, 'Alder & Finch', 'pk_1', 0)`, args: [merchantId] },
    { sql: `insert into customers (merchant_id, id, qbo_id, sync_token, qbo_updated_at, name, currency, balance, active) values (?, 'cus_1', '1', '0', 0, 'Harbour Coffee', 'USD', 0, 1)`, args: [merchantId] },
    {
      sql: `with recursive n(i) as (select 1 union all select i + 1 from n where i < 12000)
        insert into invoices (merchant_id, id, origin, qbo_id, sync_token, qbo_updated_at, customer_id, currency, number, issued_on, due_on, total, balance, deposit, tax, email_status, visibility, created_at, body)
        select ?, printf('inv_%05d', i), 'qbo', i, '0', 0, 'cus_1', 'USD', iif(i % 1000 = 0, 'RARE-', 'N-') || i, date('2020-01-01', (i / 10) || ' days'), date('2020-02-01', (i / 10) || ' days'), 200, 100, 0, 0, 'NotSet', 'published', 0, '{}' from n`,
      args: [merchantId],
    },
  ], 'write')
  const invoices = invoiceQueries(rowsOf(client) as Db, merchantId)
  const numbers = async (query: Partial<Parameters<typeof invoices.list>[0]>) => (await invoices.list({ ...whole, today: '2030-01-01', filter: 'all', sort: { by: 'issued', descending: true }, search: 'rare', ...query })).map(row => Number(row.number?.slice(5)))
  const newest = Array.from({ length: 12 }, (_, i) => 12_000 - i * 1_000)
  for (const filter of ['all', 'open'] as const) expect(await numbers({ filter })).toEqual(newest)
  const [first] = await invoices.list({ ...whole, filter: 'all', sort: { by: 'issued', descending: true }, search: 'rare', most: 1 })
  expect(await numbers({ after: { key: first?.sortKey ?? null, id: first?.id ?? '' }, most: 4 })).toEqual(newest.slice(1, 5))
  expect(await numbers({ filter: 'overdue', sort: { by: 'due', descending: false } })).toEqual(newest.toReversed())
  expect(await numbers({ search: 'nobody' })).toEqual([])
  const count = (search: string | null, most: number) => invoices.count({ ...whole, filter: 'all', search, most })
  expect([await count('rare', 51), await count('rare', 5), await count(null, 10_001), await count(null, 20_000)]).toEqual([12, 5, 10_001, 12_000])
  await close()
})
