import type { MerchantId } from '../../db/values.ts'
import type { Context } from '../context.ts'
import type { Finding } from '../domain/reconcile.ts'
import { newId } from '../ids.ts'

/** What one comparison found. `covers` tells of a card's key whether this run looked at its matter: then it closes where nothing was found. */
export type Compared = { findings: Finding[]; covers(key: string): boolean }
/** `open`: a person is asked; `accepted`: a person has dealt with it as it is; `mended`: done by itself. */
export type Reported = Finding & { state: 'open' | 'accepted' | 'mended' }

const byItself = 'reconciliation'

/** Asks a person about each difference once, takes back what has come right, and says how each one stands. What a person has dealt with as it is stays closed. */
export async function report(ctx: Context, merchantId: MerchantId, compared: readonly Compared[]): Promise<Reported[]> {
  const { cards, changes } = ctx.store.merchant(merchantId)
  const now = ctx.clock.now()
  const findings = compared.flatMap(each => each.findings)
  const left = findings.filter(finding => !finding.mended)
  const known = new Map((await cards.known(left.map(finding => finding.key))).map(card => [card.key, card.closedBy]))
  const asked = left.flatMap(({ key, card }) => (card && (known.get(key) === undefined || known.get(key) === byItself) ? cards.open({ id: newId('crd', now), key, ...card, now }) : []))
  const over = (await cards.listOpen()).filter(card => compared.some(each => each.covers(card.key)) && !left.some(finding => finding.key === card.key))
  if (asked.length + over.length > 0) await ctx.store.commit(asked, over.map(card => cards.close(card.key, byItself, now)), changes.tell({ customerId: '', invoiceId: null, kind: 'card', now }))
  const open = new Set((await cards.listOpen()).map(card => card.key))
  for (const { rule, key, text, mended } of findings) ctx.log.warn({ merchant: merchantId, rule, key, mended }, `reconciliation: ${text}`)
  return findings.map(finding => ({ ...finding, state: finding.mended ? 'mended' : !finding.card || open.has(finding.key) ? 'open' : 'accepted' }))
}
