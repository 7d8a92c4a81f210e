import { Hono } from 'hono'
import type { Browser } from 'playwright-core'
import { launchBrowser } from '../../browser.ts'
import { listen } from '../../emulators/kit/server.ts'
import { freePort } from '../../ports.ts'
import type { Bench } from '../bench.ts'
import { startServed } from '../child.ts'
import { median } from '../figures.ts'
import { invoicesOfCustomer, prepareDatabase, settingsFor } from '../prepared.ts'
import { slowPage } from './browser.ts'

const loadsPerRound = 3

/** What a customer waits for on a slow phone: the page behind the letter, and the widget in somebody's page. */
export const pages: Bench = {
  name: 'pages',
  plans: [
    { id: 'landing', what: 'landing page, first contentful paint at 4× slowed processor and slow 4G', floorIs: 'a static HTML page of the same bytes', unit: 'ms', target: { kind: 'ratio-at-most', value: 1.3 } },
    { id: 'script', what: `script time of the widget at 4× slowed processor, ${invoicesOfCustomer} invoices`, floorIs: null, unit: 'ms', target: { kind: 'at-most', value: 40 } },
  ],
  limit: 'The landing page is painted from its first answer; beyond the static page it lays out the list, and the server reads it first. About half of the widget’s time is Preact drawing the list’s 276 elements once, from data that is there; bare calls of the DOM would take a fifth. The rest is its styles, the room it holds while it asks, the asking, and fetching what paying needs.',
  async open() {
    const prepared = await prepareDatabase(1_000, 0)
    const port = await freePort()
    const apiUrl = `http://127.0.0.1:${port}`
    const api = await startServed(settingsFor(prepared, port))
    const [link = ''] = prepared.links
    const landingUrl = `${apiUrl}/i/${link}`
    const bytes = Buffer.byteLength(await (await fetch(landingUrl)).text())
    const host = await listen(hostPages({ bytes, apiUrl, publishableKey: prepared.publishableKey, link }))
    const browser = await launchBrowser()
    return {
      async round() {
        const floors: number[] = []
        const landings: number[] = []
        const scripts: number[] = []
        for (let i = 0; i < loadsPerRound; i++) {
          floors.push(await firstPaintMs(browser, `${host.url}/static`))
          landings.push(await firstPaintMs(browser, landingUrl))
          scripts.push(await scriptMs(browser, `${host.url}/widget`))
        }
        return { landing: { ours: median(landings), floor: median(floors) }, script: { ours: median(scripts), floor: null } }
      },
      async close() {
        await browser.close()
        await Promise.all([host.close(), api.stop()])
        prepared.drop()
      },
    }
  },
}

/** A page of nothing but text, as long as ours, and a page with nothing but the tag. */
function hostPages({ bytes, apiUrl, publishableKey, link }: { bytes: number; apiUrl: string; publishableKey: string; link: string }): Hono {
  const head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Invoices</title></head><body><h1>Your invoices</h1>'
  const row = '<p>Invoice 1042, issued 3 May, due 2 Jun: $1,240.00, overdue. Thank you for your business.</p>'
  const plain = head + row.repeat(Math.ceil(bytes / row.length)).slice(0, Math.max(0, bytes - head.length))
  return new Hono()
    .get('/static', c => c.html(plain))
    .get('/widget', c => c.html(`${head}<quittance-invoices merchant="${publishableKey}" token="${link}"></quittance-invoices><script async src="${apiUrl}/v1/quittance.js"></script></body></html>`))
}

async function firstPaintMs(browser: Browser, url: string): Promise<number> {
  const { page, close } = await slowPage(browser, { slowNetwork: true })
  await page.goto(url)
  const painted = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime)
  const ms = await painted.jsonValue()
  await close()
  if (ms === undefined) throw new Error(`${url} painted nothing`)
  return ms
}

/** All time in scripts until the rows stand there; the page has no other script. */
async function scriptMs(browser: Browser, url: string): Promise<number> {
  const { page, devtools, close } = await slowPage(browser, { slowNetwork: false })
  await devtools.send('Performance.enable')
  await page.goto(url)
  await page.locator('quittance-invoices li.row').nth(invoicesOfCustomer - 1).waitFor()
  const { metrics } = await devtools.send('Performance.getMetrics')
  await close()
  return 1_000 * (metrics.find(metric => metric.name === 'ScriptDuration')?.value ?? Number.NaN)
}
