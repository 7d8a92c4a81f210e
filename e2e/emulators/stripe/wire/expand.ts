import type { Books, Kinds } from '../world.ts'
import { invalid } from './failure.ts'
import type { FormValue } from './form.ts'

type Json = { [name: string]: unknown }

const depthMax = 4

/** Fields that hold an id and can be replaced by the object itself, by the kind of object they stand in. */
const expandable: Readonly<Record<string, Readonly<Record<string, keyof Kinds>>>> = {
  payment_intent: { customer: 'customer', payment_method: 'payment_method', latest_charge: 'charge' },
  charge: { customer: 'customer', payment_intent: 'payment_intent', balance_transaction: 'balance_transaction', failure_balance_transaction: 'balance_transaction' },
  refund: { charge: 'charge', payment_intent: 'payment_intent', balance_transaction: 'balance_transaction', failure_balance_transaction: 'balance_transaction', customer: 'customer', payment_method: 'payment_method' },
  balance_transaction: {},
  payment_method: { customer: 'customer' },
  customer_session: { customer: 'customer' },
}

/** Replaces ids by objects along each path of `expand`, e.g. `latest_charge.balance_transaction` or `data.customer`. Throws a 400 for a path that cannot be expanded. */
export function expandAnswer(answer: object, expand: FormValue | undefined, books: Books): object {
  const paths = Array.isArray(expand) ? expand.map(String) : []
  if (paths.length === 0) return answer
  const copy = structuredClone(answer) as Json
  for (const path of paths) {
    const parts = path.split('.')
    if (parts.length > depthMax) throw invalid(`You cannot expand more than ${depthMax} levels of a property. Property: ${path}`, { param: 'expand' })
    expandAt(copy, parts, books, path)
  }
  return copy
}

function expandAt(object: Json, [field = '', ...rest]: string[], books: Books, whole: string): void {
  if (object['object'] === 'list' || object['object'] === 'search_result') {
    if (field !== 'data') throw cannot(whole, field)
    for (const item of object['data'] as Json[]) expandAt(item, rest, books, whole)
    return
  }
  const kind = expandable[String(object['object'])]?.[field]
  if (kind === undefined) {
    if (object['object'] === 'balance_transaction' && field === 'source') return expandSource(object, rest, books, whole)
    throw cannot(whole, field)
  }
  const value = object[field]
  if (value === null || value === undefined) return
  if (typeof value === 'string') object[field] = structuredClone(books.find(kind, value))
  if (rest.length > 0) expandAt(object[field] as Json, rest, books, whole)
}

function expandSource(entry: Json, rest: string[], books: Books, whole: string): void {
  const id = String(entry['source'])
  entry['source'] = structuredClone(id.startsWith('re_') ? books.find('refund', id) : books.find('charge', id))
  if (rest.length > 0) expandAt(entry['source'] as Json, rest, books, whole)
}

function cannot(path: string, field: string) {
  return invalid(`This property cannot be expanded (${field}). You may want to try expanding something else. Property: ${path}`, { param: 'expand' })
}
