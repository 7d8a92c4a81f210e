import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkIdentities } from '../../../company/identities.ts'
import { objectsAt, textAt, type JsonObject } from '../books/json.ts'
import type { EntityName } from '../books/entities.ts'
import { realm, startAccounting, type AccountingBench, type BenchAnswer } from './testBench.ts'

let bench: AccountingBench
beforeAll(async () => {
  bench = await startAccounting()
  bench.books.load(realm, 'Preferences', [{ ...bench.books.read(realm, 'Preferences', '1'), CurrencyPrefs: { MultiCurrencyEnabled: true, HomeCurrency: { value: 'USD' } } }])
})
afterAll(() => bench.close())

const pick = fc.nat({ max: 30 })
const amount = fc.integer({ min: 1, max: 50_000 }).map(value => value / 100)
const line = fc.record({ amount, taxed: fc.boolean() })
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant('customer' as const), parent: fc.option(pick), currency: fc.constantFrom('USD', 'USD', 'EUR') }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('invoice' as const), customer: pick, lines: fc.array(line, { minLength: 1, maxLength: 4 }), discount: fc.option(fc.integer({ min: 1, max: 40 })), deposit: fc.option(fc.integer({ min: 1, max: 100 })), afterDiscount: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('credit' as const), customer: pick, lines: fc.array(line, { minLength: 1, maxLength: 2 }) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('payment' as const), invoices: fc.array(fc.tuple(pick, amount), { maxLength: 3 }), credit: fc.option(fc.tuple(pick, amount)), total: fc.option(amount), rate: fc.constantFrom(1, 1.0875) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('payment again' as const), payment: pick, invoices: fc.array(fc.tuple(pick, amount), { maxLength: 3 }), total: amount, sparse: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('invoice again' as const), invoice: pick, lines: fc.array(line, { minLength: 1, maxLength: 3 }), sparse: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('receipt' as const), customer: pick, lines: fc.array(line, { minLength: 1, maxLength: 2 }), refund: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('deposit' as const), payments: fc.array(pick, { minLength: 1, maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('undo' as const), how: fc.constantFrom('void', 'delete'), entity: fc.constantFrom<EntityName>('Invoice', 'Payment', 'CreditMemo', 'SalesReceipt', 'RefundReceipt', 'Deposit'), at: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), customer: pick, parent: pick }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('merge' as const), keep: pick, gone: pick }) },
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

test('after any sequence of writes through the API every balance identity holds to the cent', async () => {
  let carriedOut = 0
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 40 }), async (autoApply, steps) => {
      await bench.call('POST', '/_emulator/reset')
      await bench.post('preferences', { Id: '1', SyncToken: '0', sparse: true, SalesFormsPrefs: { AutoApplyPayments: autoApply, AutoApplyCredit: autoApply } })
      for (const name of ['Birch', 'Cedar']) await bench.made('Customer', { DisplayName: name })
      for (const each of steps) {
        const answer = await carryOut(each)
        if (answer === undefined) continue
        expect([200, 400], JSON.stringify(answer.body)).toContain(answer.status)
        if (answer.status === 200) carriedOut += 1
      }
      expect(checkIdentities({ objects: entity => bench.books.list(realm, entity as EntityName) }).map(violation => violation.sentence)).toEqual([])
    }),
    { numRuns: 60 },
  )
  expect(carriedOut).toBeGreaterThan(300)
}, 120_000)

async function carryOut(asked: Step): Promise<BenchAnswer | undefined> {
  switch (asked.do) {
    case 'customer': {
      const parent = asked.parent === null ? undefined : at('Customer', asked.parent)
      return bench.post('customer', { DisplayName: `Customer ${all('Customer').length + 1}`, ...(parent ? { ParentRef: { value: parent['Id'] }, Job: true } : {}), ...(parent ? {} : { CurrencyRef: { value: asked.currency } }) })
    }
    case 'invoice': {
      const discount = asked.discount === null ? [] : [{ DetailType: 'DiscountLineDetail', DiscountLineDetail: { PercentBased: true, DiscountPercent: asked.discount } }]
      return bench.post('invoice', { ...saleOf(asked), Line: [...linesOf(asked.lines), ...discount], ApplyTaxAfterDiscount: asked.afterDiscount, ...(asked.deposit === null ? {} : { Deposit: asked.deposit / 100 }) })
    }
    case 'credit':
      return bench.post('creditmemo', { ...saleOf(asked), Line: linesOf(asked.lines) })
    case 'receipt':
      return bench.post(asked.refund ? 'refundreceipt' : 'salesreceipt', { ...saleOf(asked), Line: linesOf(asked.lines), ...(asked.refund ? { DepositToAccountRef: { value: '4' } } : {}) })
    case 'payment': {
      const first = asked.invoices[0] ? at('Invoice', asked.invoices[0][0]) : asked.credit ? at('CreditMemo', asked.credit[0]) : at('Customer', 0)
      if (!first) return undefined
      const credit = asked.credit === null ? undefined : at('CreditMemo', asked.credit[0])
      const Line = [...appliedLines(asked.invoices), ...(credit && asked.credit ? [applied('CreditMemo', credit, asked.credit[1])] : [])]
      const total = asked.total ?? asked.invoices.reduce((sum, [, value]) => sum + value * 100, 0) / 100
      return bench.post('payment', { CustomerRef: first['CustomerRef'] ?? { value: first['Id'] }, TotalAmt: total, Line, ExchangeRate: asked.rate })
    }
    case 'payment again': {
      const standing = at('Payment', asked.payment)
      if (!standing) return undefined
      return bench.post('payment', { Id: standing['Id'], SyncToken: standing['SyncToken'], sparse: asked.sparse, CustomerRef: standing['CustomerRef'], TotalAmt: asked.total, Line: appliedLines(asked.invoices) })
    }
    case 'invoice again': {
      const standing = at('Invoice', asked.invoice)
      if (!standing) return undefined
      return bench.post('invoice', { Id: standing['Id'], SyncToken: standing['SyncToken'], sparse: asked.sparse, CustomerRef: standing['CustomerRef'], Line: linesOf(asked.lines) })
    }
    case 'deposit': {
      const payments = asked.payments.map(each => at('Payment', each)).filter(each => each !== undefined)
      const Line = payments.map(each => ({ Amount: Number(each['TotalAmt']) * Number(each['ExchangeRate'] ?? 1), LinkedTxn: [{ TxnId: each['Id'], TxnType: 'Payment', TxnLineId: '0' }] }))
      return bench.post('deposit', { DepositToAccountRef: { value: '35' }, Line: Line.map(each => ({ ...each, Amount: Math.round(each.Amount * 100) / 100 })) })
    }
    case 'undo': {
      const standing = at(asked.entity, asked.at)
      if (!standing) return undefined
      return bench.post(`${asked.entity.toLowerCase()}?operation=${asked.how}`, { Id: standing['Id'], SyncToken: standing['SyncToken'] })
    }
    case 'move': {
      const customer = at('Customer', asked.customer)
      const parent = at('Customer', asked.parent)
      return customer && parent ? bench.post('customer', { Id: customer['Id'], SyncToken: customer['SyncToken'], sparse: true, Job: true, ParentRef: { value: parent['Id'] } }) : undefined
    }
    case 'merge': {
      const keep = at('Customer', asked.keep)
      const gone = at('Customer', asked.gone)
      return keep && gone ? bench.control('merge', { realmId: realm, keepId: keep['Id'], goneId: gone['Id'] }) : undefined
    }
  }
}

function all(entity: EntityName): JsonObject[] {
  return [...bench.books.list(realm, entity)]
}

function at(entity: EntityName, index: number): JsonObject | undefined {
  const rows = all(entity)
  return rows[index % Math.max(1, rows.length)]
}

function saleOf(asked: { customer: number }): object {
  return { CustomerRef: { value: textAt(at('Customer', asked.customer) ?? {}, 'Id') }, TxnTaxDetail: { TxnTaxCodeRef: { value: '2' } } }
}

function linesOf(lines: { amount: number; taxed: boolean }[]): object[] {
  return lines.map(each => ({ Amount: each.amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: { value: '1' }, TaxCodeRef: { value: each.taxed ? 'TAX' : 'NON' } } }))
}

function appliedLines(invoices: [number, number][]): object[] {
  const unpaid = all('Invoice').filter(invoice => objectsAt(invoice, 'Line').length > 0)
  return invoices.flatMap(([index, value]) => {
    const invoice = unpaid[index % Math.max(1, unpaid.length)]
    return invoice ? [applied('Invoice', invoice, value)] : []
  })
}

function applied(type: string, target: JsonObject, value: number): object {
  return { Amount: value, LinkedTxn: [{ TxnId: target['Id'], TxnType: type }] }
}
