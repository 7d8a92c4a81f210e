import type { Page } from 'playwright-core'
import type { CheckoutView } from '../../api/domain/views.ts'
import { handful, invoiceRow, manyInvoices, money } from '../../widget/fake/invoices.ts'
import { checkoutView, paymentView, type HostPage, type Stories } from './server.ts'

/** One state that a customer can meet: where it is seen, what happens before and in it, and the words by which it is there. */
export type Scene = {
  name: string
  /** The widget in a page, unless a page of our own is named. */
  at?: HostPage | `/${string}`
  before?: (stories: Stories) => void
  act?: (page: Page) => Promise<void>
  until: string | RegExp
}

export const payAll = (page: Page) => page.getByRole('button', { name: /^Pay (all|\$1,540)/ })

const signIn = async (page: Page) => {
  await page.getByLabel('E-mail address').fill('pat@harbour.example')
  await page.getByRole('button', { name: 'Send me a code' }).click()
}
const credit = { id: 'c', kind: 'credit_memo' as const, number: 'CM-1', onText: '2 Nov', remaining: money(12_000) }
const longWords = { customers: [{ id: 'cus_1', name: 'Harbour Coffee Roasters' }, { id: 'cus_2', name: 'Versicherungsgesellschaft Donaudampfschifffahrt' }] }

const inWidget: Scene[] = [
  { name: 'the list', before: ({ api }) => { api.view = { credits: [credit] } }, until: 'Your credit' },
  { name: 'credits opened', before: ({ api }) => { api.view = { credits: [credit] } }, act: page => page.getByText('Your credit').click(), until: 'CM-1' },
  { name: 'a selection with a part', act: async page => { await page.getByLabel('Choose invoice 1042').check(); await page.getByText('Pay a part').click(); await page.getByLabel(/^Amount to pay/).fill('9999') }, until: 'At most $1,240.00 is open.' },
  { name: 'several currencies', before: ({ api }) => { api.rows.push(invoiceRow({ id: 'inv_2001', total: money(98_000, 'EUR') })) }, act: page => page.getByLabel('Choose invoice 1042').check(), until: /To pay in EUR/ },
  { name: 'large amounts and long names', before: ({ api }) => { api.view = longWords; api.rows = [invoiceRow({ id: 'inv_1', number: 'INV-2026-000000048151', customerId: 'cus_2', customerName: longWords.customers[1]?.name ?? '', total: money(123_456_789_012), balance: money(98_765_432_109), state: 'partly_paid' }), ...handful] }, act: page => page.getByLabel('Choose invoice INV-2026').check(), until: /000048151/ },
  { name: 'all of them', act: page => page.getByRole('button', { name: /^All/ }).click(), until: 'Processing' },
  { name: 'one invoice', act: page => page.getByRole('button', { name: 'Invoice 1051' }).click(), until: 'Left to pay' },
  { name: 'many invoices, with search and sort', before: ({ api }) => { api.rows = manyInvoices(300) }, until: 'Invoice 20001' },
  { name: 'a search that finds nothing', before: ({ api }) => { api.rows = manyInvoices(300) }, act: page => page.getByRole('searchbox', { name: 'Search' }).fill('a thing that nobody has ever bought here'), until: /No invoice matches/ },
  { name: 'nothing to pay', before: ({ api }) => { api.rows = handful.filter(row => row.state === 'paid') }, until: /Your last invoice was paid/ },
  { name: 'no invoice at all', before: ({ api }) => { api.rows = [] }, until: 'No invoices yet.' },
  { name: 'the way in', at: { attributes: 'merchant="pk_1"' }, until: 'Send me a code' },
  { name: 'the code is asked', at: { attributes: 'merchant="pk_1"' }, act: signIn, until: '6-digit code' },
  { name: 'a wrong code', at: { attributes: 'merchant="pk_1"' }, act: async page => { await signIn(page); await page.getByLabel('6-digit code').fill('111111') }, until: /wrong or too old/ },
  { name: 'a sign-in that has ended', at: { attributes: 'merchant="pk_1" token="lnk_old"' }, until: /Your sign-in has ended/ },
  { name: 'too many requests', before: ({ api }) => { api.trouble.set('/v1/portal', { status: 429, code: 'rate-limited', retryAfterS: 30 }) }, until: /Trying again in 30 seconds/ },
  { name: 'an error', before: ({ api }) => { api.trouble.set('/v1/portal', { status: 503, code: 'unavailable' }) }, until: /could not be loaded/ },
  { name: 'no network', act: async page => { await payAll(page).waitFor(); await page.context().setOffline(true) }, until: /You are offline/ },
  { name: 'the pay dialog', act: async page => { await payAll(page).click(); await page.frameLocator('iframe').getByLabel('Card number').waitFor() }, until: 'Close' },
]

const onLandingPage: Scene[] = [
  { name: 'the landing page', at: '/i/lnk_good', act: page => payAll(page).waitFor(), until: 'Invoice 1042' },
  { name: 'a selection on the landing page', at: '/i/lnk_good', act: page => page.getByLabel('Choose invoice 1053').check(), until: /Pay \$12,199.99/ },
  { name: 'one invoice on the landing page', at: '/i/lnk_good/invoices/inv_1038', until: 'Oak counter' },
  { name: 'a sign-in on the landing page', at: '/i/lnk_good', act: page => page.getByRole('button', { name: 'See all your invoices' }).click(), until: 'Send me a code' },
]

const payPage = (name: string, until: Scene['until'], view: Partial<CheckoutView>, answer?: ReturnType<typeof paymentView>): Scene => ({
  name: `the pay page: ${name}`, at: '/pay/chk_1', until,
  before({ checkout }) {
    checkout.view = checkoutView(view)
    checkout.answers = answer ? [answer] : []
  },
  ...(answer && { act: page => payAll(page).click() }),
})

const onPayPage: Scene[] = [
  payPage('the form', 'Card number', {}),
  payPage('a decline', /declined/, {}, paymentView('failed', 'Your bank declined the card. You were not charged. Try another card.')),
  payPage('the bank asks', 'Confirm with my bank', {}, paymentView('needs_action')),
  payPage('nobody knows yet', /Please do not pay again/, {}, paymentView('unknown')),
  payPage('the receipt', 'Q7K2M9', {}, paymentView('succeeded')),
  payPage('a payment elsewhere', 'Start over here', { state: 'paying', payment: paymentView('processing') }),
  payPage('expired', /has expired/, { state: 'expired' }),
  payPage('a form that cannot load', /could not be loaded/, { stripe: { scriptUrl: '/nowhere.js', publishableKey: 'pk_live_x', stripeAccount: null, customerSessionClientSecret: null } }),
]

export const scenes: readonly Scene[] = [...inWidget, ...onLandingPage, ...onPayPage]
