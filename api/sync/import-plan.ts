import type { ImportRow, ImportStepRow } from '../../db/queries/imports.ts'
import { quoted } from './complete.ts'

/** Inactive customers and items still stand on old documents. */
const everyone = 'Active in (true, false)'
const lists = ['Term', 'PaymentMethod', 'Account', 'Item'] as const
/** Entities that can be long: their totals are asked for first, so that the bar knows where it goes. */
export const counted: readonly string[] = ['Customer', 'Invoice', 'CreditMemo', 'Payment']

/**
 * What a run reads, in an order in which nothing refers to a later part. Every open invoice and everything dated on or after
 * `begin` (`YYYY-MM-DD`) is taken, with the older credits and payments that their customers' balances need.
 * `since` (ISO) is for a run that takes only what changed; null where it must take everything.
 */
export function stepsOf(kind: ImportRow['kind'], scope: { begin: string; since: string | null }): ImportStepRow[] {
  switch (kind) {
    case 'customers':
      return [pages('Customer', everyone)]
    case 'since_last':
      return scope.since === null ? everything(scope.begin, true) : changed(scope.since)
    case 'first_load':
      return everything(scope.begin, false)
    case 'full':
      return everything(scope.begin, true)
  }
}

function everything(begin: string, withMissing: boolean): ImportStepRow[] {
  const recent = `TxnDate >= ${quoted(begin)}`
  const older = `TxnDate < ${quoted(begin)}`
  const steps = [
    ...lists.map(entity => pages(entity, everyone)),
    pages('TaxCode', null),
    pages('TaxRate', null),
    pages('Customer', everyone),
    pages('Invoice', recent),
    pages('Invoice', `${older} and Balance > '0'`),
    pages('CreditMemo', recent),
    pages('Payment', recent),
    step('CreditMemo', 'needed', older),
    step('Payment', 'needed', older),
  ]
  return withMissing ? [...steps, ...(['Customer', 'Invoice', 'CreditMemo', 'Payment'] as const).map(entity => step(entity, 'missing', begin))] : steps
}

function changed(since: string): ImportStepRow[] {
  const where = `MetaData.LastUpdatedTime >= ${quoted(since)}`
  return [
    ...[...lists, 'Customer' as const].map(entity => pages(entity, `${where} and ${everyone}`)),
    ...(['Invoice', 'CreditMemo', 'Payment'] as const).map(entity => pages(entity, where)),
  ]
}

const pages = (entity: string, where: string | null): ImportStepRow => step(entity, 'pages', where)

function step(entity: string, source: ImportStepRow['source'], where: string | null): ImportStepRow {
  return { entity, source, where, done: 0, total: null, state: 'waiting', nextStart: 1, ids: null }
}
