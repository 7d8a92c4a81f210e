import { entityNamed } from '../books/entities.ts'
import type { AccountingParts } from './parts.ts'

const rowsDefault = 100
/** What a look without a question shows of each company. */
const newestOf = ['Payment', 'Invoice', 'CreditMemo', 'Customer'] as const
const rowsMax = 10_000

/** What the books hold: `?realm=…&entity=Payment[&id=…][&start=1][&limit=100]` shows rows, nothing shows companies with their newest documents, meter and limits. */
export function accountingState(parts: AccountingParts, query: Record<string, string>): object {
  const { realm, entity, id } = query
  const companies = parts.books.companies().filter(company => realm === undefined || company.realmId === realm)
  const overview = {
    companies: companies.map(company => ({
      ...company,
      counts: parts.books.counts(company.realmId),
      newest: Object.fromEntries(newestOf.map(name => [name, parts.books.page(company.realmId, { entity: name, where: [], order: [{ field: { column: 'id' }, descending: true }], start: 1, limit: rowsDefault })])),
    })),
    meter: parts.meter.all(),
    limits: parts.throttle.limits,
  }
  const named = entity === undefined ? undefined : entityNamed(entity)
  if (realm === undefined || !named) return overview
  if (id !== undefined) {
    const found = parts.books.read(realm, named.name, id)
    return { ...overview, rows: found ? [found] : [] }
  }
  const start = Math.max(1, Number(query['start'] ?? 1) || 1)
  const limit = Math.min(rowsMax, Math.max(1, Number(query['limit'] ?? rowsDefault) || rowsDefault))
  return { ...overview, rows: parts.books.page(realm, { entity: named.name, where: [], order: [{ field: { column: 'id' }, descending: false }], start, limit }) }
}
