import { expect, test } from 'vitest'
import type { LandingInput } from '../../api/domain/views.ts'
import { detailOf, handful, invoiceRow, portalView } from '../fake/invoices.ts'
import { renderLanding } from './server.tsx'

const input: LandingInput = {
  view: portalView(handful), detail: null, base: '/i/lnk_1', filter: 'open', query: '', sort: 'due', page: 1, locale: 'en-US', notice: null,
}

function page(change: Partial<LandingInput> = {}): Element {
  const place = document.createElement('div')
  place.append(new DOMParser().parseFromString(renderLanding({ ...input, ...change }).html, 'text/html').body)
  return place
}

test('IL37: before any script runs, the list can be read, and paying is a form that posts what is chosen', () => {
  const landing = page()
  expect(landing.querySelectorAll('li.row')).toHaveLength(5)
  const form = landing.querySelector('form[method=post]')
  expect(form?.getAttribute('action')).toBe('/i/lnk_1/checkouts')
  expect([...(form?.querySelectorAll<HTMLInputElement>('input[name=invoice]') ?? [])].map(box => box.value)).toEqual(['inv_1042', 'inv_1047', 'inv_1051', 'inv_1053'])
  expect(form?.querySelector('input[name="amount-inv_1042"]')).not.toBeNull()
  expect(form?.querySelector('button[type=submit]')?.textContent).toBe('Pay the chosen invoices')
})

test('every step of the list is a link', () => {
  const landing = page({ view: portalView(handful, { list: { ...portalView(handful).list, nextCursor: '50' } }), page: 2, query: '10', sort: '-amount' })
  const hrefs = [...landing.querySelectorAll('a')].map(link => link.getAttribute('href'))
  expect(hrefs).toContain('/i/lnk_1?filter=paid&q=10&sort=-amount')
  expect(hrefs).toContain('/i/lnk_1?filter=open&q=10&sort=-amount&page=3')
  expect(hrefs).toContain('/i/lnk_1?filter=open&q=10&sort=-amount')
  expect(hrefs).toContain('/i/lnk_1/invoices/inv_1042')
})

test('one invoice is written whole, with its PDF as a link and a form that pays it', () => {
  const detail = detailOf(invoiceRow({ id: 'inv_1042' }))
  const landing = page({ detail })
  expect(landing.textContent).toContain('Oak counter')
  expect(landing.querySelector('a[href="/i/lnk_1/invoices/inv_1042/pdf"]')).not.toBeNull()
  expect(landing.querySelector<HTMLInputElement>('form input[name=invoice]')?.value).toBe('inv_1042')
  expect(landing.querySelector('a[href="/i/lnk_1"]')?.textContent).toContain('All invoices')
})

test('what a merchant or customer wrote is text, never markup', () => {
  const nasty = '</script><img src=x onerror=alert(1)>'
  const { html } = renderLanding({ ...input, notice: nasty, view: portalView([invoiceRow({ id: 'inv_1', number: nasty })]) })
  expect(html).not.toContain('<img')
  expect(html.match(/<\/script>/g)).toHaveLength(1)
})

test('a colour that is no colour is left out', () => {
  const merchant = { ...input.view.merchant, accent: 'red;}body{display:none' }
  expect(renderLanding({ ...input, view: { ...input.view, merchant } }).css).not.toContain('--merchant-accent:red')
  expect(renderLanding({ ...input, view: { ...input.view, merchant: { ...merchant, accent: '#123456' } } }).css).toContain('--merchant-accent:#123456')
})
