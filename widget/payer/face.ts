import type { InvoiceFilter, InvoiceDetail, MoneyView } from '../../api/domain/views.ts'
import type { Portal } from '../portal.ts'

/** What every part of the customer's page is given. */
export type Face = {
  portal: Portal
  /** Where the landing page's own links and forms go, e.g. "/i/lnk_…"; null in a merchant's page. */
  base: string | null
  /** False in what the server wrote and until scripts have taken over: then links and forms do the work. */
  live: boolean
  /** The customer's hosted page, for when this one cannot do it. */
  hosted: string | null
  /** Which page of the list the server wrote; counts from 1. */
  page: number
  /** The invoice that the server wrote. */
  written: InvoiceDetail | null
  parts: Parts
  /** Where this page's own elements are found; null on the server. */
  root: () => ParentNode | null
}

/** A part that may arrive when it is first needed; `now` is null until it is here. */
export type Part<K> = { now: K | null; load: () => Promise<K> }
export type Parts = {
  pay: Part<typeof import('../parts/pay.ts')>
  many: Part<typeof import('../parts/many.ts')>
  detail: Part<typeof import('../parts/detail.ts')>
  signIn: Part<typeof import('../parts/sign-in.ts')>
}

/** An amount as it reads here: with its currency written out where the page holds more than one. */
export function shown(face: Face, money: MoneyView): string {
  const { view } = face.portal.state
  return view && view.totals.length > 1 && !money.text.includes(money.currency) ? `${money.text} ${money.currency}` : money.text
}

/** The address of the same list with something changed, for readers without scripts. */
export function address(face: Face, change: { filter?: InvoiceFilter; query?: string; page?: number }): string {
  if (face.base === null) return ''
  const { filter, query: q, sort } = { ...face.portal.state, ...change }
  const page = change.page ?? 1
  return `${face.base}?${new URLSearchParams({ filter, ...(q && { q }), ...(sort !== 'due' && { sort }), ...(page > 1 && { page: `${page}` }) }).toString()}`
}
