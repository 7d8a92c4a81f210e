import type { ComponentChild, ComponentClass } from 'preact'
import type { InvoiceDetail, InvoiceFilter, InvoiceRow, MoneyView } from '../../api/domain/views.ts'
import type { Portal } from '../portal.ts'
import type { Chosen } from '../selection.ts'

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
export type Parts = { pay: Part<PayKit>; many: Part<ManyKit>; detail: Part<DetailKit>; signIn: Part<SignInKit> }

type Shows<P> = (props: P) => ComponentChild
/** Choosing, paying and staying up to date. */
export type PayKit = {
  Bar: ComponentClass<{ face: Face }>
  Tick: Shows<{ face: Face; row: InvoiceRow }>
  PartAmount: Shows<{ face: Face; row: InvoiceRow }>
  Credits: Shows<{ face: Face }>
  Toolbar: Shows<{ face: Face }>
  choiceNow: (face: Face) => Chosen
  pay: (face: Face, chosen: Chosen) => Promise<void>
  goLive: (portal: Portal) => () => void
  watchTheme: (changed: () => void) => () => void
}
/** What only a long list needs. */
export type ManyKit = { ManyRows: Shows<{ face: Face }>; Pages: Shows<{ face: Face }> }
export type DetailKit = { Opened: Shows<{ face: Face; id: string }> }
export type SignInKit = {
  SignIn: Shows<{ face: Face; title: string; ended: string; done: (() => void) | undefined }>
  leave: (portal: Portal) => Promise<void>
}

/** An amount as it reads here: with its currency written out where the page holds more than one. */
export function shown(face: Face, money: MoneyView): string {
  const { view } = face.portal.state
  return view && view.totals.length > 1 && !money.text.includes(money.currency) ? `${money.text} ${money.currency}` : money.text
}

/** A number of invoices as it reads here; a short one in a language of Latin digits needs none of the browser's tables, which take long to load. */
export function countText(face: Face, count: number): string {
  const { locale } = face.portal.ports.client
  return count < 1000 && /^(en|es|fr)/.test(locale) ? `${count}` : count.toLocaleString(locale)
}

/**
 * Opening and closing an invoice: on the landing page a step that the browser's own "back" undoes, so the link does it,
 * except for someone who signed in here, to whom the link's address would show less.
 */
export function stepTo({ portal, base }: Face, open: string | null): (() => void) | null {
  return base === null || portal.ports.client.session.signedInHere() ? () => portal.set({ open }) : null
}

/** The address of the same list with something changed, for readers without scripts. */
export function address(face: Face, change: { filter?: InvoiceFilter; query?: string; page?: number }): string {
  if (face.base === null) return ''
  const { filter, query: q, sort } = { ...face.portal.state, ...change }
  const page = change.page ?? 1
  return `${face.base}?${new URLSearchParams({ filter, ...(q && { q }), ...(sort !== 'due' && { sort }), ...(page > 1 && { page: `${page}` }) }).toString()}`
}
