import { afterEach, beforeEach, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../../../browser.ts'
import { expectAccessible } from '../expectAccessible.ts'
import { startQuickBooksEmulator, type QuickBooksEmulator } from '../index.ts'
import { appOf, realmA, redirectUri } from '../testBench.ts'

let quickbooks: QuickBooksEmulator
beforeEach(async () => {
  quickbooks = await startQuickBooksEmulator({ redirectUris: [redirectUri] })
  quickbooks.books.createCompany(realmA, { name: 'Alder & Finch' })
})
afterEach(() => quickbooks.close())

/** Two open invoices and the payment that pays both, as a person would have entered them. */
function enterPaidInvoices() {
  const enter = (entity: 'Customer' | 'Account' | 'Item' | 'Invoice' | 'Payment', body: object) => quickbooks.books.write(realmA, { entity, operation: 'create', body: { ...body }, user: 'Avery Finch' })['Id']
  const customer = { value: enter('Customer', { DisplayName: 'Harbour <Coffee>' }) }
  const income = { value: enter('Account', { Name: 'Joinery', AccountType: 'Income' }) }
  const item = { value: enter('Item', { Name: 'Oak table', Type: 'Service', IncomeAccountRef: income }) }
  const invoice = (Amount: number) => enter('Invoice', { CustomerRef: customer, Line: [{ Amount, DetailType: 'SalesItemLineDetail', SalesItemLineDetail: { ItemRef: item } }] })
  const Line = [120, 80.5].map(Amount => ({ Amount, LinkedTxn: [{ TxnId: invoice(Amount), TxnType: 'Invoice' }] }))
  return enter('Payment', { CustomerRef: customer, TotalAmt: 200.5, PaymentRefNum: 'pi_1', Line })
}

test('a person finds the one payment with its two lines, and from there the invoices', async () => {
  const id = enterPaidInvoices()
  const page = await newPage(await launchBrowser(), { bypassCSP: true, viewport: { width: 320, height: 700 } })
  await page.goto(quickbooks.url)
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Alder & Finch' }).click()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'pi_1' }).click()
  expect(new URL(page.url()).searchParams.get('txnId')).toBe(id)
  expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Payment of $200.50')
  expect(await page.locator('tbody .amount').allTextContents()).toEqual(['$120.00', '$80.50'])
  await page.getByRole('link', { name: 'Harbour <Coffee>' }).waitFor()
  await expectAccessible(page)
  await page.locator('tbody a').first().click()
  expect(await page.locator('tfoot .amount').allTextContents()).toEqual(['$0.00', '$120.00', '$0.00'])
  await expectAccessible(page)
})

test('a person can remove the connected app', async () => {
  const app = appOf(quickbooks)
  const { body } = await app.connect()
  const page = await newPage(await launchBrowser())
  await page.goto(`${quickbooks.url}/app/company/${realmA}`)
  await page.getByRole('button', { name: 'Disconnect Quittance' }).click()
  await page.getByText('No app is connected.').waitFor()
  expect((await app.refresh(body.refresh_token)).body['error']).toBe('invalid_grant')
})

test('a document that is not there is said to be missing', async () => {
  const response = await fetch(`${quickbooks.url}/app/invoice?txnId=404`)
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('There is no such document')
})
