import type { PortalView } from '../../api/domain/views.ts'
import type { SignedInMerchant } from '../merchant.ts'
import { until } from '../merchant.ts'
import { confirmationToken, deskOf, newPaymentId, sentInvoice, type Served } from '../flows/payer.ts'

/** What happens in one step; there are ten in an hour. */
export const perStep = { visits: 24, details: 48, payments: 6, edits: 6, streams: 20, consoleReads: 8 } as const
export const stepsPerHour = 10

export type Done = { requests: number; payments: number; changes: number; streams: number; refused: Record<string, number> }
export type Town = Served & { merchant: SignedInMerchant; apiUrl: string; done: Done; /** QuickBooks' ids. */ customers: readonly string[]; invoices: readonly string[] }

/** Six minutes in the life of a busy shop: its customers look, pay and leave pages open, its desk writes in QuickBooks, somebody looks at the console. */
export async function liveStep(town: Town, step: number): Promise<void> {
  const customerAt = (i: number) => town.customers[(step * 7 + i) % town.customers.length] ?? ''
  await Promise.all([
    ...times(perStep.visits, i => visit(town, customerAt(i), step * 100 + i)),
    ...times(perStep.payments, i => payOne(town, customerAt(50 + i), 100 + ((step * 13 + i) % 400))),
    ...times(perStep.edits, i => edit(town, step * perStep.edits + i)),
    ...times(perStep.streams, i => follow(town, customerAt(20 + i))),
    ...times(perStep.consoleReads, i => ask(town, town.merchant.apiKey, 'GET', ['/v1/merchant/home', '/v1/merchant/invoices', '/v1/merchant/customers', '/v1/merchant/payments'][i % 4] ?? '/v1/merchant/home')),
  ])
}

function times<T>(count: number, act: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => act(i))
}

async function ask(town: Town, token: string | null, method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> {
  town.done.requests += 1
  const answer = await town.ask(token, method, path, body)
  const what = `${method} ${path.replace(/[a-z]{3}_[\w-]{8,}/g, '…').replace(/\?.*/, '')} ${answer.status}`
  if (answer.status >= 400) town.done.refused[what] = (town.done.refused[what] ?? 0) + 1
  return answer
}

async function sessionOf(town: Town, quickBooksId: string): Promise<string> {
  town.done.requests += 1
  return town.session({ quickBooksId })
}

/** A customer looks at the list, scrolls, searches and opens two invoices. */
async function visit(town: Town, customer: string, seed: number): Promise<void> {
  const token = await sessionOf(town, customer)
  const { body } = await ask(town, token, 'GET', '/v1/portal?filter=all&limit=20')
  const rows = (body as PortalView).list.invoices
  await ask(town, token, 'GET', `/v1/invoices?filter=open&q=${seed % 97}`)
  for (const row of rows.slice(0, perStep.details / perStep.visits)) await ask(town, token, 'GET', `/v1/invoices/${row.id}`)
}

/** A new invoice comes over from QuickBooks and is paid. */
async function payOne(town: Town, customer: string, amount: number): Promise<void> {
  const invoice = sentInvoice(town, customer, amount)
  town.done.changes += 1
  const token = await sessionOf(town, customer)
  const row = await until(async () => ((await town.ask(token, 'GET', `/v1/portal?filter=all&limit=100&q=${encodeURIComponent(String(invoice['DocNumber']))}`)).body as PortalView).list.invoices.find(each => each.number === invoice['DocNumber']), found => found !== undefined, 60_000)
  const { body } = await ask(town, token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: row?.id }] })
  const path = new URL((body as { url: string }).url).pathname
  await ask(town, null, 'GET', path)
  await ask(town, null, 'GET', `${path}/view`)
  const { status } = await ask(town, null, 'POST', `${path}/payments`, { paymentId: newPaymentId(), confirmationToken: await confirmationToken(town) })
  if (status === 200) town.done.payments += 1
}

/** Somebody at the desk changes an invoice's memo in QuickBooks. */
async function edit(town: Town, seed: number): Promise<void> {
  deskOf(town).change('Invoice', town.invoices[(seed * 31) % town.invoices.length] ?? '', { CustomerMemo: { value: `Changed for the ${seed}th time` } })
  town.done.changes += 1
}

/** A page follows what is new, hears the greeting, and is closed in the middle. */
async function follow(town: Town, customer: string): Promise<void> {
  const token = await sessionOf(town, customer)
  const line = new AbortController()
  const answer = await fetch(`${town.apiUrl}/v1/events`, { headers: { authorization: `Bearer ${token}` }, signal: line.signal })
  town.done.streams += 1
  const reader = answer.body?.getReader()
  await reader?.read()
  line.abort()
}

