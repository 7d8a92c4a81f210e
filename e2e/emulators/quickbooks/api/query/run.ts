import { cents, isDecimal } from '../../books/amounts.ts'
import type { Books } from '../../books/books.ts'
import { entityNamed, type EntityName } from '../../books/entities.ts'
import type { JsonObject } from '../../books/json.ts'
import { Refusal } from '../../books/refusal.ts'
import type { Condition, Selection } from '../../books/select.ts'
import { isDate, parseTime } from '../../books/times.ts'
import { filterFor, hasActive, hasProperty, type Filter } from './filterable.ts'
import { parseQuery, type ParsedCondition, type ParsedQuery, type ParsedValue } from './parse.ts'

const rowsByDefault = 100
const rowsMax = 1000

export type QueryAnswer = { entity: EntityName; counts: boolean; QueryResponse: JsonObject }

/** Answers a query as `QueryResponse`: no member at all when nothing is found, only `totalCount` for count(*). Throws the faults 4000 and 4001. */
export function runQuery(books: Books, realmId: string, query: string): QueryAnswer {
  const parsed = parseQuery(query)
  const entity = entityNamed(parsed.entity)?.name
  if (!entity) throw invalid(`invalid context declaration: ${parsed.entity}`)
  const selection = selectionOf(entity, parsed)
  if (parsed.counts) return { entity, counts: true, QueryResponse: { totalCount: books.total(realmId, selection) } }
  const rows = books.page(realmId, selection).map(row => projected(row, parsed.properties))
  return { entity, counts: false, QueryResponse: rows.length === 0 ? {} : { [entity]: rows, startPosition: selection.start, maxResults: rows.length } }
}

function selectionOf(entity: EntityName, parsed: ParsedQuery): Selection {
  for (const property of parsed.properties) if (!hasProperty(entity, property)) throw invalid(`Property ${property} not found for Entity ${entity}`)
  const where = parsed.where.map(condition => conditionOf(entity, condition))
  const speaksOfActive = parsed.where.some(condition => condition.property.toLowerCase() === 'active')
  if (hasActive(entity) && !speaksOfActive) where.push({ field: { column: 'active' }, operator: '=', values: [1] })
  return {
    entity,
    where,
    order: parsed.order.map(each => ({ field: known(entity, each.property).field, descending: each.descending })),
    start: inRange(parsed.startPosition ?? 1, Number.MAX_SAFE_INTEGER),
    limit: inRange(parsed.maxResults ?? rowsByDefault, rowsMax),
  }
}

function inRange(value: number, max: number): number {
  if (value < 1) throw invalid(`value ${value} is too small. Min allowed value is 1`)
  if (value > max) throw invalid(`value ${value} is too large. Max allowed value is ${max}`)
  return value
}

function known(entity: EntityName, property: string): Filter {
  const filter = filterFor(entity, property)
  if (filter === 'unknown') throw invalid(`Property ${property} not found for Entity ${entity}`)
  if (filter === 'not filterable') throw invalid(`property '${property}' is not queryable`)
  return filter
}

function conditionOf(entity: EntityName, condition: ParsedCondition): Condition {
  const filter = known(entity, condition.property)
  const { operator } = condition
  if (filter.compare === 'id' && operator !== '=' && operator !== 'in') throw invalid(`operator ${operator.toUpperCase()} is not supported for property '${condition.property}'`)
  if (operator === 'like' && filter.compare !== 'text') throw invalid(`operator LIKE is not supported for property '${condition.property}'`)
  return { field: filter.field, operator, values: condition.values.map(value => compared(filter, condition.property, value)) }
}

function compared(filter: Filter, property: string, value: ParsedValue): string | number {
  const text = value.text.trim()
  const wrong = () => invalid(`value '${value.text}' is not valid for property '${property}'`)
  switch (filter.compare) {
    case 'id':
      return text
    case 'text':
      return value.text.trim() === '' ? '' : value.text
    case 'amount':
      if (text === '') return ''
      if (!isDecimal(text)) throw wrong()
      return cents(text)
    case 'number':
      if (text === '') return ''
      if (!isDecimal(text)) throw wrong()
      return Number(text)
    case 'date':
      if (text !== '' && !isDate(text.slice(0, 10))) throw wrong()
      return text.slice(0, 10)
    case 'time': {
      const ms = parseTime(text)
      if (ms === undefined) throw wrong()
      return ms
    }
    case 'flag':
      if (!/^(true|false)$/i.test(text)) throw wrong()
      return /^true$/i.test(text) ? 1 : 0
  }
}

/** Properties that are named come alone, marked sparse. */
function projected(row: JsonObject, properties: string[]): JsonObject {
  if (properties.length === 0) return row
  const asked = new Set(properties.map(property => property.toLowerCase().split('.')[0]))
  return { ...Object.fromEntries(Object.entries(row).filter(([key]) => asked.has(key.toLowerCase()))), domain: 'QBO', sparse: true }
}

function invalid(detail: string): Refusal {
  return new Refusal({ code: '4001', message: 'Invalid query', detail: `QueryValidationError: ${detail}` })
}
