import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, expect, test, vi } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany, money } from './fake/company.ts'
import { fakeConsole } from './fake/console.tsx'

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

test('what is owed is a bar of the filled buckets, and a table of all five says the same', async () => {
  render(fakeConsole(connectedCompany()).page)
  const picture = await screen.findByRole('img', { name: /Owed by age in USD: Not due \$18,240\.50, 1–30 days late \$7,312\.00/ })
  expect(picture.querySelectorAll('rect').length, 'parts, one bucket being empty').toBe(4)
  const rows = within(screen.getByRole('table', { name: 'Owed by age in USD' })).getAllByRole('row').slice(1)
  expect(rows.map(row => row.textContent)).toEqual(['Not due20 invoices$18,240.50', '1–30 days late8 invoices$7,312.00', '31–60 days late3 invoices$2,640.90', '61–90 days late0 invoices$0.00', 'Over 90 days late1 invoice$987.00'])
})

test('what came in has a bar for each day with money, and its table adds up to the total', async () => {
  const company = connectedCompany()
  render(fakeConsole(company).page)
  const picture = await screen.findByRole('img', { name: /\$42,700\.00 came in from 24 Aug to 21 Nov/ })
  const days = company.home.received[0]?.days.filter(day => day.amount > 0) ?? []
  expect(picture.querySelectorAll('rect').length).toBe(days.length)
  const cells = [...document.querySelectorAll('details table td')].map(cell => Math.round(Number(cell.textContent.replace(/[$,]/g, '')) * 100))
  expect(cells.reduce((sum, amount) => sum + amount, 0)).toBe(4_270_000)
})

test('two currencies are two pictures, never one sum', async () => {
  const company = connectedCompany()
  const usd = company.home.aging[0]
  if (usd) company.home = { ...company.home, aging: [usd, { currency: 'EUR', buckets: usd.buckets.map(bucket => ({ ...bucket, amount: money(100, 'EUR') })), total: money(500, 'EUR') }] }
  render(fakeConsole(company).page)
  expect(await screen.findByRole('img', { name: /Owed by age in EUR/ })).toBeTruthy()
  expect(screen.getByText('€5.00')).toBeTruthy()
})

test('the most urgent card comes first, and its action settles it', async () => {
  const { page, api } = fakeConsole(connectedCompany())
  render(page)
  await screen.findByText('Needs you')
  expect(screen.getAllByRole('heading', { level: 3 }).map(heading => heading.textContent)).toEqual(['A payment of $362.07 is not in QuickBooks', '3 customers have no e-mail address'])
  fireEvent.click(screen.getByRole('button', { name: 'Try again: A payment of $362.07 is not in QuickBooks' }))
  await waitFor(() => expect(screen.queryByText('A payment of $362.07 is not in QuickBooks')).toBeNull())
  expect(api.asked).toEqual(['POST /v1/merchant/cards/card_1/retry'])
})

test('a card whose action fails stays, with the reason', async () => {
  const { page, api } = fakeConsole(connectedCompany())
  api.faults.push({ matches: /cards/, answer: problem(503, 'unavailable', 'QuickBooks is away. Nothing was posted.') })
  render(page)
  fireEvent.click(await screen.findByRole('button', { name: /^I recorded it myself/ }))
  expect((await screen.findByRole('alert')).textContent).toContain('Nothing was posted')
  expect(screen.getByText('A payment of $362.07 is not in QuickBooks')).toBeTruthy()
})

test('many changes told at once lead to one new look', async () => {
  const { page, api } = fakeConsole(connectedCompany())
  render(page)
  await screen.findByText('Needs you')
  vi.useFakeTimers()
  const looks = vi.spyOn(api, 'answer')
  await act(() => { for (let i = 0; i < 50; i += 1) api.emit('changed', { version: i, invoices: [], said: [] }) })
  await act(async () => { await vi.advanceTimersByTimeAsync(1_000) })
  expect(looks.mock.calls.filter(([request]) => request.path === '/v1/merchant/home').length).toBe(1)
})
