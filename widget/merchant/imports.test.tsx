import { act, cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/preact'
import { afterEach, describe, expect, test } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany, importOf } from './fake/company.ts'
import { fakeConsole } from './fake/console.tsx'

afterEach(cleanup)

function bar(name: string): HTMLProgressElement {
  return screen.getByRole<HTMLProgressElement>('progressbar', { name })
}

describe('an import', () => {
  test('moves its bars with each event, on Home and in the header, with speed and time left', async () => {
    const company = connectedCompany()
    company.view = { ...company.view, import: importOf('running') }
    const shown = fakeConsole(company)
    const { api } = shown
    render(shown.page)
    await screen.findByRole('region', { name: 'First load from QuickBooks' })
    await waitFor(() => expect(shown.streams).toBe(1))
    expect(bar('Invoices').value / bar('Invoices').max).toBeCloseTo(0.32)
    const further = importOf('running')
    await act(() => api.emit('import', { ...further, done: 9000, secondsLeft: 30, steps: further.steps.map(step => step.label === 'Invoices' ? { ...step, done: 8188 } : step) }))
    expect(bar('Invoices').value / bar('Invoices').max).toBeCloseTo(0.8188)
    expect(screen.getByText('9,000 of 17,212 · 30 seconds left · 240 a second')).toBeTruthy()
    expect(within(screen.getByRole('banner')).getByRole('link', { name: 'First load from QuickBooks: 9,000 of 17,212 · 30 seconds left' })).toBeTruthy()
  })

  test('that ends says how much came over, leaves the header, and the lists are read again', async () => {
    const company = connectedCompany()
    company.view = { ...company.view, import: importOf('running') }
    const shown = fakeConsole(company)
    const { api } = shown
    render(shown.page)
    await screen.findByRole('region', { name: 'First load from QuickBooks' })
    await waitFor(() => expect(shown.streams).toBe(1))
    api.company.home = { ...api.company.home, aging: [] }
    await act(() => api.emit('import', importOf('done')))
    expect(await screen.findByText('17,212 records in 72 seconds.', { exact: false })).toBeTruthy()
    expect(within(screen.getByRole('banner')).queryByRole('progressbar')).toBeNull()
    expect(await screen.findByText('Nobody owes you anything.')).toBeTruthy()
  })

  test('that ended before the stream was open is not left running on the screen', async () => {
    const company = connectedCompany()
    company.view = { ...company.view, import: importOf('running') }
    const { page, api } = fakeConsole(company)
    render(page)
    api.company.view = { ...api.company.view, import: importOf('done') }
    expect(await screen.findByText(/17,212 records/)).toBeTruthy()
    expect(screen.queryByRole('progressbar')).toBeNull()
  })

  test('that stops says why and is started again by its button', async () => {
    const company = connectedCompany()
    company.view = { ...company.view, import: importOf('failed') }
    const { page, api } = fakeConsole(company)
    render(page)
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('QuickBooks stopped answering. Wait a few minutes, then try again.')
    fireEvent.click(within(alert).getByRole('button', { name: 'Try again' }))
    expect(await screen.findByRole('region', { name: 'Import from QuickBooks' })).toBeTruthy()
    expect(api.asked).toEqual(['POST /v1/merchant/imports'])
  })
})

describe('starting one', () => {
  test.each([
    ['/console/invoices', 'Import', 'Everything since last time'],
    ['/console/customers', 'Refresh customers', 'Customers from QuickBooks'],
    ['/console/settings', 'Everything since last time', 'Everything since last time'],
    ['/console/settings', 'Import', 'Import from QuickBooks'],
  ])('at %s with “%s” shows its bar there', async (at, button, name) => {
    render(fakeConsole(connectedCompany(), { at }).page)
    fireEvent.click(await screen.findByRole('button', { name: button }))
    const region = await screen.findByRole('region', { name })
    expect(within(region).getAllByRole('progressbar').length).toBe(5)
  })

  test('is refused while another runs, and once it stopped the button works again', async () => {
    const shown = fakeConsole(connectedCompany(), { at: '/console/customers' })
    const { api } = shown
    render(shown.page)
    await waitFor(() => expect(shown.streams).toBe(1))
    const button = await screen.findByRole('button', { name: 'Refresh customers' })
    fireEvent.click(button)
    await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('true'))
    fireEvent.click(button)
    expect(api.asked.length).toBe(1)
    await act(() => api.emit('import', { ...importOf('failed', 'customers'), id: 'imp_2' }))
    await waitFor(() => expect(button.getAttribute('aria-busy')).toBe('false'))
  })

  test('that the server refuses says why beside the button', async () => {
    const { page, api } = fakeConsole(connectedCompany(), { at: '/console/customers' })
    api.faults.push({ matches: /imports/, answer: problem(409, 'import-running', 'An import is already running. Wait until it ends.') })
    render(page)
    fireEvent.click(await screen.findByRole('button', { name: 'Refresh customers' }))
    expect((await screen.findByRole('alert')).textContent).toContain('Wait until it ends')
  })
})
