import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newId, newToken } from '../../api/ids.ts'
import { createVault } from '../../api/vault.ts'
import { type Connection, connect } from '../../db/client.ts'
import { migrate } from '../../db/migrate.ts'
import { openStore } from '../../db/store.ts'
import type { CustomerId, MerchantId } from '../../db/values.ts'
import { unlimitedRequests } from '../outside.ts'

export type Prepared = {
  folder: string
  databaseUrl: string
  sealingKeys: string
  merchantId: MerchantId
  publishableKey: string
  /** Links of customers that have twenty invoices each. */
  links: string[]
  drop(): void
}

export const preparedRealm = '9341452130433333'
export const invoicesOfCustomer = 20
const linksMax = 50
const yearMs = 365 * 86_400_000

/** A database of its own with one connected merchant whose customers have twenty invoices each, `paid` of them paid. Written past the product, by the statement. */
export async function prepareDatabase(invoices: number, paid = 12): Promise<Prepared> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-bench-'))
  const databaseUrl = `file:${join(folder, 'bench.db')}`
  const sealingKeys = `bench:${randomBytes(32).toString('base64')}`
  const merchantId = newId('mer', Date.now())
  const publishableKey = newToken('pk')
  await addMerchant({ databaseUrl, sealingKeys, merchantId, publishableKey })
  const connection = await connect(databaseUrl, { timeoutMs: 600_000 })
  try {
    await connection.client.execute('pragma synchronous = off')
    if (invoices > 0) await fill(connection, merchantId, invoices, paid)
  } finally {
    await connection.close()
  }
  const links = await addLinks({ databaseUrl, sealingKeys, merchantId }, Math.min(linksMax, invoices / invoicesOfCustomer))
  return { folder, databaseUrl, sealingKeys, merchantId, publishableKey, links, drop: () => rmSync(folder, { recursive: true, force: true }) }
}

type Place = Pick<Prepared, 'databaseUrl' | 'sealingKeys' | 'merchantId'>

const vaultOf = (sealingKeys: string) => {
  const [name = '', key = ''] = sealingKeys.split(':')
  return createVault([{ name, key: Buffer.from(key, 'base64') }])
}

/** The merchant with a grant that lasts, so that nothing asks Intuit for another. */
async function addMerchant({ databaseUrl, sealingKeys, merchantId, publishableKey }: Place & { publishableKey: string }): Promise<void> {
  const store = await openStore({ url: databaseUrl })
  const merchant = store.merchant(merchantId)
  const vault = vaultOf(sealingKeys)
  const now = Date.now()
  const tokens = {
    sealedAccess: vault.seal('access', `connections|${merchantId}|access`), sealedRefresh: vault.seal('refresh', `connections|${merchantId}|refresh`),
    accessExpiresAt: now + yearMs, refreshExpiresAt: now + yearMs, hardExpiresAt: null,
  }
  await store.commit(
    store.control.merchants.create({ id: merchantId, name: 'Alder & Finch Joinery', publishableKey, now }),
    merchant.connection.connect({ realmId: preparedRealm, scopes: 'com.intuit.quickbooks.accounting', tokens, now }),
    merchant.connection.describe({ name: 'Alder & Finch Joinery', country: 'US', homeCurrency: 'USD', timeZone: 'America/Chicago', preferences: {} }),
    merchant.connection.moveCursor('changes', new Date(now).toISOString(), now),
  )
  await store.close()
}

async function addLinks({ databaseUrl, sealingKeys, merchantId }: Place, most: number): Promise<string[]> {
  const store = await openStore({ url: databaseUrl })
  const vault = vaultOf(sealingKeys)
  const now = Date.now()
  const tokens = Array.from({ length: most }, () => newToken('lnk'))
  await store.commit(tokens.map((token, i) => store.merchant(merchantId).sessions.addLink({
    id: newId('lnk', now), tokenHash: vault.hash(token), customerId: customerAt(i), invoiceId: null, scope: 'customer', email: null, preview: false, createdAt: now, expiresAt: now + yearMs,
  })))
  await store.close()
  return tokens
}

const customerAt = (index: number): CustomerId => `cus_${String(index).padStart(26, '0')}`

const body = JSON.stringify({
  lines: ['Oak counter top', 'Fitting on site', 'Oil and finish'].map((name, i) => ({ kind: 'item', itemQboId: String(i + 1), name, description: `${name}, measured and agreed on site`, quantity: '2', unitPrice: '61.25', amount: 12_250, lines: [] })),
  subtotal: 36_750, discount: null, shipping: null, taxes: [], billTo: ['310 Harbor Drive', 'Duluth, MN 55802'], termQboId: '3', memo: null,
})

/** Rows are made inside the database. A customer's invoices lie far apart, as years of business would leave them. */
async function fill({ client }: Connection, merchantId: MerchantId, invoices: number, paid: number): Promise<void> {
  const customers = invoices / invoicesOfCustomer
  await client.execute({
    sql: `with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :customers)
      insert into customers (merchant_id, id, qbo_id, sync_token, qbo_updated_at, name, email, currency, balance, active)
      select :merchant, printf('cus_%026d', i), i + 1, '0', 1760000000000, 'Customer ' || i, 'customer' || i || '@example.com', 'USD', 0, 1 from n`,
    args: { customers, merchant: merchantId },
  })
  const chunk = 50_000
  for (let from = 0; from < invoices; from += chunk) {
    const args = { from, to: Math.min(invoices, from + chunk), customers, paid, merchant: merchantId }
    const numbers = `with recursive n(i) as (select cast(:from as integer) union all select i + 1 from n where i + 1 < :to), whole(customers) as (select cast(:customers as integer))`
    await client.batch([
      { sql: `${numbers} insert into invoices (merchant_id, id, origin, qbo_id, sync_token, qbo_updated_at, customer_id, number, issued_on, due_on, currency, total, balance, deposit, tax, email_status, visibility, published_at, created_at, body)
          select :merchant, printf('inv_%026d', i), 'qbo', i + 1, '0', 1760000000000, printf('cus_%026d', i % customers), 100000 + i, date('2025-01-01', ((i / customers) * 29) || ' days'),
            date('2025-01-31', ((i / customers) * 29) || ' days'), 'USD', 36750, iif(i / customers < :paid, 0, 36750), 0, 0, 'EmailSent', 'published', 1760000000000, 1760000000000, :body from n, whole`, args: { ...args, body } },
      { sql: `${numbers} insert into qbo_payments (merchant_id, qbo_id, sync_token, qbo_updated_at, customer_id, currency, total, unapplied, paid_on, reference, state)
          select :merchant, 'p' || i, '0', 1760000000000, printf('cus_%026d', i % customers), 'USD', 36750, 0, date('2025-02-05', ((i / customers) * 29) || ' days'), 'check ' || i, 'live' from n, whole where i / customers < :paid`, args },
      { sql: `${numbers} insert into qbo_payment_lines (merchant_id, payment_qbo_id, position, txn_type, txn_qbo_id, amount)
          select :merchant, 'p' || i, 0, 'Invoice', i + 1, 36750 from n, whole where i / customers < :paid`, args },
    ], 'write')
  }
}

/** The bare database on a new file, with the product's tables and nothing in them. */
export async function bareDatabase(): Promise<Connection & { url: string; drop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-bare-'))
  const url = `file:${join(folder, 'bare.db')}`
  const connection = await connect(url, { timeoutMs: 60_000 })
  await migrate(connection.client)
  return {
    ...connection, url,
    // Each batch by itself, past what the product puts together.
    commit: async writes => {
      await connection.client.batch(writes as Parameters<Connection['client']['batch']>[0], 'write')
      return { kind: 'committed' }
    },
    drop: async () => {
      await connection.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The settings of the product on a prepared database. What lies outside listens nowhere, unless other addresses are given. */
export function settingsFor(prepared: Pick<Prepared, 'folder' | 'databaseUrl' | 'sealingKeys'>, port: number, outside: Record<string, string> = {}): Record<string, string> {
  return {
    PORT: String(port), PUBLIC_URL: `http://127.0.0.1:${port}`, DATA_DIR: prepared.folder, DATABASE_URL: prepared.databaseUrl, SEALING_KEYS: prepared.sealingKeys,
    QUICKBOOKS_API_URL: 'http://127.0.0.1:9', INTUIT_DISCOVERY_URL: 'http://127.0.0.1:9/discovery', INTUIT_CLIENT_ID: 'bench', INTUIT_CLIENT_SECRET: 'bench', INTUIT_WEBHOOK_VERIFIER: 'bench-verifier',
    STRIPE_API_URL: 'http://127.0.0.1:9', STRIPE_SECRET_KEY: 'sk_test_bench', STRIPE_PUBLISHABLE_KEY: 'pk_test_bench', RESEND_API_KEY: 're_bench', MAIL_FROM: 'Invoices <invoices@example.com>', ...unlimitedRequests, ...outside,
  }
}
