import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/preact'
import { afterEach, describe, expect, test } from 'vitest'
import { problem } from './fake/api.ts'
import { connectedCompany } from './fake/company.ts'
import { fakeConsole, type Shown } from './fake/console.tsx'

afterEach(cleanup)

async function askForCode(): Promise<Shown> {
  const shown = fakeConsole(connectedCompany(), { signedIn: false, at: '/console/invoices' })
  render(shown.page)
  fireEvent.input(await screen.findByLabelText('Your e-mail address'), { target: { value: ' craig@landscaping.example ' } })
  fireEvent.click(screen.getByRole('button', { name: 'Send me a code' }))
  await screen.findByLabelText('The code')
  return shown
}

describe('signing in', () => {
  test('a pasted code with spaces signs in without another click and leads to where the merchant wanted to go', async () => {
    const { api } = await askForCode()
    fireEvent.input(screen.getByLabelText('The code'), { target: { value: '123 456' } })
    expect(await screen.findByRole('heading', { level: 1, name: 'Invoices' })).toBeTruthy()
    expect(api.asked).toEqual(['POST /v1/merchant/sign-in/codes', 'POST /v1/merchant/sign-in/sessions'])
  })

  test('a wrong code is refused in words and can be typed again', async () => {
    await askForCode()
    const field = screen.getByLabelText('The code')
    fireEvent.input(field, { target: { value: '000000' } })
    expect((await screen.findByRole('alert')).textContent).toContain('not the code we sent')
    expect(field.getAttribute('aria-invalid')).toBe('true')
    fireEvent.input(field, { target: { value: '123456' } })
    expect(await screen.findByRole('navigation', { name: 'Places' })).toBeTruthy()
  })

  test('a code that is too old says to ask for a new one', async () => {
    const { api } = await askForCode()
    api.faults.push({ matches: /sessions$/, answer: problem(401, 'expired', '') })
    fireEvent.input(screen.getByLabelText('The code'), { target: { value: '123456' } })
    expect((await screen.findByRole('alert')).textContent).toContain('no longer good')
    fireEvent.click(screen.getByRole('button', { name: 'Send a new code' }))
    expect(await screen.findByText('A new code is on its way.')).toBeTruthy()
    expect(screen.queryByRole('alert')).toBeNull()
  })

  test('too many tries name the wait', async () => {
    const { api } = await askForCode()
    api.faults.push({ matches: /sessions$/, answer: problem(429, 'rate-limited', '', { 'retry-after': '45' }) })
    fireEvent.input(screen.getByLabelText('The code'), { target: { value: '123456' } })
    expect(await screen.findByText('There were too many tries. Try again in 45 seconds.')).toBeTruthy()
  })

  test('an unreachable server is not taken for a wrong code', async () => {
    const { api } = await askForCode()
    api.faults.push({ matches: /sessions$/, answer: { status: 0 } })
    fireEvent.input(screen.getByLabelText('The code'), { target: { value: '123456' } })
    expect((await screen.findByRole('alert')).textContent).toContain('could not reach the server')
  })
})

describe('a session', () => {
  test('that ends while the console is open leads to the sign-in and says so', async () => {
    const shown = fakeConsole(connectedCompany())
    render(shown.page)
    await screen.findByText('Needs you')
    shown.api.signedIn = false
    fireEvent.click(screen.getByRole('link', { name: /^Payments/ }))
    expect(await screen.findByText(/Your session has ended/)).toBeTruthy()
    await waitFor(() => expect(shown.streams, 'event streams left open').toBe(0))
  })

  test('that ends while nobody does anything leads to the sign-in when the event stream is refused', async () => {
    const shown = fakeConsole(connectedCompany())
    render(shown.page)
    await waitFor(() => expect(shown.streams).toBe(1))
    shown.api.signedIn = false
    shown.refuseStreams()
    expect(await screen.findByText(/Your session has ended/)).toBeTruthy()
  })

  test('that the merchant ends does not claim to have run out', async () => {
    const shown = fakeConsole(connectedCompany())
    render(shown.page)
    fireEvent.click(await screen.findByRole('button', { name: 'Sign out' }))
    expect(await screen.findByLabelText('Your e-mail address')).toBeTruthy()
    expect(screen.queryByText(/Your session has ended/)).toBeNull()
    expect(shown.api.asked).toEqual(['DELETE /v1/merchant/session'])
  })
})

test('a console that cannot be loaded says so, and a second try brings it', async () => {
  const shown = fakeConsole(connectedCompany())
  shown.api.faults.push({ matches: /^GET \/v1\/merchant$/, answer: { status: 502, body: '<html>Bad gateway</html>' } })
  render(shown.page)
  fireEvent.click(await screen.findByRole('button', { name: 'Try again' }))
  await waitFor(() => expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Home'))
})
