import { cleanup, fireEvent, render, screen, within } from '@testing-library/preact'
import { afterEach, describe, expect, test } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany, emptyCompany, type FakeCompany } from './fake/company.ts'
import { fakeConsole } from './fake/console.tsx'

afterEach(cleanup)

function withConnection(company: FakeCompany, change: Partial<FakeCompany['view']['connection']>): FakeCompany {
  return { ...company, view: { ...company.view, connection: { ...company.view.connection, ...change } } }
}

describe('connecting', () => {
  test('the button leads to Intuit and is gone once a company is connected', async () => {
    render(fakeConsole(emptyCompany()).page)
    expect((await screen.findByRole('link', { name: 'Connect to QuickBooks' })).getAttribute('href')).toBe('/console/connect')
    cleanup()
    render(fakeConsole(connectedCompany(), { at: '/console/settings' }).page)
    expect(await screen.findByRole('button', { name: 'Disconnect' })).toBeTruthy()
    expect(screen.queryByRole('link', { name: /Connect to QuickBooks/ })).toBeNull()
  })

  test('a missing permission is named in the server’s words, with a way to try again, and leaves the address', async () => {
    const company = withConnection(emptyCompany(), { notice: 'QuickBooks did not give the permission “Accounting”.' })
    render(fakeConsole(company, { at: '/console?problem=missing-permission' }).page)
    const alert = await screen.findByRole('alert')
    expect(alert.textContent).toContain('“Accounting”')
    expect(within(alert).getByRole('link', { name: 'Try again' }).getAttribute('href')).toBe('/console/connect')
    expect(location.search).toBe('')
  })

  test('what is missing is still named after a reload', async () => {
    render(fakeConsole(withConnection(emptyCompany(), { notice: 'QuickBooks did not give the permission “Accounting”.' })).page)
    expect(await screen.findByText(/“Accounting”/)).toBeTruthy()
  })

  test.each(['missing-permission', 'access-denied', 'state-expired', 'company-taken', 'unknown'])('a return with %s says that nothing was connected or changed', async code => {
    render(fakeConsole(emptyCompany(), { at: `/console?problem=${code}` }).page)
    expect((await screen.findByRole('alert')).textContent).toMatch(/Nothing was connected|nothing was changed|already connected/)
  })

  test('a lost connection asks to reconnect in every place', async () => {
    render(fakeConsole(withConnection(connectedCompany(), { state: 'needs_reconnect' }), { at: '/console/payments' }).page)
    const link = within(await screen.findByRole('alert')).getByRole('link', { name: 'Reconnect to QuickBooks' })
    expect(link.getAttribute('href')).toBe('/console/connect')
  })
})

describe('disconnecting', () => {
  async function ask() {
    const shown = fakeConsole(connectedCompany(), { at: '/console/settings' })
    render(shown.page)
    fireEvent.click(await screen.findByRole('button', { name: 'Disconnect' }))
    return { ...shown, dialog: await screen.findByRole('dialog') }
  }

  test('first says what is deleted and what is kept; Cancel changes nothing', async () => {
    const { dialog, api } = await ask()
    expect(dialog.textContent).toMatch(/tokens are deleted/)
    expect(dialog.textContent).toMatch(/choices and all links between the two are kept/)
    fireEvent.click(within(dialog).getByRole('button', { name: 'Cancel' }))
    expect(screen.queryByRole('dialog')).toBeNull()
    expect(api.asked).toEqual([])
  })

  test('brings the Connect button back', async () => {
    const { dialog, api } = await ask()
    fireEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
    expect(await screen.findByRole('link', { name: 'Connect to QuickBooks' })).toBeTruthy()
    expect(api.asked).toEqual(['POST /v1/merchant/disconnect'])
  })

  test('that fails stays in the dialog with its reason', async () => {
    const { dialog, api } = await ask()
    api.faults.push({ matches: /disconnect/, answer: problem(503, 'unavailable', 'Intuit did not answer. Nothing was disconnected.') })
    fireEvent.click(within(dialog).getByRole('button', { name: 'Disconnect' }))
    expect((await within(dialog).findByRole('alert')).textContent).toContain('Nothing was disconnected')
  })
})
