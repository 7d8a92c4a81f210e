import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { complaintsOf, launchBrowser } from './browser.ts'
import { startWorld } from './world.ts'

const bytesMax = 300_000
const place = resolve(import.meta.dirname, '../docs/widget.png')

/** Takes the README's picture anew: the demo shop's account page with its customer's invoices, two of them chosen. Run `node e2e/picture.ts` after a build. */
async function takePicture(): Promise<void> {
  const world = await startWorld()
  const browser = await launchBrowser()
  try {
    const context = await browser.newContext({ viewport: { width: 1120, height: 960 }, deviceScaleFactor: 2, reducedMotion: 'reduce', locale: 'en-US' })
    const complaints = complaintsOf(context)
    const page = await context.newPage()
    await page.goto(world.outside.site.accountUrl)
    for (const box of [page.locator('.tick input').nth(0), page.locator('.tick input').nth(1)]) await box.check()
    await page.getByRole('button', { name: /^Pay \$/ }).waitFor()
    await page.mouse.click(1, 1)
    const picture = await page.screenshot()
    if (complaints.length > 0) throw new Error(`The page complained: ${complaints.join('; ')}`)
    if (picture.length > bytesMax) throw new Error(`The picture weighs ${picture.length} bytes; ${bytesMax} are allowed.`)
    writeFileSync(place, picture)
    process.stdout.write(`docs/widget.png, ${picture.length} bytes\n`)
  } finally {
    await browser.close()
    await world.close()
  }
}

await takePicture()
