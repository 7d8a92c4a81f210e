import type { SQLInputValue } from 'node:sqlite'
import type { EntityName } from './entities.ts'

/** A property that a filter or an order may name: a column of the row, or a path into its JSON body. */
export type Field = { column: 'id' | 'name' | 'sort' | 'doc' | 'txn_date' | 'due_date' | 'customer' | 'parent' | 'balance' | 'total' | 'ref_num' | 'active' | 'created' | 'updated' | 'sync' } | { path: string; numeric?: boolean }
export type Condition = { field: Field; operator: '=' | '<' | '>' | '<=' | '>=' | 'in' | 'like'; values: readonly (string | number)[] }
export type Selection = {
  entity: EntityName
  where: readonly Condition[]
  order: readonly { field: Field; descending: boolean }[]
  /** From 1. */
  start: number
  limit: number
}

type Statement = { sql: string; values: SQLInputValue[] }

/** One page of bodies. Rows are found by their index first and read afterwards, so that a far page costs little more than a near one. */
export function pageOf(realm: string, selection: Selection, transactional: boolean): Statement {
  const filter = filterOf(realm, selection)
  const order = orderOf(selection, transactional)
  return {
    sql: `select body from row join (select rowid as found from row where ${filter.sql} order by ${order} limit ? offset ?) on row.rowid = found order by ${order}`,
    values: [...filter.values, selection.limit, selection.start - 1],
  }
}

export function countOf(realm: string, selection: Selection): Statement {
  const filter = filterOf(realm, selection)
  return { sql: `select count(*) as total from row where ${filter.sql}`, values: filter.values }
}

function filterOf(realm: string, selection: Selection): Statement {
  const parts = ['realm = ?', 'entity = ?']
  const values: SQLInputValue[] = [realm, selection.entity]
  for (const condition of selection.where) {
    // Names are compared without regard to case, but recorded pages are in the order of the bytes.
    const left = 'column' in condition.field && condition.field.column === 'sort' ? 'sort collate nocase' : expressionOf(condition.field)
    if (condition.operator === 'in') {
      parts.push(`${left} in (${condition.values.map(() => '?').join(', ')})`)
      values.push(...condition.values)
    } else if (condition.operator === 'like') {
      parts.push(`${left} like ? escape '\\'`)
      values.push(String(condition.values[0]).replace(/[_\\]/g, '\\$&'))
    } else if (condition.operator === '=' && condition.values[0] === '') {
      parts.push(`(${left} is null or ${left} = '')`)
    } else {
      parts.push(`${left} ${condition.operator} ?`)
      values.push(condition.values[0] ?? '')
    }
  }
  return { sql: parts.join(' and '), values }
}

/** Ids are in order as numbers. Without an order, recorded pages of lists come by full name, those of transactions by their last change, newest first. */
function orderOf(selection: Selection, transactional: boolean): string {
  const asked = selection.order.map(each => `${'column' in each.field && each.field.column === 'id' ? 'seq' : expressionOf(each.field)}${each.descending ? ' desc' : ''}`)
  if (asked.length > 0) return [...asked, 'seq'].join(', ')
  return transactional ? 'updated desc, seq desc' : 'sort, seq'
}

function expressionOf(field: Field): string {
  if ('column' in field) return field.column
  if (!/^[A-Za-z0-9.[\]]+$/.test(field.path)) throw new RangeError(`not a path: ${field.path}`)
  const value = `json_extract(body, '$.${field.path}')`
  return field.numeric ? `cast(${value} as real)` : `${value} collate nocase`
}
