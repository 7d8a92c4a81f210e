import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const phone = { width: 280, height: 640 }

/** What breaks WCAG 2.2 A or AA, by rule and place, in the whole page or in one element of it. */
export async function violations(page: Page, within = 'html'): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(
    async ([runOnly, element]) => {
      const result = await (globalThis as unknown as { axe: typeof axe }).axe.run(element, { runOnly })
      return result.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 160)}`))
    },
    [rules, within] as const,
  )
}

/** The widget as it stands in this page, in light and dark, from right to left and 280 pixels wide: nothing breaks WCAG 2.2 AA, nothing sticks out. */
export async function expectAccessible(page: Page): Promise<void> {
  const usual = page.viewportSize()
  const dress = (theme: string, dir: string) =>
    page.evaluate(([asTheme, asDir]) => {
      document.documentElement.dir = asDir
      document.querySelector('quittance-invoices')?.setAttribute('theme', asTheme)
    }, [theme, dir] as const)
  for (const [theme, dir] of [['light', 'ltr'], ['dark', 'ltr'], ['light', 'rtl']] as const) {
    await dress(theme, dir)
    expect(await violations(page, 'quittance-invoices'), `${theme}, ${dir}`).toEqual([])
  }
  for (const dir of ['rtl', 'ltr']) {
    await dress('light', dir)
    await page.setViewportSize(phone)
    const sticksOut = await page.locator('quittance-invoices').evaluate(host => {
      const [left, right] = [host.getBoundingClientRect().left - 1, host.getBoundingClientRect().right + 1]
      const parts = [...(host.shadowRoot?.querySelectorAll('.root *') ?? [])].filter(part => part.checkVisibility() && !part.closest('.unseen,.word,dialog'))
      return parts.filter(part => part.getBoundingClientRect().right > right || part.getBoundingClientRect().left < left).map(part => part.outerHTML.slice(0, 120))
    })
    expect(sticksOut, `wider than ${phone.width} pixels, ${dir}`).toEqual([])
  }
  expect(await violations(page, 'quittance-invoices'), '280 pixels').toEqual([])
  if (usual) await page.setViewportSize(usual)
}
