import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCustomer } from '../../company/demo.ts'
import { confirmationToken, payerOf } from '../../flows/payer.ts'
import { signUpMerchant } from '../../merchant.ts'
import { freePort } from '../../ports.ts'
import { asker } from '../../world.ts'
import type { Bench } from '../bench.ts'
import { startChild, startServed } from '../child.ts'
import { type Place, median } from '../figures.ts'
import { bareDatabase } from '../prepared.ts'

const perRound = 10
const batchesPerRound = 200
const part = 100
/** Enough that neither side is measured while its code is still being compiled. */
const warmRounds = 3

/** One payment after another, each on its own pay page, from the request to the answer. What the systems outside took for themselves is left out, the payer's own program among them. */
export const payment: Bench = {
  name: 'payment',
  plans: [
    { id: 'payment', what: 'start of a payment (read afresh, reserve, charge), without the time of the systems outside', floorIs: 'one guarded batch on the bare database', unit: 'a second', target: { kind: 'ratio-at-least', value: 0.3 } },
    { id: 'payment-calls', what: 'nothing but two calls over HTTP one after another, by the platform’s own fetch to a server that answers at once', floorIs: 'the same batch', unit: 'a second', target: { kind: 'none' } },
  ],
  limit: 'A start is not one batch but three durable ones (the fresh balance, the reservation, the settled charge) with the ledger and what is owed, around two calls over HTTP through the vendors’ clients. Two calls alone, by bare fetch and with nothing stored, are the second row: where their ratio is below the target, no way of asking two systems can meet it.',
  async open() {
    const apiPort = await freePort()
    const apiUrl = `http://127.0.0.1:${apiPort}`
    const folder = mkdtempSync(join(tmpdir(), 'quittance-pay-'))
    const outside = await startChild('servers/outside.ts', { argv: [apiUrl, '2000'] })
    const { environment, mailUrl, stripeUrl, stripeKey, siteUrl } = outside.ready as { environment: Record<string, string>; mailUrl: string; stripeUrl: string; stripeKey: string; siteUrl: string }
    const api = await startServed({ ...environment, PORT: String(apiPort), DATA_DIR: folder, SEALING_KEYS: `bench:${randomBytes(32).toString('base64')}` })
    const merchant = await signUpMerchant({ apiUrl, mailUrl, email: 'avery@alderandfinch.example', siteOrigin: siteUrl })
    const world = { ...asker(apiUrl, merchant.apiKey), outside: { stripe: { url: stripeUrl, secretKey: stripeKey } } } as Parameters<typeof payerOf>[0]
    const bare = await bareDatabase()
    const file = join(folder, 'answer.json')
    writeFileSync(file, '{}')
    const constant = await startChild('servers/constant.ts', { argv: [file] })
    let turn = 0
    const startOne = async () => {
      const payer = await payerOf(world, { email: demoCustomer.email })
      const { list } = await payer.portal('filter=open&limit=100')
      // In turn: an invoice that was paid fifty times is longer to read than any payer's.
      const due = list.invoices.filter(row => row.canPay && row.payable.amount > 10 * part)
      const invoice = due[turn++ % due.length]
      if (!invoice) throw new Error('nothing is left to pay')
      const path = await payer.checkout([{ invoiceId: invoice.id, amount: part }])
      const token = await confirmationToken(world)
      await api.ask('idle')
      const ownMs = async () => {
        // At once: what is asked outside after the answer is no part of it.
        const [payingMs, spentMs] = await Promise.all([api.ask<number>('paying'), outside.ask<number>('spent')])
        return payingMs - spentMs
      }
      const before = await ownMs()
      const { status, body } = await payer.pay(path, { token })
      const tookMs = (await ownMs()) - before
      if (status !== 200 || body.state !== 'succeeded') throw new Error(`a payment did not succeed: ${status} ${JSON.stringify(body)}`)
      await api.ask('idle')
      return tookMs
    }
    const round = async () => {
      const floorMs: number[] = []
      const oursMs: number[] = []
      const callsMs: number[] = []
      for (let i = 0; i < perRound; i++) {
        floorMs.push(await guardedBatches(bare, batchesPerRound / perRound))
        oursMs.push(await startOne())
        callsMs.push(await twoCalls(constant.ready['url'] as string))
      }
      const floor = 1_000 / median(floorMs)
      return { payment: { ours: 1_000 / median(oursMs), floor }, 'payment-calls': { ours: 1_000 / median(callsMs), floor } }
    }
    for (let i = 0; i < warmRounds; i++) await round()
    return {
      round,
      async places() {
        await api.ask('profile')
        for (let i = 0; i < perRound; i++) await startOne()
        return api.ask<Place[]>('places')
      },
      async close() {
        await api.stop()
        await Promise.all([outside.stop(), constant.stop()])
        await bare.drop()
        rmSync(folder, { recursive: true, force: true })
      },
    }
  },
}

async function twoCalls(url: string): Promise<number> {
  const beganAt = performance.now()
  for (let i = 0; i < 2; i++) await (await fetch(url)).text()
  return performance.now() - beganAt
}

let stored = 0

/** A row stored only where a rule holds, all or nothing: milliseconds for one. */
async function guardedBatches({ commit }: Awaited<ReturnType<typeof bareDatabase>>, count: number): Promise<number> {
  const beganAt = performance.now()
  for (let i = 0; i < count; i++) {
    const outcome = await commit([
      { sql: `insert into inbox (source, owner, event_id, body, state, received_at) select 'stripe', '', ?, '{}', 'received', 0 where not exists (select 1 from inbox where source = 'stripe' and owner = '' and event_id = ?)`, args: [`bare:${++stored}`, `bare:${stored}`] },
      { sql: 'insert into must select changes()', args: [] },
    ])
    if (outcome.kind !== 'committed') throw new Error(`a batch was refused: ${outcome.rule}`)
  }
  return (performance.now() - beganAt) / count
}
