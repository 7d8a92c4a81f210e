import { options, render } from 'preact'
import { afterEach, expect, test } from 'vitest'
import type { CheckoutView } from '../../api/domain/views.ts'
import { createClient } from '../client.ts'
import { money } from '../fake/invoices.ts'
import { Checkout } from './checkout.ts'
import { Page } from './Page.tsx'
import { paymentIds } from './payment-id.ts'
import { words } from './words.ts'

const before = options.requestAnimationFrame
afterEach(() => {
  Object.assign(options, { requestAnimationFrame: before })
})

test('what is known before the first frame is shown: a checkout that has ended offers nothing to pay', async () => {
  options.requestAnimationFrame = () => undefined
  const view: CheckoutView = {
    state: 'expired', merchant: { name: 'Alder & Finch', logoUrl: null, accent: null, supportEmail: null }, customerName: 'Harbour', customerEmail: null,
    lines: [], total: money(124_000), notice: null, stripe: null, payment: null, returnUrl: null,
  }
  const session = { token: async () => null, renew: async () => null, take: () => undefined, signedInHere: () => false }
  const checkout = new Checkout({
    client: createClient({ origin: 'http://api.test', locale: 'en-US', session }), base: '/pay/chk_1', ids: paymentIds('chk_1', () => 0),
    frame: { framed: false, tell: () => undefined }, wait: async () => undefined,
  }, view)
  const root = document.body.appendChild(document.createElement('main'))
  render(<Page checkout={checkout} dark={false} />, root)
  await checkout.begin()
  await Promise.resolve()
  expect(root.textContent).toContain(words.expired)
  render(null, root)
})
