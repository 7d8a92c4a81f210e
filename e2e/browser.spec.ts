import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { complaintsOf, launchBrowser, newPage } from './browser.ts'

let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/') response.setHeader('content-security-policy', `script-src 'self'`).setHeader('content-type', 'text/html').end('<!doctype html><title>Hello</title><script>document.title = "hacked"</script>')
    else response.writeHead(404).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close())

test('the browser keeps to a page’s content security policy, as an ordinary Chromium does', async () => {
  const page = await newPage(await launchBrowser(), { allow: [/Content Security Policy/, /favicon/] })
  await page.goto(origin)
  expect(await page.title()).toBe('Hello')
})

test('a script of one origin cannot read another without CORS', async () => {
  const page = await newPage(await launchBrowser(), { allow: [/Content Security Policy/, /CORS/, /ERR_FAILED/] })
  await page.goto('about:blank')
  const read = await page.evaluate(url => fetch(url).then(() => 'read', () => 'refused'), origin)
  expect(read).toBe('refused')
})

test('what a page throws or logs as an error is heard, from a second tab too', async () => {
  const context = await (await launchBrowser()).newContext()
  onTestFinished(() => context.close())
  const heard = complaintsOf(context)
  await (await context.newPage()).goto('data:text/html,<script>throw new Error("broken")</script>')
  await (await context.newPage()).goto('data:text/html,<script>console.error("wrong"); console.log("fine")</script>')
  await expect.poll(() => heard).toEqual([expect.stringContaining('broken'), expect.stringContaining('wrong')])
})

test.fails('a complaint that the test did not allow fails it', async () => {
  const page = await newPage(await launchBrowser())
  await page.goto('data:text/html,<script>console.error("wrong")</script>')
  expect(await page.title()).toBe('')
})
