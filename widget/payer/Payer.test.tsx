import { fireEvent, waitFor, within } from '@testing-library/preact'
import { afterEach, expect, test } from 'vitest'
import { fakeApi, type FakeApi } from '../fake/api.ts'
import { handful, invoiceRow, money } from '../fake/invoices.ts'
import { stagePayer, type Stage } from '../fake/stage.tsx'

let stage: Stage | undefined

afterEach(() => stage?.end())

async function show(api: FakeApi, token: string | null = 'lnk_good') {
  stage = await stagePayer(api, token)
  return { ...stage, see: within(stage.root) }
}

const bodyOf = (api: FakeApi, path: string) => api.asked.filter(call => call.path.startsWith(path)).at(-1)?.body

test('IL38: someone signed in sees every open invoice with its state, and what is owed above all', async () => {
  const { see } = await show(fakeApi(handful))
  expect(see.getByText('$15,075.49')).toBeTruthy()
  expect(see.getAllByRole('listitem')).toHaveLength(5)
  expect(see.getAllByRole('listitem')[0]?.textContent).toMatch(/1042.*9 days late.*Overdue.*\$1,240\.00/)
  expect(see.getByText('Bank payment, arriving by 8 Dec')).toBeTruthy()
})

test('with nothing chosen the main button pays all that can be paid', async () => {
  const api = fakeApi(handful)
  const { see, went } = await show(api)
  fireEvent.click(see.getByRole('button', { name: 'Pay all $14,625.49' }))
  await waitFor(() => expect(went).toEqual(['http://api.test/pay/chk_1']))
  expect(bodyOf(api, '/v1/checkouts')).toMatchObject({ invoices: [{ invoiceId: 'inv_1042' }, { invoiceId: 'inv_1047' }, { invoiceId: 'inv_1051' }, { invoiceId: 'inv_1053' }] })
})

test('two chosen invoices and a part of one are paid to the cent', async () => {
  const api = fakeApi(handful)
  const { see } = await show(api)
  fireEvent.click(see.getByLabelText('Choose invoice 1042'))
  fireEvent.click(see.getByLabelText('Choose invoice 1047'))
  await waitFor(() => expect(see.getByRole('button', { name: 'Pay $1,625.50' })).toBeTruthy())
  fireEvent.input(see.getByLabelText('Amount to pay of invoice 1042, in USD'), { target: { value: '1,000.01' } })
  const button = await waitFor(() => see.getByRole('button', { name: 'Pay $1,385.51' }))
  fireEvent.click(button)
  await waitFor(() => expect(bodyOf(api, '/v1/checkouts')).toMatchObject({ invoices: [{ invoiceId: 'inv_1042', amount: 100_001 }, { invoiceId: 'inv_1047' }] }))
})

test('an amount above what is open is refused with its reason, and nothing is sent', async () => {
  const api = fakeApi(handful)
  const { see, portal } = await show(api)
  fireEvent.click(see.getByLabelText('Choose invoice 1042'))
  fireEvent.input(await waitFor(() => see.getByLabelText('Amount to pay of invoice 1042, in USD')), { target: { value: '5000' } })
  await waitFor(() => expect(see.getByText('At most $1,240.00 is open.')).toBeTruthy())
  fireEvent.click(see.getByRole('button', { name: 'Pay the chosen invoices' }))
  expect(portal.state.busy).toBeNull()
  expect(bodyOf(api, '/v1/checkouts')).toBeUndefined()
})

test('invoices of another currency cannot join, and the reason is written out', async () => {
  const { see } = await show(fakeApi([...handful, invoiceRow({ id: 'inv_2001', total: money(98_000, 'EUR') })]))
  fireEvent.click(see.getByLabelText('Choose invoice 1042'))
  const euro = see.getByLabelText('Choose invoice 2001') as HTMLInputElement
  await waitFor(() => expect(euro.disabled).toBe(true))
  expect(see.getByText('One payment takes one currency. To pay in EUR, clear your choice first.').id).toBe(euro.getAttribute('aria-describedby'))
})

test('a page may hold a payment back', async () => {
  const api = fakeApi(handful)
  const { see, portal } = await show(api)
  portal.ports.emit = () => false
  fireEvent.click(see.getByRole('button', { name: 'Pay all $14,625.49' }))
  expect(bodyOf(api, '/v1/checkouts')).toBeUndefined()
})

test('a balance that changed meanwhile is shown afresh with what happened', async () => {
  const api = fakeApi(handful)
  const { see } = await show(api)
  fireEvent.click(see.getByLabelText('Choose invoice 1042'))
  api.trouble.set('/v1/checkouts', { status: 409, code: 'balance-changed', detail: 'Invoice 1042 was partly paid meanwhile.', invoices: [invoiceRow({ id: 'inv_1042', state: 'partly_paid', total: money(124_000), balance: money(20_000) })] })
  fireEvent.click(await waitFor(() => see.getByRole('button', { name: 'Pay $1,240.00' })))
  await waitFor(() => expect(see.getByText(/partly paid meanwhile/)).toBeTruthy())
  expect(see.getByRole('button', { name: 'Pay $200.00' })).toBeTruthy()
})

test('a payment elsewhere turns the row to paid in place and is said aloud', async () => {
  const api = fakeApi(handful)
  const { see } = await show(api)
  await waitFor(() => expect(api.asked.filter(call => call.path.startsWith('/v1/events?since='))).toHaveLength(1))
  // What the page has just read it does not ask for again.
  expect(api.asked.filter(call => call.path.startsWith('/v1/portal'))).toHaveLength(1)
  api.rows = api.rows.map(row => (row.id === 'inv_1047' ? invoiceRow({ id: row.id, state: 'paid', total: row.total }) : row))
  api.publish(['inv_1047'], ['Invoice 1047 is now paid'])
  await waitFor(() => expect(see.getByText('Invoice 1047 is now paid').getAttribute('role')).toBe('status'))
  const rows = see.getAllByRole('listitem')
  expect(rows[1]?.textContent).toContain('1047')
  expect(rows[1]?.textContent).toContain('Paid')
  expect(see.getByText('$14,689.99')).toBeTruthy()
})

test('IL5: an opened invoice shows its lines, sums, payments and history, and leads back', async () => {
  const { see } = await show(fakeApi(handful))
  fireEvent.click(see.getByText('1051', { exact: false, selector: 'button' }))
  const heading = await waitFor(() => see.getByRole('heading', { name: 'Invoice 1051' }))
  await waitFor(() => expect(document.activeElement).toBe(heading))
  for (const shown of ['Oak counter', '2.5 × $100.00', 'Delivered to the back door.', '-$130.00', 'ME sales tax 5.5 %', 'Payment, card ending 4242', '-$1,200.00', 'Sent to pat@harbourcoffee.example']) expect(see.getByText(shown, { exact: false })).toBeTruthy()
  fireEvent.click(see.getByText('All invoices', { exact: false }))
  await waitFor(() => expect(document.activeElement?.textContent).toContain('1051'))
})

test('IL2: that somebody looks at an invoice is told once they have touched the page, and not because it was opened', async () => {
  const api = fakeApi(handful)
  const { see } = await show(api)
  const told = () => api.asked.filter(call => call.method === 'POST' && call.path.endsWith('/views')).map(call => call.path)
  fireEvent.click(see.getByText('1051', { exact: false, selector: 'button' }))
  const heading = await waitFor(() => see.getByRole('heading', { name: 'Invoice 1051' }))
  await waitFor(() => expect(document.activeElement).toBe(heading))
  expect(told()).toEqual([])
  fireEvent.pointerDown(document.body)
  fireEvent.keyDown(document.body)
  await waitFor(() => expect(told()).toEqual(['/v1/invoices/inv_1051/views']))
  fireEvent.click(see.getByText('All invoices', { exact: false }))
  fireEvent.pointerDown(document.body)
  expect(told()).toHaveLength(1)
})

test('nothing to pay says when the last invoice was paid', async () => {
  const { see } = await show(fakeApi(handful.filter(row => row.state === 'paid')))
  expect(see.getByText('Nothing to pay. Your last invoice was paid on 3 Nov.')).toBeTruthy()
})

test('a wrong code is told, the right one opens the list', async () => {
  const api = fakeApi(handful)
  const { see } = await show(api, null)
  fireEvent.input(await waitFor(() => see.getByLabelText('E-mail address')), { target: { value: 'pat@harbour.example' } })
  fireEvent.click(see.getByRole('button', { name: 'Send me a code' }))
  const code = await waitFor(() => see.getByLabelText('6-digit code'))
  expect(bodyOf(api, '/v1/sign-in/codes')).toEqual({ merchant: 'pk_1', email: 'pat@harbour.example' })
  fireEvent.input(code, { target: { value: '111 111' } })
  await waitFor(() => expect(see.getByRole('alert').textContent).toContain('wrong or too old'))
  fireEvent.input(code, { target: { value: '123 456' } })
  await waitFor(() => expect(see.getByText('$15,075.49')).toBeTruthy())
  expect(api.asked.at(-1)?.token).toBe('ses_good')
})

test('a link that has ended leads to the way back in', async () => {
  const { see } = await show(fakeApi(handful), 'lnk_old')
  expect(await waitFor(() => see.getByText(/Your sign-in has ended/))).toBeTruthy()
  expect(see.getByLabelText('E-mail address')).toBeTruthy()
})

test('a broken line keeps what was shown and says since when', async () => {
  const api = fakeApi(handful)
  const { see, portal } = await show(api)
  api.trouble.set('/v1/portal', 'offline')
  await portal.refresh()
  await waitFor(() => expect(see.getByText(/We cannot reach the server\. This is how things stood at 2:05/)).toBeTruthy())
  expect(see.getAllByRole('listitem')).toHaveLength(5)
  api.trouble.clear()
  fireEvent.click(see.getByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(see.queryByText(/We cannot reach/)).toBeNull())
})

test('too many requests say how long to wait', async () => {
  const api = fakeApi(handful)
  api.trouble.set('/v1/portal', { status: 429, code: 'rate-limited', retryAfterS: 12 })
  const { see } = await show(api)
  expect(see.getByRole('alert').textContent).toContain('Trying again in 12 seconds')
  expect(see.getByText('Open your invoices in a full page').getAttribute('href')).toBe('https://hosted.example/')
})

test('the search appears when there are many, and asks the server', async () => {
  const api = fakeApi([...handful, invoiceRow({ id: 'inv_3001' }), invoiceRow({ id: 'inv_3002' })])
  const { see } = await show(api)
  fireEvent.input(await waitFor(() => see.getByLabelText('Search')), { target: { value: '300' } })
  await waitFor(() => expect(see.getAllByRole('listitem')).toHaveLength(2))
  expect(api.asked.at(-1)?.path).toContain('q=300')
})

test('payments switched off show why, and no button', async () => {
  const api = fakeApi(handful)
  api.view = { payment: { enabled: false, whyNot: 'Online payment is not set up yet. Please pay by transfer.', partial: false, several: false } }
  const { see } = await show(api)
  expect(see.getByText('Online payment is not set up yet. Please pay by transfer.')).toBeTruthy()
  expect(see.queryByRole('checkbox')).toBeNull()
  expect(see.queryByRole('button', { name: /^Pay \$/ })).toBeNull()
})

test('IL38: someone who came by the link of one invoice signs in and sees all of them', async () => {
  const api = fakeApi(handful)
  api.view = { scope: 'invoice' }
  const { see } = await show(api)
  fireEvent.click(see.getByRole('button', { name: 'See all your invoices' }))
  fireEvent.input(await waitFor(() => see.getByLabelText('E-mail address')), { target: { value: 'pat@harbour.example' } })
  fireEvent.click(see.getByRole('button', { name: 'Send me a code' }))
  const code = await waitFor(() => see.getByLabelText('6-digit code'))
  api.view = { scope: 'customer' }
  fireEvent.input(code, { target: { value: '123456' } })
  await waitFor(() => expect(see.getAllByRole('listitem')).toHaveLength(5))
  expect(api.asked.filter(call => call.path.startsWith('/v1/portal')).at(-1)?.token).toBe('ses_good')
  fireEvent.click(see.getByRole('button', { name: 'Sign out' }))
  await waitFor(() => expect(api.asked.some(call => call.method === 'DELETE')).toBe(true))
})
