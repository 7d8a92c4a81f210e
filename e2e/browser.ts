import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { installChromium } from './chromium.ts'

export type PageOptions = BrowserContextOptions & {
  /** Complaints of the page that this test expects, e.g. `/status of 401/` for a request that must be refused. */
  allow?: readonly RegExp[]
}

const launchTimeoutMs = 60_000
const actionTimeoutMs = 15_000

let running: Promise<Browser> | undefined

/**
 * One Chromium per worker; it ends with the worker. `CHROME_PATH` names another browser to use.
 * Site isolation, CORS and CSP are those of an ordinary Chromium.
 */
export async function launchBrowser(): Promise<Browser> {
  const current = await running
  if (!current?.isConnected()) running = launch()
  return running ?? launch()
}

async function launch(): Promise<Browser> {
  const { executablePath, env } = await installChromium()
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    timeout: launchTimeoutMs,
    // Containers have neither a user namespace for Chromium's sandbox nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'],
  })
}

/**
 * A page in a context of its own, for the test that calls it (or its `beforeEach`); closed when that test ends.
 * The test fails when any page of the context throws or writes an error to the console, unless `allow` matches it.
 * On failure a picture of each page is left in `.data/failed/`.
 */
export async function newPage(browser: Browser, options: PageOptions = {}): Promise<Page> {
  const { allow = [], ...contextOptions } = options
  const context = await browser.newContext({ reducedMotion: 'reduce', ...contextOptions })
  context.setDefaultTimeout(actionTimeoutMs)
  const complaints = complaintsOf(context)
  onTestFinished(async ({ task }) => {
    if (task.result?.state === 'fail') await photograph(context, task.name)
    await context.close()
    expect(complaints.filter(text => !allow.some(pattern => pattern.test(text))), 'what the page complained about').toEqual([])
  })
  return context.newPage()
}

/** What every page of the context writes to its console as an error, or throws, from now on. The list grows as it happens. */
export function complaintsOf(context: BrowserContext): readonly string[] {
  const complaints: string[] = []
  context.on('console', message => {
    if (message.type() === 'error') complaints.push(`${message.text()} (${message.location().url})`)
  })
  context.on('weberror', problem => complaints.push(String(problem.error().stack ?? problem.error())))
  return complaints
}

async function photograph(context: BrowserContext, testName: string): Promise<void> {
  const name = testName.replace(/[^\w-]+/g, '-').slice(0, 80)
  await Promise.all(
    context.pages().map((page, i) => page.screenshot({ path: `.data/failed/${name}-${i + 1}.png`, fullPage: true, timeout: 5_000 })),
  )
}
