import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, newPage } from '../browser.ts'
import { asMerchant } from '../flows/console.ts'
import { deskOf, payerOf } from '../flows/payer.ts'
import { changedSince, rowsOf } from '../flows/rows.ts'
import { type Customer, type Shown, newCustomer, newInvoice, playAs } from '../flows/visitor.ts'
import { mailsTo, until } from '../merchant.ts'
import { realmId } from '../outside.ts'
import { type World, startWorld } from '../world.ts'

/** What somebody may write into QuickBooks; each would set `hurt` if a page took it for more than text. */
const name = `<img src=x onerror=hurt=1> "A" & 'B' \u202Egnp.exe 😀 {{7*7}}`
const number = `"><script>hurt=1//`
const memo = `</script><script>hurt=1</script><style>*{display:none!important}</style>\u202E\u0007 ${'memo '.repeat(20_000)}`
const line = `<svg/onload=hurt=1>\${7*7} \u2066<iframe srcdoc="<script>parent.hurt=1</script>">`

let world: World
let browser: Browser
let customer: Customer
let invoice: Shown
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  browser = await launchBrowser()
  customer = { ...newCustomer(world, 'Hostile'), name }
  const plain = await newInvoice(world, customer, 80)
  rewrite('Customer', customer.quickBooksId, { DisplayName: name, CompanyName: name, FullyQualifiedName: name, BillAddr: { Line1: line, City: '<b>Duluth', PostalCode: '55802' } })
  const { Line: written } = deskOf(world).read('Invoice', plain.qboId) ?? {}
  const lines = (written as object[]).map(each => ({ ...each, Description: line }))
  rewrite('Invoice', plain.qboId, { DocNumber: number, CustomerMemo: { value: memo }, Line: lines, BillAddr: { Line1: line, City: '<b>Duluth' }, CustomerRef: { value: customer.quickBooksId, name } })
  const { list } = await until(async () => (await payerOf(world, { quickBooksId: customer.quickBooksId })).portal(), view => view.list.invoices.some(row => row.number === number) && view.customers[0]?.name === name)
  invoice = { ...plain, number, id: list.invoices[0]?.id ?? '' }
})
afterAll(() => world?.close())

/** Puts into the books what QuickBooks' own screens take and its API refuses to write, and lets it be told of. */
function rewrite(entity: 'Customer' | 'Invoice', id: string, more: object): void {
  world.outside.quickbooks.books.load(realmId, entity, [{ ...deskOf(world).read(entity, id), ...more }])
  deskOf(world).change(entity, id, entity === 'Customer' ? { Notes: 'seen' } : { PrivateNote: 'seen' })
}

/** A page that keeps what its policy refused, besides what every page's test watches: errors in the console. */
async function watched(page: Page): Promise<Page> {
  await page.addInitScript(() => {
    const seen = ((globalThis as { refusals?: string[] }).refusals = [] as string[])
    const told = ((globalThis as { told?: string[] }).told = [] as string[])
    for (const type of ['ready', 'pay', 'paid', 'error']) document.addEventListener(`quittance:${type}`, event => told.push(`${type} ${JSON.stringify((event as CustomEvent).detail)}`))
    document.addEventListener('securitypolicyviolation', event => seen.push(`${event.effectiveDirective} ${event.blockedURI}`))
  })
  return page
}

async function expectHarmless(page: Page): Promise<void> {
  for (const frame of page.frames())
    expect(await frame.evaluate(() => ({ hurt: 'hurt' in globalThis, refusals: (globalThis as { refusals?: string[] }).refusals ?? [] }))).toEqual({ hurt: false, refusals: [] })
}

const wholeText = (page: Page) => page.locator('body').evaluate(body => {
  const textIn = (node: Node): string => [...node.childNodes].map(child => (child instanceof HTMLScriptElement || child instanceof HTMLStyleElement ? '' : (child.nodeType === Node.TEXT_NODE ? child.textContent ?? '' : textIn((child as Element).shadowRoot ?? child)))).join(' ')
  return textIn(body)
})

test('text from QuickBooks is only text in the widget on the shop’s page', async () => {
  const page = await watched(await newPage(browser))
  playAs(world, customer)
  await page.goto(`${world.outside.site.url}/account?demo`)
  await page.getByText(number).first().click()
  await page.getByText('memo memo').first().waitFor()
  const text = await wholeText(page)
  for (const written of [number, line, '<style>*{display:none!important}</style>']) expect(text).toContain(written)
  // The page that shows the widget is told what happens, and no token.
  const told = await page.evaluate(() => (globalThis as { told?: string[] }).told ?? [])
  expect([told.length > 0, told.filter(event => /(ses|lnk|chk)_/.test(event))]).toEqual([true, []])
  await expectHarmless(page)
})

test('text from QuickBooks is only text on the landing page, before and after its script, and on the pay page', async () => {
  const { customers } = (await world.merchant.call('GET', `/v1/merchant/customers?q=${encodeURIComponent('<img src=x')}`)) as { customers: { id: string; name: string }[] }
  expect(customers.map(row => row.name)).toEqual([name])
  const { url } = (await world.merchant.call('POST', `/v1/merchant/customers/${customers[0]?.id}/links`, {})) as { url: string }
  for (const javaScriptEnabled of [false, true]) {
    const page = await newPage(browser, { javaScriptEnabled })
    if (javaScriptEnabled) await watched(page)
    await page.goto(`${url}/invoices/${invoice.id}`)
    await page.getByText('memo memo').first().waitFor()
    expect(await page.locator('img:visible, iframe, svg[onload]').count()).toBe(0)
    if (javaScriptEnabled) await expectHarmless(page)
  }
  const page = await watched(await newPage(browser))
  await page.goto(url)
  await page.getByRole('checkbox', { name: `Choose invoice ${number}` }).check()
  await page.getByRole('button', { name: 'Pay $80.00' }).click()
  await page.waitForURL(/\/pay\//)
  await page.getByText(number).first().waitFor()
  await page.getByText('$80.00').first().waitFor()
  await page.frameLocator('.card iframe').getByLabel('Card number').waitFor()
  await expectHarmless(page)
})

test('text from QuickBooks is only text in the console', async () => {
  const page = await watched(await newPage(browser))
  await asMerchant(page.context(), world)
  await page.goto(`${world.apiUrl}/console/invoices?q=${encodeURIComponent(number)}`)
  await page.getByText(name).first().waitFor()
  expect(await wholeText(page)).toContain(number)
  await expectHarmless(page)
  await page.goto(`${world.apiUrl}/console/customers?q=${encodeURIComponent('<img src=x')}`)
  await page.getByText(name).first().waitFor()
  await expectHarmless(page)
})

test('text from QuickBooks is only text in the letter that brings the invoice', async () => {
  await world.merchant.call('POST', `/v1/merchant/invoices/${invoice.id}/send`, {})
  const [mail] = await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)
  expect(mail?.html).not.toMatch(/<img|<script|<svg|<iframe/)
  expect(mail?.subject).toContain(number)
  expect(mail?.text).toContain(`Hello <img src=x onerror=hurt=1> "A" & 'B' gnp.exe 😀 {{7*7}},`)
  // A sign that turns the reading direction would turn the amounts beside it too.
  expect(`${mail?.subject} ${mail?.html} ${mail?.text}`).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/)
})

test('a mail scanner that opens the link in a browser, scripts and all, changes nothing, and the link works afterwards', async () => {
  const link = async () => ((await world.merchant.call('POST', `/v1/merchant/customers/${customerId}/links`, { invoiceId: invoice.id })) as { url: string }).url
  const { customers } = (await world.merchant.call('GET', `/v1/merchant/customers?q=${encodeURIComponent('<img src=x')}`)) as { customers: { id: string }[] }
  const customerId = customers[0]?.id
  const url = await link()
  await world.settled()
  const before = rowsOf(world)
  for (let visit = 0; visit < 2; visit++) {
    const scanner = await newPage(browser)
    await scanner.goto(url)
    await scanner.getByRole('button', { name: 'Pay $80.00' }).waitFor()
    // It follows what it finds, too.
    for (const href of await scanner.locator('a[href^="/i/"]').evaluateAll(links => links.map(each => (each as HTMLAnchorElement).href))) expect((await scanner.request.get(href)).status()).toBe(200)
  }
  await world.settled()
  expect(changedSince(world, before)).toEqual([])
})
