import type { Stripe } from 'stripe'
import { invalid, missing } from './failure.ts'

type Range = number | { gt?: number | undefined; gte?: number | undefined; lt?: number | undefined; lte?: number | undefined }
export type PageParams = { limit?: number | undefined; starting_after?: string | undefined; ending_before?: string | undefined }

const limitDefault = 10
const limitMax = 100

/** One page of `newestFirst`, by cursor, as `{"object":"list",…}`. Throws a 400 for a limit out of range or an unknown cursor. */
export function listPage<T extends { id: string }>(url: string, newestFirst: readonly T[], { limit = limitDefault, starting_after, ending_before }: PageParams): Stripe.ApiList<T> {
  if (limit < 1) throw invalid('This value must be greater than or equal to 1.', { param: 'limit', code: 'parameter_invalid_integer' })
  if (limit > limitMax) throw invalid('This value must be less than or equal to 100.', { param: 'limit', code: 'parameter_invalid_integer' })
  if (starting_after !== undefined && ending_before !== undefined) throw invalid('You may only specify one of these parameters: starting_after, ending_before.', { code: 'parameters_exclusive' })
  if (ending_before !== undefined) {
    const end = placeOf(newestFirst, ending_before, 'ending_before')
    const start = Math.max(0, end - limit)
    return { object: 'list', data: newestFirst.slice(start, end), has_more: start > 0, url }
  }
  const start = starting_after === undefined ? 0 : placeOf(newestFirst, starting_after, 'starting_after') + 1
  return { object: 'list', data: newestFirst.slice(start, start + limit), has_more: start + limit < newestFirst.length, url }
}

/** Whether a time in seconds lies in the range that `created` asks for. */
export function within(createdS: number, range: Range | undefined): boolean {
  if (range === undefined) return true
  if (typeof range === 'number') return createdS === range
  return (range.gt === undefined || createdS > range.gt) && (range.gte === undefined || createdS >= range.gte) && (range.lt === undefined || createdS < range.lt) && (range.lte === undefined || createdS <= range.lte)
}

function placeOf(items: readonly { id: string }[], id: string, param: string): number {
  const place = items.findIndex(item => item.id === id)
  if (place < 0) throw missing('object', id, param, 400)
  return place
}
