import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser } from '../browser.ts'
import { demoCustomer } from '../company/demo.ts'
import { generateCompany } from '../company/generate.ts'
import { type Fields, deskOf } from '../flows/payer.ts'
import { visit } from '../flows/visitor.ts'
import { until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { expectAccessible } from './accessible.ts'

const count = 10_000
const rowsMax = 300

let world: World
let browser: Browser
/** What the customer may see, as QuickBooks holds it. */
let sent: Fields[]
beforeAll(async () => {
  const asOf = new Date().toISOString().slice(0, 10)
  world = await startWorld({ company: generateCompany({ seed: 1, invoices: count + 50, asOf, demoCustomerInvoices: count }) })
  await world.merchant.call('PATCH', '/v1/merchant/settings', { extractBeginDate: '2010-01-01' })
  sent = deskOf(world).all('Invoice').filter(row => ['1', '2'].includes((row['CustomerRef'] as { value: string }).value) && row['EmailStatus'] === 'EmailSent')
  const token = await world.session()
  await until(async () => ((await world.ask(token, 'GET', '/v1/portal?limit=1')).body as { list: { counts: { all: number } } }).list.counts.all, all => all >= sent.length, 60_000)
  browser = await launchBrowser()
})
afterAll(() => world.close())

const numbersOf = (invoices: Fields[]) => invoices.map(row => Number(row['DocNumber']))
const byNumber = (one: number, other: number) => one - other
const shown = async (page: Page) => (await page.locator('li.row .name button').allInnerTexts()).map(text => Number(text.replace(/\D/g, '')))

test('thousands of invoices scroll through to the last one with never more than 300 rows in the page', async () => {
  expect(sent.length).toBeGreaterThan(9_000)
  const page = await visit(world, browser, demoCustomer)
  await page.getByRole('button', { name: `All ${sent.length.toLocaleString('en-US')}` }).click()
  await page.getByLabel('Sort by').selectOption('Number, last first')
  await page.getByText(`Invoice ${Math.max(...numbersOf(sent))}`, { exact: true }).waitFor()
  const last = Math.min(...numbersOf(sent))
  const seen = await page.locator('quittance-invoices').evaluate(
    async (host, end) => {
      let most = 0
      const scroller = () => host.shadowRoot?.querySelector('.scrolls')
      while (!scroller()?.textContent?.includes(`Invoice ${end} `)) {
        const list = scroller()
        if (list) list.scrollTop = list.scrollHeight
        await new Promise(done => requestAnimationFrame(done))
        most = Math.max(most, host.shadowRoot?.querySelectorAll('li.row').length ?? 0)
      }
      return most
    },
    last,
  )
  expect(seen).toBeGreaterThan(0)
  expect(seen).toBeLessThan(rowsMax)
  expect((await shown(page)).at(-1)).toBe(last)
  await expectAccessible(page)
}, 180_000)

test('many invoices are searched and sorted on the server, and what is found is all there is', async () => {
  const page = await visit(world, browser, demoCustomer)
  const open = sent.filter(row => Number(row['Balance']) > 0)
  await page.getByRole('button', { name: `Open ${open.length.toLocaleString('en-US')}` }).waitFor()
  await page.getByLabel('Sort by').selectOption('Largest')
  const largest = open.toSorted((a, b) => Number(b['Balance']) - Number(a['Balance']))
  await expect.poll(async () => (await shown(page))[0]).toBe(Number(largest[0]?.['DocNumber']))
  const wanted = String(largest[3]?.['DocNumber'])
  await page.getByRole('searchbox', { name: 'Search' }).fill(wanted)
  const found = numbersOf(open).filter(number => String(number).includes(wanted)).toSorted(byNumber)
  await expect.poll(async () => (await shown(page)).toSorted(byNumber)).toEqual(found)
  await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing')
  await page.getByText('No invoice matches “no such thing”.').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Clear the search' }).click()
  await expect.poll(async () => (await shown(page))[0]).toBe(Number(largest[0]?.['DocNumber']))
})
