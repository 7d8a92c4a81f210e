import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoCustomer } from '../company/demo.ts'
import { type HranaServer, startHranaServer } from '../emulators/libsql/index.ts'
import type { RunningServer } from '../emulators/kit/server.ts'
import { confirmationToken, deskOf, newPaymentId, paidCharges, payerOf, sentInvoice } from '../flows/payer.ts'
import { mailsTo, signUpMerchant, until } from '../merchant.ts'
import { type Outside, startOutside } from '../outside.ts'
import { freePort } from '../ports.ts'
import { startFront } from '../sim/front.ts'
import type { MortalNode } from '../sim/node.ts'
import { startProcessNode } from '../sim/process-node.ts'
import { asker } from '../world.ts'

/** Three processes of the product, one address before them, one database server behind them. */
let folder: string
let outside: Outside
let database: HranaServer
let front: RunningServer
let nodes: MortalNode[]
let world: Parameters<typeof payerOf>[0]
let startNode: () => Promise<MortalNode>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'))
  const port = await freePort()
  const apiUrl = `http://127.0.0.1:${port}`
  outside = await startOutside({ unlimited: true, invoices: 50, apiUrl })
  database = await startHranaServer()
  const environment = { ...outside.environment, DATABASE_URL: database.url, DATA_DIR: folder, SEALING_KEYS: `test:${randomBytes(32).toString('base64')}`, LOG_LEVEL: 'silent' }
  startNode = async () => startProcessNode({ environment, port: await freePort(), clock: outside.clock, write: () => {}, isBusy: async () => false })
  nodes = await Promise.all([startNode(), startNode(), startNode()])
  let turn = 0
  front = await startFront(port, () => {
    const living = nodes.filter(node => node.isAlive())
    return living[turn++ % living.length]
  })
  const merchant = await signUpMerchant({ apiUrl, mailUrl: outside.mail.url, email: 'avery@alderandfinch.example', siteOrigin: outside.site.url })
  world = { outside, ...asker(apiUrl, merchant.apiKey) }
}, 120_000)
afterAll(async () => {
  await Promise.all(nodes.map(node => node.stop()))
  await front.close()
  await outside.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

type Invoice = { amount: number; qboId: string; id: string }

async function newInvoices(from: number, count: number): Promise<Invoice[]> {
  const payer = await payerOf(world)
  const made = Array.from({ length: count }, (_, i) => ({ amount: from + i, fields: sentInvoice(world, demoCustomer.id, from + i) }))
  return Promise.all(made.map(async ({ amount, fields }) => {
    const row = await until(() => payer.row(fields['DocNumber']), found => found !== undefined)
    return { amount, qboId: String(fields['Id']), id: row?.id ?? '' }
  }))
}

/** Asks until there is an answer. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  const answered = await until(() => ask().then(answer => ({ answer }), () => null), found => found !== null)
  if (!answered) throw new Error('nobody answered')
  return answered.answer
}

/** Pays and, as a person would, looks again and presses again where no answer came. */
async function payThrough({ id }: Invoice): Promise<void> {
  const payer = await again(() => payerOf(world))
  const page = await again(() => payer.checkout([{ invoiceId: id }]))
  const paying = { paymentId: newPaymentId(), token: await confirmationToken(world) }
  await again(async () => {
    const answer = await payer.pay(page, paying)
    if (answer.body.state !== 'succeeded') throw new Error(`the payment stands at ${answer.body.state}`)
    return answer
  })
}

const postingsOf = (amount: number) => deskOf(world).all('Payment').filter(payment => payment['TotalAmt'] === amount && String(payment['PrivateNote'] ?? '').includes('quittance:'))

/** One charge, one payment in QuickBooks, one receipt for each. */
async function mustBePaidOnce(invoices: readonly Invoice[]): Promise<void> {
  await until(async () => invoices.every(({ amount }) => postingsOf(amount).length > 0), Boolean)
  const charges = await paidCharges(world)
  const references = invoices.map(({ amount, qboId }) => {
    expect({ amount, charges: charges.filter(charge => charge['amount'] === amount * 100).length, postings: postingsOf(amount).length, balance: deskOf(world).read('Invoice', qboId)?.['Balance'] }).toEqual({ amount, charges: 1, postings: 1, balance: 0 })
    return String(postingsOf(amount)[0]?.['PaymentRefNum'])
  })
  const receipts = await until(async () => {
    const mails = await mailsTo(outside.mail.url, demoCustomer.email)
    return references.map(reference => mails.filter(mail => mail.text.includes(reference)).length)
  }, counts => counts.every(count => count > 0))
  expect(receipts).toEqual(references.map(() => 1))
}

function outboxRows(): Record<string, unknown>[] {
  const path = join(folder, `snapshot-${randomBytes(4).toString('hex')}.db`)
  database.snapshot(path)
  const copy = new DatabaseSync(path)
  const rows = copy.prepare(`select kind, state, attempts, fence from outbox where kind in ('post_payment', 'send_mail')`).all()
  copy.close()
  return rows
}

test('three processes that share a server carry out each effect once: none is claimed twice, none is left', async () => {
  const invoices = await newInvoices(301, 10)
  await Promise.all(invoices.map(payThrough))
  await mustBePaidOnce(invoices)
  const rows = await until(async () => outboxRows(), found => found.every(row => row['state'] === 'done'))
  expect(rows.filter(row => row['kind'] === 'post_payment')).toHaveLength(10)
  expect(rows.filter(row => row['attempts'] !== 1 || row['fence'] !== 1)).toEqual([])
}, 120_000)

test('answers of the database that are lost and a process that is killed after a charge cost no payment and double none', async () => {
  const invoices = await newInvoices(401, 10)
  const written = { body: 'operations' }
  for (const skip of [3, 17, 31]) {
    database.faults.queue({ kind: 'lose-answer', skip, match: written })
    database.faults.queue({ kind: 'refuse', skip: skip + 5, match: written })
  }
  const [first] = nodes
  first?.arm({ point: 'C5', passes: 1 })
  const paid = Promise.all(invoices.map(payThrough))
  expect(await first?.ended).toBe('C5')
  nodes[0] = await startNode()
  await paid
  // Past the lease of the process that died.
  outside.clock.advance(91_000)
  for (const node of nodes) node.poke()
  await mustBePaidOnce(invoices)
  expect(database.faults.waiting()).toEqual([])
}, 120_000)
