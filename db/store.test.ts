import { expect, test } from 'vitest'
import { connect } from './client.ts'
import { migrate } from './migrate.ts'

test('every table of a merchant begins its key with the merchant', async () => {
  // Facts of no merchant: who the merchants are, what comes before any is known, and what the database says of itself.
  const shared = new Set(['merchants', 'oauth_states', 'inbox', 'changes', 'sign_in_codes', 'rate_limits', 'operations', 'copies'])
  const { client, close } = await connect('file::memory:', { timeoutMs: 1_000 })
  await migrate(client)
  const tables = await client.execute(`select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '\\_\\_%' escape '\\'`)
  const names = tables.rows.map(row => String(row['name'])).filter(name => !shared.has(name))
  expect(names.length).toBeGreaterThan(20)
  for (const name of names) {
    const columns = await client.execute(`select name from pragma_table_info('${name}') where pk = 1`)
    expect({ name, first: columns.rows[0]?.['name'] }).toEqual({ name, first: 'merchant_id' })
  }
  await close()
})
