import type { BrowserContext, Page } from 'playwright-core'
import { codeFrom, mailsTo } from '../merchant.ts'
import type { World } from '../world.ts'

/** Opens the console and signs in with the code that comes by mail. */
export async function signInByCode(page: Page, world: World, email: string): Promise<void> {
  await page.goto(`${world.apiUrl}/console`)
  const before = (await mailsTo(world.outside.mail.url, email)).length
  await page.getByLabel('Your e-mail address').fill(email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  await page.getByLabel('The code').fill(await codeFrom(world.outside.mail.url, email, before))
  await page.getByRole('navigation', { name: 'Places' }).waitFor()
}

/** Gives a context the console session that the world's merchant already has. */
export async function asMerchant(context: BrowserContext, world: World, cookie = world.merchant.cookie): Promise<void> {
  const [name = '', value = ''] = cookie.split('=')
  await context.addCookies([{ name, value, url: world.apiUrl }])
}

export type AtIntuit = { as?: string; company?: string; without?: string; answer?: 'Connect' | 'Continue' | 'No thanks' }

/** What a person does on Intuit's own pages, from wherever the app sent them until Intuit sends them back. */
export async function answerIntuit(page: Page, world: World, { as = 'Avery Finch', company, without, answer = 'Connect' }: AtIntuit): Promise<void> {
  await page.waitForURL(url => url.origin === new URL(world.outside.quickbooks.url).origin)
  const person = page.getByRole('button', { name: as })
  // Whoever signed in at Intuit a moment ago is known there.
  if (await page.getByRole('heading', { name: 'Sign in', exact: true }).isVisible()) await person.click()
  if (company) await page.getByRole('radio', { name: company }).check()
  if (without) await page.getByRole('checkbox', { name: without }).uncheck()
  await page.getByRole('button', { name: answer }).click()
  await page.waitForURL(url => url.origin === world.apiUrl)
}

export type SeenBar = { done: number; total: number; head: string; steps: string[] }

/** Everything that the import's bar says from now on, also after the page was left and entered again. */
export async function watchBar(page: Page): Promise<SeenBar[]> {
  const seen: SeenBar[] = []
  await page.exposeFunction('barSays', (bar: SeenBar) => void (bar.done === seen.at(-1)?.done || seen.push(bar)))
  await page.addInitScript(() => {
    const look = () => {
      const bar = document.querySelector<HTMLProgressElement>('.import-progress progress')
      if (!bar) return
      const texts = (selector: string) => [...document.querySelectorAll<HTMLElement>(`.import-progress ${selector}`)].map(element => element.innerText.replaceAll('\n', ' '))
      void (globalThis as unknown as { barSays(bar: object): Promise<void> }).barSays({ done: bar.value, total: bar.max, head: texts('.import-head').join(), steps: texts('.import-step') })
    }
    new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  })
  return seen
}
