import { Hono } from 'hono'
import type { Page } from 'playwright-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { launchBrowser, newPage, type PageOptions } from '../../../browser.ts'
import { listen, type RunningServer } from '../../kit/server.ts'
import { expectAccessible } from '../expectAccessible.ts'
import { accounting, realmB, startBench } from '../testBench.ts'

let bench: Awaited<ReturnType<typeof startBench>>
let app: RunningServer
let callback: string
beforeEach(async () => {
  app = await listen(new Hono().get('/callback', c => c.html('<!doctype html><title>Back at the app</title>')))
  callback = `${app.url}/callback`
  bench = await startBench({ redirectUris: [callback] })
})
afterEach(async () => {
  await bench.intuit.close()
  await app.close()
})

const open = async (options: PageOptions = {}): Promise<Page> => newPage(await launchBrowser(), { allow: [/favicon/], ...options })
const authorizeUrl = (params: Record<string, string> = {}) => bench.authorizeUrl({ redirect_uri: callback, ...params })
const exchange = (code: string | null) => bench.token({ grant_type: 'authorization_code', code: code ?? '', redirect_uri: callback })
const paramsOf = (page: Page) => new URL(page.url()).searchParams

test('with scripts off and by keyboard alone, a person signs in, chooses a company and connects it', async () => {
  const page = await open({ javaScriptEnabled: false })
  await page.goto(authorizeUrl())
  await page.getByRole('button', { name: /Avery Finch/ }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Connect Quittance to QuickBooks' }).waitFor()
  await page.getByRole('radio', { name: /Alder & Finch/ }).focus()
  await page.keyboard.press('ArrowDown')
  expect(await page.getByRole('radio', { name: /Second Company/ }).isChecked()).toBe(true)
  await page.getByRole('button', { name: 'Connect' }).focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(`${callback}**`)
  expect(paramsOf(page).get('realmId')).toBe(realmB)
  const { body } = await exchange(paramsOf(page).get('code'))
  expect((await bench.read(body.access_token, realmB)).status).toBe(200)
})

test('a person can leave a permission out', async () => {
  const page = await open()
  await page.goto(authorizeUrl())
  await page.getByRole('button', { name: /Avery Finch/ }).click()
  await page.getByRole('radio', { name: /Second Company/ }).check()
  await page.getByRole('checkbox', { name: /QuickBooks data/ }).uncheck()
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.waitForURL(`${callback}**`)
  const { body } = await exchange(paramsOf(page).get('code'))
  expect((await bench.read(body.access_token, realmB)).status).toBe(403)
})

test('who has signed in before goes straight to the choice, may be somebody else, and may decline', async () => {
  const page = await open()
  await page.goto(authorizeUrl())
  await page.getByRole('button', { name: /Avery Finch/ }).click()
  await page.goto(authorizeUrl({ state: 'again' }))
  await page.getByText('Signed in as Avery Finch').waitFor()
  await page.getByRole('button', { name: 'Not you?' }).click()
  await page.getByRole('button', { name: /Sam Okafor/ }).click()
  await page.getByText('You are not an administrator of any QuickBooks company').waitFor()
  await page.getByRole('button', { name: 'No thanks' }).click()
  await page.waitForURL(`${callback}**`)
  expect(Object.fromEntries(paramsOf(page))).toEqual({ error: 'access_denied', state: 'again' })
})

test('the pages have no WCAG 2.2 AA violation in light and dark, and fit 280 px', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await open({ colorScheme, bypassCSP: true, viewport: { width: 280, height: 700 }, allow: [/favicon/, /status of 400/] })
    await page.goto(authorizeUrl())
    await expectAccessible(page)
    await page.getByRole('button', { name: /Avery Finch/ }).click()
    await page.getByRole('radio').first().waitFor()
    await expectAccessible(page)
    await page.goto(authorizeUrl({ scope: `${accounting} email`, state: '' }))
    await page.getByRole('alert').waitFor()
    await expectAccessible(page)
  }
})
