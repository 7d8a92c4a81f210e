import { entityNamed } from '../books/entities.ts'
import type { JsonObject } from '../books/json.ts'
import { Refusal, refuse } from '../books/refusal.ts'
import { parseTime, stamp } from '../books/times.ts'
import { ok, read, timeOf, type AccountingParts, type Answer, type Call } from './parts.ts'

const lookBackDaysMax = 30

/**
 * Change data capture: whole objects per entity, oldest change first, then stubs of what was deleted. One answer holds at most 1,000
 * objects over all entities and has no cursor; what comes after is simply not there. Throws a Refusal.
 */
export function changes(parts: AccountingParts, call: Call): Answer {
  const names = (call.query['entities'] ?? '').split(',').map(name => name.trim()).filter(name => name !== '')
  if (names.length === 0) throw refuse.missing('entities')
  const entities = names.map(name => {
    const entity = entityNamed(name)
    if (!entity?.inChanges) throw invalid(`invalid context declaration: ${name}`)
    return entity
  })
  const since = sinceOf(parts, call)
  let left = parts.throttle.limits.changesPerAnswer
  const blocks = entities.map(entity => {
    const found = parts.books.changes(call.realmId, entity.name, since, left)
    left -= found.objects.length + found.gone.length
    const stubs = found.gone.map((row): JsonObject => ({ domain: 'QBO', status: 'Deleted', Id: row.id, MetaData: { LastUpdatedTime: stamp(row.at) } }))
    const rows = [...found.objects, ...stubs]
    if (rows.length === 0) return {}
    // A block of nothing but stubs came without startPosition (seen live).
    return { [entity.name]: rows, ...(found.objects.length > 0 ? { startPosition: 1 } : {}), maxResults: rows.length, totalCount: rows.length }
  })
  return ok({ CDCResponse: [{ QueryResponse: blocks }], time: timeOf(parts) }, read('cdc'))
}

function sinceOf(parts: AccountingParts, call: Call): number {
  const text = call.query['changedSince']
  if (text === undefined || text === '') throw refuse.missing('changedSince')
  // A plus sign that was not escaped arrives as a space.
  const since = parseTime(text.replace(/ (\d{2}:?\d{2})$/, '+$1'))
  if (since === undefined) throw invalid(`value '${text}' is not a valid date and time`)
  if (since < parts.clock.now() - lookBackDaysMax * 24 * 3_600_000) throw invalid(`changedSince must not lie more than ${lookBackDaysMax} days in the past`)
  return since
}

function invalid(detail: string): Refusal {
  return new Refusal({ code: '4001', message: 'Invalid query', detail: `QueryValidationError: ${detail}` })
}
