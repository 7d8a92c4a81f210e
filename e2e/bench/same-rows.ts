import type { Connection } from '../../db/client.ts'

/** The tables that a first load fills, in an order in which nothing refers to a later one. */
const tables = ['list_entries', 'customers', 'customer_emails', 'invoices', 'qbo_payments', 'qbo_payment_lines', 'credit_memos', 'document_events'] as const
const rowsAtOnce = 10_000
const rowsPerBatch = 1_000
const valuesMax = 30_000

/** Writes the rows of one database into another by multi-row inserts, a thousand rows to a batch, and says how long the writing alone took. */
export async function writeSameRows(source: Connection['client'], { client }: Pick<Connection, 'client'>): Promise<number> {
  let tookMs = 0
  await writeMerchants(source, client)
  for (const table of tables) {
    for (let after = 0; ; ) {
      const { columns, rows } = await source.execute({ sql: `select rowid "at row", * from ${table} where rowid > ? order by rowid limit ${rowsAtOnce}`, args: [after] })
      if (rows.length === 0) break
      after = Number(rows.at(-1)?.['at row'])
      const names = columns.slice(1)
      const values = rows.map(row => names.map(name => row[name] ?? null))
      const beganAt = performance.now()
      for (let from = 0; from < values.length; from += rowsPerBatch) await client.batch(statements(table, names, values.slice(from, from + rowsPerBatch)), 'write')
      tookMs += performance.now() - beganAt
    }
  }
  return tookMs
}

/** Whose rows they are. The schema brings a merchant of its own, which is there already. */
async function writeMerchants(source: Connection['client'], client: Connection['client']): Promise<void> {
  const { rows } = await source.execute('select id, name, publishable_key, created_at from merchants')
  for (const row of rows) await client.execute({ sql: 'insert into merchants (id, name, publishable_key, created_at) values (?, ?, ?, ?) on conflict do nothing', args: [row['id'] ?? '', row['name'] ?? '', row['publishable_key'] ?? '', row['created_at'] ?? 0] })
}

type Value = string | number | bigint | ArrayBuffer | null

function statements(table: string, names: readonly string[], rows: readonly Value[][]): { sql: string; args: Value[] }[] {
  const most = Math.floor(valuesMax / names.length)
  const found: { sql: string; args: Value[] }[] = []
  for (let from = 0; from < rows.length; from += most) {
    const part = rows.slice(from, from + most)
    found.push({ sql: `insert into ${table} (${names.map(name => `"${name}"`).join(', ')}) values ${part.map(() => `(${names.map(() => '?').join(', ')})`).join(', ')}`, args: part.flat() })
  }
  return found
}
