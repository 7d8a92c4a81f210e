import assert from 'node:assert/strict'
import { write } from '../../db/sql.ts'
import { type Guarantee, holds } from './bench.ts'

const orphan = { kind: 'refused', rule: 'FOREIGN KEY constraint failed' }
const customer = (merchantId: string, balance: number) =>
  write(`insert into customers (merchant_id, id, qbo_id, qbo_updated_at, name, currency, balance, active) values (?, 'cus_1', '1', 0, 'A', 'USD', ?, 1)`, merchantId, balance)

/** What a batch is: whole, guarded, and kept by the rules of the schema. */
export const batchGuarantees: readonly Guarantee[] = [
  {
    name: 'a batch is written whole or not at all',
    prove: async ({ store, merchant }) => {
      const id = await merchant()
      const { outbox } = store.merchant(id)
      const outcome = await store.commit(outbox.add({ id: 'x', lane: id, kind: 'k', payload: {} }), write(`update merchants set name = 'n' where id = 'nobody'`), write('insert into must select changes()'))
      assert.deepEqual(outcome, { kind: 'refused', rule: 'guard: the row had moved on' })
      assert.equal(await outbox.find('x'), null)
    },
  },
  {
    name: 'a guard counts the rows of the statement before it, not those of a trigger or of an earlier one',
    prove: async ({ store, merchant }) => {
      const [one, two] = [await merchant(), await merchant()]
      const rename = (...ids: string[]) => write(`update merchants set name = 'n' where id in (${ids.map(() => '?').join(', ')})`, ...ids)
      const guard = write('insert into must select changes()')
      assert.equal((await store.commit(rename(one), guard, rename(two), guard)).kind, 'committed')
      assert.equal((await store.commit(rename(one, two), guard)).kind, 'refused')
      assert.equal((await store.commit(rename(one), rename('nobody'), guard)).kind, 'refused')
    },
  },
  {
    name: 'a link cannot point at another merchant’s customer: the database itself refuses',
    prove: async ({ store, merchant }) => {
      const [own, other] = [await merchant(), await merchant()]
      const link = (merchantId: string) => write(`insert into links (merchant_id, id, token_hash, customer_id, scope, created_at, expires_at) values (?, 'lnk', ?, 'cus_1', 'customer', 0, 0)`, merchantId, merchantId)
      await store.commit(customer(own, 0))
      assert.deepEqual(await store.commit(link(other)), orphan)
      assert.equal((await store.commit(link(own))).kind, 'committed')
    },
  },
  {
    name: 'an amount that is not whole is refused by the database itself',
    prove: async ({ store, merchant }) => {
      const id = await merchant()
      assert.equal((await store.commit(customer(id, 10.5))).kind, 'refused')
      assert.equal((await store.commit(customer(id, 10))).kind, 'committed')
    },
  },
  {
    name: 'the ledger only grows',
    prove: async ({ store, merchant }) => {
      const id = await merchant()
      const outcomes = []
      // An entry without its payment, which is looked for at the end of the batch alone: nothing stays that could never be taken away.
      for (const change of [`update ledger_entries set amount = 2`, `delete from ledger_entries`]) {
        const entry = write(`insert into ledger_entries (merchant_id, fact_key, position, payment_id, ledger_account, amount, currency, at) values (?, 'f', 0, 'p', 'a', 1, 'USD', 0)`, id)
        outcomes.push(await store.commit(write('pragma defer_foreign_keys = on'), entry, write(change)))
      }
      assert.deepEqual(outcomes, [{ kind: 'refused', rule: 'the ledger is append-only' }, { kind: 'refused', rule: 'the ledger is append-only' }])
    },
  },
  {
    name: 'texts and whole numbers come back as they went in',
    prove: async ({ store }) => {
      const name = `Ünïcødé 🧾 \u202Eright to left\u202C "quoted" 'quoted' \\ \n ${'long '.repeat(20_000)}`
      const publishableKey = `pk_${crypto.randomUUID()}`
      await store.commit(store.control.merchants.create({ id: `mer_${publishableKey}`, name, publishableKey, now: Number.MAX_SAFE_INTEGER }))
      const row = await store.control.merchants.byPublishableKey(publishableKey)
      assert.equal(row?.name, name)
      assert.equal(row.createdAt, Number.MAX_SAFE_INTEGER)
    },
  },
  {
    name: 'a large batch goes through whole',
    prove: async ({ store, merchant }) => {
      const id = await merchant()
      const { outbox } = store.merchant(id)
      const memo = 'm'.repeat(1_000)
      await store.commit(Array.from({ length: 2_000 }, (_, i) => outbox.add({ id: `large-${i}`, lane: `${id}-${i}`, kind: 'k', payload: { memo } })))
      assert.ok(await holds(store, `count(*) = 2000 from outbox where merchant_id = '${id}'`))
      await store.commit(write('delete from outbox where merchant_id = ?', id))
    },
  },
  {
    name: 'fifty who count at once are counted exactly',
    prove: async ({ store }) => {
      const key = crypto.randomUUID()
      const within = await Promise.all(Array.from({ length: 51 }, () => store.control.sessions.within(key, 50, 60_000, 1)))
      assert.equal(within.filter(Boolean).length, 50)
    },
  },
  {
    name: 'of many batches at once each is whole or not at all, and one that breaks a rule takes no other with it',
    prove: async ({ store, merchant }) => {
      const id = await merchant()
      const add = (name: string) => store.merchant(id).outbox.add({ id: name, lane: name, kind: 'k', payload: {} })
      const batches = Array.from({ length: 200 }, (_, i) => (i % 7 === 3 ? [add(`a${i}`), write('insert into must select 0')] : [add(`a${i}`), add(`b${i}`)]))
      const outcomes = await Promise.all(batches.map(batch => store.commit(batch)))
      const refused = outcomes.flatMap((outcome, i) => (outcome.kind === 'refused' ? [i] : []))
      assert.deepEqual(refused, batches.flatMap((_, i) => (i % 7 === 3 ? [i] : [])))
      assert.ok(await holds(store, `count(*) = ${2 * (batches.length - refused.length)} from outbox where merchant_id = '${id}'`))
      assert.ok(await holds(store, `count(*) = 0 from outbox where merchant_id = '${id}' and id in (${refused.map(i => `'a${i}'`).join(', ')})`))
    },
  },
]
