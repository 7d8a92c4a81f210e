import { type Client, openFile } from '../../db/embedded.ts'
import { migrate } from '../../db/migrate.ts'

type Statement = Parameters<Client['execute']>[0]
/** One step of a statement's plan that goes through all that a table, or all that a merchant, holds. */
export type WholeTable = { table: string; step: string; sql: string }

/** Tables that grow with the business. The others hold a few rows of each merchant: keys, members, settings, cards. */
const grows = new Set([
  'allocations', 'changes', 'checkouts', 'credit_memos', 'customer_emails', 'customers', 'document_events', 'inbox', 'invoices', 'ledger_entries', 'links', 'mails', 'operations', 'outbox', 'payments', 'postings',
  'provider_customers', 'qbo_payment_lines', 'qbo_payments', 'sessions',
])

/** Remembers each statement that goes through a client, and how SQLite would carry it out. */
export function watchStatements() {
  const seen = new Map<string, unknown>()
  const note = (statement: Statement) => {
    const { sql, args = [] } = typeof statement === 'string' ? { sql: statement } : statement
    if (!seen.has(sql)) seen.set(sql, args)
  }
  return {
    around: (client: Client): Client => ({
      ...client,
      execute: statement => (note(statement), client.execute(statement)),
      batch: (statements, mode) => (statements.forEach(note), client.batch(statements, mode)),
    }),
    count: () => seen.size,
    /** Steps without a bound: neither an index beyond the merchant leads to the rows, nor does a page end the reading. */
    async wholeTables(): Promise<WholeTable[]> {
      const empty = openFile(':memory:')
      await migrate(empty)
      const found: WholeTable[] = []
      const { rows } = await empty.execute(`select name, tbl_name "table", sql from sqlite_schema where type = 'index'`)
      const indexes = new Map(rows.map(row => [String(row['name']), { table: String(row['table']), isPartial: / where /i.test(String(row['sql'])) }]))
      for (const [sql, args] of seen) {
        if (!/^\s*(select|insert|update|delete|with)\b/i.test(sql)) continue
        const plan = await empty.execute({ sql: `explain query plan ${sql}`, args: args as never })
        const steps = plan.rows.map(row => String(row['detail']))
        const isPage = /\blimit\b/i.test(sql) && !steps.includes('USE TEMP B-TREE FOR ORDER BY')
        for (const step of steps) {
          const [, deed, name, , index] = /^(SCAN|SEARCH) (\S+)( USING (?:COVERING )?INDEX (\S+))?/.exec(step) ?? []
          if (!deed || !name) continue
          const known = index ? indexes.get(index) : undefined
          const table = known?.table ?? tableOf(sql, name)
          const isWhole = deed === 'SCAN' ? !step.includes('VIRTUAL TABLE') : step.endsWith(' (merchant_id=?)')
          if (isWhole && grows.has(table) && !isPage && !known?.isPartial) found.push({ table, step, sql: sql.replace(/\s+/g, ' ').trim() })
        }
      }
      await empty.close()
      return found
    },
  }
}

/** The table that a statement calls by this name. */
function tableOf(sql: string, name: string): string {
  return new RegExp(`\\b(?:from|join|update|into)\\s+"?(\\w+)"?\\s+(?:as\\s+)?${name}\\b`, 'i').exec(sql)?.[1] ?? name
}
