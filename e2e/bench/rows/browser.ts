import type { Browser, CDPSession, Page } from 'playwright-core'

const cpuSlowdown = 4
/** Slow 4G as Lighthouse simulates it: 150 ms a round trip, 1.6 Mbit/s down, 750 kbit/s up. */
const slow4g = { offline: false, latency: 150, downloadThroughput: (1_600 * 1_024) / 8, uploadThroughput: (750 * 1_024) / 8 }

/** A page that nobody has visited before, on a slow phone: its own context, empty caches, a processor four times slower. */
export async function slowPage(browser: Browser, how: { slowNetwork: boolean }): Promise<{ page: Page; devtools: CDPSession; close(): Promise<void> }> {
  const context = await browser.newContext({ viewport: { width: 412, height: 915 } })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
  if (how.slowNetwork) {
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', slow4g)
  }
  return { page, devtools, close: () => context.close() }
}
