import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, FrameLocator, Page } from 'playwright-core'
import { launchBrowser, newPage } from '../browser.ts'
import { type Fields, deskOf, deskPayment, paidCharges, payerOf } from '../flows/payer.ts'
import { type Customer, type Shown, newCustomer, newInvoice, payButton, payFrame, rowOf, typeCard, visit } from '../flows/visitor.ts'
import { mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'
import { expectAccessible } from './accessible.ts'

let world: World
let browser: Browser
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  browser = await launchBrowser()
})
afterAll(() => world.close())

const refused = [/status of (409|402)/]
const balanceOf = (invoice: Shown) => Number(deskOf(world).read('Invoice', invoice.qboId)?.['Balance'])
const postings = (customer: Customer): Fields[] => deskOf(world).all('Payment').filter(row => (row['CustomerRef'] as { value: string }).value === customer.quickBooksId)
const linesOf = (posting: Fields | undefined) => ((posting?.['Line'] ?? []) as { Amount: number }[]).map(line => line.Amount).toSorted((one, other) => one - other)
/** What Stripe charged for this customer's invoices, in minor units. */
const charged = async (customer: Customer) => {
  const holds = (await (await fetch(`${world.outside.stripe.url}/_emulator/state`)).json()) as { payment_intents: { id: string; metadata: { invoices?: string } }[] }
  const payer = await payerOf(world, { email: customer.email })
  const own = new Set((await payer.portal()).list.invoices.map(row => row.id))
  const intents = new Set(holds.payment_intents.filter(intent => intent.metadata.invoices?.split(',').some(mark => own.has(mark.split(':')[0] ?? ''))).map(intent => intent.id))
  return (await paidCharges(world)).filter(charge => intents.has(String(charge['payment_intent']))).map(charge => charge['amount'])
}

/** Chooses these invoices in the widget and opens the dialog, up to the provider's fields. */
async function openDialog(page: Page, ...invoices: Shown[]): Promise<FrameLocator> {
  for (const { number } of invoices) await page.getByLabel(`Choose invoice ${number}`).check()
  await payButton(page).click()
  const frame = payFrame(page)
  await frame.frameLocator('.card iframe').getByLabel('Card number').waitFor()
  return frame
}

const referenceOn = async (place: Page | FrameLocator) => place.locator('.receipt .ref').innerText()

test('IL36 IL39: two invoices are paid at once without leaving the shop’s page; QuickBooks, Stripe, the inbox and every open page know', async () => {
  const customer = newCustomer(world, 'Iris Interiors')
  const [a, b, rest] = [await newInvoice(world, customer, 120), await newInvoice(world, customer, 80.5), await newInvoice(world, customer, 10)]
  const page = await visit(world, browser, customer)
  const second = await visit(world, browser, customer, { path: '/hostile/sidebar' })
  await rowOf(second, a.number).waitFor()
  const frame = await openDialog(page, a, b)
  await typeCard(frame)
  await payButton(frame).click()
  await frame.getByRole('heading', { name: 'Paid $200.50' }).waitFor()
  expect(await frame.getByText(`A receipt is on its way to ${customer.email}.`).count()).toBe(1)
  const reference = await referenceOn(frame)
  await frame.getByRole('button', { name: 'Done' }).click()
  await page.locator('dialog').waitFor({ state: 'detached' })
  expect(new URL(page.url()).origin).toBe(world.outside.site.url)
  for (const open of [page, second]) {
    for (const { number } of [a, b]) await rowOf(open, number).getByText('Paid', { exact: true }).waitFor()
    await open.locator('.totals .total', { hasText: '$10.00' }).waitFor()
  }
  await world.settled()
  const [posting, ...others] = postings(customer)
  expect(others).toEqual([])
  expect(posting).toMatchObject({ TotalAmt: 200.5, UnappliedAmt: 0, PaymentRefNum: reference })
  expect(linesOf(posting)).toEqual([80.5, 120])
  expect([balanceOf(a), balanceOf(b), balanceOf(rest)]).toEqual([0, 0, 10])
  expect(await charged(customer)).toEqual([20_050])
  const inbox = await newPage(browser, { allow: [/^Blocked script execution/] })
  await inbox.goto(`${world.outside.mail.url}/?q=${customer.email}`)
  await inbox.getByRole('link', { name: /Receipt: you paid \$200\.50 to Alder & Finch Joinery/ }).click()
  await inbox.frameLocator('iframe[title=Message]').getByText(reference).waitFor()
  expect(await mailsTo(world.outside.mail.url, customer.email)).toHaveLength(1)
})

test('a part is paid on the pay page at the top of the window; the rest stays open', async () => {
  const customer = newCustomer(world, 'Juniper Joint')
  const invoice = await newInvoice(world, customer, 100)
  await world.merchant.call('POST', `/v1/merchant/invoices/${invoice.id}/send`, {})
  const [mail] = await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)
  const page = await newPage(browser)
  await page.goto(/http\S+\/i\/\S+/.exec(mail?.text ?? '')?.[0] ?? '')
  await rowOf(page, invoice.number).getByText('Pay a part').click()
  await page.getByLabel(`Amount to pay of invoice ${invoice.number}`).fill('30.25')
  await page.getByRole('button', { name: 'Pay $30.25' }).click()
  await page.waitForURL(/\/pay\//)
  await page.getByText('$69.75 remains').waitFor()
  await typeCard(page)
  await expectAccessible(page, 'html')
  await payButton(page).click()
  await page.getByRole('heading', { name: 'Paid $30.25' }).waitFor()
  await page.getByText('$69.75 left to pay').waitFor()
  await expectAccessible(page, 'html')
  // Loaded again, the page shows the receipt again and takes no second payment.
  await page.reload()
  await page.getByRole('heading', { name: 'Paid $30.25' }).waitFor()
  expect(await payButton(page).count()).toBe(0)
  await page.getByRole('link', { name: 'Back to Alder & Finch Joinery' }).click()
  await rowOf(page, invoice.number).getByText('Partly paid').waitFor()
  await rowOf(page, invoice.number).getByText('of $100.00').waitFor()
  await world.settled()
  expect(balanceOf(invoice)).toBe(69.75)
  expect(await charged(customer)).toEqual([3_025])
})

test('3-D Secure: confirmed, the invoice is paid; refused, the page says that nothing was charged and lets them try again', async () => {
  const customer = newCustomer(world, 'Kestrel Kitchens')
  const [a, b] = [await newInvoice(world, customer, 61), await newInvoice(world, customer, 62)]
  const page = await visit(world, browser, customer, { allow: refused })
  const challenge = (frame: FrameLocator) => frame.frameLocator('iframe[title="3D Secure authentication"]')
  const frame = await openDialog(page, a)
  await typeCard(frame, '4000000000003220')
  await payButton(frame).click()
  await challenge(frame).getByRole('button', { name: 'Fail' }).click()
  await frame.getByRole('alert').getByText(/not charged/).waitFor()
  expect(await charged(customer)).toEqual([])
  await payButton(frame).click()
  await challenge(frame).getByRole('button', { name: 'Complete' }).click()
  await frame.getByRole('heading', { name: 'Paid $61.00' }).waitFor()
  await frame.getByRole('button', { name: 'Done' }).click()
  await rowOf(page, a.number).getByText('Paid', { exact: true }).waitFor()
  expect(await charged(customer)).toEqual([6_100])
  // One who leaves the bank's question open is not locked out: another window may take the payment over.
  const other = await visit(world, browser, customer, { allow: refused })
  const left = await openDialog(page, b)
  await typeCard(left, '4000000000003220')
  await payButton(left).click()
  await challenge(left).getByRole('button', { name: 'Complete' }).waitFor()
  const taken = await openDialog(other, b)
  await typeCard(taken)
  await payButton(taken).click()
  await taken.getByText(/already open, perhaps in another window/).first().waitFor()
  await taken.getByRole('button', { name: 'Start over here' }).click()
  await payButton(taken).click()
  await taken.getByRole('heading', { name: 'Paid $62.00' }).waitFor()
  expect((await charged(customer)).toSorted((one, other) => Number(one) - Number(other))).toEqual([6_100, 6_200])
  await world.settled()
  expect([balanceOf(a), balanceOf(b)]).toEqual([0, 0])
})

test('a declined card says why and charges nothing; another card pays in the same form', async () => {
  const customer = newCustomer(world, 'Larch Laundry')
  const invoice = await newInvoice(world, customer, 45)
  const page = await visit(world, browser, customer, { allow: refused })
  const frame = await openDialog(page, invoice)
  await typeCard(frame, '4000000000009995')
  await payButton(frame).click()
  await frame.getByRole('alert').getByText(/enough (money|funds)|insufficient funds/i).waitFor()
  expect(await charged(customer)).toEqual([])
  expect(balanceOf(invoice)).toBe(45)
  const inFrame = page.frames().find(each => new URL(each.url()).pathname.startsWith('/pay/'))
  expect(await frame.getByRole('alert').innerText()).toMatch(/not charged/)
  expect(inFrame).toBeDefined()
  await typeCard(frame, '5555555555554444')
  await payButton(frame).click()
  await frame.getByRole('heading', { name: 'Paid $45.00' }).waitFor()
  await world.settled()
  expect(await charged(customer)).toEqual([4_500])
  expect(balanceOf(invoice)).toBe(0)
})

test('a double click, two tabs at once and a tab that comes later never charge twice', async () => {
  const customer = newCustomer(world, 'Maple Motors')
  const [once, raced] = [await newInvoice(world, customer, 71), await newInvoice(world, customer, 72)]
  const page = await visit(world, browser, customer, { allow: refused })
  const other = await visit(world, browser, customer, { allow: refused })
  const late = await visit(world, browser, customer, { allow: refused })
  const frame = await openDialog(page, once)
  await typeCard(frame)
  await payButton(frame).dblclick()
  await frame.getByRole('heading', { name: 'Paid $71.00' }).waitFor()
  await frame.getByRole('button', { name: 'Done' }).click()
  expect(await charged(customer)).toEqual([7_100])

  const forms = [await openDialog(page, raced), await openDialog(other, raced), await openDialog(late, raced)] as const
  for (const form of forms) await typeCard(form)
  await Promise.all([payButton(forms[0]).click(), payButton(forms[1]).click()])
  const receipts = forms.slice(0, 2).map(form => form.getByRole('heading', { name: 'Paid $72.00' }))
  await expect.poll(async () => (await Promise.all(receipts.map(receipt => receipt.count()))).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  await payButton(forms[2]).click()
  await forms[2].getByText(/already open|has changed|nothing was charged|not charged/i).first().waitFor()
  await world.settled()
  expect((await charged(customer)).toSorted((one, other) => Number(one) - Number(other))).toEqual([7_100, 7_200])
  expect([balanceOf(once), balanceOf(raced)]).toEqual([0, 0])
  expect(postings(customer)).toHaveLength(2)
})

test('AP7: a payment taken in QuickBooks meanwhile refuses the charge with the fresh balance, and that can be paid', async () => {
  const customer = newCustomer(world, 'Nettle Nursery')
  const [partly, whole] = [await newInvoice(world, customer, 90), await newInvoice(world, customer, 33)]
  const page = await visit(world, browser, customer, { allow: refused })
  const frame = await openDialog(page, partly)
  await typeCard(frame)
  deskPayment(world, customer.quickBooksId, partly.qboId, 50)
  await payButton(frame).click()
  await frame.getByText('Your card was not charged. Check the new amount.').waitFor()
  expect(await charged(customer)).toEqual([])
  await frame.getByRole('button', { name: 'Pay the new total, $40.00' }).click()
  await frame.getByRole('heading', { name: 'Paid $40.00' }).waitFor()
  await frame.getByRole('button', { name: 'Done' }).click()
  const again = await openDialog(page, whole)
  await typeCard(again)
  deskPayment(world, customer.quickBooksId, whole.qboId, 33)
  await payButton(again).click()
  await again.getByText('Nothing is left to pay here. Your card was not charged.').waitFor()
  expect(await payButton(again).count()).toBe(0)
  await page.getByRole('button', { name: 'Close' }).click()
  await rowOf(page, whole.number).getByText('Paid', { exact: true }).waitFor()
  await world.settled()
  expect(await charged(customer)).toEqual([4_000])
  expect([balanceOf(partly), balanceOf(whole)]).toEqual([0, 0])
})

test('by keyboard alone a customer chooses an invoice, types a card, pays it and is back where they began', async () => {
  const customer = newCustomer(world, 'Oak Optics')
  const invoice = await newInvoice(world, customer, 51)
  await newInvoice(world, customer, 52)
  const page = await visit(world, browser, customer)
  const { keyboard } = page
  const tabTo = async (isThere: () => Promise<boolean>) => {
    for (let presses = 0; presses < 60; presses++) {
      if (await isThere()) return
      await keyboard.press('Tab')
    }
    throw new Error('the keyboard does not lead there')
  }
  const focused = (place: Page | FrameLocator, label: RegExp | string, role: 'textbox' | 'button' | 'checkbox') => async () => {
    const found = place.getByRole(role, { name: label })
    return (await found.count()) === 1 && found.evaluate(element => document.hasFocus() && (element.getRootNode() as Document | ShadowRoot).activeElement === element)
  }
  await payButton(page).waitFor()
  await tabTo(focused(page, `Choose invoice ${invoice.number}`, 'checkbox'))
  await keyboard.press('Space')
  await tabTo(focused(page, 'Pay $51.00', 'button'))
  await keyboard.press('Enter')
  const frame = payFrame(page)
  const card = frame.frameLocator('.card iframe')
  await card.getByLabel('Card number').waitFor()
  await tabTo(focused(card, 'Card number', 'textbox'))
  await keyboard.type('4242424242424242')
  for (const text of ['1234', '123', '', '94107']) {
    await keyboard.press('Tab')
    await keyboard.type(text)
  }
  await tabTo(focused(frame, 'Pay $51.00', 'button'))
  await keyboard.press('Enter')
  await frame.getByRole('heading', { name: 'Paid $51.00' }).waitFor()
  await tabTo(focused(frame, 'Done', 'button'))
  await keyboard.press('Enter')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await rowOf(page, invoice.number).getByText('Paid', { exact: true }).waitFor()
  // What a screen reader hears of it.
  await page.getByRole('status').getByText(`Invoice ${invoice.number} is now paid`).waitFor({ state: 'attached' })
  await world.settled()
  expect(balanceOf(invoice)).toBe(0)
})

test.each([['csp', 'a strict policy'], ['css', 'styles that reach for everything']])('/hostile/%s: in a page with %s an invoice is paid in the dialog all the same', async kind => {
  const customer = newCustomer(world, `Pine ${kind} Press`)
  const invoice = await newInvoice(world, customer, 25)
  const page = await visit(world, browser, customer, { path: `/hostile/${kind}` })
  const frame = await openDialog(page, invoice)
  await expectAccessible(page)
  await typeCard(frame)
  await payButton(frame).click()
  await frame.getByRole('heading', { name: 'Paid $25.00' }).waitFor()
  await frame.getByRole('button', { name: 'Done' }).click()
  await rowOf(page, invoice.number).getByText('Paid', { exact: true }).waitFor()
  await world.settled()
  expect(balanceOf(invoice)).toBe(0)
})
