import { spawn } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ConsolePaymentList, ConsoleView, HomeView } from '../../api/domain/console-views.ts'
import { demoCustomer } from '../company/demo.ts'
import { callerOf, connectQuickBooks, mailsTo, signInToConsole, until } from '../merchant.ts'
import { startMortalWorld } from '../mortal-world.ts'
import { type Fields, confirmationToken, deskOf, newPaymentId, paidCharges, payerOf, sentInvoice } from './payer.ts'

const root = resolve(import.meta.dirname, '../..')
const writing = { method: 'POST', path: '/payment\\?' }
const charging = { method: 'POST', path: '^/v1/payment_intents$' }

let world: Awaited<ReturnType<typeof startMortalWorld>>
let payer: Awaited<ReturnType<typeof payerOf>>
beforeAll(async () => {
  world = await startMortalWorld({ invoices: 50 })
  payer = await payerOf(world)
}, 60_000)
afterAll(() => world.close())

type Ended = { code: number | null; said: string }
/** Types `npm run backup`, `restore` or `reconcile`. */
async function typed(command: 'backup' | 'restore' | 'reconcile', ...args: string[]): Promise<Ended> {
  const child = spawn(join(root, 'node_modules/.bin/node'), [`api/commands/${command}.ts`, ...args], { cwd: root, env: world.environment, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>(done => child.once('close', done))
  const [out, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, said: out + errors }
}

type Invoice = { qboId: string; number: string; id: string; amount: number }
const newInvoice = (amount: number) => newInvoiceOf(payer, amount)
async function newInvoiceOf(who: typeof payer, amount: number): Promise<Invoice> {
  const made = sentInvoice(world, demoCustomer.id, amount)
  const number = String(made['DocNumber'])
  const row = await until(() => who.row(number), found => found !== undefined)
  return { qboId: String(made['Id']), number, id: row?.id ?? '', amount }
}

const begin = async (invoice: Invoice) => {
  const paymentId = newPaymentId()
  const page = await payer.checkout([{ invoiceId: invoice.id }])
  return { paymentId, reference: `QP-${paymentId.slice(-12)}`, invoice, page, token: await confirmationToken(world) }
}
const pay = async (invoice: Invoice) => {
  const begun = await begin(invoice)
  await payer.pay(begun.page, begun)
  return begun
}
type Paid = Awaited<ReturnType<typeof pay>>
const rowOf = async (paid: Paid) => ((await world.merchant.call('GET', '/v1/merchant/payments')) as ConsolePaymentList).payments.find(row => row.reference === paid.reference)
const isPosted = (paid: Paid) => until(() => rowOf(paid), row => row?.posting.state === 'posted')
const postingsOf = ({ reference }: Paid): Fields[] => deskOf(world).all('Payment').filter(payment => payment['PaymentRefNum'] === reference)
const chargesOf = async ({ paymentId }: Paid) => (await paidCharges(world)).filter(charge => (charge['metadata'] as Fields)['payment'] === paymentId)
const receiptsOf = async ({ reference }: Paid) => (await mailsTo(world.outside.mail.url, demoCustomer.email)).filter(mail => mail.text.includes(reference))
const home = async () => (await world.merchant.call('GET', '/v1/merchant/home')) as HomeView

/** Puts the backup in the place of the database of a process that was killed. */
async function restart(backup: string): Promise<void> {
  await world.kill()
  for (const { faults } of [world.outside.quickbooks, world.outside.stripe]) faults.clear()
  expect(await typed('restore', '--from', backup)).toMatchObject({ code: 0, said: expect.stringMatching(/kept as .*replaced-[^]*Restored as of 20/) })
}

/** Each command is a process of its own, and a busy machine takes seconds to start one. */
const manyStartsMs = 90_000

/** One charge, one payment in QuickBooks, one receipt, and nothing owed on the invoice. */
async function isOnce(paid: Paid): Promise<void> {
  await isPosted(paid)
  expect(await chargesOf(paid)).toHaveLength(1)
  expect(postingsOf(paid)).toMatchObject([{ TotalAmt: paid.invoice.amount, UnappliedAmt: 0 }])
  expect(deskOf(world).read('Invoice', paid.invoice.qboId)?.['Balance']).toBe(0)
  expect(await until(() => receiptsOf(paid), mails => mails.length > 0)).toHaveLength(1)
}

const problemOf = (jobId: string) => {
  const file = new DatabaseSync(join(world.dataDir, 'quittance.db'), { readOnly: true })
  try {
    return String(file.prepare('select problem from outbox where id = ?').get(jobId)?.['problem'])
  } finally {
    file.close()
  }
}

test('D9: after a backup is restored every payment made since is found again, and none is charged, posted or mailed twice', async () => {
  const [a, b, open] = [await newInvoice(701), await newInvoice(702), await newInvoice(705)]
  const first = await pay(a)
  await isPosted(first)
  // Owed when the backup is taken, and posted afterwards.
  world.outside.quickbooks.faults.queue({ kind: 'html-500', match: { path: '/query' }, skip: 1, times: 20 })
  const waiting = await pay(await newInvoice(706))
  await until(async () => problemOf(`post:${waiting.paymentId}`), problem => problem.includes('500'))
  world.outside.quickbooks.faults.clear()
  const openPage = await payer.checkout([{ invoiceId: open.id }])
  const backup = join(world.dataDir, 'backups', 'one.db')
  const written = await typed('backup', '--to', backup)
  expect(written).toMatchObject({ code: 0, said: expect.stringMatching(/█{30}.* MB[^]*Backed up as of 20/) })
  expect(statSync(backup).mode & 0o077).toBe(0)
  expect(readdirSync(join(world.dataDir, 'backups'))).toEqual(['one.db'])

  // What the backup does not know: an invoice, a payment that was posted, one that was not, and one that nobody heard the end of.
  const [c, d] = [await newInvoice(703), await newInvoice(704)]
  const posted = await pay(c)
  world.advance(5 * 60_000)
  await isPosted(posted)
  await isPosted(waiting)
  world.outside.quickbooks.faults.queue({ kind: 'refuse', match: writing, times: 20 })
  const owed = await pay(b)
  await until(async () => (await receiptsOf(owed)).length, length => length === 1)
  world.outside.stripe.faults.queue({ kind: 'lose', times: 50 })
  world.outside.stripe.faults.queue({ kind: 'lose-answer', match: charging })
  const unheard = await pay(d)
  expect(await rowOf(unheard)).toMatchObject({ state: 'reserved' })

  expect(await typed('restore', '--from', backup)).toMatchObject({ code: 2, said: expect.stringContaining('in use by another process') })
  await restart(backup)

  // Until the provider has answered nobody can pay.
  world.outside.stripe.faults.queue({ kind: 'html-500', match: { method: 'GET', path: '^/v1/payment_intents\\?' }, times: 100 })
  await world.start()
  payer = await payerOf(world)
  expect((await home()).cards.map(card => card.kind)).toEqual(['recovering'])
  const refused = await world.ask(payer.token, 'POST', '/v1/checkouts', { invoices: [{ invoiceId: open.id }] })
  expect(refused).toMatchObject({ status: 409, body: { detail: expect.stringContaining('recent payments are checked') } })
  expect(await payer.pay(openPage)).toMatchObject({ status: 503, body: { detail: expect.stringContaining('You were not charged') } })
  world.advance(10_000)
  await until(async () => problemOf(`post:${waiting.paymentId}`), problem => problem.includes('restored from a backup'))
  expect(await rowOf(waiting)).toMatchObject({ posting: { state: 'waiting' } })
  world.outside.stripe.faults.clear()
  world.advance(31 * 60_000)
  await until(home, view => !view.cards.some(card => card.kind === 'recovering'))

  world.advance(61_000)
  for (const paid of [first, waiting, posted, owed, unheard]) await isOnce(paid)
  expect(await typed('reconcile')).toMatchObject({ code: 0, said: expect.stringContaining('No difference is left.') })
  payer = await payerOf(world)
  const later = await pay(open)
  await isPosted(later)
  expect((await home()).cards).toEqual([])

  const twin = deskOf(world).write('Payment', { CustomerRef: { value: demoCustomer.id }, TotalAmt: 705, PaymentRefNum: later.reference })
  expect(await typed('reconcile', '--merchant', world.merchant.merchantId, '--days', '2')).toMatchObject({ code: 1, said: expect.stringMatching(new RegExp(`J4 +open +${later.reference} +QuickBooks holds it 2 times[^]*1 left for a person`)) })
  deskOf(world).change('Payment', String(twin['Id']), {}, 'delete')
  expect(await typed('reconcile', '--merchant', 'mer_nobody')).toMatchObject({ code: 2, said: expect.stringContaining('no merchant mer_nobody') })
}, manyStartsMs)

test('D9: from yesterday’s backup, whose tokens Intuit no longer takes, all is found again once the merchant has connected anew, and no receipt is mailed a second time', async () => {
  payer = await payerOf(world)
  const older = await newInvoice(707)
  const backup = join(world.dataDir, 'backups', 'two.db')
  expect(await typed('backup', '--to', backup)).toMatchObject({ code: 0 })
  const [known, lost] = [await pay(older), await pay(await newInvoice(708))]
  for (const paid of [known, lost]) await isOnce(paid)
  for (let hours = 0; hours < 26; hours += 1) {
    world.advance(60 * 60_000)
    // The tokens are renewed as they are used.
    if (hours % 13 === 0) await payerOf(world).then(each => newInvoiceOf(each, 10))
  }
  await restart(backup)
  await world.start()
  const options = { apiUrl: world.apiUrl, mailUrl: world.outside.mail.url, email: 'avery@alderandfinch.example' }
  const cookie = await signInToConsole(options)
  world.merchant.call = callerOf(world.apiUrl, cookie)
  await until(() => rowOf(known), row => row?.state === 'succeeded')
  await until(async () => (await world.merchant.call('GET', '/v1/merchant')) as ConsoleView, view => view.connection.state === 'needs_reconnect')
  expect((await home()).cards.map(card => card.kind)).toContain('recovering')
  await connectQuickBooks(options, cookie)
  await until(home, view => !view.cards.some(card => card.kind === 'recovering'))
  for (const paid of [known, lost]) await isOnce(paid)

  // Where no server runs, a command opens the database itself.
  await world.kill()
  expect(await typed('reconcile', '--days', '3')).toMatchObject({ code: 0, said: expect.stringMatching(/mer_.*: everything agrees/) })
  expect(await typed('backup', '--to', join(world.dataDir, 'backups', 'three.db'))).toMatchObject({ code: 0, said: expect.stringMatching(/█{30}.* MB[^]*Backed up as of 20/) })
  await world.start()
}, manyStartsMs)
