import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../browser.ts'
import { demoCustomer } from '../company/demo.ts'
import { generateCompany } from '../company/generate.ts'
import { asMerchant } from '../flows/console.ts'
import { payerOf } from '../flows/payer.ts'
import { playAs, typeCard } from '../flows/visitor.ts'
import { mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { hostileCompany } from './hostile-company.ts'

let world: World
let browser: Browser
let invoice: { id: string; customerId: string }
beforeAll(async () => {
  world = await startWorld({ company: hostileCompany(generateCompany({ seed: 1, invoices: 60, asOf: new Date().toISOString().slice(0, 10) })) })
  browser = await launchBrowser()
  const payer = await payerOf(world, { quickBooksId: demoCustomer.id })
  const found = (await payer.portal()).list.invoices.find(row => row.canPay && row.balance.currency === 'USD')
  if (!found) throw new Error('there is nothing to pay')
  invoice = found
}, 90_000)
afterAll(() => world?.close())

/** As narrow as a page must bear, and told of whatever a policy refuses. */
async function narrowPage(): Promise<Page> {
  const page = await newPage(browser, { viewport: { width: 280, height: 700 } })
  await page.addInitScript(() => {
    const refusals = ((globalThis as { refusals?: string[] }).refusals = [] as string[])
    document.addEventListener('securitypolicyviolation', event => refusals.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`))
  })
  return page
}

/** Nothing ran, nothing was refused, nothing was made of the text but text, and nothing has to be scrolled aside. */
async function expectHarmless(page: Page): Promise<void> {
  for (const frame of page.frames()) {
    const seen = await frame.evaluate(() => {
      const all = (root: ParentNode): Element[] => [...root.querySelectorAll('*')].flatMap(element => [element, ...(element.shadowRoot ? all(element.shadowRoot) : [])])
      const elements = all(document)
      return {
        hurt: 'hurt' in globalThis, refusals: (globalThis as { refusals?: string[] }).refusals ?? [],
        handlers: elements.flatMap(element => [...element.attributes].filter(({ name }) => name.startsWith('on')).map(({ name }) => `${element.tagName} ${name}`)),
        made: elements.filter(element => element.matches('img[src="x"], #hurt, svg[onload]')).map(element => element.outerHTML.slice(0, 80)),
        wide: document.documentElement.scrollWidth > innerWidth ? elements.filter(element => element.getBoundingClientRect().right > innerWidth + 1 || element.getBoundingClientRect().left < -1).map(element => `${element.tagName}.${element.getAttribute('class') ?? ''} ${Math.round(element.getBoundingClientRect().right)}`) : [],
      }
    })
    expect([frame.url(), seen]).toEqual([frame.url(), { hurt: false, refusals: [], handlers: [], made: [], wide: [] }])
  }
}

const newLink = async () => ((await world.merchant.call('POST', `/v1/merchant/customers/${invoice.customerId}/links`, {})) as { url: string }).url

test('with every text of QuickBooks hostile, the landing page, an invoice, the pay page and its receipt show it as text', async () => {
  const page = await narrowPage()
  const url = await newLink()
  await page.goto(url)
  await page.getByText('onerror=hurt=1').first().waitFor()
  await expectHarmless(page)
  await page.goto(`${url}/invoices/${invoice.id}`)
  await page.getByText('memomemo').first().waitFor()
  await expectHarmless(page)
  const checkout = await (await payerOf(world, { quickBooksId: demoCustomer.id })).checkout([{ invoiceId: invoice.id }])
  await page.goto(`${world.apiUrl}${checkout}`)
  await page.getByRole('button', { name: /^Pay / }).waitFor()
  await expectHarmless(page)
  await typeCard(page)
  await page.getByRole('button', { name: /^Pay / }).click()
  await page.getByRole('heading', { name: /^Paid/ }).waitFor()
  await expectHarmless(page)
})

test('so does the widget in the shop’s page, with an invoice opened', async () => {
  const page = await narrowPage()
  playAs(world, { name: 'Pat', email: demoCustomer.email })
  await page.goto(`${world.outside.site.url}/account?demo`)
  await page.locator('li.row .name :is(a,button)').first().click()
  await page.getByText('memomemo').first().waitFor()
  await expectHarmless(page)
})

test.each(['', 'invoices', 'invoices?filter=draft', 'customers', 'payments', 'settings'])('so does the console at /%s', async place => {
  const page = await narrowPage()
  await asMerchant(page.context(), world)
  await page.goto(`${world.apiUrl}/console/${place}`)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.getByText('onerror=hurt=1').first().waitFor()
  await expectHarmless(page)
})

test('so do the letters, in both their forms', async () => {
  const to = 'reader@harbourcoffee.example'
  const open = (await (await payerOf(world, { quickBooksId: demoCustomer.id })).portal('filter=open&limit=100')).list.invoices.find(row => row.canPay)
  await world.merchant.call('POST', `/v1/merchant/invoices/${open?.id}/send`, { email: to })
  await world.ask(null, 'POST', '/v1/merchant/sign-in/codes', { email: to })
  const letters = await until(() => mailsTo(world.outside.mail.url, to), mails => mails.length >= 2)
  const page = await newPage(browser, { viewport: { width: 280, height: 700 }, allow: [/Content Security Policy/] })
  for (const { subject, html, text } of letters) {
    expect(html).not.toMatch(/<(img|script|svg|iframe|i)\b[^>]*(onerror|onload|hurt)|<script|<svg/i)
    // Nothing turns the reading direction or moves a terminal's cursor.
    expect(`${subject} ${html} ${text}`).not.toMatch(/[\u202A-\u202E\u2066-\u2069]|(?![\n\r\t])\p{Cc}/u)
    expect(subject).not.toMatch(/[\r\n]/)
    await page.setContent(html)
    expect(await page.evaluate(() => ({ hurt: 'hurt' in globalThis, wide: document.documentElement.scrollWidth > innerWidth }))).toEqual({ hurt: false, wide: false })
  }
})

test('on our own pages text can become neither markup nor script, and nobody can make a policy that would let it', async () => {
  const page = await newPage(browser, { allow: [/Trusted|trusted-types|Content Security Policy/] })
  const tried = () => page.evaluate(() => {
    const attempt = (deed: () => void) => {
      try {
        deed()
        return 'done'
      } catch (error) {
        return error instanceof TypeError || error instanceof EvalError ? 'refused' : String(error)
      }
    }
    const { trustedTypes } = globalThis as unknown as { trustedTypes: { createPolicy(name: string, rules: object): unknown } }
    return {
      markup: attempt(() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=hurt=1>')), script: attempt(() => (document.createElement('script').text = 'hurt=1')),
      elsewhere: attempt(() => (document.createElement('script').src = 'https://elsewhere.example/a.js')), policy: attempt(() => trustedTypes.createPolicy('mine', {})),
      hurt: 'hurt' in globalThis,
    }
  })
  const url = await newLink()
  await asMerchant(page.context(), world)
  for (const address of [url, `${world.apiUrl}/console`, `${world.apiUrl}/docs`, `${world.apiUrl}/quickbooks/disconnected`]) {
    await page.goto(address)
    expect([address, await tried()]).toEqual([address, { markup: 'refused', script: 'refused', elsewhere: 'refused', policy: 'refused', hurt: false }])
  }
  // The provider's script may bring policies of its own; text that came by another way is refused all the same.
  const open = (await (await payerOf(world, { quickBooksId: demoCustomer.id })).portal('filter=open&limit=100')).list.invoices.find(row => row.canPay)
  await page.goto(`${world.apiUrl}${await (await payerOf(world, { quickBooksId: demoCustomer.id })).checkout([{ invoiceId: open?.id ?? '' }])}`)
  await page.getByRole('button', { name: /^Pay / }).waitFor()
  expect(await tried()).toEqual({ markup: 'refused', script: 'refused', elsewhere: 'refused', policy: 'done', hurt: false })
})
