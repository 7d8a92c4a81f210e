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

test('thousands of invoices scroll by, every frame full of rows, never more than 300 in the page, and a step costs what it costs in a list of 200', async () => {
  expect(sent.length).toBeGreaterThan(9_000)
  const page = await visit(world, browser, demoCustomer)
  await page.getByRole('button', { name: `All ${sent.length.toLocaleString('en-US')}` }).click()
  await page.getByLabel('Sort by').selectOption('Number, last first')
  await page.getByText(`Invoice ${Math.max(...numbersOf(sent))}`, { exact: true }).waitFor()
  const last = Math.min(...numbersOf(sent))
  await loadRows(page, 200)
  const short = await costOfSteps(page, 0)
  await loadRows(page, sent.length)
  expect((await shown(page)).at(-1)).toBe(last)
  for (const part of [0.1, 0.5, 0.9]) {
    const long = await costOfSteps(page, part)
    expect(long.work / short.work, `work of a step at ${part}`).toBeLessThan(4)
    expect(long.layouts, `layouts of a step at ${part}`).toBeLessThan(3)
  }
  const whole = await scrollThrough(page, 0)
  expect(whole).toMatchObject({ blank: 0, atEnd: true })
  expect(whole.frames).toBeGreaterThan(500)
  expect(whole.rowsMost).toBeLessThan(rowsMax)
  await expectAccessible(page)
}, 180_000)

/** Goes to the end of what is loaded until this many rows are. */
async function loadRows(page: Page, least: number): Promise<void> {
  await page.locator('quittance-invoices').evaluate(async (host, least) => {
    const rowsPerBlock = 25
    for (;;) {
      const list = host.shadowRoot?.querySelector('.scrolls')
      if (list && list.querySelectorAll('ul').length * rowsPerBlock >= least) return
      if (list) list.scrollTop = list.scrollHeight
      await new Promise(done => requestAnimationFrame(done))
    }
  }, least)
}

/** Moves the list down by its own height in every frame, from this part of it on, and counts the frames in which a place of it showed no row. */
function scrollThrough(page: Page, part: number, stepsMax = Infinity): Promise<{ frames: number; blank: number; rowsMost: number; atEnd: boolean }> {
  return page.locator('quittance-invoices .scrolls').evaluate(async (list, { part, stepsMax }) => {
    const frame = () => new Promise(done => requestAnimationFrame(done))
    const root = list.getRootNode() as ShadowRoot
    const isBlank = () => {
      const { left, right, top, bottom } = list.getBoundingClientRect()
      const heights = Array.from({ length: 10 }, (_, i) => top + 2 + ((bottom - top - 4) * i) / 9)
      return heights.some(y => !root.elementsFromPoint((left + right) / 2, y).some(element => element.closest('li.row')))
    }
    const isAtEnd = () => list.scrollTop >= list.scrollHeight - list.clientHeight - 1
    list.scrollIntoView({ block: 'start' })
    list.scrollTop = list.scrollHeight * part
    while (isBlank()) await frame()
    const seen = { frames: 0, blank: 0, rowsMost: 0 }
    while (seen.frames < stepsMax && !isAtEnd()) {
      list.scrollTop += list.clientHeight
      await frame()
      seen.frames += 1
      seen.blank += isBlank() ? 1 : 0
      seen.rowsMost = Math.max(seen.rowsMost, list.querySelectorAll('li.row').length)
    }
    return { ...seen, atEnd: isAtEnd() }
  }, { part, stepsMax })
}

/** What a step through the list from this part of it on takes the browser: the least of three walks, so that what else the machine does is not counted. */
async function costOfSteps(page: Page, part: number): Promise<{ work: number; layouts: number }> {
  const steps = 15
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable')
  const taken = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const value = (name: string) => metrics.find(metric => metric.name === name)?.value ?? 0
    return { work: value('ScriptDuration') + value('RecalcStyleDuration') + value('LayoutDuration'), layouts: value('LayoutCount') }
  }
  const walks = []
  for (let walk = 0; walk < 3; walk++) {
    const before = await taken()
    const { frames } = await scrollThrough(page, part, steps)
    expect(frames).toBe(steps)
    const after = await taken()
    walks.push({ work: (after.work - before.work) / steps, layouts: (after.layouts - before.layouts) / steps })
  }
  await session.detach()
  return { work: Math.min(...walks.map(walk => walk.work)), layouts: Math.min(...walks.map(walk => walk.layouts)) }
}

test('many invoices are searched and sorted on the server, and what is found is all there is', async () => {
  const page = await visit(world, browser, demoCustomer)
  const open = sent.filter(row => Number(row['Balance']) > 0)
  const largest = open.toSorted((a, b) => Number(b['Balance']) - Number(a['Balance'])).map(row => Number(row['DocNumber']))
  const every = numbersOf(sent).toSorted(byNumber)
  for (const [filter, sort, numbers] of [['Open', 'Largest', largest], ['All', 'Number', every], ['All', 'Number, last first', every.toReversed()]] as const) {
    await page.getByRole('button', { name: `${filter} ${numbers.length.toLocaleString('en-US')}` }).click()
    await page.getByLabel('Sort by').selectOption(sort)
    await expect.poll(async () => (await shown(page))[0]).toBe(numbers[0])
    const wanted = String(numbers[Math.floor(numbers.length / 2)])
    await page.getByRole('searchbox', { name: 'Search' }).fill(wanted)
    const found = numbers.filter(number => String(number).includes(wanted)).toSorted(byNumber)
    await expect.poll(async () => (await shown(page)).toSorted(byNumber)).toEqual(found)
    await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing')
    await page.getByText('No invoice matches “no such thing”.').waitFor()
    await page.getByRole('button', { name: 'Clear the search' }).click()
    await expect.poll(async () => (await shown(page))[0]).toBe(numbers[0])
  }
})
