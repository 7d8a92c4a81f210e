import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Hono } from 'hono'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { Stripe } from 'stripe'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../../../browser.ts'
import { listen, type RunningServer } from '../../kit/server.ts'
import { startStripeEmulator, type StripeEmulator } from '../index.ts'

/** A merchant's page with the stand-in's script, on another origin than the emulator; `pay` is what a pay page does. */
const page = (scriptUrl: string) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pay</title></head><body>
<div id="payment"></div><div id="host"></div><button id="pay">Pay</button><output id="out"></output>
<script src="${scriptUrl}"></script>
<script>
  window.heard = []
  window.openElement = (key, extra = {}, options = {}) => {
    window.stripe = Stripe(key, options)
    window.elements = stripe.elements({ mode: 'payment', amount: 12400, currency: 'usd', ...extra })
    window.element = elements.create('payment')
    for (const type of ['ready', 'change', 'focus', 'blur', 'escape', 'loaderror']) element.on(type, e => heard.push({ type, ...e }))
    element.mount('#payment')
  }
  window.failure = async call => { try { await call(); return null } catch (e) { return e.name + ': ' + e.message } }
  document.getElementById('pay').onclick = async () => {
    const out = document.getElementById('out')
    const { error } = await elements.submit()
    if (error) return out.textContent = 'invalid: ' + error.code
    const made = await stripe.createConfirmationToken({ elements, params: { return_url: location.href } })
    if (made.error) return out.textContent = 'error: ' + made.error.code
    const paid = await (await fetch('/charge', { method: 'POST', body: made.confirmationToken.id })).json()
    if (paid.status !== 'requires_action') return out.textContent = paid.status
    const next = await stripe.handleNextAction({ clientSecret: paid.client_secret })
    out.textContent = next.error ? 'refused: ' + next.error.code : next.paymentIntent.status
  }
</script></body></html>`

let browser: Browser
let emulator: StripeEmulator
let stripe: Stripe
let site: RunningServer
let tab: Page
let seenByPage: string[]

beforeAll(async () => {
  emulator = await startStripeEmulator()
  const { hostname, port } = new URL(emulator.url)
  stripe = new Stripe(emulator.secretKey, { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0, telemetry: false })
  const app = new Hono()
  app.get('/', c => c.html(page(emulator.scriptUrl)))
  app.post('/charge', async c => {
    try {
      const intent = await stripe.paymentIntents.create({ amount: 12_400, currency: 'usd', confirm: true, confirmation_token: await c.req.text() })
      return c.json({ status: intent.status, client_secret: intent.client_secret })
    } catch (error) {
      if (error instanceof Stripe.errors.StripeError) return c.json({ status: `declined: ${error.decline_code || (error.code ?? '')}` })
      throw error
    }
  })
  site = await listen(app, 0, 'localhost')
  browser = await launchBrowser()
})
afterAll(async () => {
  await site.close()
  await emulator.close()
})
beforeEach(async () => {
  tab = await newPage(browser, { allow: [/status of 40[012]/] })
  seenByPage = []
  tab.on('request', request => {
    if (request.frame() === tab.mainFrame()) seenByPage.push(`${request.url()} ${request.postData() ?? ''}`)
  })
  await tab.goto(site.url)
})

const open = async (extra: object = {}, options: object = {}): Promise<FrameLocator> => {
  await tab.evaluate(([key, more, opts]) => (window as unknown as { openElement: (k: string, e: object, o: object) => void }).openElement(key, more, opts), [emulator.publishableKey, extra, options] as const)
  const frame = tab.frameLocator('#payment iframe')
  await frame.getByLabel('Card number').waitFor()
  return frame
}
const type = async (frame: FrameLocator, number: string) => {
  await frame.getByLabel('Card number').pressSequentially(number)
  await frame.getByLabel('Expiration date').pressSequentially('1234')
  await frame.getByLabel('Security code').pressSequentially('123')
  await frame.getByLabel('ZIP code').pressSequentially('94107')
}
const outcome = async (wanted: string) => {
  await tab.locator('#out', { hasText: wanted }).waitFor()
  return tab.locator('#out').textContent()
}
const failure = (script: string) => tab.evaluate(`failure(async () => { ${script} })`) as Promise<string | null>
const tokens = async () => {
  const state = (await (await fetch(`${emulator.url}/_emulator/state?kind=confirmation_token`)).json()) as { confirmation_tokens: unknown[] }
  return state.confirmation_tokens.length
}
const heard = () => tab.evaluate('heard.map(e => e.type)') as Promise<string[]>

test('4242 pays; what was typed never passes through the page', async () => {
  const frame = await open()
  await type(frame, '4242424242424242')
  expect(await frame.getByLabel('Card number').inputValue()).toBe('4242 4242 4242 4242')
  expect(await frame.getByLabel('Expiration date').inputValue()).toBe('12 / 34')
  await tab.click('#pay')
  expect(await outcome('succeeded')).toBe('succeeded')
  expect(await heard()).toEqual(expect.arrayContaining(['ready', 'focus', 'change']))
  expect(seenByPage.filter(request => request.includes('4242'))).toEqual([])
  expect(await tab.evaluate('JSON.stringify(heard)')).not.toContain('4242')
  expect(await tab.evaluate('heard.findLast(e => e.type === "change")')).toMatchObject({ complete: true, empty: false, elementType: 'payment', value: { type: 'card' } })
})

test('a declined card says why and the same fields can pay with another one', async () => {
  const frame = await open()
  await type(frame, '4000000000009995')
  await tab.click('#pay')
  expect(await outcome('declined')).toBe('declined: insufficient_funds')
  await frame.getByLabel('Card number').fill('')
  await frame.getByLabel('Card number').pressSequentially('5555555555554444')
  await tab.click('#pay')
  expect(await outcome('succeeded')).toBe('succeeded')
})

test.each([
  ['Complete', '4000000000003220', 'succeeded'],
  ['Fail', '4000000000003220', 'refused: payment_intent_authentication_failure'],
  ['Complete', '4000008400001629', 'refused: card_declined'],
])('3-D Secure, %s with %s: %s', async (button, number, end) => {
  const frame = await open()
  await type(frame, number)
  await tab.click('#pay')
  const challenge = tab.frameLocator('iframe[title="3D Secure authentication"]')
  await challenge.getByText('$124.00').waitFor()
  await challenge.getByRole('button', { name: button }).click()
  expect(await outcome(end)).toBe(end)
  expect(await tab.locator('iframe[title="3D Secure authentication"]').count()).toBe(0)
})

test('what is missing or wrong in the fields is said beside them and nothing is sent', async () => {
  const before = await tokens()
  const frame = await open()
  await tab.click('#pay')
  expect(await outcome('invalid')).toBe('invalid: incomplete_number')
  await frame.getByText('Your card number is incomplete.').waitFor()
  await type(frame, '4242424242424241')
  await frame.getByLabel('Expiration date').fill('')
  await frame.getByLabel('Expiration date').pressSequentially('0120')
  await tab.click('#pay')
  expect(await outcome('invalid_number')).toBe('invalid: invalid_number')
  await frame.getByText("Your card's expiration year is in the past.").waitFor()
  expect(await tokens()).toBe(before)
})

test('typing keeps its place in the middle of a number, and the whole form works by keyboard', async () => {
  const frame = await open()
  const number = frame.getByLabel('Card number')
  await number.pressSequentially('424242424242424')
  await number.press('Home')
  await number.press('ArrowRight')
  await tab.keyboard.press('Delete')
  await tab.keyboard.type('2')
  expect(await number.inputValue()).toBe('4242 4242 4242 424')
  await number.press('End')
  await tab.keyboard.type('2')
  for (const keys of ['1234', '123', '', '94107']) {
    await tab.keyboard.press('Tab')
    if (keys !== '') await tab.keyboard.type(keys)
  }
  await tab.keyboard.press('Escape')
  await tab.waitForFunction(`heard.some(e => e.type === 'escape')`)
  await tab.keyboard.press('Tab')
  await tab.keyboard.press('Enter')
  expect(await outcome('succeeded')).toBe('succeeded')
})

test('mounting in a ShadowRoot, in nothing, twice, or after destroy is refused with Stripe’s words', async () => {
  await open()
  expect(await failure(`const root = document.getElementById('host').attachShadow({ mode: 'open' }); const at = document.createElement('div'); root.append(at); element.unmount(); element.mount(at)`)).toBe(
    'IntegrationError: Elements cannot be mounted in a ShadowRoot. Please mount in the Light DOM.',
  )
  expect(await failure(`element.mount('#nowhere')`)).toContain('applies to no DOM elements')
  expect(await failure('element.mount()')).toContain('Missing argument')
  expect(await failure(`element.mount(new DOMParser().parseFromString('<p></p>', 'text/html').body)`)).toContain('Invalid DOM element')
  expect(await failure(`elements.create('payment')`)).toContain('Can only create one')
  expect(await failure(`element.mount('#payment'); element.destroy(); element.mount('#payment')`)).toContain('already been destroyed')
  expect(await tab.locator('#payment iframe').count()).toBe(0)
})

test('wrong keys, unknown options and calls out of order are refused', async () => {
  expect(await failure(`Stripe('sk_test_1')`)).toContain('should not use your secret key')
  expect(await failure(`Stripe('')`)).toContain('empty string')
  expect(await failure(`Stripe('pk_test_1').elements({ mode: 'payment', amount: 1, currency: 'usd', paymentMethodTypes: ['card'] })`)).toContain('allowedPaymentMethodTypes')
  expect(await failure(`Stripe('pk_test_1').elements({ mode: 'payment', amount: 1, currency: 'usd', colour: 'red' })`)).toContain('colour')
  expect(await failure(`Stripe('pk_test_1').elements({ mode: 'payment', amount: 1.5, currency: 'usd' })`)).toContain('amount')
  await open()
  expect(await failure('await stripe.createConfirmationToken({ elements })')).toContain('elements.submit() must be called before')
  expect(await failure('element.unmount(); await elements.submit()')).toContain('still mounted')
  expect(await failure(`await stripe.handleNextAction({ clientSecret: 'nonsense' })`)).toContain('client secret')
})

test('a connected merchant is paid through the same page', async () => {
  const [stripeAccount = ''] = emulator.connectedIds
  const frame = await open({}, { stripeAccount })
  await type(frame, '4242424242424242')
  const token = (await tab.evaluate(`(async () => { await elements.submit(); return (await stripe.createConfirmationToken({ elements, params: {} })).confirmationToken.id })()`)) as string
  expect(await stripe.confirmationTokens.retrieve(token, {}, { stripeContext: stripeAccount })).toMatchObject({ use_stripe_sdk: true, payment_method_preview: { card: { last4: '4242' }, billing_details: { address: { country: 'US', postal_code: '94107' } } } })
  await expect(stripe.confirmationTokens.retrieve(token)).rejects.toThrow('No such ConfirmationToken')
})

test.each([
  ['the card fields', '/endive/frame', '#payment iframe'],
  ['the challenge', '/endive/challenge', 'iframe[title="3D Secure authentication"]'],
])('%s have no accessibility violation, errors included', async (_name, path) => {
  const frame = await open({ appearance: { theme: 'stripe' } })
  await type(frame, path === '/endive/frame' ? '4242424242424241' : '4000000000003220')
  await tab.click('#pay')
  await (path === '/endive/frame' ? frame.getByText('Your card number is invalid.') : tab.frameLocator('iframe[title="3D Secure authentication"]').getByText('$124.00')).waitFor()
  const inside = tab.frames().find(f => new URL(f.url()).pathname === path)
  await inside?.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
  const violations = await inside?.evaluate(`axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target).join(' ')))`)
  expect(violations).toEqual([])
})

test('a key that the emulator does not know ends in loaderror, not in a form', async () => {
  await tab.evaluate(`openElement('pk_test_unknown_unknown_unknown')`)
  await tab.waitForFunction(`heard.some(e => e.type === 'loaderror')`)
  expect(await tab.evaluate(`heard.find(e => e.type === 'loaderror').error.message`)).toContain('Invalid API Key')
  expect(await heard()).not.toContain('ready')
})

test('a card that the customer kept is offered next time', async () => {
  const customer = await stripe.customers.create({ name: 'Ada' })
  const session = async () =>
    (
      await stripe.customerSessions.create({
        customer: customer.id,
        components: { payment_element: { enabled: true, features: { payment_method_redisplay: 'enabled', payment_method_save: 'enabled', payment_method_save_usage: 'off_session' } } },
      })
    ).client_secret
  const frame = await open({ customerSessionClientSecret: await session() })
  await type(frame, '4242424242424242')
  await frame.getByLabel('Save payment details for future purchases').check()
  const token = (await tab.evaluate(`(async () => { await elements.submit(); return (await stripe.createConfirmationToken({ elements, params: {} })).confirmationToken.id })()`)) as string
  await stripe.paymentIntents.create({ amount: 12_400, currency: 'usd', customer: customer.id, confirm: true, confirmation_token: token, return_url: site.url })
  await tab.reload()
  await tab.evaluate(([key, secret]) => (window as unknown as { openElement: (k: string, e: object) => void }).openElement(key, { customerSessionClientSecret: secret }), [emulator.publishableKey, await session()] as const)
  const again = tab.frameLocator('#payment iframe')
  await again.getByLabel('Visa ending in 4242').waitFor()
  const kept = (await tab.evaluate(`(async () => { await elements.submit(); return (await stripe.createConfirmationToken({ elements, params: {} })).confirmationToken.id })()`)) as string
  expect(await stripe.paymentIntents.create({ amount: 500, currency: 'usd', customer: customer.id, confirm: true, confirmation_token: kept, return_url: site.url })).toMatchObject({ status: 'succeeded', payment_method: (await stripe.customers.listPaymentMethods(customer.id)).data[0]?.id })
})

test('an intent that is to be redirected comes back to the return_url with its outcome', async () => {
  const intent = await stripe.paymentIntents.create({ amount: 900, currency: 'usd', confirm: true, payment_method: 'pm_card_threeDSecure2Required', return_url: `${site.url}/?from=bank` })
  await tab.goto(String(intent.next_action?.redirect_to_url?.url))
  await tab.getByRole('button', { name: 'Complete' }).click()
  await tab.waitForURL(/redirect_status=succeeded/)
  expect(new URL(tab.url()).searchParams.get('payment_intent')).toBe(intent.id)
  expect(new URL(tab.url()).searchParams.get('from')).toBe('bank')
})
