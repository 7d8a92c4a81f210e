import type { Stripe } from 'stripe'
import type { Books } from '../world.ts'
import { invalid } from '../wire/failure.ts'

type Clause = (intent: Stripe.PaymentIntent) => boolean

const clausePattern = /^(-)?(?:metadata\[(["'])((?:\\.|(?!\2).)+)\2\]|(\w+))\s*(:|>=|<=|>|<|=)\s*(?:(["'])((?:\\.|(?!\6).)*)\6|(\d+)|(null))$/
const textFields: readonly string[] = ['status', 'currency', 'customer']
const numberFields: readonly string[] = ['amount', 'created']

/** Stripe's search query language for payment intents: clauses joined by AND or by OR, never both (docs.stripe.com/search). */
export function searchIntents(books: Books, { query, limit = 10, page }: { query: string; limit?: number | undefined; page?: string | undefined }): Stripe.ApiSearchResult<Stripe.PaymentIntent> {
  if (limit < 1 || limit > 100) throw invalid('This value must be between 1 and 100.', { param: 'limit', code: 'parameter_invalid_integer' })
  const start = page === undefined ? 0 : Number(page)
  if (!Number.isSafeInteger(start) || start < 0) throw invalid(`Invalid page: ${page ?? ''}`, { param: 'page' })
  const wanted = matcher(query)
  const found = books.all('payment_intent').filter(wanted)
  const next = start + limit < found.length ? String(start + limit) : null
  return { object: 'search_result', url: '/v1/payment_intents/search', has_more: next !== null, next_page: next, data: found.slice(start, start + limit) }
}

function matcher(query: string): Clause {
  const words = query.trim().split(/\s+(AND|OR)\s+/i)
  const clauses = words.filter((_, place) => place % 2 === 0).map(readClause)
  const joints = new Set(words.filter((_, place) => place % 2 === 1).map(joint => joint.toUpperCase()))
  if (joints.size > 1) throw invalid('We were unable to parse your search query: AND and OR cannot be combined.', { param: 'query' })
  return joints.has('OR') ? intent => clauses.some(clause => clause(intent)) : intent => clauses.every(clause => clause(intent))
}

function readClause(clause: string): Clause {
  const match = clausePattern.exec(clause)
  if (!match) throw invalid(`We were unable to parse your search query: ${clause}`, { param: 'query' })
  const [, not, , key, field = '', sign = ':', , value, number, nothing] = match
  const wanted = unescaped(value ?? number ?? '')
  const positive: Clause = key === undefined ? fieldClause(field, sign, wanted) : nothing === undefined ? intent => intent.metadata[unescaped(key)] === wanted : intent => intent.metadata[unescaped(key)] === undefined
  return not === undefined ? positive : intent => !positive(intent)
}

function fieldClause(field: string, sign: string, wanted: string): Clause {
  const read = (intent: Stripe.PaymentIntent) => intent[field as 'status' | 'currency' | 'customer' | 'amount' | 'created']
  if (textFields.includes(field) && sign === ':') return intent => read(intent) === wanted
  if (!numberFields.includes(field)) throw invalid(`Field \`${field}\` is an unsupported search field for resource \`payment_intents\`.`, { param: 'query' })
  const bound = Number(wanted)
  return intent => {
    const value = Number(read(intent))
    switch (sign) {
      case '>':
        return value > bound
      case '<':
        return value < bound
      case '>=':
        return value >= bound
      case '<=':
        return value <= bound
      default:
        return value === bound
    }
  }
}

function unescaped(value: string): string {
  return value.replaceAll(/\\(.)/g, '$1')
}
