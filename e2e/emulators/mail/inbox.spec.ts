import axe from 'axe-core'
import { Resend } from 'resend'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { launchBrowser, newPage } from '../../browser.ts'
import { startMailEmulator, type MailEmulator } from './index.ts'

let browser: Browser
let mail: MailEmulator

beforeAll(async () => {
  browser = await launchBrowser()
  mail = await startMailEmulator({ perSecond: 1_000 })
})
beforeEach(async () => {
  await fetch(`${mail.url}/_emulator/reset`, { method: 'POST' })
})
afterAll(() => mail.close())

async function send(subject: string, html = `<p>Hello. <a href="${mail.url}/?q=followed">Follow me</a></p>`): Promise<string> {
  const sent = await new Resend(mail.apiKey, { baseUrl: mail.url }).emails.send({ from: 'Alder & Finch <bills@alderandfinch.example>', to: 'pat@harbourcoffee.example', subject, html, text: 'Hello.' })
  return sent.data?.id ?? ''
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run({ exclude: ['iframe'] }))
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
}

test('mail appears by itself, newest first, and is announced', async () => {
  const page = await newPage(browser)
  await page.goto(mail.url)
  await page.getByText('No mail yet').waitFor()
  await send('The first')
  await page.getByRole('link', { name: /The first/ }).waitFor()
  await send('The second')
  await page.getByRole('link', { name: /The second/ }).waitFor()
  expect(await page.locator('#list .subject').allTextContents()).toEqual([expect.stringContaining('The second'), expect.stringContaining('The first')])
  expect(await page.getByRole('status').textContent()).toMatch(/^New mail: .*The second/)
  expect(await page.title()).toBe('(2) Inbox')
})

test('a link in a message opens beside the inbox, and nothing in a message runs', async () => {
  const page = await newPage(browser, { allow: [/^Blocked script execution/] })
  const id = await send('Invoice 1042', `<p><a href="${mail.url}/?q=followed">Follow me</a></p><script>document.body.id = 'ran'</script>`)
  await page.goto(`${mail.url}/inbox/${id}`)
  const [opened] = await Promise.all([page.waitForEvent('popup'), page.frameLocator('iframe').getByRole('link', { name: 'Follow me' }).click()])
  await opened.waitForLoadState()
  expect(opened.url()).toBe(`${mail.url}/?q=followed`)
  expect(await page.title()).toContain('Invoice 1042')
  expect(await page.frameLocator('iframe').locator('body').getAttribute('id')).toBeNull()
})

test('everything can be read with scripts off, on a phone', async () => {
  const id = await send('Invoice 1042')
  const page = await newPage(browser, { javaScriptEnabled: false, viewport: { width: 320, height: 640 } })
  await page.goto(mail.url)
  await page.getByRole('link', { name: /Invoice 1042/ }).click()
  expect(page.url()).toBe(`${mail.url}/inbox/${id}`)
  await page.frameLocator('iframe').getByText('Hello.').waitFor()
  await page.getByRole('link', { name: 'Plain text' }).click()
  expect(await page.locator('pre').textContent()).toBe('Hello.')
  await page.getByRole('link', { name: 'Inbox' }).first().click()
  expect(new URL(page.url()).pathname).toBe('/')
})

test.each(['light', 'dark'] as const)('the inbox has no accessibility violation in %s', async colorScheme => {
  const page = await newPage(browser, { colorScheme })
  await page.goto(mail.url)
  expect(await violations(page)).toEqual([])
  const id = await send('Invoice 1042')
  await send('Another')
  for (const part of ['html', 'text', 'headers']) {
    await page.goto(`${mail.url}/inbox/${id}?part=${part}`)
    expect(await violations(page)).toEqual([])
  }
})

test('a phone shows no sideways scroll bar', async () => {
  const id = await send(`A subject with ${'a-very-long-word'.repeat(6)}`)
  const page = await newPage(browser, { viewport: { width: 320, height: 640 } })
  for (const path of ['/', `/inbox/${id}`, `/inbox/${id}?part=headers`]) {
    await page.goto(mail.url + path)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
  }
})
