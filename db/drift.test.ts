import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { migrate } from './migrate.ts'
import { driftQueries } from './queries/drift.ts'
import { rowsOf } from './sql.ts'
import type { MerchantId } from './values.ts'

const merchantId: MerchantId = 'mer_00000000000000000000000001'

test('a company of many thousands is compared whole, in slices between which others have their turn', async () => {
  const { client, close } = await connect('file::memory:', { timeoutMs: 0 })
  await migrate(client)
  const numbers = (to: number) => `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${to})`
  await client.batch([
    { sql: `insert into merchants (id, name, publishable_key, created_at) values (?, 'Alder & Finch', 'pk_1', 0)`, args: [merchantId] },
    { sql: `${numbers(2_500)} insert into customers (merchant_id, id, qbo_id, sync_token, qbo_updated_at, name, currency, balance, active) select ?, 'cus_' || i, i, '0', 0, 'Customer ' || i, 'USD', 400, 1 from n`, args: [merchantId] },
    // Four each: a hundred owed of two, of which one was put against each by a payment.
    {
      sql: `${numbers(10_000)} insert into invoices (merchant_id, id, origin, qbo_id, sync_token, qbo_updated_at, customer_id, currency, issued_on, total, balance, deposit, tax, email_status, visibility, created_at, body)
        select ?, 'inv_' || i, 'qbo', i, '0', 0, 'cus_' || ((i - 1) % 2500 + 1), 'USD', '2026-01-01', 200, 100, 0, 0, 'NotSet', 'published', 0, '{}' from n`,
      args: [merchantId],
    },
    { sql: `insert into qbo_payments (merchant_id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, total, unapplied, paid_on, state) select merchant_id, 'p' || qbo_id, '0', 0, customer_id, 'USD', 100, 0, '2026-01-02', 'live' from invoices` },
    { sql: `insert into qbo_payment_lines (merchant_id, payment_qbo_id, position, txn_type, txn_qbo_id, amount) select merchant_id, qbo_id, 0, 'Invoice', substr(qbo_id, 2), 100 from qbo_payments` },
  ].map(statement => ({ args: [], ...statement })), 'write')
  const drift = driftQueries({ ...rowsOf(client) } as Parameters<typeof driftQueries>[0], merchantId)
  let turns = 0
  const count = () => void (turns += 1, next = setImmediate(count))
  let next = setImmediate(count)
  expect([await drift.customers(10), await drift.customersOfInvoices(10), await drift.customersOfCredits(10)]).toEqual([[], [], []])
  clearImmediate(next)
  // Two between three slices of customers, one between two of invoices.
  expect(turns).toBeGreaterThanOrEqual(3)

  await client.batch([
    { sql: `update invoices set balance = 150 where id in ('inv_7', 'inv_2507', 'inv_9999')`, args: [] },
    { sql: `update qbo_payments set state = 'void' where qbo_id = 'p5000'`, args: [] },
  ], 'write')
  const byId = (one: { qboId: string }, other: { qboId: string }) => Number(one.qboId) - Number(other.qboId)
  expect((await drift.customersOfInvoices(10)).toSorted(byId)).toEqual([{ qboId: '7', documents: 2 }, { qboId: '2499', documents: 1 }, { qboId: '2500', documents: 1 }])
  expect(await drift.customersOfInvoices(2)).toHaveLength(2)
  expect((await drift.customers(10)).toSorted(byId)).toMatchObject([{ qboId: '7', stated: 400, computed: 500 }, { qboId: '2499', stated: 400, computed: 450 }])
  await close()
})
