import axe from 'axe-core'
import type { Frame, Page } from 'playwright-core'
import { expect } from 'vitest'

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
const phone = { width: 280, height: 640 }
const looks = [
  { theme: 'light', dir: 'ltr', narrow: false },
  { theme: 'dark', dir: 'ltr', narrow: false },
  { theme: 'light', dir: 'rtl', narrow: true },
  { theme: 'dark', dir: 'rtl', narrow: true },
  { theme: 'light', dir: 'ltr', narrow: true },
] as const

/** What breaks WCAG 2.2 A or AA, by rule and place, in the whole page or in one element of it. */
export async function violations(page: Page | Frame, within = 'html'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source)
  return page.evaluate(
    async ([runOnly, element]) => {
      const result = await (globalThis as unknown as { axe: typeof axe }).axe.run(element, { runOnly, resultTypes: ['violations'] })
      return result.violations.flatMap(({ id, nodes }) => nodes.map(node => `${id}: ${node.html.slice(0, 160)}`))
    },
    [rules, within] as const,
  )
}

/**
 * The widget as it stands, or another element of the page, in light and dark, from left and from right, wide and 280 pixels wide: nothing breaks WCAG 2.2 AA,
 * nothing scrolls sideways or is cut off. A pay page in its dialog is looked at with the page around it. Afterwards the page is as it was.
 */
export async function expectAccessible(page: Page, within = 'quittance-invoices'): Promise<void> {
  const usual = page.viewportSize()
  const frames = [{ frame: page.mainFrame(), within }, ...page.frames().filter(isPayPage).map(frame => ({ frame, within: 'html' }))]
  for (const { theme, dir, narrow } of looks) {
    const look = `${theme}, ${dir}${narrow ? `, ${phone.width} pixels` : ''}`
    await page.emulateMedia({ colorScheme: theme })
    const size = narrow ? phone : usual
    if (size) await page.setViewportSize(size)
    for (const { frame } of frames) await frame.evaluate(dress, { theme, dir })
    for (const { frame, within } of frames) {
      expect(await violations(frame, within), look).toEqual([])
      expect(await frame.locator(within).evaluateAll(cutOff), `cut off: ${look}`).toEqual([])
    }
  }
  await page.emulateMedia({ colorScheme: null })
  for (const { frame } of frames) await frame.evaluate(dress, { theme: '', dir: '' })
  if (usual) await page.setViewportSize(usual)
}

function isPayPage(frame: Frame): boolean {
  return frame.parentFrame() !== null && new URL(frame.url()).pathname.startsWith('/pay/')
}

/** A page says by its color scheme whether it is dark; the widget goes by that. */
function dress({ theme, dir }: { theme: string; dir: string }): void {
  document.documentElement.style.colorScheme = theme
  document.documentElement.dir = dir
}

/** What sticks out of the element, or scrolls sideways, or hides a part of what it says; the insides of shadow roots included. */
function cutOff(tops: Element[]): string[] {
  const below = (top: ParentNode): Element[] => [...top.querySelectorAll('*')].flatMap(part => [part, ...(part.shadowRoot ? below(part.shadowRoot) : [])])
  return tops.flatMap(top => {
    const seen = [top, ...(top.shadowRoot ? below(top.shadowRoot) : []), ...below(top)].filter(part => part.checkVisibility() && !part.closest('.unseen,.word'))
    const within = top.getBoundingClientRect()
    const outside = seen.filter(part => {
      const { left, right } = part.getBoundingClientRect()
      return part.closest('dialog') ? left < -1 || right > innerWidth + 1 : left < within.left - 1 || right > within.right + 1
    })
    // What is typed into a field may be longer than the field, and a page scrolls where a part would only overflow.
    const scrolling = seen.filter(part => !part.matches('input,select') && part.scrollWidth > part.clientWidth + 1 && (part === document.documentElement || getComputedStyle(part).overflowX !== 'visible'))
    return [...outside, ...scrolling].map(part => part.outerHTML.slice(0, 120))
  })
}
