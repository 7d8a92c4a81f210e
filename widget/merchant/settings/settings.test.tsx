import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { problem } from '../fake/api.ts'
import { connectedCompany } from '../fake/company.ts'
import { fakeConsole } from '../fake/console.tsx'

afterEach(cleanup)

async function showPart(title: string) {
  const shown = fakeConsole(connectedCompany(), { at: '/console/settings' })
  render(shown.page)
  return { ...shown, part: within(await screen.findByRole('region', { name: title })) }
}

test('a new publish rule is saved, and only that', async () => {
  const { part, api } = await showPart('New invoices')
  const save = part.getByRole<HTMLButtonElement>('button', { name: 'Save' })
  expect(save.disabled).toBe(true)
  fireEvent.click(part.getByRole('radio', { name: /Let me look first/ }))
  fireEvent.click(save)
  await waitFor(() => expect(api.company.view.settings.publish).toBe('review'))
  await waitFor(() => expect(save.disabled).toBe(true))
})

test('a choice that could not be saved stays on the screen with its reason', async () => {
  const { part, api } = await showPart('New invoices')
  api.faults.push({ matches: /settings/, answer: problem(400, 'invalid-request', 'The rule was not saved.') })
  fireEvent.click(part.getByRole('radio', { name: /Show everything/ }))
  fireEvent.click(part.getByRole('button', { name: 'Save' }))
  expect((await part.findByRole('alert')).textContent).toContain('The rule was not saved.')
  expect(part.getByRole<HTMLInputElement>('radio', { name: /Show everything/ }).checked).toBe(true)
  expect(api.company.view.settings.publish).toBe('auto_if_sent')
})

test('the begin date is saved as a day, and emptied as none', async () => {
  const { part, api } = await showPart('QuickBooks')
  const field = part.getByLabelText('Begin date')
  fireEvent.input(field, { target: { value: '2025-07-01' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  await waitFor(() => expect(api.company.view.settings.extractBeginDate).toBe('2025-07-01'))
  await part.findByText('Nothing to save.')
  fireEvent.input(field, { target: { value: '' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  await waitFor(() => expect(api.company.view.settings.extractBeginDate).toBeNull())
})

test('what is typed while a save is under way is kept', async () => {
  const { part, api } = await showPart('How you appear')
  const field = part.getByLabelText<HTMLInputElement>('E-mail address for your customers’ questions')
  fireEvent.input(field, { target: { value: 'a@landscaping.example' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  fireEvent.input(field, { target: { value: 'ab@landscaping.example' } })
  await waitFor(() => expect(api.company.view.settings.supportEmail).toBe('a@landscaping.example'))
  await screen.findByText('How you appear is saved.')
  expect(field.value).toBe('ab@landscaping.example')
  expect(part.getByText('Not saved yet.')).toBeTruthy()
})

test('the recording account is chosen among QuickBooks’ own, with the hint about payouts', async () => {
  const { part, api } = await showPart('Payments')
  const field = part.getByLabelText<HTMLSelectElement>('Record payments in')
  await waitFor(() => expect([...field.options].map(option => option.text)).toEqual(['Undeposited Funds (QuickBooks’ own choice)', 'Checking (Bank)', 'Savings (Bank)']))
  expect(part.getByText(/bank account that your payouts arrive in/)).toBeTruthy()
  fireEvent.change(field, { target: { value: '36' } })
  fireEvent.click(part.getByRole('checkbox', { name: /pay a part/ }))
  fireEvent.click(part.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(api.company.view.settings).toMatchObject({ recordingAccountId: '36', partialPayments: false, multiInvoice: true }))
})

test('AP16: the page says that no deposits are recorded, because a bank feed in QuickBooks already matches them', async () => {
  const { part } = await showPart('Payments')
  expect((await part.findByText(/no deposits/)).textContent).toMatch(/bank feed in QuickBooks already matches your payouts/)
})

test('the tag to paste names this merchant and this server in two lines, with a link for pages without scripts', async () => {
  const { part, copied } = await showPart('Your website')
  fireEvent.click(part.getByRole('button', { name: 'Copy' }))
  await part.findByRole('button', { name: 'Copied ✓' })
  expect(copied).toEqual([`<quittance-invoices merchant="pk_test_4f9c2d"><a href="${location.origin}/pay-online/pk_test_4f9c2d">View and pay your invoices</a></quittance-invoices>\n<script async src="${location.origin}/v1/quittance.js"></script>`])
})

test('allowed sites are stored as origins, once each', async () => {
  const { part, api } = await showPart('Your website')
  const field = part.getByLabelText('Sites that may take payments in the page')
  fireEvent.input(field, { target: { value: 'www.example.com/shop\nhttps://www.example.com\nhttp://localhost:8080' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  await waitFor(() => expect(api.company.view.settings.allowedOrigins).toEqual(['https://www.example.com', 'http://localhost:8080']))
})

test('a site that is no address is refused by name and nothing is saved', async () => {
  const { part, api } = await showPart('Your website')
  const field = part.getByLabelText('Sites that may take payments in the page')
  fireEvent.input(field, { target: { value: 'javascript:alert(1)' } })
  fireEvent.submit(field.closest('form') as HTMLFormElement)
  expect((await part.findByRole('alert')).textContent).toContain('“javascript:alert(1)” is not an address')
  expect(api.asked).toEqual([])
})

test('a new API key is shown once and gone after “I have it”', async () => {
  const { part } = await showPart('API keys')
  fireEvent.input(part.getByLabelText('Name of a new key'), { target: { value: 'Booking server' } })
  fireEvent.click(part.getByRole('button', { name: 'Make a key' }))
  const key = await part.findByLabelText<HTMLTextAreaElement>('Your new key. It is shown only now.')
  expect(key.value).toBe('qk_test_secret9Zk2')
  fireEvent.click(part.getByRole('button', { name: 'I have it' }))
  expect(document.body.innerHTML).not.toContain('qk_test_secret9Zk2')
  expect(await part.findByText('Booking server')).toBeTruthy()
})

test('a key is deleted only after a question', async () => {
  const { part, api } = await showPart('API keys')
  fireEvent.click(await part.findByRole('button', { name: 'Delete the key Web shop' }))
  expect(api.asked).toEqual([])
  fireEvent.click(within(part.getByRole('dialog')).getByRole('button', { name: 'Delete' }))
  expect(await part.findByText('No key yet.')).toBeTruthy()
})
