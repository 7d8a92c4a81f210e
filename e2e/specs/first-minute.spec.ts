import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { InvoiceList } from '../../api/domain/views.ts'
import { launchBrowser, newPage } from '../browser.ts'
import { demoCustomer, demoJob, secondCustomer } from '../company/demo.ts'
import { generateCompany } from '../company/generate.ts'
import type { Fields } from '../flows/payer.ts'
import { type Sandbox, type Started, startSandbox } from '../flows/started.ts'
import { payButton, payFrame, rowOf, typeCard } from '../flows/visitor.ts'
import { callerOf, mailsTo, until } from '../merchant.ts'
import { freePort } from '../ports.ts'

const progressLine = /\w+ \d+ of \d+/
const chosen = ['1175', '1181']

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quittance-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A start for the test that calls it, which ends with it. */
async function startHere(...typed: string[]): Promise<Started> {
  const dataDir = newFolder()
  const started = await startSandbox({ port: await freePort(), dataDir }, typed)
  onTestFinished(() => started.stop())
  return started
}

async function inBooks(parts: Sandbox, entity: 'Payment' | 'Invoice'): Promise<Fields[]> {
  const answer = await fetch(`${parts.quickbooks}/_emulator/state?realm=${parts.realmId}&entity=${entity}&limit=10000`)
  return ((await answer.json()) as { rows: Fields[] }).rows
}

const cents = (dollars: unknown) => Math.round(Number(dollars) * 100)

test('the README’s first minute: after a bare npm start its customer pays two invoices in the shop; QuickBooks, the inbox and the page know', async () => {
  const started = await startHere()
  const parts = await started.sandbox()
  const before = await inBooks(parts, 'Invoice')
  expect(before).toHaveLength(200)
  const owed = chosen.map(number => before.find(row => row['DocNumber'] === number))
  const sum = owed.reduce((total, row) => total + cents(row?.['Balance']), 0)
  const page = await newPage(await launchBrowser())
  await page.goto(`${parts.site}/account?demo`)
  for (const number of chosen) await page.getByLabel(`Choose invoice ${number}`).check()
  await payButton(page).click()
  const frame = payFrame(page)
  await typeCard(frame)
  await payButton(frame).click()
  const reference = await frame.locator('.receipt .ref').innerText()
  expect(reference).toMatch(/^QP-\w+$/)
  await frame.getByRole('button', { name: 'Done' }).click()
  for (const number of chosen) await rowOf(page, number).getByText('Paid', { exact: true }).waitFor()
  expect(new URL(page.url()).origin).toBe(parts.site)

  const posted = await until(async () => (await inBooks(parts, 'Payment')).filter(row => row['PaymentRefNum'] === reference), found => found.length > 0)
  expect(posted).toMatchObject([{ UnappliedAmt: 0, CustomerRef: { value: demoCustomer.id } }])
  expect(cents(posted[0]?.['TotalAmt'])).toBe(sum)
  const lines = (posted[0]?.['Line'] ?? []) as { Amount: number; LinkedTxn: { TxnId: string }[] }[]
  expect(lines).toHaveLength(chosen.length)
  expect(new Map(lines.map(line => [line.LinkedTxn[0]?.TxnId, line.Amount]))).toEqual(new Map(owed.map(row => [row?.['Id'], row?.['Balance']])))
  const mails = await until(() => mailsTo(parts.mail, demoCustomer.email), found => found.length > 0)
  expect(mails).toHaveLength(1)
  expect(mails[0]?.text).toContain(reference)
  expect(started.said()).toMatch(progressLine)
})

test('started with a folder of Intuit’s JSON, the sandbox shows a customer of that company the invoices that the folder holds', async () => {
  const folder = join(newFolder(), 'company')
  const customer = mostIndebted(writeCompany(folder))
  const started = await startHere('--company', folder)
  const { api, apiKey } = await started.sandbox()
  const session = (await callerOf(api, '', { authorization: `Bearer ${apiKey}` })('POST', '/v1/sessions', { customer: { quickBooksId: customer.id } })) as { token: string }
  const list = (await callerOf(api, '', { authorization: `Bearer ${session.token}` })('GET', '/v1/invoices?filter=open&limit=100')) as InvoiceList
  expect(customer.open.length).toBeGreaterThan(1)
  expect(list.invoices).toHaveLength(customer.open.length)
  expect(new Map(list.invoices.map(row => [row.number, row.balance.amount]))).toEqual(new Map(customer.open.map(row => [row['DocNumber'], cents(row['Balance'])])))
})

/** Writes another company than the built-in one as `<Entity>.json`; answers its invoices. */
function writeCompany(folder: string): Fields[] {
  mkdirSync(folder)
  const objects = new Map<string, object[]>()
  for (const part of generateCompany({ seed: 7, invoices: 60, asOf: new Date().toISOString().slice(0, 10), name: 'Birch & Lane' })) objects.set(part.entity, [...(objects.get(part.entity) ?? []), ...part.objects])
  for (const [entity, rows] of objects) writeFileSync(join(folder, `${entity}.json`), JSON.stringify(rows))
  return (objects.get('Invoice') ?? []) as Fields[]
}

/** The customer with most invoices that were sent and are still owed, besides those whom every generated company has. */
function mostIndebted(invoices: Fields[]): { id: string; open: Fields[] } {
  const everywhere: string[] = [demoCustomer.id, demoJob.id, secondCustomer.id]
  const customerOf = (row: Fields) => (row['CustomerRef'] as { value: string }).value
  const byCustomer = Map.groupBy(invoices.filter(row => row['EmailStatus'] === 'EmailSent' && cents(row['Balance']) > 0 && !everywhere.includes(customerOf(row))), customerOf)
  const [most] = [...byCustomer].toSorted(([, one], [, other]) => other.length - one.length)
  return { id: most?.[0] ?? '', open: most?.[1] ?? [] }
}
