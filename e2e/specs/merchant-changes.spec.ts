import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, newPage } from '../browser.ts'
import { asMerchant } from '../flows/console.ts'
import { type Desk, type Fields, deskOf, deskPayment, metered, sentInvoice } from '../flows/payer.ts'
import { type Customer, newCustomer, newInvoice, rowOf, visit } from '../flows/visitor.ts'
import { mailsTo, until } from '../merchant.ts'
import { type World, startWorld } from '../world.ts'

let world: World
let desk: Desk
beforeAll(async () => {
  world = await startWorld({ invoices: 60 })
  desk = deskOf(world)
})
afterAll(() => world?.close())

/** The shop's account page as this customer has it open. The test fails where it is ever loaded again. */
async function shopOf(customer: Customer): Promise<Page> {
  const page = await visit(world, await launchBrowser(), customer)
  await page.evaluate(() => { document.body.dataset['opened'] = 'once' })
  return page
}
/** The machine may be busy; what is told live takes a second or two. */
const soon = { timeout: 15_000 }
const isSameDocument = (page: Page) => page.evaluate(() => document.body.dataset['opened'] === 'once')

async function consoleAt(path: string): Promise<Page> {
  const page = await newPage(await launchBrowser())
  await asMerchant(page.context(), world)
  await page.goto(world.apiUrl + path)
  await page.evaluate(() => { document.body.dataset['opened'] = 'once' })
  return page
}
const consoleRow = (page: Page, number: unknown) => page.getByRole('list', { name: 'Invoices' }).getByRole('listitem').filter({ hasText: String(number) })

describe.each(['classic', 'cloudevents'] as const)('told in the %s format', format => {
  test('AP5 AP7: amount, due date, payments and credits from QuickBooks reach the open shop page by themselves, one read for each burst', async () => {
    world.outside.quickbooks.deliveries.setEndpoint({ url: `${world.apiUrl}/hooks/quickbooks`, format })
    const customer = newCustomer(world, `Copper ${format}`)
    const first = await newInvoice(world, customer, 500)
    const second = await newInvoice(world, customer, 80)
    await world.settled()
    const page = await shopOf(customer)
    await expect.poll(() => rowOf(page, first.number).innerText(), soon).toContain('$500.00')

    /** One burst at the desk; answers how many reads it took until the page shows it. */
    const burst = async (atTheDesk: () => unknown, number: string, shown: RegExp): Promise<number> => {
      const before = (await metered(world)).reads
      atTheDesk()
      await expect.poll(async () => (await rowOf(page, number).innerText()).replaceAll(/\s+/g, ' '), soon).toMatch(shown)
      await world.settled()
      return (await metered(world)).reads - before
    }
    const changed = () => {
      desk.change('Invoice', first.qboId, { DueDate: '2031-03-09', Line: desk.lines(620.55) })
      desk.change('Customer', customer.quickBooksId, { Notes: 'Called about the oak.' })
      desk.change('Invoice', second.qboId, { CustomerMemo: { value: 'Thank you.' } })
    }
    expect(await burst(changed, first.number, /9 Mar 2031.*\$620\.55/)).toBeLessThanOrEqual(1)
    expect(await burst(() => deskPayment(world, customer.quickBooksId, first.qboId, 120.05), first.number, /\$500\.50.*of \$620\.55/)).toBeLessThanOrEqual(1)
    const credited = () => {
      const credit = desk.write('CreditMemo', { CustomerRef: { value: customer.quickBooksId }, Line: desk.lines(100.5) })
      const link = (id: unknown, type: string) => ({ Amount: 100.5, LinkedTxn: [{ TxnId: id, TxnType: type }] })
      desk.write('Payment', { CustomerRef: { value: customer.quickBooksId }, TotalAmt: 0, Line: [link(first.qboId, 'Invoice'), link(credit['Id'], 'CreditMemo')] })
    }
    expect(await burst(credited, first.number, /\$400\.00.*of \$620\.55/)).toBeLessThanOrEqual(1)
    deskPayment(world, customer.quickBooksId, first.qboId, 400)
    await page.getByRole('button', { name: /^Paid/ }).click()
    await expect.poll(() => rowOf(page, first.number).innerText(), soon).toMatch(/Paid/)
    expect(await isSameDocument(page), 'the page was never loaded again').toBe(true)
  })
})

test('AP10: what is deleted in QuickBooks leaves the customer’s page and lies in the archive; what is voided says so', async () => {
  const customer = newCustomer(world, 'Walnut Works')
  const [gone, void_] = [await newInvoice(world, customer, 210), await newInvoice(world, customer, 310)]
  const page = await shopOf(customer)
  const archive = await consoleAt('/console/invoices?filter=archived')
  await rowOf(page, gone.number).waitFor()
  desk.change('Invoice', gone.qboId, {}, 'delete')
  desk.change('Invoice', void_.qboId, {}, 'void')
  await rowOf(page, gone.number).waitFor({ state: 'detached' })
  await consoleRow(archive, gone.number).waitFor()
  expect(await consoleRow(archive, gone.number).innerText()).toMatch(/Archived/)
  await archive.getByRole('link', { name: 'Void', exact: true }).click()
  await consoleRow(archive, void_.number).waitFor()
  expect([await isSameDocument(page), await isSameDocument(archive)]).toEqual([true, true])
})

test('AP11: what the merchant archives here leaves the customer’s page and stays in QuickBooks', async () => {
  const customer = newCustomer(world, 'Alder Annex')
  const invoice = await newInvoice(world, customer, 145)
  const page = await shopOf(customer)
  await rowOf(page, invoice.number).waitFor()
  const before = desk.read('Invoice', invoice.qboId)
  const list = await consoleAt(`/console/invoices?q=${invoice.number}`)
  await list.getByRole('button', { name: `Archive invoice ${invoice.number}` }).click()
  await list.getByRole('dialog').getByRole('button', { name: 'Archive' }).click()
  await rowOf(page, invoice.number).waitFor({ state: 'detached' })
  await world.settled()
  expect(desk.read('Invoice', invoice.qboId)).toEqual(before)
})

test('a renamed, a merged and an inactive customer: name, papers and archive follow', async () => {
  const [kept, gone, idle] = [newCustomer(world, 'Larch Lane'), newCustomer(world, 'Larch Lain'), newCustomer(world, 'Quiet Quarry')]
  const invoice = await newInvoice(world, gone, 99)
  const list = await consoleAt(`/console/invoices?q=${invoice.number}`)
  await expect.poll(() => consoleRow(list, invoice.number).innerText(), soon).toContain(gone.name)
  desk.change('Customer', kept.quickBooksId, { DisplayName: 'Larch Lane & Daughters' })
  desk.merge(kept.quickBooksId, gone.quickBooksId)
  desk.change('Customer', idle.quickBooksId, { Active: false })
  await expect.poll(() => consoleRow(list, invoice.number).innerText(), soon).toContain('Larch Lane & Daughters')
  const people = await consoleAt('/console/customers?q=Quiet')
  await expect.poll(() => people.getByRole('list', { name: 'Customers' }).innerText(), soon).toMatch(/Quiet Quarry[\s\S]*Archived/)
})

test('IL31: an unsent invoice lands in the Draft folder by itself; the merchant publishes it and the customer sees it', async () => {
  const customer = newCustomer(world, 'Teak & Tin')
  const shown = await newInvoice(world, customer, 10)
  const page = await shopOf(customer)
  await rowOf(page, shown.number).waitFor()
  const drafts = await consoleAt('/console/invoices?filter=draft')
  await drafts.getByText(/All \d+ shown/).waitFor()
  const number = String(desk.write('Invoice', { CustomerRef: { value: customer.quickBooksId }, Line: desk.lines(64) })['DocNumber'])
  await consoleRow(drafts, number).waitFor()
  expect(await consoleRow(drafts, number).innerText()).toMatch(/Not shown yet/)
  expect(await rowOf(page, number).count()).toBe(0)
  await drafts.getByRole('checkbox', { name: `Choose invoice ${number}` }).check()
  await drafts.getByRole('button', { name: 'Publish 1 invoice' }).click()
  await consoleRow(drafts, number).waitFor({ state: 'detached' })
  await rowOf(page, number).waitFor()
  expect([await isSameDocument(page), await isSameDocument(drafts)]).toEqual([true, true])
  expect(await mailsTo(world.outside.mail.url, customer.email), 'publishing mails nothing').toEqual([])
})

test('IL33 IL34 IL37: sending a draft mails its customer a link that shows it', async () => {
  const customer = newCustomer(world, 'Sorrel Studio')
  const draft = desk.write('Invoice', { CustomerRef: { value: customer.quickBooksId }, Line: desk.lines(77.7) })
  const number = String(draft['DocNumber'])
  const drafts = await consoleAt('/console/invoices?filter=draft')
  await drafts.getByRole('button', { name: `Send invoice ${number}` }).click()
  const dialog = drafts.getByRole('dialog', { name: `Send invoice ${number}` })
  await expect.poll(() => dialog.getByLabel('To').inputValue(), soon).toBe(customer.email)
  await dialog.getByRole('button', { name: 'Send', exact: true }).click()
  await consoleRow(drafts, number).waitFor({ state: 'detached' })
  const [mail, ...more] = await until(() => mailsTo(world.outside.mail.url, customer.email), mails => mails.length > 0)
  expect(more).toEqual([])
  expect(mail?.subject).toContain('$77.70')
  const link = /https?:\/\/\S+\/i\/[^\s"<]+/.exec(mail?.text ?? '')?.[0] ?? ''
  const page = await newPage(await launchBrowser())
  await page.goto(link)
  await page.getByText('$77.70').first().waitFor()
  expect(await page.getByText(number).count()).toBeGreaterThan(0)
})

test('the rule for new invoices decides what a customer sees: what was sent, nothing before a look, or everything', async () => {
  const customer = newCustomer(world, 'Rowan Row')
  const shown = await newInvoice(world, customer, 10)
  const page = await shopOf(customer)
  await rowOf(page, shown.number).waitFor()
  const settings = await consoleAt('/console/settings')
  const choose = async (rule: RegExp) => {
    await settings.getByRole('radio', { name: rule }).check()
    await settings.getByRole('region', { name: 'New invoices' }).getByRole('button', { name: 'Save' }).click()
    await settings.getByRole('region', { name: 'New invoices' }).getByText('Nothing to save.').waitFor()
  }
  const unsent = () => String(desk.write('Invoice', { CustomerRef: { value: customer.quickBooksId }, Line: desk.lines(20) })['DocNumber'])
  const sent = () => String(sentInvoice(world, customer.quickBooksId, 30)['DocNumber'])
  const drafts = await consoleAt('/console/invoices?filter=draft')

  await choose(/Let me look first/)
  const waiting = [sent(), unsent()]
  for (const number of waiting) await consoleRow(drafts, number).waitFor()
  await choose(/Show everything/)
  const all = [sent(), unsent()]
  for (const number of all) await rowOf(page, number).waitFor()
  await choose(/Show what I have sent/)
  const [seen, hidden] = [sent(), unsent()]
  await rowOf(page, seen).waitFor()
  await consoleRow(drafts, hidden).waitFor()
  for (const number of [...waiting, hidden]) expect(await rowOf(page, number).count(), `draft ${number} is hidden`).toBe(0)
})

describe('when QuickBooks tells nothing', () => {
  beforeAll(() => world.outside.quickbooks.deliveries.setEndpoint(undefined))
  afterAll(() => world.outside.quickbooks.deliveries.setEndpoint({ url: `${world.apiUrl}/hooks/quickbooks`, format: 'cloudevents' }))

  const unsentFor = (customerId: string, more: object = {}): Fields => desk.write('Invoice', { CustomerRef: { value: customerId }, Line: desk.lines(41), ...more })

  test('IL29 IL30: Import on the invoices’ page brings everything since last time, and the drafts are there', async () => {
    const made = unsentFor('1')
    const drafts = await consoleAt('/console/invoices?filter=draft')
    await drafts.getByRole('button', { name: 'Import', exact: true }).click()
    await drafts.getByText('Everything since last time: done.').waitFor()
    await consoleRow(drafts, made['DocNumber']).waitFor()
    expect(await consoleRow(drafts, made['DocNumber']).innerText()).toMatch(/Not shown yet/)
  })

  test('IL18: Refresh customers brings those added since, and reads customers alone', async () => {
    const page = await consoleAt('/console/customers?q=Zebrawood')
    await page.getByText('No customer matches').waitFor()
    desk.write('Customer', { DisplayName: 'Zebrawood & Co', PrimaryEmailAddr: { Address: 'pay@zebrawood.example' } })
    const before = (await metered(world)).calls
    await page.getByRole('button', { name: 'Refresh customers' }).click()
    await page.getByText('Customers from QuickBooks: done.').waitFor()
    await expect.poll(() => page.getByRole('list', { name: 'Customers' }).innerText(), soon).toContain('pay@zebrawood.example')
    const { calls } = await metered(world)
    expect([calls['query Customer'], calls['query Invoice']]).toEqual([(before['query Customer'] ?? 0) + 1, before['query Invoice']])
  })

  test('IL23: an earlier begin date brings the older invoices over, with a bar', async () => {
    const count = async (filter: string) => ((await world.merchant.call('GET', `/v1/merchant/invoices?filter=${filter}&limit=100`)) as { total: number; invoices: { number: string }[] })
    const before = await count('all')
    const page = await consoleAt('/console/settings')
    await page.getByLabel('Begin date').fill('2000-01-01')
    await page.getByRole('region', { name: 'QuickBooks' }).getByRole('button', { name: 'Save' }).click()
    await page.getByText('Import from QuickBooks: done.').waitFor()
    const inQuickBooks = desk.all('Invoice').map(row => String(row['DocNumber']))
    const archivedHere = (await count('archived')).invoices.filter(row => inQuickBooks.includes(row.number))
    const { total } = await count('all')
    expect(total + archivedHere.length).toBe(inQuickBooks.length)
    expect(total).toBeGreaterThan(before.total)
  })

  test('IL29: Import in the settings takes everything anew, also what was deleted meanwhile', async () => {
    const made = unsentFor('1')
    const page = await consoleAt('/console/settings')
    const run = async (button: string, done: string) => {
      await page.getByRole('button', { name: button, exact: true }).click()
      await page.getByText(done).waitFor()
    }
    await run('Everything since last time', 'Everything since last time: done.')
    desk.change('Invoice', String(made['Id']), {}, 'delete')
    await run('Import', 'Import from QuickBooks: done.')
    await page.goto(`${world.apiUrl}/console/invoices?filter=archived`)
    await consoleRow(page, made['DocNumber']).waitFor()
    expect(await consoleRow(page, made['DocNumber']).innerText()).toMatch(/Archived/)
  })
})
