import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectedCompany, emptyCompany, importOf, type FakeCompany } from '../../widget/merchant/fake/company.ts'
import { launchBrowser, newPage } from '../browser.ts'
import { startConsoleSite, type ConsoleSite } from '../console-site.ts'

let site: ConsoleSite
beforeAll(async () => { site = await startConsoleSite() })
afterAll(async () => site?.close())

const sizes = [{ width: 1280, height: 900 }, { width: 375, height: 800 }, { width: 320, height: 640 }]
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

type State = { name: string; at: string; company: () => FakeCompany; signedIn?: boolean; opened?: RegExp; seen: string }

const states: State[] = [
  { name: 'Home', at: '/console', company: connectedCompany, seen: 'Needs you' },
  { name: 'Home before the first connection, back with a problem', at: '/console?problem=missing-permission', company: emptyCompany, seen: 'Bring in your invoices' },
  { name: 'Home during the first load', at: '/console', company: () => changed({ import: importOf('running') }), seen: 'First load from QuickBooks' },
  { name: 'Home after a first load that stopped', at: '/console', company: () => changed({ import: importOf('failed') }), seen: 'First load from QuickBooks stopped' },
  { name: 'a lost connection', at: '/console/payments', company: () => changed({ connection: { ...connectedCompany().view.connection, state: 'needs_reconnect' } }), seen: 'Reconnect to QuickBooks' },
  { name: 'Invoices', at: '/console/invoices', company: connectedCompany, seen: '50 of 132 invoices' },
  { name: 'the Draft folder', at: '/console/invoices?filter=draft', company: connectedCompany, seen: 'All 17 shown' },
  { name: 'no invoices', at: '/console/invoices', company: emptyCompany, seen: 'No invoices yet.' },
  { name: 'sending', at: '/console/invoices', company: connectedCompany, opened: /^Send invoice 1040/, seen: 'The address that QuickBooks holds.' },
  { name: 'Customers', at: '/console/customers', company: connectedCompany, seen: '8 of 8 customers' },
  { name: 'the links of a customer', at: '/console/customers', company: connectedCompany, opened: /^Links of Blue/, seen: 'Works until' },
  { name: 'Payments', at: '/console/payments', company: connectedCompany, seen: '12 payments' },
  { name: 'Settings', at: '/console/settings', company: connectedCompany, seen: 'Web shop' },
  { name: 'an address that leads nowhere', at: '/console/nowhere', company: connectedCompany, seen: 'Go to Home' },
  { name: 'signing in', at: '/console', company: connectedCompany, signedIn: false, seen: 'Send me a code' },
]

function changed(change: Partial<FakeCompany['view']>): FakeCompany {
  const company = connectedCompany()
  return { ...company, view: { ...company.view, ...change } }
}

async function open(state: State): Promise<Page> {
  site.api(state.company(), { signedIn: state.signedIn ?? true })
  const page = await newPage(await launchBrowser(), { allow: state.signedIn === false ? [/status of 401/] : [] })
  await page.goto(site.url + state.at)
  if (state.opened) await page.getByRole('button', { name: state.opened }).click()
  await page.getByText(state.seen).first().waitFor()
  return page
}

async function violationsOf(page: Page): Promise<string[]> {
  const result = await page.evaluate(runOnly => (globalThis as unknown as { axe: typeof axe }).axe.run({ runOnly }), rules)
  return result.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 120)}`))
}

describe('the console under a strict content security policy', () => {
  test.each(states)('$name: no accessibility fault and no sideways scrolling, wide and narrow, light and dark', async state => {
    const page = await open(state)
    await page.evaluate(axe.source)
    for (const size of sizes) {
      await page.setViewportSize(size)
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `sideways at ${size.width}`).toBeLessThanOrEqual(0)
      // As high as its content, so that no target counts as hidden behind the bars that stay in view.
      await page.setViewportSize({ ...size, height: 16_000 })
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await violationsOf(page), `${size.width} ${colorScheme}`).toEqual([])
      }
    }
  })
})

describe('by keyboard alone', () => {
  test('a focused control is never behind the bars, on a phone', async () => {
    const page = await open({ name: '', at: '/console/invoices?filter=draft', company: connectedCompany, seen: 'All 17 shown' })
    await page.setViewportSize({ width: 375, height: 640 })
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab')
      const hidden = await page.evaluate(() => {
        const control = document.activeElement
        if (!control || control === document.body) return null
        const { left, top, width, height } = control.getBoundingClientRect()
        const seen = document.elementFromPoint(left + width / 2, top + height / 2)
        return seen && (control.contains(seen) || seen.contains(control)) ? null : control.outerHTML.slice(0, 120)
      })
      expect(hidden, `after ${i + 1} presses`).toBeNull()
    }
  })

  test('drafts are published, and the focus returns to what opened a dialog', async () => {
    const page = await open({ name: '', at: '/console/invoices?filter=draft', company: connectedCompany, seen: 'All 17 shown' })
    await page.getByRole('checkbox', { name: 'All 17 shown' }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Your Draft folder is empty.').waitFor()
    await page.getByRole('link', { name: 'Overdue' }).focus()
    await page.keyboard.press('Enter')
    const archive = page.getByRole('button', { name: /^Archive invoice 1041 / })
    await archive.focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await archive.evaluate(button => button === document.activeElement)).toBe(true)
  })

  test('a new place takes the focus to its heading, and Back returns', async () => {
    const page = await open({ name: '', at: '/console', company: connectedCompany, seen: 'Needs you' })
    await page.getByRole('link', { name: 'Customers' }).press('Enter')
    await page.getByText('8 of 8 customers').waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Customers')
    expect(await page.title()).toMatch(/^Customers · /)
    await page.goBack()
    await page.getByText('Needs you').waitFor()
  })
})

test('an import told over the event stream moves the bar in the header of every place', async () => {
  const api = site.api(changed({ import: importOf('running') }))
  const page = await newPage(await launchBrowser())
  await page.goto(`${site.url}/console/payments`)
  const bar = page.getByRole('banner').getByRole('progressbar')
  await bar.waitFor()
  await expect.poll(() => api.listening).toBe(1)
  api.emit('import', { ...importOf('running'), done: 16_000 })
  await expect.poll(() => bar.evaluate(element => (element as HTMLProgressElement).value)).toBe(16_000)
  api.emit('import', importOf('done'))
  await bar.waitFor({ state: 'detached' })
})
