import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany } from './fake/company.ts'
import { fakeConsole, type Shown } from './fake/console.tsx'

afterEach(cleanup)

async function show(): Promise<Shown> {
  const shown = fakeConsole(connectedCompany(), { at: '/console/customers' })
  render(shown.page)
  await screen.findByRole('list', { name: 'Customers' })
  return shown
}

test('“Copy link” makes a link and puts it on the clipboard', async () => {
  const { copied } = await show()
  fireEvent.click(screen.getByRole('button', { name: 'Copy link for Café Zoë' }))
  expect(await screen.findByText('Link for Café Zoë copied.')).toBeTruthy()
  expect(copied).toEqual(['https://pay.example/i/lnk_secret_cus_1'])
})

test('where the browser refuses the clipboard the link is shown to be copied by hand', async () => {
  const { clipboard } = await show()
  clipboard.refuses = true
  fireEvent.click(screen.getByRole('button', { name: 'Copy link for Café Zoë' }))
  expect((await screen.findByLabelText<HTMLTextAreaElement>('The link. It is shown this once.')).value).toBe('https://pay.example/i/lnk_secret_cus_1')
})

test('a revoked link is shown as revoked and cannot be revoked again', async () => {
  const { api } = await show()
  fireEvent.click(screen.getByRole('button', { name: 'Links of Blue Ridge Roofing' }))
  const links = await screen.findByRole('list', { name: 'Links' })
  fireEvent.click(within(links).getByRole('button', { name: /^Revoke the link to all invoices/ }))
  await waitFor(() => expect(within(links).queryByRole('button')).toBeNull())
  expect(within(links).getAllByText(/^Revoked/).length).toBe(2)
  expect(api.asked).toEqual(['DELETE /v1/merchant/links/lnk_1'])
})

test('“See what they see” opens the preview in a tab', async () => {
  const { opened } = await show()
  fireEvent.click(screen.getByRole('button', { name: /^See what they see: Café Zoë/ }))
  await waitFor(() => expect(opened).toEqual(['https://pay.example/i/preview_cus_1']))
})

test('a preview that fails leaves no empty tab behind', async () => {
  const { api, opened } = await show()
  api.faults.push({ matches: /preview/, answer: problem(503, 'unavailable', 'Not now.') })
  fireEvent.click(screen.getByRole('button', { name: /^See what they see: Café Zoë/ }))
  await waitFor(() => expect(opened).toEqual(['closed']))
  expect((await screen.findByRole('alert')).textContent).toContain('Not now.')
})

test('what a customer owes in two currencies is two amounts', async () => {
  await show()
  const row = screen.getByText('Harbor & Sons Marine Supply').closest('li')
  expect(row?.querySelector('.row-amount')?.textContent).toBe('$1,240.00€365.003 open invoices')
})
