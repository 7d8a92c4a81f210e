import axe from 'axe-core'
import { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../browser.ts'
import { listen, type RunningServer } from '../emulators/kit/server.ts'
import { startSite, type Site } from './index.ts'

let browser: Browser
let api: RunningServer
let site: Site
let minted = 0

beforeAll(async () => {
  browser = await launchBrowser()
  const app = new Hono()
  app.post('/v1/sessions', c => c.json({ token: `ses_${++minted}`, expiresAt: '2026-11-21T12:00:00Z' }, 201))
  app.get('/v1/quittance.js', c => c.body('document.documentElement.dataset.widget = "ran"', 200, { 'content-type': 'text/javascript' }))
  api = await listen(app)
  site = await startSite({ connection: { apiUrl: api.url, publishableKey: 'pk_1', apiKey: 'qk_1', fallbackUrl: `${api.url}/pay-online/pk_1` } })
})
afterAll(async () => {
  await site.close()
  await api.close()
})

test('a visitor arrives signed in, may sign out, and sign in again', async () => {
  const page = await newPage(browser)
  await page.goto(site.accountUrl)
  const tag = page.locator('quittance-invoices')
  expect(await tag.getAttribute('token')).toMatch(/^ses_/)
  const fresh = await tag.evaluate(element => (element as HTMLElement & { getToken(): Promise<string> }).getToken())
  expect(fresh).toMatch(/^ses_/)
  expect(fresh).not.toBe(await tag.getAttribute('token'))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: /^Sign in as Pat/ }).waitFor()
  expect(await tag.getAttribute('token')).toBeNull()
  await page.getByRole('button', { name: /^Sign in as Pat/ }).click()
  await page.getByText('Signed in as Pat').waitFor()
})

test.each(['/', '/services', '/account', '/account?demo'])('%s has no accessibility violation and fits 320 px', async path => {
  const page = await newPage(browser, { viewport: { width: 320, height: 640 } })
  await page.goto(site.url + path)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run())
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)).toEqual([])
})

test.each(['csp', 'css', 'rtl', 'dark', 'sidebar'])('the hostile page %s runs the script of the API', async kind => {
  const page = await newPage(browser)
  await page.goto(`${site.url}/hostile/${kind}`)
  await page.locator('html[data-widget=ran]').waitFor({ state: 'attached' })
  expect(await page.locator('quittance-invoices').getAttribute('token')).toMatch(/^ses_/)
})
