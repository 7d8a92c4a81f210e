import { amount, cents, type Cents } from './amounts.ts'
import { objectAt, refAt, textAt, type JsonObject } from './json.ts'
import type { Work } from './work.ts'

/**
 * With AutoApplyCredit on, a new credit memo goes to the customer's oldest open invoices, and a new invoice takes the oldest open credit
 * memos. QuickBooks writes each application down as a payment of nothing with two lines: the bodies of those payments.
 */
export function automaticCredits(work: Work, entity: 'Invoice' | 'CreditMemo', fresh: JsonObject): JsonObject[] {
  if (objectAt(work.preferences, 'SalesFormsPrefs')['AutoApplyCredit'] !== true) return []
  const customer = refAt(fresh, 'CustomerRef') ?? ''
  const own = { id: textAt(fresh, 'Id') ?? '', open: cents(fresh['Balance']) }
  const bodies: JsonObject[] = []
  for (const other of openOf(work, entity === 'Invoice' ? 'CreditMemo' : 'Invoice', customer)) {
    const part = Math.min(own.open, other.open)
    if (part <= 0) break
    own.open -= part
    const [invoice, credit] = entity === 'Invoice' ? [own.id, other.id] : [other.id, own.id]
    bodies.push({ CustomerRef: { value: customer }, TotalAmt: 0, PrivateNote: 'Created by QB Online to link credits to charges.', Line: [line('Invoice', invoice, part), line('CreditMemo', credit, part)] })
  }
  return bodies
}

function openOf(work: Work, entity: 'Invoice' | 'CreditMemo', customer: string): { id: string; open: Cents }[] {
  return work.rows
    .all('select id, balance from row where realm = ? and entity = ? and customer = ? and balance > 0 order by coalesce(due_date, txn_date), seq', work.realm, entity, customer)
    .map(row => ({ id: String(row['id']), open: Number(row['balance']) }))
}

function line(type: string, id: string, value: Cents): JsonObject {
  return { Amount: amount(value), LinkedTxn: [{ TxnId: id, TxnType: type }] }
}
