import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import type { InvoiceDetail } from '../../api/domain/views.ts'
import { launchBrowser, newPage } from '../browser.ts'
import { demoCustomer } from '../company/demo.ts'
import { deskOf, deskPayment, payerOf } from '../flows/payer.ts'
import { linkOf, newCustomer, newInvoice, rowOf, shownNumbers, visit } from '../flows/visitor.ts'
import { codeFrom, mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { expectAccessible } from './accessible.ts'

let world: World
let browser: Browser
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  browser = await launchBrowser()
})
afterAll(() => world.close())

const usd = (amount: unknown) => Number(amount).toLocaleString('en-US', { style: 'currency', currency: 'USD' })

const harbour = { quickBooksId: demoCustomer.id, name: demoCustomer.name }

test('IL33 IL34: sending an invoice puts a mail with the customer’s link into their inbox, and the link shows the invoice', async () => {
  const customer = newCustomer(world, 'Lakeside Florist')
  const sent = await newInvoice(world, customer, 240)
  const other = await newInvoice(world, customer, 75.5)
  await world.merchant.call('POST', `/v1/merchant/invoices/${sent.id}/send`, {})
  await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)
  const inbox = await newPage(browser, { allow: [/^Blocked script execution/] })
  await inbox.goto(world.outside.mail.url)
  await inbox.getByRole('link', { name: new RegExp(`Invoice ${sent.number} from Alder & Finch Joinery: \\$240\\.00`) }).click()
  const [page] = await Promise.all([inbox.waitForEvent('popup'), inbox.frameLocator('iframe[title=Message]').getByRole('link', { name: 'View and pay $240.00' }).click()])
  expect(new URL(page.url()).pathname).toMatch(/^\/i\/lnk_/)
  await page.getByRole('heading', { name: 'Alder & Finch Joinery', level: 1 }).waitFor()
  expect((await shownNumbers(page)).toSorted()).toEqual([sent.number, other.number].toSorted())
  // Whoever came for one invoice finds it chosen.
  await page.getByRole('button', { name: 'Pay $240.00' }).waitFor()
  expect(await page.getByLabel(`Choose invoice ${sent.number}`).isChecked()).toBe(true)
  expect(await mailsTo(world.outside.mail.url, customer.email)).toHaveLength(1)
})

test('IL2: a link that is opened and runs its scripts is no view; a touch of the page is one, of the invoice that the letter brought and of each that is opened', async () => {
  const customer = newCustomer(world, 'Harbor Bakery')
  const sent = await newInvoice(world, customer, 120)
  const other = await newInvoice(world, customer, 64)
  await world.merchant.call('POST', `/v1/merchant/invoices/${sent.id}/send`, {})
  const [mail] = await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)
  const payer = await payerOf(world, { quickBooksId: customer.quickBooksId })
  const views = async (id: string) => (await payer.get<InvoiceDetail>(`/v1/invoices/${id}`)).history.filter(event => event.text === 'Viewed').length
  const page = await newPage(browser)
  await page.goto(/href="([^"]+\/i\/lnk_[^"]+)"/.exec(mail?.html ?? '')?.[1] ?? '')
  await page.getByRole('button', { name: 'Pay $120.00' }).waitFor()
  expect([await views(sent.id), await views(other.id)]).toEqual([0, 0])
  await page.getByRole('heading', { level: 1 }).click()
  await until(() => views(sent.id), count => count === 1)
  await page.getByRole('link', { name: `Invoice ${other.number}` }).click()
  await until(() => views(other.id), count => count === 1)
  expect(await views(sent.id)).toBe(1)
})

test('IL37: with scripts off, the link’s page shows that customer’s invoices, each one whole, and leads to the pay page', async () => {
  const { url } = await linkOf(world, harbour)
  const page = await newPage(browser, { javaScriptEnabled: false })
  await page.goto(url)
  const payer = await payerOf(world, { quickBooksId: demoCustomer.id })
  const { list } = await payer.portal('filter=open&limit=100')
  expect(await shownNumbers(page)).toEqual(list.invoices.map(row => row.number))
  await page.getByRole('link', { name: /^Paid/ }).click()
  const paid = await payer.portal('filter=paid&limit=100')
  expect(await shownNumbers(page)).toEqual(paid.list.invoices.map(row => row.number))
  await page.getByRole('link', { name: /^Open/ }).click()
  const [first, second] = list.invoices
  await page.getByRole('link', { name: `Invoice ${first?.number}` }).click()
  await page.getByRole('heading', { name: `Invoice ${first?.number}` }).waitFor()
  await page.getByText('History', { exact: true }).waitFor()
  const pdf = await page.request.get(new URL((await page.getByRole('link', { name: 'Download PDF' }).getAttribute('href')) ?? '', page.url()).href)
  expect((await pdf.body()).subarray(0, 5).toString()).toBe('%PDF-')
  await page.getByRole('link', { name: 'All invoices' }).click()
  await page.getByLabel(`Choose invoice ${first?.number}`).check()
  await page.getByLabel(`Choose invoice ${second?.number}`).check()
  await rowOf(page, String(second?.number)).getByText('Pay a part').click()
  await page.getByLabel(`Amount to pay of invoice ${second?.number}`).fill('100.25')
  const [answer] = await Promise.all([page.waitForResponse(response => response.request().method() === 'POST'), page.getByRole('button', { name: 'Pay the chosen invoices' }).click()])
  expect(answer.status()).toBe(303)
  expect(await page.locator('noscript').innerText()).toContain('You were not charged.')
  const withScripts = await newPage(browser)
  await withScripts.goto(page.url())
  await withScripts.getByRole('button', { name: `Pay ${usd((first?.payable.amount ?? 0) / 100 + 100.25)}` }).waitFor()
})

test('IL38: signing in by a mailed code in the widget shows all invoices of that address, of each customer who has it', async () => {
  const shop = newCustomer(world, 'Birch Bakery')
  const cafe = newCustomer(world, 'Birch Bakery Cafe', { PrimaryEmailAddr: { Address: shop.email } })
  const invoices = [await newInvoice(world, shop, 100), await newInvoice(world, shop, 200), await newInvoice(world, { ...cafe, email: shop.email }, 300)]
  const page = await newPage(browser, { allow: [/status of 401/] })
  await page.goto(`${world.outside.site.url}/account`)
  await page.getByRole('heading', { name: 'See your invoices · Alder & Finch Joinery' }).waitFor()
  await expectAccessible(page)
  await page.getByLabel('E-mail address').fill(shop.email)
  await page.getByRole('button', { name: 'Send me a code' }).click()
  const code = await codeFrom(world.outside.mail.url, shop.email, 0)
  await page.getByLabel('6-digit code').fill(code === '111111' ? '222222' : '111111')
  await page.getByText('That code is wrong or too old.').waitFor()
  await expectAccessible(page)
  await page.getByLabel('6-digit code').fill(code)
  await page.getByText('$600.00').first().waitFor()
  expect((await shownNumbers(page)).toSorted()).toEqual(invoices.map(invoice => invoice.number).toSorted())
  await rowOf(page, invoices[2]?.number ?? '').getByText(cafe.name).waitFor()
  await page.getByRole('button', { name: 'Sign out' }).last().click()
  await page.getByLabel('E-mail address').waitFor()
  expect(await page.locator('li.row').count()).toBe(0)
})

test('IL38: on the landing page too, by a link that stands and by one that has ended', async () => {
  const shop = newCustomer(world, 'Cedar Clinic')
  const annex = newCustomer(world, 'Cedar Annex', { PrimaryEmailAddr: { Address: shop.email } })
  const [own, others] = [await newInvoice(world, shop, 110), await newInvoice(world, { ...annex, email: shop.email }, 220)]
  const link = await linkOf(world, shop)
  const signIn = async (page: Page, before: number) => {
    await page.getByLabel('E-mail address').fill(shop.email)
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('6-digit code').fill(await codeFrom(world.outside.mail.url, shop.email, before))
    await rowOf(page, others.number).waitFor()
    expect((await shownNumbers(page)).toSorted()).toEqual([own.number, others.number].toSorted())
  }
  const page = await newPage(browser, { allow: [/status of 401/] })
  await page.goto(link.url)
  await rowOf(page, own.number).waitFor()
  expect(await shownNumbers(page)).toEqual([own.number])
  await page.getByRole('button', { name: 'See all your invoices' }).click()
  await signIn(page, 0)
  await world.merchant.call('DELETE', `/v1/merchant/links/${link.id}`)
  await page.goto(link.url)
  await page.getByText('This link has expired.').waitFor()
  await expectAccessible(page, 'html')
  await signIn(page, 1)
})

test('the shop’s own server signs its customer in with a token of thirty minutes, and renews it', async () => {
  const customer = newCustomer(world, 'Dune Dental')
  const invoice = await newInvoice(world, customer, 130)
  const page = await visit(world, browser, customer, { allow: [/status of 401/] })
  await rowOf(page, invoice.number).waitFor()
  expect(await page.getByLabel('E-mail address').count()).toBe(0)
  const bare = await visit(world, browser, customer, { path: '/hostile/sidebar', allow: [/status of 401/] })
  await rowOf(bare, invoice.number).waitFor()
  world.outside.clock.advance(31 * 60_000)
  const next = await newInvoice(world, customer, 140)
  await rowOf(page, next.number).waitFor()
  // A page that cannot fetch another token says that the sign-in has ended, and keeps nothing on the screen.
  await bare.getByText('Your sign-in has ended.').waitFor()
  expect(await bare.locator('li.row').count()).toBe(0)
  await expectAccessible(bare)
})

test('open, overdue, processing and paid invoices stand apart, with a total per currency', async () => {
  const dollars = newCustomer(world, 'Elm Export')
  const same = { PrimaryEmailAddr: { Address: dollars.email } }
  const euros = { ...newCustomer(world, 'Elm Export Lyon', { ...same, CurrencyRef: { value: 'EUR' } }), email: dollars.email }
  const yen = { ...newCustomer(world, 'Elm Export Osaka', { ...same, CurrencyRef: { value: 'JPY' } }), email: dollars.email }
  const open = await newInvoice(world, dollars, 100)
  const overdue = await newInvoice(world, dollars, 50.25, { TxnDate: '2020-01-02', DueDate: '2020-02-01' })
  const held = await newInvoice(world, dollars, 30)
  const paid = await newInvoice(world, dollars, 20)
  const [inEuros, inYen] = [await newInvoice(world, euros, 1240.5, { CurrencyRef: { value: 'EUR' } }), await newInvoice(world, yen, 12_000, { CurrencyRef: { value: 'JPY' } })]
  deskPayment(world, dollars.quickBooksId, paid.qboId, 20)
  const payer = await payerOf(world, { email: dollars.email })
  await until(() => payer.row(paid.number), row => row?.state === 'paid')
  // The provider's answer is lost, and so is all that it says later: nobody knows how it ended.
  const { faults } = world.outside.stripe
  faults.queue({ kind: 'lose-answer', match: { method: 'POST', path: '/v1/payment_intents' } })
  faults.queue({ kind: 'refuse', match: { method: 'GET' }, times: 99 })
  faults.queue({ kind: 'lose', times: 99 })
  const unknown = await payer.pay(await payer.checkout([{ invoiceId: held.id }]))
  expect(unknown.body.state).toBe('unknown')
  const page = await visit(world, browser, dollars)
  await page.getByText('1 overdue, USD 50.25').waitFor()
  expect((await page.locator('.totals .total').allInnerTexts()).map(text => text.replaceAll('\u00a0', ' ')).toSorted()).toEqual(['EUR 1,240.50', 'JPY 12,000', 'USD 180.25'])
  for (const [filter, numbers] of [['Overdue', [overdue]], ['Processing', [held]], ['Paid', [paid]], ['All', [open, overdue, held, paid, inEuros, inYen]]] as const) {
    await page.getByRole('button', { name: new RegExp(`^${filter} ${numbers.length}$`) }).click()
    await expect.poll(async () => (await shownNumbers(page)).toSorted()).toEqual(numbers.map(each => each.number).toSorted())
    await expectAccessible(page)
  }
  await rowOf(page, held.number).getByText('Payment being confirmed').waitFor()
  await rowOf(page, overdue.number).getByText('Overdue', { exact: true }).waitFor()
  await rowOf(page, paid.number).getByText('Paid', { exact: true }).waitFor()
  // Asked again, the provider tells; the page turns by itself.
  faults.clear()
  world.outside.clock.advance(61_000)
  await rowOf(page, held.number).getByText('Paid', { exact: true }).waitFor()
  // One payment takes one currency, and the page says so before it is tried.
  await page.getByLabel(`Choose invoice ${open.number}`).check()
  expect(await page.getByLabel(`Choose invoice ${inEuros.number}`).isDisabled()).toBe(true)
  await page.getByText(/^One payment takes one currency\. To pay in (EUR|JPY), (EUR|JPY), clear your choice first\.$/).waitFor()
  await expectAccessible(page)
})

test('an invoice shows lines, tax, discount, deposit, payments and credits as QuickBooks states them', async () => {
  const page = await visit(world, browser, demoCustomer)
  const invoices = deskOf(world).all('Invoice').filter(row => [demoCustomer.id, '2'].includes((row['CustomerRef'] as { value: string }).value) && Number(row['Balance']) > 0 && row['EmailStatus'] === 'EmailSent')
  const seen = new Set<string>()
  for (const invoice of invoices) {
    await page.getByRole('button', { name: `Invoice ${String(invoice['DocNumber'])}` }).click()
    await page.getByRole('heading', { name: `Invoice ${String(invoice['DocNumber'])}` }).waitFor()
    const sums = await page.locator('.sums .pair').evaluateAll(pairs => pairs.map(pair => [pair.querySelector('dt')?.textContent, pair.querySelector('dd')?.textContent] as const))
    const stated = new Map(sums)
    const tax = (invoice['TxnTaxDetail'] as { TotalTax?: number } | undefined)?.TotalTax ?? 0
    const lines = invoice['Line'] as { DetailType: string; Amount?: number }[]
    const amountOf = (type: string) => lines.find(line => line.DetailType === type)?.Amount
    expect(stated.get('Total')).toBe(usd(invoice['TotalAmt']))
    expect(stated.get('Subtotal')).toBe(usd(amountOf('SubTotalLineDetail')))
    expect(sums.filter(([name]) => /State|County|City/.test(name ?? '')).reduce((sum, [, text]) => sum + Math.round(Number(text?.replace(/[$,]/g, '')) * 100), 0)).toBe(Math.round(tax * 100))
    const discount = amountOf('DiscountLineDetail')
    if (discount) expect(stated.get('Discount')).toBe(`−${usd(discount)}`)
    if (invoice['Deposit']) expect(stated.get('Deposit')).toBe(`−${usd(invoice['Deposit'])}`)
    if (stated.has('Left to pay')) expect(stated.get('Left to pay')).toBe(usd(invoice['Balance']))
    const amounts = await page.locator('.lines > li > .pair > .num').allInnerTexts()
    for (const line of lines) if (line.DetailType === 'SalesItemLineDetail' && line.Amount) expect([...amounts, stated.get('Shipping')]).toContain(usd(line.Amount))
    for (const name of stated.keys()) seen.add(String(name).replace(/ (on )?\d.*/, ''))
    await page.getByRole('button', { name: 'All invoices' }).click()
  }
  // The company was written so that each of these is met.
  for (const name of ['Discount', 'Deposit', 'Shipping', 'Payment', 'Credit applied', 'Left to pay']) expect([...seen].join(), name).toContain(name)
})

test('IL5 AP5 AP7: the PDF of an invoice downloads, its figures follow what the desk does, and its history tells of it', async () => {
  const customer = newCustomer(world, 'Fern Framing')
  const invoice = await newInvoice(world, customer, 400)
  const desk = deskOf(world)
  const page = await visit(world, browser, customer)
  await page.getByRole('button', { name: `Invoice ${invoice.number}` }).click()
  await expectAccessible(page)
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download PDF' }).click()])
  expect(download.suggestedFilename()).toBe(`Invoice ${invoice.number}.pdf`)
  const pdf = await (await download.createReadStream()).toArray()
  expect(Buffer.concat(pdf as Buffer[]).subarray(0, 5).toString()).toBe('%PDF-')
  const now = desk.read('Invoice', invoice.qboId)
  const [line] = (now?.['Line'] ?? []) as object[]
  desk.write('Invoice', { Id: invoice.qboId, SyncToken: now?.['SyncToken'], sparse: true, DueDate: '2031-05-06', Line: [{ ...line, Amount: 450, SalesItemLineDetail: { ...(line as { SalesItemLineDetail: object }).SalesItemLineDetail, Qty: 1, UnitPrice: 450 } }] }, 'update')
  const history = page.locator('.history')
  await history.getByText('Total changed from $400.00 to $450.00').waitFor()
  await history.getByText(/^Due date changed from .* to 6 May 2031$/).waitFor()
  deskPayment(world, customer.quickBooksId, invoice.qboId, 150)
  await history.getByText('Payment of $150.00 recorded').waitFor()
  await page.locator('.sums').getByText('$300.00').waitFor()
  await page.locator('.owed').getByText('Due 6 May 2031').waitFor()
  await history.getByText('Issued', { exact: true }).waitFor()
  await history.getByText('Sent by e-mail').first().waitFor()
})

test('loading, empty, error and offline are each a designed state that mends itself or says what to do', async () => {
  const customer = newCustomer(world, 'Gull Garage')
  await until(() => world.session({ quickBooksId: customer.quickBooksId }).catch(() => ''), token => token !== '')
  const page = await visit(world, browser, customer, { allow: [/ERR_/, /status of 5/] })
  await page.getByText('No invoices yet.').waitFor()
  await expectAccessible(page)
  const invoice = await newInvoice(world, customer, 60)
  await rowOf(page, invoice.number).waitFor()
  deskPayment(world, customer.quickBooksId, invoice.qboId, 60)
  await page.getByText(/^Nothing to pay\. Your last invoice was paid on /).waitFor()
  await expectAccessible(page)

  await page.context().setOffline(true)
  await page.getByText(/^You are offline\. This is how things stood at /).waitFor()
  await expectAccessible(page)
  await page.context().setOffline(false)
  await page.getByText(/^You are offline/).waitFor({ state: 'detached' })

  // The line to the API is held, then cut: what the visitor sees while nothing comes, and when nothing can come.
  let release = () => {}
  const held = new Promise<void>(done => (release = done))
  await page.route('**/v1/portal*', async route => {
    await held
    await route.abort('connectionrefused')
  })
  await page.reload()
  await page.getByRole('status', { name: 'Loading your invoices' }).waitFor()
  await expectAccessible(page)
  release()
  await page.getByText('Your invoices could not be loaded. Nothing was charged.').waitFor()
  await expectAccessible(page)
  await page.unroute('**/v1/portal*')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.getByText(/^Nothing to pay\./).waitFor()
})

test('the pages of the landing link, as people see them anywhere, break nothing of WCAG 2.2 AA and cut nothing off', async () => {
  const { url } = await linkOf(world, harbour)
  const page = await newPage(browser, { bypassCSP: true })
  await page.goto(url)
  await page.getByRole('button', { name: /^Pay all/ }).waitFor()
  await expectAccessible(page, 'html')
  await page.locator('li.row .name a').first().click()
  await page.getByText('History', { exact: true }).waitFor()
  await expectAccessible(page, 'html')
})
