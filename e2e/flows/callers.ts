import type { ConsoleInvoiceRow } from '../../api/domain/console-views.ts'
import type { CustomerId, InvoiceId, MerchantId } from '../../db/values.ts'
import { demoCustomer, demoJob, secondCustomer } from '../company/demo.ts'
import { generateCompany } from '../company/generate.ts'
import { loadCompany } from '../company/load.ts'
import { codeFrom, connectQuickBooks, firstLoad, mailsTo, until } from '../merchant.ts'
import type { World } from '../world.ts'
import { deskOf, payerOf, sentInvoice } from './payer.ts'
import { anotherMerchant, staffAt } from './staff.ts'

/** Somebody who calls the API: with a bearer token, with the console's cookie, or with nothing. */
export type Caller = { token?: string; cookie?: string }
export type CallerName = (typeof payers)[number] | (typeof ended)[number] | (typeof staff)[number] | 'nobody'
export const payers = ['link of A', 'one-invoice link of A', 'session of A', 'session of B', 'preview of A'] as const
export const ended = ['expired link of A', 'revoked link of A'] as const
export const staff = ['key of merchant 1', 'cookie of merchant 1', 'key of merchant 2'] as const
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
  const link = async (body: object = {}) => (await one.ask<{ url: string; link: { id: string } }>('POST', `/v1/merchant/customers/${a.customerId}/links`, body)).body
  const [whole, revoked] = [await link({ invoiceId: a.id }), await link()]
  await one.ask('DELETE', `/v1/merchant/links/${revoked.link.id}`)
  const preview = await one.ask<{ url: string }>('POST', `/v1/merchant/customers/${a.customerId}/preview`, {})
  const now = world.outside.clock.now()
  const callers: Record<CallerName, Caller> = {
    'nobody': {},
    'link of A': { token: tokenIn(whole.url) },
    'one-invoice link of A': { token: await storedLink(world, ids, { scope: 'invoice', expiresAt: now + 86_400_000 }) },
    'session of A': { token: await signInByCode(world, demoCustomer.email) },
    'session of B': { token: (await payerOf(world, { quickBooksId: secondCustomer.id })).token },
    'preview of A': { token: tokenIn(preview.body.url) },
    'expired link of A': { token: await storedLink(world, ids, { scope: 'customer', expiresAt: now - 1 }) },
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

/** A link that no page of the console makes: for one invoice alone, or made long ago. */
async function storedLink(world: World, ids: { a: string; customerA: string }, more: { scope: 'customer' | 'invoice'; expiresAt: number }): Promise<string> {
  const { store, vault } = world.api.context
  const token = `lnk_stored_for_a_test_${more.scope}_${more.expiresAt}_and_long_enough`
  const { sessions } = store.merchant(world.merchant.merchantId as MerchantId)
  await store.commit(sessions.addLink({ id: `lnk_${more.scope}_${more.expiresAt}`, tokenHash: vault.hash(token), customerId: ids.customerA as CustomerId, invoiceId: ids.a as InvoiceId, email: null, preview: false, createdAt: 0, ...more }))
  return token
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
