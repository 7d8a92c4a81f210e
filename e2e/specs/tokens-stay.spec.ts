import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Log } from '../../api/ports.ts'
import { launchBrowser, newPage } from '../browser.ts'
import { type Customer, linkOf, newCustomer, newInvoice, payButton, payFrame, playAs, rowOf, typeCard } from '../flows/visitor.ts'
import { type World, startWorld } from '../world.ts'

const lines: string[] = []
const told = (said: unknown) => void lines.push(JSON.stringify(said, (_key, value: unknown) => (value instanceof Error ? (value.stack ?? value.message) : value)))
/** Keeps every word that the product says, before anything could be taken out of it. */
const keeping: Log = { debug: (...said) => told(said), info: (...said) => told(said), warn: (...said) => told(said), error: (...said) => told(said), child: () => keeping }

let world: World
let customer: Customer
let numbers: string[]
beforeAll(async () => {
  world = await startWorld({ invoices: 60, log: keeping })
  customer = newCustomer(world, 'Watched')
  numbers = [(await newInvoice(world, customer, 40)).number, (await newInvoice(world, customer, 41)).number]
}, 60_000)
afterAll(() => world?.close())

type Sent = { url: string; headers: Record<string, string>; page: string }

/** Everything that the pages of a context ask for, wherever it goes. */
function watch(context: BrowserContext): () => Promise<Sent[]> {
  const asked: Promise<Sent>[] = []
  context.on('request', request => void asked.push(request.allHeaders().then(headers => ({ url: request.url(), headers, page: request.frame().url() }))))
  return () => Promise.all(asked)
}

/** All that a page and its frames have put aside, cookies included. */
async function kept(page: Page): Promise<string> {
  const parts = await Promise.all(page.frames().map(frame => frame.evaluate(async () => ({
    origin: location.origin, local: Object.entries(localStorage), session: Object.entries(sessionStorage), cookies: document.cookie, name: window.name, state: history.state as unknown,
    databases: (await indexedDB.databases()).map(({ name }) => name), caches: await caches.keys().catch(() => 'not here'),
    events: (globalThis as { told?: string[] }).told ?? [],
  }))))
  return JSON.stringify([parts, await page.context().cookies()])
}

async function newWatchedPage(): Promise<{ page: Page; asked: () => Promise<Sent[]> }> {
  const page = await newPage(await launchBrowser())
  await page.addInitScript(() => {
    const heard = ((globalThis as { told?: string[] }).told = [] as string[])
    for (const type of ['ready', 'pay', 'paid', 'error', 'changed', 'signed-in']) document.addEventListener(`quittance:${type}`, event => heard.push(`${type} ${JSON.stringify((event as CustomEvent).detail)}`))
    addEventListener('message', event => heard.push(`message ${JSON.stringify(event.data)}`))
  })
  return { page, asked: watch(page.context()) }
}

/** The tokens that went over the wire to us, in headers and in addresses. */
function tokensIn(asked: readonly Sent[]): string[] {
  return [...new Set(asked.flatMap(({ url, headers }) => `${url} ${headers['authorization'] ?? ''}`.match(/(?:lnk|ses|chk|mst)_[\w-]{20,}/g) ?? []))]
}

function expectNowhere(asked: readonly Sent[], tokens: readonly string[], stored: string): void {
  for (const token of tokens) {
    expect(asked.filter(({ url, headers }) => !url.startsWith(world.apiUrl) && `${url} ${JSON.stringify(headers)}`.includes(token)).map(({ url }) => url), 'told to another site').toEqual([])
    expect(asked.filter(({ headers }) => (headers['referer'] ?? '').includes(token)).map(({ url }) => url), 'told as the page one comes from').toEqual([])
    expect(stored.includes(token) ? stored.slice(Math.max(0, stored.indexOf(token) - 300), stored.indexOf(token) + 60) : '', 'kept in the browser').toBe('')
    expect(lines.filter(line => line.includes(token)), 'written to the log').toEqual([])
  }
}

test('the link of a letter, and the pay page that it opens, are told to no other site, kept nowhere and logged nowhere', async () => {
  const { page, asked } = await newWatchedPage()
  const { url } = await linkOf(world, customer)
  await page.goto(url)
  await rowOf(page, numbers[0] ?? '').getByRole('checkbox').check()
  await page.getByRole('button', { name: /^Pay \$40/ }).click()
  await typeCard(page)
  const during = await kept(page)
  await payButton(page).click()
  await page.getByRole('heading', { name: /^Paid/ }).waitFor()
  const sent = await asked()
  const tokens = tokensIn(sent)
  expect(tokens.map(token => token.slice(0, 4)).toSorted()).toEqual(['chk_', 'lnk_'])
  expectNowhere(sent, tokens, during + (await kept(page)))
})

test('the session that a shop’s server asked for, and its pay page, stay in the widget: not in the shop’s storage, events or addresses', async () => {
  const { page, asked } = await newWatchedPage()
  playAs(world, customer)
  await page.goto(`${world.outside.site.url}/account?demo`)
  await rowOf(page, numbers[1] ?? '').getByRole('checkbox').check()
  await page.getByRole('button', { name: /^Pay \$41/ }).click()
  await typeCard(payFrame(page))
  const sent = await asked()
  const tokens = tokensIn(sent)
  expect(tokens.map(token => token.slice(0, 4)).toSorted()).toEqual(['chk_', 'ses_'])
  expectNowhere(sent, tokens, await kept(page))
})
