import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, describe, expect, test } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany } from './fake/company.ts'
import { fakeConsole, type Shown } from './fake/console.tsx'

afterEach(cleanup)

async function show(at: string): Promise<Shown & { rows: () => HTMLElement[] }> {
  const shown = fakeConsole(connectedCompany(), { at })
  render(shown.page)
  await screen.findByRole('list', { name: 'Invoices' })
  return { ...shown, rows: () => within(screen.getByRole('list', { name: 'Invoices' })).getAllByRole('listitem') }
}

describe('the Draft folder', () => {
  test('publishes the chosen drafts, which leave it', async () => {
    const { api, rows } = await show('/console/invoices?filter=draft')
    expect(rows().length).toBe(17)
    fireEvent.click(screen.getByRole('checkbox', { name: /Choose invoice 1040 / }))
    fireEvent.click(screen.getByRole('checkbox', { name: /Choose invoice 1048 / }))
    fireEvent.click(screen.getByRole('button', { name: 'Publish 2 invoices' }))
    await waitFor(() => expect(rows().length).toBe(15))
    expect(api.company.invoices.filter(({ id }) => ['inv_0', 'inv_8'].includes(id)).map(({ visibility }) => visibility)).toEqual(['published', 'published'])
    expect(api.mailed).toEqual([])
  })

  test('chooses all shown at once, and none without a choice', async () => {
    const { rows } = await show('/console/invoices?filter=draft')
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Publish' }).disabled).toBe(true)
    fireEvent.click(screen.getByRole('checkbox', { name: 'All 17 shown' }))
    expect(screen.getByRole('button', { name: `Publish ${rows().length} invoices` })).toBeTruthy()
  })

  test('keeps the choice when publishing fails, and says why', async () => {
    const { api } = await show('/console/invoices?filter=draft')
    api.faults.push({ matches: /publications/, answer: problem(503, 'unavailable', 'Nothing was published. Try again.') })
    fireEvent.click(screen.getByRole('checkbox', { name: /Choose invoice 1040 / }))
    fireEvent.click(screen.getByRole('button', { name: 'Publish 1 invoice' }))
    expect((await screen.findByRole('alert')).textContent).toContain('Nothing was published')
    expect(screen.getByRole<HTMLInputElement>('checkbox', { name: /Choose invoice 1040 / }).checked).toBe(true)
  })
})

describe('sending', () => {
  test('shows the customer’s address before anything leaves, and mails to the one that is shown', async () => {
    const { api } = await show('/console/invoices?filter=draft')
    fireEvent.click(screen.getByRole('button', { name: 'Send invoice 1040 for Blue Ridge Roofing' }))
    const to = await screen.findByLabelText<HTMLInputElement>('To')
    await waitFor(() => expect(to.value).toBe('books0@customer.example'))
    expect(api.mailed).toEqual([])
    fireEvent.input(to, { target: { value: 'boss@customer.example' } })
    expect(screen.getByText(/Not the address that QuickBooks holds \(books0@customer\.example\)/)).toBeTruthy()
    fireEvent.click(within(screen.getByRole('dialog')).getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(api.mailed).toEqual([{ invoiceId: 'inv_0', email: 'boss@customer.example' }]))
    expect(await screen.findByText('Sent invoice 1040 for Blue Ridge Roofing to boss@customer.example.')).toBeTruthy()
  })

  test('to a customer without an address asks for one', async () => {
    await show('/console/invoices')
    fireEvent.click(screen.getByRole('button', { name: /^Send invoice 1041 for Johannesburg/ }))
    expect(await screen.findByText(/holds no address for this customer/)).toBeTruthy()
    expect(screen.getByLabelText<HTMLInputElement>('To').required).toBe(true)
  })
})

test('archiving asks first and says that QuickBooks keeps the invoice', async () => {
  const { api } = await show('/console/invoices')
  fireEvent.click(screen.getByRole('button', { name: /^Archive invoice 1042 / }))
  const dialog = await screen.findByRole('dialog')
  expect(dialog.textContent).toContain('In QuickBooks it stays as it is')
  expect(api.asked).toEqual([])
  fireEvent.click(within(dialog).getByRole('button', { name: 'Archive' }))
  await waitFor(() => expect(screen.queryByRole('button', { name: /^Archive invoice 1042 / })).toBeNull())
})

test('filters by the address, so that Back returns to the list before', async () => {
  const { rows } = await show('/console/invoices?filter=draft')
  fireEvent.click(screen.getByRole('link', { name: 'Overdue' }))
  await waitFor(() => expect(rows()[0]?.textContent).toContain('Overdue'))
  expect(location.search).toBe('?filter=overdue')
  expect(screen.getByRole('link', { name: 'Overdue' }).getAttribute('aria-current')).toBe('page')
})

test('a search that finds nothing offers the way back', async () => {
  const { rows } = await show('/console/invoices')
  fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'no such invoice' } })
  fireEvent.submit(screen.getByRole('search'))
  fireEvent.click(await screen.findByRole('link', { name: 'Clear the search' }))
  await screen.findByRole('list', { name: 'Invoices' })
  expect(rows().length).toBe(50)
})

test('shows more by cursor, and a change read meanwhile keeps what is shown', async () => {
  const { rows, api } = await show('/console/invoices')
  expect(screen.getByText('50 of 132 invoices')).toBeTruthy()
  fireEvent.click(screen.getByRole('button', { name: 'Show more' }))
  await waitFor(() => expect(rows().length).toBe(100))
  api.emit('changed', { version: 2, invoices: [], said: [] })
  fireEvent.click(screen.getByRole('button', { name: /^Publish invoice 1040 / }))
  await screen.findByText('Published invoice 1040 for Blue Ridge Roofing.')
  await waitFor(() => expect(rows()[0]?.textContent).toContain('Open'))
  expect(rows().length).toBe(100)
})

test('each state has its own words and its own shape', async () => {
  const { rows } = await show('/console/invoices')
  const seen = new Map(rows().slice(0, 8).map(row => [row.querySelector('.state')?.textContent, row.querySelector('.state svg')?.innerHTML]))
  expect([...seen.keys()]).toEqual(['Draft', 'Overdue', 'Open', 'Due soon', 'Partly paid', 'Processing', 'Paid', 'Void'])
  expect(new Set(seen.values()).size).toBe(8)
})

test('17-12 17-13: an invoice links to itself in QuickBooks, and the link opens beside the page', async () => {
  const { rows, api } = await show('/console/invoices')
  const [first] = api.company.invoices
  const link = within(rows()[0] as HTMLElement).getByRole('link', { name: /Open invoice .* in QuickBooks/ })
  expect(link.getAttribute('href')).toBe(first?.quickBooksUrl)
  expect([link.getAttribute('target'), link.getAttribute('rel')]).toEqual(['_blank', 'noopener noreferrer'])
})
