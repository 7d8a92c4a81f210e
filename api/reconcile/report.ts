import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { Finding } from '../domain/reconcile.ts'
import { newId } from '../ids.ts'

/** What one comparison found. `covers` tells of a card's key whether this run looked at its matter: then it closes where nothing was found. */
export type Compared = { findings: Finding[]; covers(key: string): boolean }
/** `open`: a person is asked; `accepted`: a person has dealt with it as it is; `mended`: done by itself. */
export type Reported = Finding & { state: 'open' | 'accepted' | 'mended' }

/** Asks a person about each difference once, takes back what has come right, and says how each one stands. */
export async function report(ctx: Context, merchantId: MerchantId, compared: readonly Compared[]): Promise<Reported[]> {
  const { cards, changes } = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const findings = compared.flatMap(each => each.findings)
  const left = findings.filter(finding => !finding.mended)
  const before = await cards.listOpen()
  const over = before.filter(card => compared.some(each => each.covers(card.key)) && !left.some(finding => finding.key === card.key))
  const raised = left.flatMap(({ key, card }) => (card ? cards.raise({ id: newId('crd', now), key, ...card, now }) : []))
  if (over.length + raised.length > 0) await ctx.store.commit(raised, over.map(card => cards.settle(card.key, now)), changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }))
  const open = new Set((await cards.listOpen()).map(card => card.key))
  for (const { rule, key, text, mended } of findings) ctx.log.warn({ merchant: merchantId, rule, key, mended }, `reconciliation: ${text}`)
  return findings.map(finding => ({ ...finding, state: finding.mended ? 'mended' : !finding.card || open.has(finding.key) ? 'open' : 'accepted' }))
}
