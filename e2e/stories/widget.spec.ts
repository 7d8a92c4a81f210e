import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { handful, invoiceRow, manyInvoices } from '../../widget/fake/invoices.ts'
import { launchBrowser, newPage, type PageOptions } from '../browser.ts'
import { payAll } from './scenes.ts'
import { paymentView, startStories, type HostPage } from './server.ts'

let stories: Awaited<ReturnType<typeof startStories>>
beforeAll(async () => {
  stories = await startStories()
})
afterAll(async () => stories.close())
beforeEach(() => stories.reset())

async function open(host: HostPage = {}, options: PageOptions = {}): Promise<Page> {
  const page = await newPage(await launchBrowser(), options)
  await page.goto(stories.host(host))
  return page
}

const refused = { allow: [/status of (401|409|429|503)/, /ERR_INTERNET_DISCONNECTED/] }
test('the whole way to a payment is there by keyboard, and the focus is never behind the bar', async () => {
  stories.api.rows = manyInvoices(30)
  const page = await open({}, { viewport: { width: 375, height: 500 } })
  await page.getByLabel('Choose invoice 20000').waitFor()
  for (let presses = 0; presses < 40; presses++) {
    await page.keyboard.press('Tab')
    const place = await page.evaluate(() => {
      const root = document.querySelector('quittance-invoices')?.shadowRoot
      const focused = root?.activeElement
      const bar = root?.querySelector('.bar')
      if (!focused || !bar || bar.contains(focused) || !focused.closest('.row')) return null
      return { bottom: focused.getBoundingClientRect().bottom, bar: bar.getBoundingClientRect().top }
    })
    if (place) expect(place.bottom).toBeLessThanOrEqual(place.bar)
  }
  await page.getByLabel('Choose invoice 20003').focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Pay $101.11' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('dialog').waitFor()
  await page.keyboard.press('Escape')
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(await page.evaluate(() => document.querySelector('quittance-invoices')?.shadowRoot?.activeElement?.textContent)).toBe('Pay $101.11')
})

test.each([
  ['script and connect alone', "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; script-src 'self'; connect-src 'self'"],
  ['no inline style at all', "default-src 'self'; img-src data:; style-src 'self'"],
  ['trusted types', "require-trusted-types-for 'script'; trusted-types 'none'"],
])('the widget works under a strict policy: %s', async (_name, policy) => {
  const page = await open({ headers: { 'content-security-policy': policy } }, { allow: [/Content Security Policy/] })
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    document.addEventListener('securitypolicyviolation', event => seen.push(`${event.effectiveDirective} ${event.blockedURI}`))
  })
  await page.getByLabel('Choose invoice 1042').check()
  await page.getByRole('button', { name: 'Invoice 1051' }).click()
  await page.getByText('Left to pay').waitFor()
  expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([])
})

test('where the page does not let the frame in, the payment is one link away', async () => {
  const page = await open({ headers: { 'content-security-policy': "frame-src 'none'" } }, { allow: [/Content Security Policy|frame-src/] })
  await payAll(page).click()
  const link = page.getByRole('link', { name: 'Open it in a full page' })
  await link.waitFor()
  expect(await link.getAttribute('href')).toBe(`${stories.url}/pay/chk_1`)
})

test('styles of the page do not reach the widget, and the widget leaves the page alone', async () => {
  const hostile = '<style>*{color:red!important;font:30px serif!important;text-transform:uppercase!important;letter-spacing:4px!important} div,ul,li,button{display:none!important} :not(:defined){display:none!important} html{font-size:62.5%}</style>'
  const page = await open({ head: hostile, body: '<p id="host">Host</p>' })
  const row = page.locator('quittance-invoices .row').first()
  await row.waitFor()
  const style = await row.locator('.amount').evaluate(amount => {
    const { color, fontSize, textTransform, letterSpacing } = getComputedStyle(amount)
    return { color, fontSize, textTransform, letterSpacing }
  })
  expect(style).toEqual({ color: 'rgb(27, 31, 36)', fontSize: '15px', textTransform: 'none', letterSpacing: 'normal' })
  const globals = await page.evaluate(() => Object.getOwnPropertyNames(globalThis).filter(name => /quittance/i.test(name)))
  expect(globals).toEqual(['Quittance'])
})

test.each([
  ['attachShadow throws', 'Element.prototype.attachShadow = () => { throw new Error("no") }'],
  ['no constructable sheets', 'delete globalThis.CSSStyleSheet'],
])('the page\'s own link stands when the widget cannot start: %s', async (_name, sabotage) => {
  const page = await open({ head: `<script>${sabotage}</script>` })
  await page.waitForFunction(() => document.readyState === 'complete')
  expect(await page.getByRole('link', { name: 'View and pay your invoices' }).isVisible()).toBe(true)
})

test('old libraries and polluted prototypes do not change what is shown or sent', async () => {
  const page = await open({ head: '<script>Object.prototype.foo = "bar"; Object.prototype.onclick = "x"; Array.prototype.toJSON = function () { return "[" + this.join(",") + "]" }</script>' })
  await page.getByLabel('Choose invoice 1042').check()
  await page.getByRole('button', { name: 'Pay $1,240.00' }).click()
  await page.getByRole('dialog').waitFor()
  expect(stories.api.asked.filter(call => call.path === '/v1/checkouts').at(-1)?.body).toMatchObject({ invoices: [{ invoiceId: 'inv_1042' }] })
})

test('the list takes the room that its skeleton kept', async () => {
  const page = await newPage(await launchBrowser(), { viewport: { width: 900, height: 900 } })
  await page.addInitScript(() => {
    Object.assign(globalThis, { shift: 0 })
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) (globalThis as unknown as { shift: number }).shift += (entry as PerformanceEntry & { value: number }).value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  stories.api.rows = handful.slice(0, 3)
  await page.goto(stories.host({ body: '<p>What stands below.</p>' }))
  await payAll(page).waitFor()
  expect(await page.evaluate(() => (globalThis as unknown as { shift: number }).shift)).toBeLessThan(0.05)
})

test('a payment in the dialog: the list is paid without a reload, and the focus comes back', async () => {
  const page = await open()
  stories.checkout.answers = [paymentView('succeeded')]
  await page.evaluate(() => {
    const told: string[] = []
    Object.assign(globalThis, { told })
    for (const name of ['pay', 'paid']) document.addEventListener(`quittance:${name}`, event => told.push(`${event.type} ${JSON.stringify((event as CustomEvent).detail)}`))
  })
  await page.getByLabel('Choose invoice 1042').check()
  await page.getByRole('button', { name: 'Pay $1,240.00' }).click()
  const frame = page.frameLocator('iframe')
  await frame.getByLabel('Card number').waitFor()
  expect(await page.getByText('The payment page could not open here.').isVisible()).toBe(false)
  stories.api.rows = stories.api.rows.map(row => (row.id === 'inv_1042' ? invoiceRow({ id: row.id, state: 'paid' }) : row))
  await frame.getByRole('button', { name: 'Pay $1,540.00' }).click()
  await frame.getByText('Q7K2M9').waitFor()
  await page.locator('.row.paid', { hasText: '1042' }).waitFor()
  await frame.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByText('Invoice 1042 is now paid').waitFor({ state: 'attached' })
  const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told)
  expect(told[0]).toBe('quittance:pay {"invoices":["inv_1042"],"amount":124000,"currency":"USD"}')
  expect(told[1]).toBe('quittance:paid {"invoices":["inv_1042","inv_1051"]}')
})

test('while it is not known whether a payment went through, the dialog stays, and says why', async () => {
  const page = await open()
  stories.checkout.answers = [paymentView('unknown')]
  await payAll(page).click()
  const frame = page.frameLocator('iframe')
  await frame.getByRole('button', { name: 'Pay $1,540.00' }).click()
  await frame.getByText(/Please do not pay again/).waitFor()
  await page.getByText(/closes when it is safe/).waitFor()
  await page.getByRole('button', { name: 'Close' }).click({ force: true })
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor()
  expect(await page.locator('quittance-invoices dialog').evaluate(dialog => dialog.matches(':modal'))).toBe(true)
  stories.checkout.answers = [paymentView('succeeded')]
  await frame.getByText('Q7K2M9').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

test('IL37: the landing page is read, filtered, opened and paid from with scripts off', async () => {
  const page = await newPage(await launchBrowser(), { javaScriptEnabled: false, viewport: { width: 375, height: 800 } })
  await page.goto(`${stories.url}/i/lnk_good`)
  expect(await page.locator('.row').count()).toBe(5)
  await page.getByRole('link', { name: /^Paid/ }).click()
  expect(await page.locator('.row').count()).toBe(2)
  await page.getByRole('link', { name: 'Invoice 1038' }).click()
  await page.getByText('Oak counter').waitFor()
  await page.getByRole('link', { name: /All invoices/ }).click()
  await page.getByLabel('Choose invoice 1042').check()
  const [post] = await Promise.all([page.waitForRequest(request => request.method() === 'POST'), page.getByRole('button', { name: 'Pay the chosen invoices' }).click()])
  expect(new URL(post.url()).pathname).toBe('/i/lnk_good/checkouts')
  expect(post.postData()).toContain('invoice=inv_1042')
})

test('on the landing page scripts take over what stands there, and the list follows without a reload', async () => {
  const page = await newPage(await launchBrowser(), { viewport: { width: 375, height: 800 } })
  await page.addInitScript(() => {
    addEventListener('DOMContentLoaded', () => Object.assign(globalThis, { first: document.querySelector('quittance-invoices')?.shadowRoot?.querySelector('.row') }), { once: true, capture: true })
  })
  await page.goto(`${stories.url}/i/lnk_good`)
  await payAll(page).waitFor()
  const kept = await page.evaluate(() => document.querySelector('quittance-invoices')?.shadowRoot?.contains((globalThis as unknown as { first: Node }).first))
  expect(kept).toBe(true)
  stories.api.rows = stories.api.rows.map(row => (row.id === 'inv_1042' ? invoiceRow({ id: row.id, state: 'paid' }) : row))
  await expect.poll(() => stories.api.asked.some(call => call.path.startsWith('/v1/events?since=')), { timeout: 10_000 }).toBe(true)
  stories.api.publish(['inv_1042'], ['Invoice 1042 is now paid'])
  await page.locator('.row.paid', { hasText: '1042' }).waitFor()
})

test('`<quittance-pay>` is one button, and turns into the word Paid', async () => {
  const page = await open({ attributes: 'merchant="pk_none" token=""', body: '<quittance-pay merchant="pk_1" token="lnk_good" invoice="inv_1042"><a href="/hosted">Pay it here</a></quittance-pay>' }, refused)
  const button = page.locator('quittance-pay').getByRole('button', { name: 'Pay $1,240.00' })
  await button.waitFor()
  stories.checkout.answers = [paymentView('succeeded')]
  await button.click()
  stories.api.rows = stories.api.rows.map(row => (row.id === 'inv_1042' ? invoiceRow({ id: row.id, state: 'paid' }) : row))
  await page.frameLocator('iframe').getByRole('button', { name: /^Pay/ }).click()
  await page.frameLocator('iframe').getByRole('button', { name: 'Done' }).click()
  await page.locator('quittance-pay').getByText('Invoice 1042: Paid').waitFor()
  expect(await button.count()).toBe(0)
})

test('a page that gives a fresh token on demand never shows a sign-in', async () => {
  const page = await open({
    attributes: 'merchant="pk_1"',
    body: '<script>let asked = 0; document.querySelector("quittance-invoices").getToken = async () => (asked++ ? "lnk_good" : "old")</script>',
  }, refused)
  await payAll(page).waitFor()
  expect(await page.getByText('Send me a code').count()).toBe(0)
})
