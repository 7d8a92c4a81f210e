import type { Browser, FrameLocator, Locator, Page } from 'playwright-core'
import { type PageOptions, newPage } from '../browser.ts'
import { until } from '../merchant.ts'
import type { Visitor } from '../site/connection.ts'
import type { World } from '../world.ts'
import { type Fields, deskOf, sentInvoice } from './payer.ts'

export type Customer = Visitor & { quickBooksId: string }
/** An invoice that is in QuickBooks and that its customer sees: QuickBooks' id and number, and our id. */
export type Shown = { qboId: string; number: string; id: string }

let made = 0

/** Somebody whom the desk has just added in QuickBooks, with nothing to pay yet. */
export function newCustomer(world: World, name: string, more: object = {}): Customer {
  const email = `buyer${++made}@${name.toLowerCase().replace(/[^a-z]+/g, '-')}.example`
  const row = deskOf(world).write('Customer', { DisplayName: `${name} ${made}`, PrimaryEmailAddr: { Address: email }, ...more })
  return { quickBooksId: String(row['Id']), email, name: `${name} ${made}` }
}

/** The desk writes and sends an invoice; it is back when the customer can see it. */
export async function newInvoice(world: World, customer: Customer, amount: number, more: object = {}): Promise<Shown> {
  const { Id, DocNumber } = sentInvoice(world, customer.quickBooksId, amount, { BillEmail: { Address: customer.email }, ...more })
  return seen(world, customer, { Id, DocNumber })
}

async function seen(world: World, customer: Customer, { Id, DocNumber }: Fields): Promise<Shown> {
  const id = await until(async () => {
    const { status, body } = await world.ask(world.merchant.apiKey, 'POST', '/v1/sessions', { customer: { quickBooksId: customer.quickBooksId } })
    if (status !== 201) return undefined
    const { body: view } = await world.ask((body as { token: string }).token, 'GET', `/v1/portal?filter=all&limit=100&q=${encodeURIComponent(String(DocNumber))}`)
    return (view as { list: { invoices: { id: string; number: string }[] } }).list.invoices.find(row => row.number === DocNumber)?.id
  }, found => found !== undefined)
  return { qboId: String(Id), number: String(DocNumber), id: id ?? '' }
}

/** Opens a page of the shop as this customer, whom the shop itself has signed in. */
export async function visit(world: World, browser: Browser, customer: Visitor, { path = '/account?demo', ...options }: PageOptions & { path?: string } = {}): Promise<Page> {
  const page = await newPage(browser, options)
  playAs(world, customer)
  await page.goto(world.outside.site.url + path)
  return page
}

/** Whom the shop takes its next visitor for. */
export function playAs(world: World, customer: Visitor): void {
  const { apiUrl, merchant, outside } = world
  outside.site.connect({ apiUrl, publishableKey: merchant.publishableKey, apiKey: merchant.apiKey, fallbackUrl: `${apiUrl}/pay-online/${merchant.publishableKey}`, visitor: customer })
}

/** A new link to all of a customer's invoices, as the merchant makes it in the console. */
export async function linkOf(world: World, customer: { name: string }): Promise<{ url: string; id: string }> {
  const { customers } = (await world.merchant.call('GET', `/v1/merchant/customers?q=${encodeURIComponent(customer.name)}`)) as { customers: { id: string; name: string }[] }
  const row = customers.find(each => each.name === customer.name)
  const made = (await world.merchant.call('POST', `/v1/merchant/customers/${row?.id}/links`, {})) as { url: string; link: { id: string } }
  return { url: made.url, id: made.link.id }
}

/** The numbers of the invoices that are listed, in their order. */
export async function shownNumbers(page: Page): Promise<string[]> {
  return (await page.locator('li.row .name :is(a,button)').allInnerTexts()).map(text => text.replace(/\D/g, ''))
}

/** The row of an invoice in the widget or on the landing page. */
export function rowOf(page: Page, number: string): Locator {
  return page.locator('li.row', { has: page.locator(`.name :is(a,button)`, { hasText: new RegExp(`(^|\\s)${number}$`) }) })
}

/** The pay page in the dialog over the merchant's page. */
export function payFrame(page: Page): FrameLocator {
  return page.frameLocator('dialog iframe')
}

/** Types a card into the provider's own fields; `place` is the pay page, top-level or in its frame. */
export async function typeCard(place: Page | FrameLocator, number = '4242424242424242'): Promise<void> {
  const fields = place.frameLocator('.card iframe')
  for (const [label, text] of [['Card number', number], ['Expiration date', '1234'], ['Security code', '123'], ['ZIP code', '94107']] as const) {
    await fields.getByLabel(label).fill('')
    await fields.getByLabel(label).pressSequentially(text)
  }
}

export const payButton = (place: Page | FrameLocator): Locator => place.getByRole('button', { name: /^Pay / })
