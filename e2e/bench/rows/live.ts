import { once } from 'node:events'
import { type Socket, connect, createServer } from 'node:net'
import { type Page, errors } from 'playwright-core'
import { launchBrowser } from '../../browser.ts'
import { demoCustomer } from '../../company/demo.ts'
import { deskOf, sentInvoice } from '../../flows/payer.ts'
import { startWorld } from '../../world.ts'
import type { Bench } from '../bench.ts'
import { percentile } from '../figures.ts'

const changes = 200
/** The stream is cut before every so many changes. */
const cutEvery = 20
const giveUpMs = 30_000

/** From the moment QuickBooks has committed a change to the moment an open widget shows it. */
export const live: Bench = {
  name: 'live',
  plans: [
    { id: 'live', what: `commit in QuickBooks to pixel in an open widget, ${changes} changes, the slowest in twenty`, floorIs: null, unit: 'ms', target: { kind: 'at-most', value: 1_000 } },
    { id: 'live-missed', what: 'changes that an open widget never showed, though its stream was cut ten times', floorIs: null, unit: 'missed', target: { kind: 'at-most', value: 0 }, takesMost: true },
  ],
  limit: 'Events are gathered for a fifth of a second, so that a burst costs one metered read; then come that read, the batch, and the page’s own question for its list.',
  async open(say) {
    const world = await startWorld()
    const line = await openLine(Number(new URL(world.apiUrl).port))
    world.outside.site.connect({ apiUrl: line.url, publishableKey: world.merchant.publishableKey, apiKey: world.merchant.apiKey, fallbackUrl: line.url })
    const browser = await launchBrowser()
    const page = await browser.newPage()
    const invoice = sentInvoice(world, demoCustomer.id, 999)
    await world.settled()
    await page.goto(world.outside.site.accountUrl)
    await seenAt(page, '999.00')
    let dollars = 1_000
    return {
      async round() {
        const tookMs: number[] = []
        let missed = 0
        for (let i = 1; i <= changes; i++) {
          if (i % cutEvery === 0) {
            line.cut()
            say(`${i} of ${changes} changes`)
          }
          dollars += 1
          const seen = seenAt(page, `${dollars.toLocaleString('en-US')}.00`)
          const { lines, change } = deskOf(world)
          change('Invoice', String(invoice['Id']), { Line: lines(dollars) })
          const committedAt = Date.now()
          const at = await seen
          if (at === null) missed += 1
          else tookMs.push(at - committedAt)
        }
        return { live: { ours: percentile(tookMs, 0.95), floor: null }, 'live-missed': { ours: missed, floor: null } }
      },
      async close() {
        await browser.close()
        await line.close()
        await world.close()
      },
    }
  },
}

/** When the widget shows this text, by the clock that all processes of the machine share; null where it never does. */
async function seenAt(page: Page, text: string): Promise<number | null> {
  const shows = (wanted: string) => (document.querySelector('quittance-invoices')?.shadowRoot?.textContent?.includes(wanted) ? Date.now() : undefined)
  try {
    const found = await page.waitForFunction(shows, text, { polling: 'raf', timeout: giveUpMs })
    return (await found.jsonValue()) ?? null
  } catch (error) {
    if (error instanceof errors.TimeoutError) return null
    throw error
  }
}

/** A way to the server that can be cut: every connection on it ends at once, and the next one goes through. */
async function openLine(port: number) {
  const sockets = new Set<Socket>()
  const server = createServer(near => {
    const far = connect(port, '127.0.0.1')
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket)
      socket.once('error', () => other.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    cut,
    close: async () => {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
