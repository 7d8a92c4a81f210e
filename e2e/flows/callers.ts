import type { ConsoleInvoiceRow } from '../../api/domain/console-views.ts'
import { write } from '../../db/sql.ts'
import { demoCustomer, demoJob, secondCustomer } from '../company/demo.ts'
import { generateCompany } from '../company/generate.ts'
import { loadCompany } from '../company/load.ts'
import { codeFrom, connectQuickBooks, firstLoad, mailsTo, signInToConsole, until } from '../merchant.ts'
import type { World } from '../world.ts'
import { deskOf, payerOf, sentInvoice } from './payer.ts'
import { anotherMerchant, staffAt } from './staff.ts'

/** Somebody who calls the API: with a bearer token, with the console's cookie, or with nothing. */
export type Caller = { token?: string; cookie?: string; /** The page that asks; our own where it is absent. */ origin?: string }
export type CallerName = (typeof payers)[number] | (typeof ended)[number] | (typeof staff)[number] | (typeof strangers)[number]
export const payers = ['link of A', 'one-invoice link of A', 'session of A', 'session of B', 'preview of A', 'link of merchant 2', 'session of merchant 2'] as const
export const ended = ['expired link of A', 'revoked link of A', 'expired session of A', 'revoked session of A'] as const
export const staff = ['key of merchant 1', 'cookie of merchant 1', 'key of merchant 2', 'cookie of merchant 2'] as const
export const strangers = ['nobody', 'forged', 'revoked key of merchant 1', 'ended cookie of merchant 1', 'cookie of merchant 1 on another page'] as const
export type Cast = Awaited<ReturnType<typeof castOf>>

const otherRealm = '9341452130422222'

/**
 * Two merchants with their companies, two customers of the first and everybody who may call. A has a job with the same
 * address (C), which a link of A does not show and a sign-in by code does; and of each kind of invoice one.
 */
export async function castOf(world: World) {
  const one = staffAt(world)
  const shown = async (customerId: string, amount: number) => seenBy(one, sentInvoice(world, customerId, amount)['DocNumber'])
  const [a, a2, c, b] = [await shown(demoCustomer.id, 31), await shown(demoCustomer.id, 32), await shown(demoJob.id, 33), await shown(secondCustomer.id, 34)]
  const unsent = deskOf(world).write('Invoice', { CustomerRef: { value: demoCustomer.id }, Line: deskOf(world).lines(35) })
  const draft = await seenBy(one, unsent['DocNumber'])
  const archived = await shown(demoCustomer.id, 36)
  await one.ask('POST', `/v1/merchant/invoices/${archived.id}/archive`, {})
  const two = await secondMerchant(world)
  const ids = { a: a.id, a2: a2.id, c: c.id, b: b.id, draft: draft.id, archived: archived.id, two: two.invoiceId, customerA: a.customerId, customerB: b.customerId, customerTwo: two.customerId }
  const theirLink = (await two.desk.ask<{ url: string }>('POST', `/v1/merchant/customers/${two.customerId}/links`, {})).body
  const theirs = (await world.ask(two.apiKey, 'POST', '/v1/sessions', { customer: { id: two.customerId } })).body as { token: string }
  const session = async () => (await payerOf(world, { quickBooksId: demoCustomer.id })).token
  const [pastSession, endedSession] = [await session(), await session()]
  await world.ask(endedSession, 'DELETE', '/v1/sessions/current')
  const endedKey = (await one.ask<{ key: string; id: string }>('POST', '/v1/merchant/api-keys', { name: 'Ended' })).body
  await one.ask('DELETE', `/v1/merchant/api-keys/${endedKey.id}`)
  const endedCookie = await signInToConsole({ apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email: 'avery@alderandfinch.example' })
  await staffAt(world, endedCookie).ask('DELETE', '/v1/merchant/session')
  const link = async (body: object = {}) => (await one.ask<{ url: string; link: { id: string } }>('POST', `/v1/merchant/customers/${a.customerId}/links`, body)).body
  const [whole, revoked] = [await link({ invoiceId: a.id }), await link()]
  await one.ask('DELETE', `/v1/merchant/links/${revoked.link.id}`)
  const preview = await one.ask<{ url: string }>('POST', `/v1/merchant/customers/${a.customerId}/preview`, {})
  const alone = await link({ invoiceId: a.id, scope: 'invoice' })
  await expire(world, 'sessions', pastSession)
  const past = await link()
  await expire(world, 'links', tokenIn(past.url))
  const callers: Record<CallerName, Caller> = {
    'nobody': {},
    'forged': { token: 'lnk_made_up_by_somebody_who_guesses_tokens', cookie: 'quittance=mst_made_up_by_somebody_who_guesses' },
    'revoked key of merchant 1': { token: endedKey.key },
    'ended cookie of merchant 1': { cookie: endedCookie },
    'cookie of merchant 1 on another page': { cookie: world.merchant.cookie, origin: 'https://elsewhere.example' },
    'link of merchant 2': { token: tokenIn(theirLink.url) },
    'session of merchant 2': { token: theirs.token },
    'cookie of merchant 2': { cookie: two.desk.cookie },
    'expired session of A': { token: pastSession },
    'revoked session of A': { token: endedSession },
    'link of A': { token: tokenIn(whole.url) },
    'one-invoice link of A': { token: tokenIn(alone.url) },
    'session of A': { token: await signInByCode(world, demoCustomer.email) },
    'session of B': { token: (await payerOf(world, { quickBooksId: secondCustomer.id })).token },
    'preview of A': { token: tokenIn(preview.body.url) },
    'expired link of A': { token: tokenIn(past.url) },
    'revoked link of A': { token: tokenIn(revoked.url) },
    'key of merchant 1': { token: world.merchant.apiKey },
    'cookie of merchant 1': { cookie: world.merchant.cookie },
    'key of merchant 2': { token: two.apiKey },
  }
  return { ids, callers, linkId: whole.link.id, one, two }
}

export const tokenIn = (url: string): string => new URL(url).pathname.split('/').at(-1) ?? ''

async function seenBy(one: ReturnType<typeof staffAt>, number: unknown): Promise<ConsoleInvoiceRow> {
  return (await until(() => one.invoice(number), row => row !== undefined)) as ConsoleInvoiceRow
}

/** Makes a right as old as it would be a year from now. */
async function expire(world: World, table: 'links' | 'sessions', token: string): Promise<void> {
  const { store, vault, clock } = world.api.context
  await store.commit(write(`update ${table} set expires_at = ? where token_hash = ?`, clock.now() - 1, vault.hash(token)))
}

/** A customer's session by the code that comes to their address. */
export async function signInByCode(world: World, email: string): Promise<string> {
  const { url } = world.outside.mail
  const before = (await mailsTo(url, email)).length
  await world.ask(null, 'POST', '/v1/sign-in/codes', { merchant: world.merchant.publishableKey, email })
  const code = await codeFrom(url, email, before)
  const { status, body } = await world.ask(null, 'POST', '/v1/sign-in/sessions', { merchant: world.merchant.publishableKey, email, code })
  if (status !== 201) throw new Error(`no session by code: ${status} ${JSON.stringify(body)}`)
  return (body as { token: string }).token
}

/** Another merchant with a small company, of which everything must stay unseen by the first. */
async function secondMerchant(world: World) {
  const { quickbooks, mail } = world.outside
  const asOf = new Date(world.outside.clock.now()).toISOString().slice(0, 10)
  loadCompany(quickbooks.books, otherRealm, generateCompany({ seed: 2, invoices: 50, asOf }), 'Second Company')
  const email = 'jules@ledgerdesk.example'
  const desk = await anotherMerchant(world, email)
  const call = async (method: string, path: string, body?: object) => (await desk.ask(method, path, body)).body
  const { cookie } = desk
  await connectQuickBooks({ apiUrl: world.apiUrl, mailUrl: mail.url, email, intuitUser: email, realmId: otherRealm }, cookie)
  await firstLoad(call, undefined)
  const key = await desk.ask<{ key: string; id: string }>('POST', '/v1/merchant/api-keys', { name: 'A server' })
  const [invoice] = (await desk.invoices('filter=open&limit=1')).invoices
  if (!invoice) throw new Error('the second company has no open invoice')
  return { desk, apiKey: key.body.key, apiKeyId: key.body.id, invoiceId: invoice.id, customerId: invoice.customerId }
}
