import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import { type Finding, driftKeys, judgeLedger } from '../domain/reconcile.ts'
import type { Compared } from './report.ts'

/** The ledger in itself (J6): each paid payment is one capture of its amount, and the entries of each sum to zero. Nothing is ever corrected by itself. */
export async function compareLedger(ctx: Context, merchantId: MerchantId, since: number): Promise<Compared> {
  const rows = await ctx.store.merchant(merchantId).reconcile.ledger(since)
  const findings = rows.flatMap((row): Finding[] => {
    const text = judgeLedger(row)
    return text === null ? [] : [{ rule: 'J6', key: driftKeys.ledger(row.id), about: row.reference, text, mended: false, card: { kind: 'ledger_differs', facts: { paymentId: row.id, reference: row.reference, amount: row.amount, currency: row.currency, what: text } } }]
  })
  const looked = new Set<string>(rows.map(row => driftKeys.ledger(row.id)))
  return { findings, covers: key => looked.has(key) }
}
