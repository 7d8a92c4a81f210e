import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../browser.ts'
import { expectAccessible } from '../specs/accessible.ts'
import { scenes } from './scenes.ts'
import { startStories } from './server.ts'

let stories: Awaited<ReturnType<typeof startStories>>
beforeAll(async () => {
  stories = await startStories()
})
afterAll(() => stories.close())

test.each(scenes)('in light and dark, from either side and 280 pixels wide, nothing breaks WCAG 2.2 AA or is cut off: $name', async ({ at = {}, before, act, until }) => {
  stories.reset()
  before?.(stories)
  const page = await newPage(await launchBrowser(), { allow: [/status of (401|404|429|503)/, /ERR_INTERNET_DISCONNECTED/] })
  await page.goto(typeof at === 'string' ? stories.url + at : stories.host(at))
  await act?.(page)
  await page.getByText(until).first().waitFor()
  await expectAccessible(page, 'html')
  expect(await page.getByText(until).first().isVisible()).toBe(true)
})
